from typing import get_args

import numpy as np
import pytest
from scipy.integrate import quad

from exam_engine.psychometrics import ItemParameters, ResponseMatrix, category_probabilities, estimate_eap
from exam_engine.psychometrics.adaptive import AdaptiveTest, ConfidenceRule, Criterion, item_values
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.quadrature import Quadrature
from tests.exam_engine.psychometrics.adaptive import makers

# Six items, the first three answered right, wrong, right. EAP on 61 nodes from −6 to 6, and the criteria of the other
# three items, as the formulae of R package catR 3.17 (Ii, KL type "KLP", MWI type "MPWI", EPV) give them, computed by
# the Python package catpie 0.2; integrals divided by the marginal likelihood.
CATR_ITEMS = ItemParameters.dichotomous(
    list("abcdef"), [1.2, 0.8, 1.5, 1.0, 2.0, 0.6], [-1.0, 0.0, 0.5, 1.0, -0.3, 2.0], [0.2, 0.25, 0.15, 0.2, 0.1, 0.3]
)
CATR_SCORES = (1, 0, 1)
CATR_EAP, CATR_SE = 0.25156417856059693, 0.8571808598047108
CATR_VALUES = {
    "MFI": (0.1225901109206598, 0.6518447202263499, 0.02607757311947463),
    "KLP": (0.04124790949718859, 0.18871371885611563, 0.009517404761875865),
    "MPWI": (0.1135391703188502, 0.48184730075836457, 0.02668851785624502),
    "MEPV_at_estimate": (-0.68245756487635, -0.5486136894761029, -0.7215619977149688),
}


def posterior_of(test: AdaptiveTest, given: list[int], scores: list[int]) -> FloatArray:
    p = category_probabilities(test.prior.nodes, test.pool.items)
    likelihood = np.prod([p[:, item, score] for item, score in zip(given, scores, strict=True)], axis=0)
    weights = test.prior.weights * likelihood
    result: FloatArray = weights / weights.sum()
    return result


@pytest.mark.parametrize("criterion", CATR_VALUES)
def test_criteria_have_the_values_that_catr_gives(criterion: Criterion) -> None:
    test = makers.adaptive_test(CATR_ITEMS, maximum_length=6, criterion=criterion)
    posterior = posterior_of(test, [0, 1, 2], list(CATR_SCORES))

    values = item_values(test, np.array([CATR_EAP]), posterior[None, :], 3)

    assert values[0, 3:] == pytest.approx(CATR_VALUES[criterion], abs=1e-8)


def test_interim_estimates_are_those_that_catr_gives() -> None:
    test = makers.adaptive_test(CATR_ITEMS, maximum_length=6)
    posterior = posterior_of(test, [0, 1, 2], list(CATR_SCORES))

    mean = posterior @ test.prior.nodes

    assert mean == pytest.approx(CATR_EAP, abs=1e-8)
    assert np.sqrt(posterior @ (test.prior.nodes - mean) ** 2) == pytest.approx(CATR_SE, abs=1e-8)


def test_information_of_rasch_items_is_the_variance_of_the_score() -> None:
    b = np.array([-1.5, 0.0, 0.7])
    test = makers.adaptive_test(ItemParameters.dichotomous(["a", "b", "c"], 1.0, b), maximum_length=3)
    p = 1.0 / (1.0 + np.exp(b - 0.4))
    values = item_values(test, np.array([0.4]), test.prior.weights[None, :], 0)
    assert values[0] == pytest.approx(p * (1.0 - p), rel=1e-12)


def test_a_guessable_item_is_most_informative_where_birnbaum_says() -> None:
    # Birnbaum (1968): b + log((1 + √(1 + 8c)) / 2) / a.
    best = 0.5 + np.log((1.0 + np.sqrt(1.0 + 8.0 * 0.2)) / 2.0) / 1.3
    test = makers.adaptive_test(ItemParameters.dichotomous(["a"], 1.3, 0.5, 0.2), maximum_length=1)
    near = best + np.array([-0.01, 0.0, 0.01])
    below, at, above = item_values(test, near, np.tile(test.prior.weights, (3, 1)), 0)[:, 0]
    assert at > below
    assert at > above


