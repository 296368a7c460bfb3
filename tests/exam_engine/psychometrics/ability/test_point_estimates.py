from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from exam_engine.psychometrics import NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics.ability import (
    AbilityEstimates,
    ScoringError,
    estimate_map,
    estimate_mle,
    estimate_wle,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import (
    category_curves,
    fisher_information,
    response_log_likelihood,
)
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics import published
from tests.exam_engine.psychometrics.ability import makers, reference

REFERENCES = {
    "LSAT6 1PL": (reference.LSAT6_1PL_ITEMS, reference.LSAT6_1PL),
    "LSAT6 3PL": (reference.LSAT6_3PL_ITEMS, reference.LSAT6_3PL),
    "LSAT7 2PL": (reference.LSAT7_2PL_ITEMS, reference.LSAT7_2PL),
    "GRM": (reference.GRM_ITEMS, reference.GRM),
    "GPCM": (reference.GPCM_ITEMS, reference.GPCM),
    "NRM": (reference.NRM_ITEMS, reference.NRM),
}
METHODS: Mapping[str, tuple[Callable[[ResponseMatrix, ItemParameters], AbilityEstimates], int]] = {
    "MAP": (estimate_map, 2),
    "MLE": (estimate_mle, 4),
    "WLE": (lambda responses, items: estimate_wle(responses, items, weight="jeffreys"), 6),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", REFERENCES)
def test_records_get_the_abilities_and_errors_of_the_reference(case: str, method: str) -> None:
    items, table = REFERENCES[case]
    estimate, column = METHODS[method]
    expected = np.array(list(table.values()))[:, column : column + 2]

    found = estimate(makers.records(table, items), items)

    finite = np.isfinite(expected[:, 0])
    np.testing.assert_array_equal(np.isfinite(found.theta), finite)
    np.testing.assert_allclose(found.theta[finite], expected[finite, 0], atol=2e-5)
    # The reference differentiates numerically, to some 1e-4 of the error.
    np.testing.assert_allclose(found.standard_error[finite], expected[finite, 1], rtol=1.5e-4)
    assert not found.with_flag("not_converged").any()


@pytest.mark.parametrize("items", makers.ITEMS_OF_EVERY_MODEL, ids=makers.MODEL_NAMES)
def test_estimates_are_where_a_brute_force_search_finds_the_highest_point(items: ItemParameters) -> None:
    theta = np.linspace(-12.0, 12.0, 48_001)
    responses = simulate_responses(np.random.default_rng(1), np.linspace(-2.0, 2.0, 40), items)
    likelihood = response_log_likelihood(responses.scores, theta, items)
    posterior = likelihood - (theta - 0.5) ** 2 / (2 * 1.2**2)

    mode = estimate_map(responses, items, prior_mean=0.5, prior_sd=1.2)
    highest = estimate_mle(responses, items)

    np.testing.assert_allclose(mode.theta, theta[posterior.argmax(axis=1)], atol=3e-4)
    inside = np.abs(highest.theta) < 11.0
    assert inside.sum() > 20
    np.testing.assert_allclose(highest.theta[inside], theta[likelihood.argmax(axis=1)][inside], atol=3e-4)


@pytest.mark.parametrize("items", makers.ITEMS_OF_EVERY_MODEL, ids=makers.MODEL_NAMES)
def test_the_weighted_likelihood_estimate_solves_warms_equation(items: ItemParameters) -> None:
    responses = simulate_responses(np.random.default_rng(2), np.linspace(-2.5, 2.5, 30), items)

    found = estimate_wle(responses, items)

    assert np.isfinite(found.theta).all()
    for scores, theta in zip(responses.scores, found.theta, strict=True):
        slope = approx_fprime(
            np.array([theta]), lambda x, scores=scores: response_log_likelihood(scores[None], x, items)[0, 0]
        )[0]
        curves = category_curves(np.array([theta]), items)
        with np.errstate(invalid="ignore"):
            skew = np.nansum(curves.slope * curves.curvature / curves.p)
        information = fisher_information(np.array([theta]), items).sum()
        assert slope + skew / (2.0 * information) == pytest.approx(0.0, abs=2e-6)


def test_without_guessing_warms_weight_is_the_root_of_the_information() -> None:
    for items in makers.ITEMS_OF_EVERY_MODEL:
        responses = simulate_responses(np.random.default_rng(3), np.linspace(-2.0, 2.0, 20), items)
        warm, jeffreys = estimate_wle(responses, items), estimate_wle(responses, items, weight="jeffreys")
        same = np.allclose(warm.theta, jeffreys.theta, atol=1e-8)
        assert same == ((items.c == 0.0) & (items.u == 1.0)).all()


def test_one_rasch_like_item_has_the_closed_form_of_its_weighted_likelihood() -> None:
    items = ItemParameters.dichotomous(["only"], 1.3, 0.4)

    found = estimate_wle(ResponseMatrix.from_array([[1], [0]], ["only"]), items)

    # 1 − P + (1 − 2P)/2 = 0 gives P = 3/4 for a right answer, and 1/4 for a wrong one.
    np.testing.assert_allclose(found.theta, [0.4 + np.log(3.0) / 1.3, 0.4 - np.log(3.0) / 1.3], atol=1e-9)


def test_equal_rasch_items_have_closed_forms() -> None:
    items = ItemParameters.dichotomous(list("abcde"), 0.8, -0.3)
    responses = ResponseMatrix.from_array([[1, 1, 0, 0, 0], [0, 1, 1, 1, 1]], list("abcde"))

    likelihood, weighted = estimate_mle(responses, items), estimate_wle(responses, items)

    np.testing.assert_allclose(likelihood.theta, -0.3 + np.log([2 / 3, 4 / 1]) / 0.8, atol=1e-10)
    p = np.array([0.4, 0.8])
    np.testing.assert_allclose(likelihood.standard_error, 1 / (0.8 * np.sqrt(5 * p * (1 - p))), rtol=1e-10)
    # Adding half a right and half a wrong answer.
    np.testing.assert_allclose(weighted.theta, -0.3 + np.log([2.5 / 3.5, 4.5 / 1.5]) / 0.8, atol=1e-9)


@pytest.mark.parametrize("items", makers.ITEMS_OF_EVERY_MODEL, ids=makers.MODEL_NAMES)
def test_observed_errors_come_from_the_curvature_of_what_is_maximised(items: ItemParameters) -> None:
    responses = simulate_responses(np.random.default_rng(4), np.linspace(-1.0, 1.0, 10), items)
    mode, highest = estimate_map(responses, items, prior_sd=0.7), estimate_mle(responses, items)

    step = 1e-3
    for found, precision in ((mode, 1 / 0.49), (highest, 0.0)):
        for row in np.flatnonzero(np.abs(found.theta) < 4.0):
            around = found.theta[row] + np.array([-step, 0.0, step])
            value = response_log_likelihood(responses.scores[row : row + 1], around, items)[0]
            curvature = precision - (value[0] - 2 * value[1] + value[2]) / step**2
            assert found.standard_error[row] == pytest.approx(curvature**-0.5, rel=1e-4)


def test_expected_errors_come_from_the_fisher_information() -> None:
    items = makers.three_parameter()
    responses = simulate_responses(np.random.default_rng(5), np.linspace(-1.0, 2.0, 10), items)

    highest = estimate_mle(responses, items, information="expected")
    mode = estimate_map(responses, items, prior_sd=2.0, information="expected")
    weighted = estimate_wle(responses, items, information="expected")

    for found, precision in ((highest, 0.0), (mode, 0.25), (weighted, 0.0)):
        information = fisher_information(found.theta, items).sum(axis=1)
        np.testing.assert_allclose(found.standard_error, (information + precision) ** -0.5, rtol=1e-9)


def test_all_right_and_all_wrong_have_no_finite_maximum_and_say_so() -> None:
    items = ItemParameters.dichotomous(list("abc"), [1.0, 0.5, 2.0], [-1.0, 0.0, 1.0])
    responses = ResponseMatrix.from_array([[1, 1, 1], [0, 0, 0], [1, NOT_PRESENTED, 1], [1, 1, 0]], list("abc"))

    found = estimate_mle(responses, items)

    assert found.theta[:3].tolist() == [np.inf, -np.inf, np.inf]
    assert np.isinf(found.standard_error[:3]).all()
    assert found.with_flag("infinite").tolist() == [True, True, True, False]
    assert found.flags(0) == ("infinite",)
    assert np.isfinite(estimate_wle(responses, items).theta).all()
    assert np.isfinite(estimate_map(responses, items).theta).all()


def test_a_negative_slope_turns_its_item_round() -> None:
    items = ItemParameters.dichotomous(list("abc"), [1.0, -1.0, 1.5], 0.0)

    found = estimate_mle(ResponseMatrix.from_array([[1, 0, 1], [0, 1, 0], [1, 1, 1]], list("abc")), items)

    assert found.theta[:2].tolist() == [np.inf, -np.inf]
    assert np.isfinite(found.theta[2])


@pytest.mark.parametrize(
    ("items", "record"),
    [
        (ItemParameters.polytomous(list("ab"), "GRM", 1.0, [[-1.0, 1.0], [0.0, 2.0]]), [2, 2]),
        (ItemParameters.polytomous(list("ab"), "GPCM", 1.0, [[-1.0, 1.0], [0.0, 2.0]]), [2, 2]),
        (ItemParameters.nominal(list("ab"), [[2.0, 1.0], [0.5, 1.5]], [[0.0, 0.5], [0.0, 0.0]]), [1, 2]),
    ],
    ids=["GRM", "GPCM", "NRM"],
)
def test_the_ablest_categories_have_no_finite_maximum(items: ItemParameters, record: list[int]) -> None:
    assert estimate_mle(ResponseMatrix.from_array([record], list("ab")), items).theta[0] == np.inf


def test_a_record_as_good_as_guessing_has_its_maximum_at_minus_infinity() -> None:
    items = ItemParameters.dichotomous(list("abcd"), 1.5, [-1.0, 0.0, 1.0, 1.5], 0.25)
    # One of four right, and that the hardest: no ability explains it as well as guessing does.
    responses = ResponseMatrix.from_array([[0, 0, 0, 1]], list("abcd"))

    found = estimate_mle(responses, items)

    assert found.theta[0] == -np.inf
    assert np.isinf(found.standard_error[0])


@pytest.mark.parametrize(("easy", "rivals"), [(-2.0, False), (-2.2, True)])
def test_a_second_maximum_within_the_region_of_likely_abilities_is_flagged(easy: float, rivals: bool) -> None:
    # Samejima's warning: an easy item missed and hard ones right, with guessing.
    b = [easy, easy, easy, 1.5, 1.5, 1.5]
    items = ItemParameters.dichotomous(list("abcdef"), [1.0, 1.0, 1.0, 3.0, 3.0, 3.0], b, 0.2)
    responses = ResponseMatrix.from_array([[0, 1, 1, 1, 1, 1]], list("abcdef"))
    theta = np.linspace(-8.0, 8.0, 160_001)
    value = response_log_likelihood(responses.scores, theta, items)[0]
    maxima = np.flatnonzero((value[1:-1] > value[:-2]) & (value[1:-1] > value[2:])) + 1

    found = estimate_mle(responses, items)

    assert maxima.size == 2
    assert bool(np.ptp(value[maxima]) < 1.92) == rivals  # half the 95 % point of chi-square with one degree of freedom
    assert found.with_flag("multimodal").tolist() == [rivals]
    assert found.theta[0] == pytest.approx(theta[value.argmax()], abs=1e-4)


def test_bounds_replace_infinity_and_what_lies_beyond_them() -> None:
    items = ItemParameters.dichotomous(list("abcde"), 1.0, [-2.0, -1.0, 0.0, 1.0, 2.0])
    responses = ResponseMatrix.from_array([[1] * 5, [0] * 5, [1, 1, 1, 0, 0], [1, 0, 0, 0, 0]], list("abcde"))
    free = estimate_mle(responses, items)

    found = estimate_mle(responses, items, bounds=(-1.0, 4.0))

    assert found.theta.tolist() == [4.0, -1.0, pytest.approx(free.theta[2], abs=1e-9), -1.0]
    assert free.theta[3] < -1.0
    assert found.with_flag("at_bound").tolist() == [True, True, False, True]
    assert not found.with_flag("infinite").any()
    assert found.standard_error[0] == pytest.approx(fisher_information(np.array([4.0]), items).sum() ** -0.5)


def test_bounds_in_the_wrong_order_are_refused() -> None:
    items = makers.three_parameter()
    with pytest.raises(ScoringError, match="lower first") as caught:
        estimate_mle(ResponseMatrix.from_array(np.ones((1, 20)), items.names), items, bounds=(1.0, 1.0))
    assert caught.value.code == "empty_range"


def test_who_was_shown_nothing_gets_the_prior_or_no_estimate() -> None:
    items = ItemParameters.dichotomous(list("abc"), [1.0, 1.0, 0.0], 0.0)
    responses = ResponseMatrix.from_array([[-1, -1, -1], [-1, -1, 1]], list("abc"))

    mode, highest, weighted = (f(responses, items) for f in (estimate_map, estimate_mle, estimate_wle))

    np.testing.assert_allclose(mode.theta, 0.0, atol=1e-12)
    np.testing.assert_allclose(mode.standard_error, 1.0)
    for found in (highest, weighted):
        assert np.isnan(found.theta).all()
        assert np.isinf(found.standard_error).all()
        assert found.with_flag("not_presented").all()
    assert highest.n_items.tolist() == [0, 1]


def test_each_candidate_may_have_the_prior_of_a_group() -> None:
    items = makers.three_parameter()
    responses = simulate_responses(np.random.default_rng(6), np.zeros(4), items)
    mean, sd = np.array([0.0, -1.0, 2.0, 0.5]), np.array([1.0, 0.5, 0.1, 3.0])

    together = estimate_map(responses, items, prior_mean=mean, prior_sd=sd)

    for row in range(4):
        alone = estimate_map(
            ResponseMatrix.from_array(responses.scores[row : row + 1], items.names),
            items,
            prior_mean=mean[row],
            prior_sd=sd[row],
        )
        assert together.theta[row] == pytest.approx(alone.theta[0], abs=1e-9)
        assert together.standard_error[row] == pytest.approx(alone.standard_error[0], rel=1e-9)


def test_a_prior_without_spread_is_refused_by_row() -> None:
    items = makers.three_parameter()
    responses = ResponseMatrix.from_array(np.ones((2, 20)), items.names)
    with pytest.raises(ScoringError, match="row 2") as caught:
        estimate_map(responses, items, prior_sd=[1.0, 0.0])
    assert caught.value.code == "bad_prior"


@pytest.mark.parametrize("estimate", [estimate_mle, estimate_wle])
def test_estimates_move_with_the_scale_of_the_items(
    estimate: Callable[[ResponseMatrix, ItemParameters], AbilityEstimates],
) -> None:
    for items in makers.ITEMS_OF_EVERY_MODEL:
        responses = simulate_responses(np.random.default_rng(7), np.linspace(-2.0, 2.0, 15), items)
        here, there = estimate(responses, items), estimate(responses, items.transformed(100.0, 500.0))
        np.testing.assert_allclose(there.theta, 500.0 + 100.0 * here.theta, rtol=1e-8)
        np.testing.assert_allclose(there.standard_error, 100.0 * here.standard_error, rtol=1e-6)


def test_an_ability_far_beyond_the_items_is_found() -> None:
    items = ItemParameters.dichotomous(["easy", "turned"], [1.0, -0.01], [-2.0, 0.0])

    found = estimate_mle(ResponseMatrix.from_array([[1, 1]], items.names), items)

    # σ(−(θ + 2)) = 0.01 σ(0.01 θ), solved by hand iteration: θ ≈ 3.27.
    theta = float(found.theta[0])
    assert 1 / (1 + np.exp(theta + 2.0)) == pytest.approx(0.01 / (1 + np.exp(-0.01 * theta)), rel=1e-8)


def test_items_that_were_not_presented_change_nothing() -> None:
    items = makers.ITEMS_OF_EVERY_MODEL[-1]
    rng = np.random.default_rng(8)
    presented = rng.random((12, len(items))) < 0.3
    responses = simulate_responses(rng, rng.normal(size=12), items, presented)

    for estimate in (estimate_map, estimate_mle, estimate_wle):
        together = estimate(responses, items)
        for row in range(12):
            names = [name for name, shown in zip(items.names, presented[row], strict=True) if shown]
            short = ResponseMatrix.from_array(responses.scores[row : row + 1, presented[row]], names)
            np.testing.assert_allclose(estimate(short, items).theta[0], together.theta[row], atol=1e-8)


@given(
    st.lists(
        st.tuples(st.floats(0.2, 3.0), st.floats(-4.0, 4.0), st.sampled_from([0, 1, NOT_PRESENTED])),
        min_size=1,
        max_size=12,
    )
)
def test_estimates_are_stationary_points_of_their_objectives(parts: list[tuple[float, float, int]]) -> None:
    a, b = np.array([part[0] for part in parts]), np.array([part[1] for part in parts])
    scores = np.array([[part[2] for part in parts]], dtype=np.int8)
    items = ItemParameters.dichotomous([str(index) for index in range(a.size)], a, b)
    responses = ResponseMatrix.from_array(scores, items.names)

    def score(theta: float) -> float:
        residual = np.where(scores[0] == NOT_PRESENTED, 0.0, scores[0] - 1 / (1 + np.exp(-a * (theta - b))))
        return float(a @ residual)

    mode = float(estimate_map(responses, items).theta[0])
    assert score(mode) - mode == pytest.approx(0.0, abs=1e-8)
    top = float(estimate_mle(responses, items).theta[0])
    if np.isfinite(top):
        assert score(top) == pytest.approx(0.0, abs=1e-8)


@pytest.mark.parametrize("guessing", [0.0, 0.2])
def test_weighted_likelihood_removes_most_of_the_bias_of_maximum_likelihood(guessing: float) -> None:
    rng = np.random.default_rng(9)
    items = ItemParameters.dichotomous(
        [str(index) for index in range(30)], rng.lognormal(0.3, 0.2, 30), rng.uniform(-2.0, 2.0, 30), guessing
    )
    true = np.full(4000, 1.2)
    responses = simulate_responses(rng, true, items)

    highest = estimate_mle(responses, items, bounds=(-6.0, 6.0)).theta - true
    weighted = estimate_wle(responses, items).theta - true

    assert abs(weighted.mean()) < 0.02 < highest.mean()


def test_standard_errors_cover_the_true_abilities() -> None:
    rng = np.random.default_rng(5)
    items = ItemParameters.dichotomous(
        [str(index) for index in range(40)], rng.lognormal(0.0, 0.3, 40), rng.normal(size=40)
    )
    theta = rng.normal(size=4000)
    responses = simulate_responses(rng, theta, items)

    for estimate in (estimate_map, estimate_wle):
        found = estimate(responses, items)
        covered = np.abs(found.theta - theta) < 1.96 * found.standard_error
        assert covered.mean() == pytest.approx(0.95, abs=0.015)


def test_rows_in_another_order_and_items_in_another_order_give_the_same_estimates() -> None:
    items = makers.three_parameter()
    responses = simulate_responses(np.random.default_rng(10), np.linspace(-2.0, 2.0, 9), items)
    order, columns = np.random.default_rng(11).permutation(9), np.random.default_rng(12).permutation(20)
    mixed = ResponseMatrix.from_array(responses.scores[order][:, columns], [items.names[column] for column in columns])

    for estimate in (estimate_map, estimate_mle, estimate_wle):
        np.testing.assert_allclose(estimate(mixed, items).theta, estimate(responses, items).theta[order], atol=1e-8)


def test_blocks_do_not_show() -> None:
    items = makers.three_parameter()
    patterns = np.array(list(product([0, 1], repeat=5)))
    scores = np.tile(np.concatenate([patterns, np.full((32, 15), NOT_PRESENTED)], axis=1), (400, 1))
    responses = ResponseMatrix.from_array(scores, items.names)

    found = estimate_wle(responses, items).theta.reshape(400, 32)

    np.testing.assert_array_equal(found, np.broadcast_to(found[0], found.shape))


def test_lsat_records_of_the_published_table_are_all_scored() -> None:
    items = ItemParameters.dichotomous(
        [f"item_{number}" for number in range(1, 6)], published.LSAT6_A, published.LSAT6_B
    )

    found = estimate_mle(published.pattern_responses(published.LSAT6_PATTERNS), items)

    by_pattern = dict(zip(published.LSAT6_PATTERNS, found.theta, strict=True))
    assert by_pattern["10000"] == pytest.approx(-3.931322533, abs=1e-5)  # R package mirt 1.45.1
    assert by_pattern["11110"] == pytest.approx(0.473270395, abs=1e-5)
    assert by_pattern["11111"] == np.inf
