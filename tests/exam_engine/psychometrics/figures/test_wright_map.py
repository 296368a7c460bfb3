import json

import numpy as np
import pytest
from scipy.stats import norm

from exam_engine.psychometrics.figures import wright_map_figure
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import normal_quadrature
from exam_engine.psychometrics.response_functions import category_probabilities

STANDARD = normal_quadrature()


def test_thresholds_of_two_parameter_and_graded_items_are_their_difficulties() -> None:
    b = [-2.0, 0.123, 3.3]
    items = ItemParameters.dichotomous(["x", "y", "z"], [0.5, 1.0, 2.0], b)
    assert wright_map_figure(items, STANDARD).thresholds[:, 0] == pytest.approx(b, abs=1e-6)
    graded = ItemParameters.polytomous(["g"], "GRM", [1.4], [[-1.0, 0.2, 1.7]])
    assert wright_map_figure(graded, STANDARD).thresholds[0] == pytest.approx([-1.0, 0.2, 1.7], abs=1e-5)


def test_the_threshold_of_a_guessed_item_is_where_right_becomes_likelier_than_wrong() -> None:
    # 0.2 + 0.8 σ(a (θ − b)) = 0.5 at θ = b + ln(0.6) / a.
    items = ItemParameters.dichotomous(["guess"], [1.5], [0.7], [0.2])
    assert wright_map_figure(items, STANDARD).thresholds[0, 0] == pytest.approx(0.7 + np.log(0.6) / 1.5, abs=1e-5)


def test_thresholds_of_partial_credit_items_are_in_order_even_where_steps_are_not() -> None:
    items = ItemParameters.polytomous(["reversed"], "GPCM", [1.0], [[1.0, -1.0]])
    [thresholds] = wright_map_figure(items, STANDARD).thresholds
    assert thresholds[0] < thresholds[1]
    p = category_probabilities(thresholds, items)[:, 0]
    assert [p[0, 1:].sum(), p[1, 2:].sum()] == pytest.approx([0.5, 0.5], abs=1e-5)


def test_an_item_that_is_never_likelier_right_than_wrong_has_no_threshold() -> None:
    items = ItemParameters.dichotomous(["high floor", "low roof", "flat"], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0],
                                       [0.6, 0.0, 0.0], [1.0, 0.4, 1.0])  # fmt: skip
    figure = wright_map_figure(items, STANDARD)
    assert np.isnan(figure.thresholds).all()
    assert json.loads(json.dumps(figure.to_dict(), allow_nan=False))["thresholds"] == [[None], [None], [None]]


def test_shares_of_a_population_are_those_of_its_distribution() -> None:
    figure = wright_map_figure(
        ItemParameters.dichotomous(["x"], [1.0], [0.0]), STANDARD, lower=-2.1, upper=2.1, n_bins=3
    )
    edges = np.array([-2.1, -0.7, 0.7, 2.1])
    assert figure.shares == pytest.approx(np.diff(norm.cdf(edges)), abs=1e-3)
    assert [figure.below, figure.above] == pytest.approx([norm.cdf(-2.1), norm.sf(2.1)], abs=1e-3)


def test_infinite_estimates_stand_outside_and_unknown_ones_are_left_out() -> None:
    items = ItemParameters.dichotomous(["x"], [1.0], [0.0])
    theta = np.array([-np.inf, np.nan, -0.5, 0.5, 0.6, np.inf, np.inf, 0.0])
    figure = wright_map_figure(items, theta, lower=-1.0, upper=1.0, n_bins=2)
    assert figure.shares.tolist() == pytest.approx([1 / 7, 3 / 7])
    assert (figure.below, figure.above) == pytest.approx((1 / 7, 2 / 7))


def test_a_weighted_estimate_counts_as_so_many_candidates() -> None:
    items = ItemParameters.dichotomous(["x"], [1.0], [0.0])
    theta = np.array([-0.5, 0.2, 0.9])
    weighted = wright_map_figure(items, theta, weights=np.array([2.0, 1.0, 3.0]))
    repeated = wright_map_figure(items, np.repeat(theta, [2, 1, 3]))
    assert weighted.shares == pytest.approx(repeated.shares)


@pytest.mark.parametrize(
    ("theta", "lower", "words"), [([np.nan], -4.0, "nobody to draw"), ([0.0], 4.0, "no histogram")]
)
def test_nobody_or_no_range_is_refused(theta: list[float], lower: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        wright_map_figure(ItemParameters.dichotomous(["x"], [1.0], [0.0]), np.array(theta), lower=lower)
