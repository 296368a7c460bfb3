from collections.abc import Callable
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from exam_engine.psychometrics import NOT_PRESENTED, ResponseMatrix, normal_quadrature
from exam_engine.psychometrics.ability import (
    ScoringError,
    classification_probabilities,
    lee_classification,
    lee_classification_of_population,
    rudner_classification,
    rudner_classification_of_population,
)
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import (
    expected_item_scores,
    fisher_information,
    response_log_likelihood,
)
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.ability import makers


def test_one_candidate_near_a_cut_has_the_closed_form_of_normal_errors() -> None:
    found = rudner_classification(np.array([0.3]), np.array([0.5]), [0.0])

    passed = norm.cdf(0.6)
    assert found.accuracy == pytest.approx(passed)
    assert found.consistency == pytest.approx(passed**2 + (1 - passed) ** 2)
    assert found.false_negative == pytest.approx(1 - passed)
    assert found.false_positive == 0.0
    # Chance agreement is the same as agreement of one candidate with oneself.
    assert found.kappa == pytest.approx(0.0, abs=1e-12)


def test_normal_errors_and_two_cuts_give_the_areas_between_them() -> None:
    theta, error, weights = np.array([-0.8, 0.1, 1.5]), np.array([0.3, 0.4, 0.5]), np.array([2.0, 1.0, 1.0])

    found = rudner_classification(theta, error, [-0.5, 1.0], weights=weights)

    areas = np.array([norm(t, e).cdf([-0.5, 1.0]) for t, e in zip(theta, error, strict=True)])
    expected = np.column_stack([areas[:, 0], areas[:, 1] - areas[:, 0], 1 - areas[:, 1]])
    np.testing.assert_allclose(found.probability, expected, atol=1e-14)
    assert found.true_category.tolist() == [0, 1, 2]
    np.testing.assert_allclose(found.table, np.diag([0.5, 0.25, 0.25]) @ expected, atol=1e-14)
    assert found.accuracy == pytest.approx(0.5 * expected[0, 0] + 0.25 * expected[1, 1] + 0.25 * expected[2, 2])
    assert found.accuracy + found.false_positive + found.false_negative == pytest.approx(1.0)


def test_a_candidate_at_the_cut_is_above_it() -> None:
    found = rudner_classification(np.array([0.0, -1e-12]), np.array([0.4, 0.4]), [0.0])

    assert found.true_category.tolist() == [1, 0]


def test_accuracy_in_a_population_equals_adaptive_integration() -> None:
    items = makers.three_parameter()

    def correct(theta: float) -> float:
        error = fisher_information(np.array([theta]), items).sum() ** -0.5
        passed = float(norm.cdf((theta - 0.4) / error))
        return float(norm.pdf(theta) * (passed if theta >= 0.4 else 1 - passed))

    expected = quad(correct, -6, 0.4)[0] + quad(correct, 0.4, 6)[0]

    assert rudner_classification_of_population(items, [0.4]).accuracy == pytest.approx(expected, abs=1e-5)


def test_equal_items_have_binomial_sum_score_decisions() -> None:
    items = ItemParameters.dichotomous([str(item) for item in range(10)], 1.0, 0.0)
    theta = np.log([0.7 / 0.3, 0.5 / 0.5])

    found = lee_classification(items, [6.0], theta)

    passed = [sum(comb(10, x) * p**x * (1 - p) ** (10 - x) for x in range(6, 11)) for p in (0.7, 0.5)]
    np.testing.assert_allclose(found.probability[:, 1], passed, rtol=1e-12)
    # Expected scores 7 and 5: the first should pass, the second should fail.
    np.testing.assert_allclose(found.conditional_accuracy, [passed[0], 1 - passed[1]], rtol=1e-12)
    np.testing.assert_allclose(found.conditional_consistency, [p**2 + (1 - p) ** 2 for p in passed], rtol=1e-12)
    assert found.false_negative == pytest.approx((1 - passed[0]) / 2)
    assert found.false_positive == pytest.approx(passed[1] / 2)
    share = sum(passed) / 2
    chance = share**2 + (1 - share) ** 2
    assert found.kappa == pytest.approx((found.consistency - chance) / (1 - chance))


@pytest.mark.parametrize("items", [makers.three_parameter(), makers.ITEMS_OF_EVERY_MODEL[-1]], ids=["3PL", "mixed"])
def test_sum_score_indices_are_the_shares_seen_when_two_tests_are_taken(items: ItemParameters) -> None:
    rng = np.random.default_rng(1)
    theta = rng.normal(size=30_000)
    cuts = np.array([0.45, 0.7]) * items.max_scores.sum()
    first, second = (
        np.searchsorted(cuts, simulate_responses(rng, theta, items).scores.sum(axis=1), side="right") for _ in range(2)
    )
    true = np.searchsorted(cuts, expected_item_scores(theta, items).sum(axis=1), side="right")

    found = lee_classification_of_population(items, cuts.tolist())

    assert found.accuracy == pytest.approx((first == true).mean(), abs=0.009)
    assert found.consistency == pytest.approx((first == second).mean(), abs=0.009)
    assert found.false_positive == pytest.approx((first > true).mean(), abs=0.009)
    assert found.false_negative == pytest.approx((first < true).mean(), abs=0.009)
    shares = np.bincount(first) / theta.size
    chance = shares @ shares
    assert found.kappa == pytest.approx(((first == second).mean() - chance) / (1 - chance), abs=0.018)
    sample = lee_classification(items, cuts.tolist(), theta[:8000])
    assert sample.accuracy == pytest.approx(found.accuracy, abs=0.01)