@pytest.mark.parametrize("items", [makers.three_parameter(40), makers.mixed(8)], ids=["3PL", "mixed"])
@pytest.mark.parametrize(("theta", "n_given"), [(0.31, 1), (-1.27, 6), (1.9, 30)])
def test_kullback_leibler_information_is_the_integral_over_the_shrinking_interval(
    items: ItemParameters, theta: float, n_given: int
) -> None:
    test = makers.adaptive_test(items, maximum_length=10, criterion="KL")
    own = category_probabilities(np.array([theta]), items)[0]

    def divergence(other: float, item: int) -> float:
        k = int(items.n_categories[item])
        p, q = own[item, :k], category_probabilities(np.array([other]), items.take(np.array([item])))[0, 0, :k]
        return float((p * np.log(p / q)).sum())

    half_width = 3.0 / np.sqrt(n_given)
    values = item_values(test, np.array([theta]), test.prior.weights[None, :], n_given)[0]

    for item in range(0, len(items), 5):
        expected = quad(divergence, max(theta - half_width, -6), min(theta + half_width, 6), args=(item,))[0]
        assert values[item] == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_kullback_leibler_information_over_a_narrow_interval_is_fisher_information() -> None:
    # KL(θ̂ ‖ θ) ≈ I(θ̂) (θ − θ̂)² / 2, whose integral over ± δ is I δ³ / 3.
    theta, delta = np.array([0.4]), 0.02
    by_divergence = makers.adaptive_test(criterion="KL", kl_width=delta)
    by_information = makers.adaptive_test()
    weights = by_divergence.prior.weights[None, :]
    values = item_values(by_divergence, theta, weights, 1)
    assert values == pytest.approx(item_values(by_information, theta, weights, 1) * delta**3 / 3.0, rel=2e-2)


@pytest.mark.parametrize("items", [makers.three_parameter(25), makers.mixed(6)], ids=["3PL", "mixed"])
def test_expected_posterior_variance_is_the_mean_over_all_next_answers(items: ItemParameters) -> None:
    test = makers.adaptive_test(items, maximum_length=10, criterion="MEPV")
    posterior = posterior_of(test, [0, 9, 17], [1, 0, 1])
    nodes, p = test.prior.nodes, category_probabilities(test.prior.nodes, items)

    values = item_values(test, np.zeros(1), posterior[None, :], 3)[0]

    for item in range(len(items)):
        expected = 0.0
        for score in range(int(items.n_categories[item])):
            joint = posterior * p[:, item, score]
            after = joint / joint.sum()
            expected += joint.sum() * (after @ nodes**2 - (after @ nodes) ** 2)
        assert -values[item] == pytest.approx(expected, abs=1e-9)


def test_posterior_variance_of_mixed_items_may_be_predicted_by_the_estimate() -> None:
    items = makers.mixed(6)
    test = makers.adaptive_test(items, maximum_length=10, criterion="MEPV_at_estimate")
    posterior = posterior_of(test, [1, 8], [0, 1])
    at_estimate = category_probabilities(np.array([-0.6]), items)[0]
    values = item_values(test, np.array([-0.6]), posterior[None, :], 2)[0]
    fine = Quadrature(test.prior.nodes, posterior)
    for item in (0, 7, 13, 20):
        variances = [
            estimate_eap(ResponseMatrix.from_array([[score]], [items.names[item]]), items, fine).standard_error[0] ** 2
            for score in range(int(items.n_categories[item]))
        ]
        own = at_estimate[item, : len(variances)]
        assert -values[item] == pytest.approx(float(own @ variances), abs=1e-6)


@pytest.mark.parametrize("criterion", get_args(Criterion))
def test_every_criterion_values_a_flat_item_least(criterion: Criterion) -> None:
    items = ItemParameters.dichotomous(["steep", "flat", "middling"], [1.8, 1e-6, 0.9], 0.0)
    test = makers.adaptive_test(items, maximum_length=3, criterion=criterion)
    steep, flat, middling = item_values(test, np.array([0.1]), test.prior.weights[None, :], 1)[0]
    assert steep > middling > flat


@pytest.mark.parametrize("criterion", get_args(Criterion))
def test_values_do_not_depend_on_the_scale_of_the_posterior(criterion: Criterion) -> None:
    test = makers.adaptive_test(criterion=criterion)
    weights, theta = test.prior.weights[None, :], np.array([0.2])
    once, often = (item_values(test, theta, factor * weights, 4) for factor in (1.0, 1e-30))
    assert often == pytest.approx(once, rel=1e-9)


def test_information_at_the_cut_looks_at_the_nearest_cut() -> None:
    test = makers.adaptive_test(classification=ConfidenceRule(cuts=(-1.0, 1.0)), information_at="cut")
    plain = makers.adaptive_test()
    weights = test.prior.weights[None, :]
    for theta, cut in ((-0.1, -1.0), (0.1, 1.0)):
        values = item_values(test, np.array([theta]), weights, 4)
        assert values == pytest.approx(item_values(plain, np.array([cut]), weights, 4))
