import numpy as np
import pytest
from scipy.optimize import approx_fprime

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.ability import (
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
from tests.exam_engine.psychometrics.ability import makers


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