def test_all_in_one_category_leave_nothing_beyond_chance() -> None:
    found = rudner_classification(np.array([5.0, 6.0]), np.array([0.01, 0.01]), [0.0])

    assert found.accuracy == pytest.approx(1.0)
    assert np.isnan(found.kappa)
    assert found.to_dict()["kappa"] is None
    assert found.to_dict()["table"] == [[0.0, 0.0], [0.0, 1.0]]


@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(0.05, 2.0), st.floats(0.01, 5.0)), min_size=1, max_size=20),
    st.lists(st.floats(-2.0, 2.0), min_size=1, max_size=4, unique=True),
)
def test_indices_are_shares_that_hold_together(candidates: list[tuple[float, float, float]], cuts: list[float]) -> None:
    theta, error, weights = np.array(candidates).T

    found = rudner_classification(theta, error, sorted(cuts), weights=weights)

    assert found.table.sum() == pytest.approx(1.0)
    assert found.accuracy + found.false_positive + found.false_negative == pytest.approx(1.0)
    assert 1.0 / (len(cuts) + 1) - 1e-12 <= found.consistency <= 1.0 + 1e-12
    doubled = rudner_classification(np.tile(theta, 2), np.tile(error, 2), sorted(cuts), weights=np.tile(weights, 2))
    assert doubled.consistency == pytest.approx(found.consistency)


@pytest.mark.parametrize("items", makers.ITEMS_OF_EVERY_MODEL, ids=makers.MODEL_NAMES)
def test_the_probability_of_a_pass_is_the_posterior_above_the_cut(items: ItemParameters) -> None:
    responses = simulate_responses(np.random.default_rng(2), np.array([-0.5, 0.2, 0.9]), items)
    nodes = np.arange(-8.0, 8.0, 0.0005) + 0.00025  # cells that end at the cuts
    joint = np.exp(response_log_likelihood(responses.scores, nodes, items) - nodes**2 / 2)
    between = np.array([(joint * mask).sum(axis=1) for mask in (nodes < 0.13, (nodes >= 0.13) & (nodes < 0.7))])
    expected = between / joint.sum(axis=1)

    found = classification_probabilities(responses, items, [0.13, 0.7])

    np.testing.assert_allclose(found[:, :2], expected.T, atol=2e-4)
    np.testing.assert_allclose(found.sum(axis=1), 1.0)


def test_who_was_shown_nothing_passes_as_often_as_the_population() -> None:
    items = makers.two_parameter()
    responses = ResponseMatrix.from_array(np.full((1, 12), NOT_PRESENTED), items.names)

    found = classification_probabilities(responses, items, [0.5], normal_quadrature(mean=0.2, sd=0.9))

    assert found[0, 1] == pytest.approx(norm.sf((0.5 - 0.2) / 0.9), abs=1e-4)


def test_a_cut_outside_the_grid_is_passed_by_all_or_none() -> None:
    items = makers.two_parameter()
    responses = ResponseMatrix.from_array([[1, 0] * 6], items.names)

    found = classification_probabilities(responses, items, [-7.0, 7.0])

    np.testing.assert_allclose(found, [[0.0, 1.0, 0.0]], atol=1e-12)


@pytest.mark.parametrize("cuts", [[], [1.0, 1.0], [2.0, 1.0], [np.nan]])
def test_cuts_that_do_not_increase_are_refused(cuts: list[float]) -> None:
    items = makers.two_parameter()
    classifiers: list[Callable[[], object]] = [
        lambda: rudner_classification(np.zeros(1), np.ones(1), cuts),
        lambda: lee_classification(items, cuts, np.zeros(1)),
        lambda: classification_probabilities(ResponseMatrix.from_array([[1] * 12], items.names), items, cuts),
    ]
    for classify in classifiers:
        with pytest.raises(ScoringError) as caught:
            classify()
        assert caught.value.code == "bad_cuts"


@pytest.mark.parametrize("cuts", [[0.0], [12.5], [3.2, 3.8]])
def test_sum_score_cuts_that_separate_nobody_are_refused(cuts: list[float]) -> None:
    with pytest.raises(ScoringError) as caught:
        lee_classification(makers.two_parameter(), cuts, np.zeros(1))
    assert caught.value.code == "bad_cuts"


def test_the_highest_score_may_be_a_cut() -> None:
    found = lee_classification(makers.two_parameter(), [1.0, 12.0], np.array([0.0]))

    assert found.probability.shape == (1, 3)
    assert found.probability.sum() == pytest.approx(1.0)


def test_infinite_abilities_and_wrong_weights_are_refused() -> None:
    classifiers: list[Callable[[], object]] = [
        lambda: rudner_classification(np.array([0.0, np.inf]), np.ones(2), [0.0]),
        lambda: lee_classification(makers.two_parameter(), [6.0], np.array([0.0, -np.inf])),
    ]
    for classify in classifiers:
        with pytest.raises(ScoringError, match="row 2") as caught:
            classify()
        assert caught.value.code == "not_finite"
    for weights in ([1.0], [1.0, -1.0], [0.0, 0.0]):
        with pytest.raises(ScoringError) as caught:
            rudner_classification(np.zeros(2), np.ones(2), [0.0], weights=np.array(weights))
        assert caught.value.code == "bad_weights"
