"""Probabilities of categories, their derivatives and what follows from them, for items of every family."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.psychometrics import (
    NOT_PRESENTED,
    ItemParameters,
    category_probabilities,
    expected_item_scores,
    fisher_information,
    response_log_likelihood,
)
from exam_engine.psychometrics.response_functions import category_curves, category_log_probabilities, check_scores

NAN = np.nan
FAMILIES = {
    "2PL": ItemParameters.dichotomous(["a1", "a2"], [0.8, -1.4], [-0.5, 0.7]),
    "3PL": ItemParameters.dichotomous(["b1"], [1.1], [0.3], [0.2]),
    "4PL": ItemParameters.dichotomous(["c1", "c2"], [1.3, 0.9], [0.1, 0.5], [0.15, 0.0], [0.95, 0.9]),
    "GRM": ItemParameters.polytomous(["d1", "d2"], "GRM", [1.2, 0.9], [[-1.0, 0.0, 1.2], [-0.4, 0.6, NAN]]),
    "GPCM": ItemParameters.polytomous(["e1", "e2"], "GPCM", [1.2, 0.9], [[0.5, -0.3, 0.8], [-0.4, 0.6, NAN]]),
    "NRM": ItemParameters.nominal(["f1", "f2"], [[0.6, -0.2, 1.1], [0.5, 1, NAN]], [[0.1, 0.4, -0.3], [0.2, 0.1, NAN]]),
}
MIXED = ItemParameters.concatenate(list(FAMILIES.values()))
THETA = np.linspace(-4.0, 4.0, 17)
by_family = pytest.mark.parametrize("items", FAMILIES.values(), ids=FAMILIES)


def test_probabilities_have_their_closed_forms() -> None:
    theta = 0.7
    p = category_probabilities(np.array([theta]), MIXED)[0]

    def sigma(z: float) -> float:
        return 1.0 / (1.0 + math.exp(-z))

    right = 0.15 + (0.95 - 0.15) * sigma(1.3 * (theta - 0.1))
    place = MIXED.names.index
    np.testing.assert_allclose(p[place("c1"), :2], [1 - right, right], rtol=1e-14)
    above = [1.0, *(sigma(1.2 * (theta - b)) for b in (-1.0, 0.0, 1.2)), 0.0]
    np.testing.assert_allclose(p[place("d1")], -np.diff(above), rtol=1e-13)
    terms = [1.0, math.exp(1.2 * (theta - 0.5)), 0.0, 0.0]
    terms[2] = terms[1] * math.exp(1.2 * (theta + 0.3))
    terms[3] = terms[2] * math.exp(1.2 * (theta - 0.8))
    np.testing.assert_allclose(p[place("e1")], np.array(terms) / sum(terms), rtol=1e-13)
    options = [1.0, *(math.exp(s * theta + d) for s, d in ((0.6, 0.1), (-0.2, 0.4), (1.1, -0.3)))]
    np.testing.assert_allclose(p[place("f1")], np.array(options) / sum(options), rtol=1e-13)


@given(st.lists(st.floats(-60.0, 60.0), min_size=1, max_size=5))
def test_the_categories_of_an_item_are_all_there_is(theta: list[float]) -> None:
    p = category_probabilities(np.array(theta), MIXED)

    np.testing.assert_allclose(p.sum(axis=2), 1.0, atol=1e-12)
    assert (p >= 0.0).all()
    beyond = np.arange(4) >= MIXED.n_categories[:, None]
    assert (p[:, beyond] == 0.0).all()
    assert np.isneginf(category_log_probabilities(np.array(theta), MIXED)[:, beyond]).all()


@by_family
def test_derivatives_are_finite_differences(items: ItemParameters) -> None:
    step = 1e-4

    curves = category_curves(THETA, items)

    up, down = category_probabilities(THETA + step, items), category_probabilities(THETA - step, items)
    np.testing.assert_array_equal(curves.p, category_probabilities(THETA, items))
    np.testing.assert_allclose(curves.slope, (up - down) / (2 * step), atol=1e-7)
    np.testing.assert_allclose(curves.curvature, (up - 2 * curves.p + down) / step**2, atol=1e-6)


@by_family
def test_information_is_minus_the_expected_second_derivative_of_the_log_likelihood(items: ItemParameters) -> None:
    step = 1e-4
    log_p = np.nan_to_num(category_log_probabilities(THETA, items), neginf=0.0)
    up = np.nan_to_num(category_log_probabilities(THETA + step, items), neginf=0.0)
    down = np.nan_to_num(category_log_probabilities(THETA - step, items), neginf=0.0)

    information = fisher_information(THETA, items)

    expected = -(np.exp(log_p) * (up - 2 * log_p + down) / step**2).sum(axis=2)
    np.testing.assert_allclose(information, expected, atol=1e-6)


def test_information_has_its_closed_forms() -> None:
    # 2PL a² PQ; 3PL a² (Q/P) ((P − c)/(1 − c))² (Lord 1980, p. 73); GPCM a² times the variance of the score.
    p = category_probabilities(THETA, FAMILIES["2PL"])[:, :, 1]
    np.testing.assert_allclose(fisher_information(THETA, FAMILIES["2PL"]), np.square([0.8, 1.4]) * p * (1 - p))
    p = category_probabilities(THETA, FAMILIES["3PL"])[:, :, 1]
    np.testing.assert_allclose(
        fisher_information(THETA, FAMILIES["3PL"]), 1.1**2 * (1 - p) / p * ((p - 0.2) / 0.8) ** 2
    )
    p = category_probabilities(THETA, FAMILIES["GPCM"])
    score = np.arange(4)
    variance = p @ score**2 - (p @ score) ** 2
    np.testing.assert_allclose(fisher_information(THETA, FAMILIES["GPCM"]), np.square([1.2, 0.9]) * variance)


@by_family
def test_expected_scores_are_the_mean_of_the_categories(items: ItemParameters) -> None:
    p = category_probabilities(THETA, items)

    expected = expected_item_scores(THETA, items)

    np.testing.assert_allclose(expected, sum(score * p[:, :, score] for score in range(p.shape[2])))
    assert ((expected >= 0.0) & (expected <= items.max_scores)).all()


@by_family
def test_the_tails_keep_their_digits(items: ItemParameters) -> None:
    theta = np.array([-2000.0, -900.0, 900.0, 2000.0])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        log_p = category_log_probabilities(theta, items)
        information = fisher_information(theta, items)

    own = np.arange(log_p.shape[2]) < items.n_categories[:, None]
    assert np.isfinite(log_p[:, own]).all()
    assert np.isfinite(information).all()
    # Far out the logarithms are straight lines, whose slope the second half of the way repeats.
    there, back = np.diff(log_p[:, own], axis=0)[[0, 2]] / 1100.0
    slopes = items.a if not np.isnan(items.a).any() else np.nanmax(np.abs(items.s), axis=1)
    assert np.abs(np.concatenate([there, back])).max() <= 3.0 * np.abs(slopes).max() + 1e-9


def test_asymptotes_leave_a_straight_line_on_the_other_side() -> None:
    # 1 − P of a guessed item falls as (1 − c) exp(−z), long after 1 − P has no digits; P of a slipped one likewise.
    theta = np.array([800.0])
    guessed = category_log_probabilities(theta, FAMILIES["3PL"])[0, 0]
    slipped = category_log_probabilities(-theta, FAMILIES["4PL"])[0, 1]

    np.testing.assert_allclose(guessed, [math.log(0.8) - 1.1 * (800.0 - 0.3), 0.0], rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(slipped, [0.0, math.log(0.9) - 0.9 * 800.5], rtol=1e-14, atol=1e-15)


def test_a_narrow_graded_category_keeps_its_digits() -> None:
    width = 1e-12
    items = ItemParameters.polytomous(["x"], "GRM", [1.0], [[0.0, width]])

    p = category_probabilities(np.array([0.0]), items)[0, 0]

    assert p[1] == pytest.approx(0.25 * width, rel=1e-3)


def test_the_log_likelihood_is_the_sum_over_what_was_presented() -> None:
    rng = np.random.default_rng(1)
    scores = rng.integers(0, MIXED.n_categories, (30, len(MIXED))).astype(np.int8)
    scores[rng.random(scores.shape) < 0.3] = NOT_PRESENTED
    scores[0] = NOT_PRESENTED

    found = response_log_likelihood(scores, THETA, MIXED)

    log_p = category_log_probabilities(THETA, MIXED)
    for row, candidate in enumerate(scores):
        expected = sum(
            (log_p[:, item, score] for item, score in enumerate(candidate) if score != NOT_PRESENTED),
            np.zeros(THETA.size),
        )
        np.testing.assert_allclose(found[row], expected, atol=1e-12)


def test_impossible_responses_have_no_likelihood_and_possible_ones_do_not_suffer() -> None:
    # An item that nobody can miss far up: its wrong answer is next to impossible, its right answer says nothing.
    items = ItemParameters.dichotomous(["x", "y"], [1.0, 1.0], [0.0, 0.0])
    found = response_log_likelihood(np.array([[1, 1], [0, 1]], dtype=np.int8), np.array([1e5]), items)

    np.testing.assert_allclose(found[:, 0], [0.0, -1e5])


@pytest.mark.parametrize(
    ("scores", "complaint"),
    [
        ([[0, 0, 3]], r"scores of shape \(1, 3\) need one column for each of 2 items"),
        ([[0, 0], [0, 3]], "row 2, item 'd2': score 3 is outside 0 … 2"),
        ([[4, 0]], "row 1, item 'd1': score 4 is outside 0 … 3"),
        ([[0, -2]], "row 1, item 'd2': score -2"),
    ],
)
def test_scores_that_an_item_does_not_have_are_refused_with_their_place(
    scores: list[list[int]], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        check_scores(np.array(scores, dtype=np.int8), FAMILIES["GRM"])


def test_scores_of_the_items_and_gaps_pass() -> None:
    check_scores(np.array([[3, 2], [0, NOT_PRESENTED]], dtype=np.int8), FAMILIES["GRM"])
