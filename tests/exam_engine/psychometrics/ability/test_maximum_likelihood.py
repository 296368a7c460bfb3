import numpy as np
import pytest

from exam_engine.psychometrics import NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics.ability import (
    ScoringError,
    estimate_map,
    estimate_mle,
    estimate_wle,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import (
    fisher_information,
    response_log_likelihood,
)
from tests.exam_engine.psychometrics import published
from tests.exam_engine.psychometrics.ability import makers


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


@pytest.mark.parametrize("bounds", [(1.0, 1.0), (2.0, -2.0), (-np.inf, 3.0), (0.0, np.nan)])
def test_bounds_in_the_wrong_order_or_without_end_are_refused(bounds: tuple[float, float]) -> None:
    items = makers.three_parameter()
    with pytest.raises(ScoringError, match="the lower first") as caught:
        estimate_mle(ResponseMatrix.from_array(np.ones((1, 20)), items.names), items, bounds=bounds)
    assert caught.value.code == "empty_range"


def test_bounds_closer_than_the_search_grid_still_hold_the_maximum() -> None:
    items = makers.two_parameter()
    responses = ResponseMatrix.from_array([[1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0]], items.names)
    free = float(estimate_mle(responses, items).theta[0])

    found = estimate_mle(responses, items, bounds=(free - 0.003, free + 0.001))

    assert found.theta[0] == pytest.approx(free, abs=1e-8)
    assert found.flags(0) == ()


def test_an_ability_far_beyond_the_items_is_found() -> None:
    items = ItemParameters.dichotomous(["easy", "turned"], [1.0, -0.01], [-2.0, 0.0])

    found = estimate_mle(ResponseMatrix.from_array([[1, 1]], items.names), items)

    # σ(−(θ + 2)) = 0.01 σ(0.01 θ), solved by hand iteration: θ ≈ 3.27.
    theta = float(found.theta[0])
    assert 1 / (1 + np.exp(theta + 2.0)) == pytest.approx(0.01 / (1 + np.exp(-0.01 * theta)), rel=1e-8)


def test_lsat_records_of_the_published_table_are_all_scored() -> None:
    items = ItemParameters.dichotomous(
        [f"item_{number}" for number in range(1, 6)], published.LSAT6_A, published.LSAT6_B
    )

    found = estimate_mle(published.pattern_responses(published.LSAT6_PATTERNS), items)

    by_pattern = dict(zip(published.LSAT6_PATTERNS, found.theta, strict=True))
    assert by_pattern["10000"] == pytest.approx(-3.931322533, abs=1e-5)  # R package mirt 1.45.1
    assert by_pattern["11110"] == pytest.approx(0.473270395, abs=1e-5)
    assert by_pattern["11111"] == np.inf
