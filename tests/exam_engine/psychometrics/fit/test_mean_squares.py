import numpy as np
import pytest

from exam_engine.psychometrics.fit import FitError, infit_outfit
from exam_engine.psychometrics.fit.posterior import posterior_means
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import normal_quadrature
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.responses import ResponseMatrix
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.fit import reference
from tests.exam_engine.psychometrics.published import (
    LSAT6_PATTERNS,
    LSAT7_PATTERNS,
    expanded_responses,
    pattern_responses,
)

# R package mirt 1.45.1, itemfit(fit_stats = "infit") at EAP abilities: outfit, z, infit, z.
LSAT6_EAP = [
    [0.795393539, 0.834570753, 0.759011026, 0.849385055, 0.862247745],
    [-1.719735184, -4.857153384, -14.795428329, -3.403072293, -1.778467271],
    [1.090273276, 0.893154668, 0.776433941, 0.929969957, 1.009164172],
    [0.830697663, -3.410976514, -14.70177848, -1.694497391, 0.148984591],
]
LSAT7_EAP = [
    [0.775813446, 0.736777745, 0.484368461, 0.855209049, 0.866229132],
    [-3.141572852, -7.765188846, -7.052804971, -6.563051318, -1.902520899],
    [0.958175646, 0.815985892, 0.750099653, 0.881427436, 0.989220568],
    [-0.702286494, -6.361241911, -5.217112903, -5.807277467, -0.154128325],
]


@pytest.mark.parametrize(
    ("patterns", "items", "expected"),
    [(LSAT6_PATTERNS, reference.LSAT6_2PL, LSAT6_EAP), (LSAT7_PATTERNS, reference.LSAT7_2PL, LSAT7_EAP)],
)
def test_reference_values_at_eap(patterns: dict[str, int], items: ItemParameters, expected: list[list[float]]) -> None:
    responses = pattern_responses(patterns)

    fit = infit_outfit(responses, items, posterior_means(responses.scores, items, normal_quadrature()))

    np.testing.assert_allclose([fit.outfit, fit.outfit_z, fit.infit, fit.infit_z], expected, atol=1e-6)


def test_mean_squares_are_those_of_their_definition() -> None:
    rng = np.random.default_rng(14)
    items, theta = reference.mixed_items(), rng.normal(size=60)
    responses = simulate_responses(rng, theta, items, rng.random((60, 4)) < 0.8)
    p = category_probabilities(theta, items)
    expected = p @ np.arange(4.0)
    variance = p @ np.arange(4.0) ** 2 - expected**2

    fit = infit_outfit(responses, items, theta, smallest_variance=0.0)

    for item in range(4):
        seen = responses.scores[:, item] >= 0
        square = (responses.scores[seen, item] - expected[seen, item]) ** 2
        assert fit.outfit[item] == pytest.approx((square / variance[seen, item]).mean())
        assert fit.infit[item] == pytest.approx(square.sum() / variance[seen, item].sum())
        assert fit.n_candidates[item] == seen.sum()


def test_mean_squares_are_about_one_and_their_z_about_standard_normal_at_true_abilities() -> None:
    rng = np.random.default_rng(15)
    items = ItemParameters.polytomous(["a", "b"], "PCM", [1.0, 1.0], [[-1.0, 0.5], [0.0, 1.0]])
    z = []
    for _ in range(150):
        theta = rng.normal(size=400)
        fit = infit_outfit(simulate_responses(rng, theta, items), items, theta)
        z += [*fit.infit_z, *fit.outfit_z]

    assert abs(np.mean(z)) < 0.2
    assert 0.85 < np.std(z) < 1.15


def test_the_floor_of_variances_limits_what_one_lucky_guess_does() -> None:
    items = ItemParameters.dichotomous(["easy", "hard"], [1.0, 2.0], [0.0, 5.0])
    responses = ResponseMatrix.from_array([[1, 0]] * 99 + [[1, 1]], ["easy", "hard"])
    theta = np.zeros(100)

    free = infit_outfit(responses, items, theta, smallest_variance=0.0)
    floored = infit_outfit(responses, items, theta)

    p = 1 / (1 + np.exp(10.0))
    assert free.outfit[1] == pytest.approx((99 * p / (1 - p) + (1 - p) / p) / 100)
    assert floored.outfit[1] == pytest.approx((99 * p**2 + (1 - p) ** 2) / 1e-5**0.5 / 100)
    assert floored.outfit[0] == free.outfit[0]


def test_candidates_with_infinite_abilities_are_left_out_or_put_at_the_edge() -> None:
    responses = pattern_responses(LSAT6_PATTERNS)
    raw = responses.scores.sum(axis=1)
    theta = np.where(raw == 0, -np.inf, np.where(raw == 5, np.inf, raw - 2.5))
    inner = (raw > 0) & (raw < 5)
    only_finite = ResponseMatrix.from_array(
        responses.scores[inner], responses.item_names, weights=responses.weights[inner]
    )
    at_edge = np.where(raw == 0, -1.5 - 0.1, np.where(raw == 5, 1.5 + 0.1, raw - 2.5))

    left_out = infit_outfit(responses, reference.LSAT6_2PL, theta)
    edge = infit_outfit(responses, reference.LSAT6_2PL, theta, infinite="edge")

    assert left_out.n_left_out == 301.0
    np.testing.assert_allclose(left_out.infit, infit_outfit(only_finite, reference.LSAT6_2PL, theta[inner]).infit)
    assert edge.n_left_out == 0.0
    np.testing.assert_allclose(edge.outfit, infit_outfit(responses, reference.LSAT6_2PL, at_edge).outfit)


def test_a_row_with_a_weight_stands_for_as_many_candidates() -> None:
    patterns, single = pattern_responses(LSAT7_PATTERNS), expanded_responses(LSAT7_PATTERNS)

    weighted = infit_outfit(patterns, reference.LSAT7_2PL, patterns.scores.mean(axis=1) - 0.5)
    repeated = infit_outfit(single, reference.LSAT7_2PL, single.scores.mean(axis=1) - 0.5)

    np.testing.assert_allclose(weighted.outfit_z, repeated.outfit_z)
    np.testing.assert_allclose(weighted.infit_z, repeated.infit_z)


def test_an_item_nobody_saw_has_null_in_json() -> None:
    responses = ResponseMatrix.from_array([[0, -1], [1, -1]], ["item_1", "item_2"])

    fit = infit_outfit(responses, reference.LSAT6_2PL.take(np.arange(2)), np.zeros(2))

    assert fit.to_dict()["items"][1] == {
        "name": "item_2", "outfit": None, "outfit_z": None, "infit": None, "infit_z": None, "n_candidates": 0.0
    }  # fmt: skip


def test_abilities_without_a_finite_one_and_negative_floors_are_refused() -> None:
    responses = ResponseMatrix.from_array([[1] * 5, [1] * 5])
    with pytest.raises(FitError, match="no ability is finite"):
        infit_outfit(responses, reference.LSAT6_2PL, np.full(2, np.inf))
    with pytest.raises(FitError, match="smallest variance"):
        infit_outfit(responses, reference.LSAT6_2PL, np.zeros(2), smallest_variance=-1.0)
