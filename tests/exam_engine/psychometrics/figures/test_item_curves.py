import json

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

from exam_engine.psychometrics.figures import category_curve_figures, item_curve_figures
from exam_engine.psychometrics.fit import EmpiricalCurve, rmsd
from exam_engine.psychometrics.item_parameters import ItemParameterError, ItemParameters
from exam_engine.psychometrics.quadrature import normal_quadrature
from tests.exam_engine.psychometrics.fit.reference import LSAT7_2PL
from tests.exam_engine.psychometrics.published import LSAT7_PATTERNS, pattern_responses

CHOICE = ItemParameters.dichotomous(["choice"], [1.3], [0.4], [0.2])
ESSAY = ItemParameters.polytomous(["essay"], "GPCM", [0.8], [[-1.0, 0.5, 1.5]])


def curve(name: str, observed: list[list[float]], n_candidates: list[float]) -> EmpiricalCurve:
    shares = np.array(observed)
    return EmpiricalCurve(
        item_name=name,
        theta=np.linspace(-1.0, 1.0, len(observed)),
        n_candidates=np.array(n_candidates),
        observed=shares,
        lower=shares / 2.0,
        upper=(1.0 + shares) / 2.0,
        expected=shares,
        confidence=0.9,
    )


def test_the_curve_of_a_right_wrong_item_is_its_probability_of_right() -> None:
    [figure] = item_curve_figures(CHOICE)
    assert figure.expected == pytest.approx(0.2 + 0.8 * expit(1.3 * (figure.theta - 0.4)), abs=1e-15)
    assert figure.theta[[0, -1]].tolist() == [-4.0, 4.0]
    assert figure.observed.size == 0


def test_the_curve_of_an_item_with_several_scores_runs_from_none_to_all_of_the_highest_score() -> None:
    [figure] = item_curve_figures(ESSAY, theta=np.array([-40.0, 40.0]))
    assert figure.expected == pytest.approx([0.0, 1.0], abs=1e-9)


def test_points_of_a_right_wrong_item_are_the_shares_right_with_their_own_limits() -> None:
    [figure] = item_curve_figures(CHOICE, empirical=[curve("choice", [[0.7, 0.3], [0.2, 0.8]], [50.0, 60.0])])
    assert figure.observed.tolist() == [0.3, 0.8]
    assert figure.lower.tolist() == [0.15, 0.4]
    assert figure.upper.tolist() == [0.65, 0.9]
    assert figure.n_candidates.tolist() == [50.0, 60.0]
    assert figure.confidence == 0.9


def test_points_of_other_items_are_mean_scores_with_normal_limits_inside_the_scale() -> None:
    shares = [[0.4, 0.3, 0.2, 0.1], [0.0, 0.0, 0.05, 0.95]]
    [figure] = item_curve_figures(ESSAY, empirical=[curve("essay", shares, [25.0, 20.0])])
    mean = (0.3 + 2 * 0.2 + 3 * 0.1) / 3
    spread = np.sqrt((0.3 + 4 * 0.2 + 9 * 0.1) / 9 - mean**2)
    assert figure.observed[0] == pytest.approx(mean)
    assert figure.upper[0] - figure.observed[0] == pytest.approx(norm.ppf(0.95) * spread / 5.0)
    assert figure.upper[1] == 1.0


def test_points_from_posteriors_lie_where_candidates_are_and_not_too_close() -> None:
    responses = pattern_responses(LSAT7_PATTERNS)
    population = normal_quadrature()
    curves = rmsd(responses, LSAT7_2PL, population)
    everywhere = item_curve_figures(LSAT7_2PL, empirical=curves)
    central = item_curve_figures(LSAT7_2PL, empirical=curves, population=population)
    for wide, figure in zip(everywhere, central, strict=True):
        assert np.diff(figure.group_theta).min() >= 0.4 - 1e-9
        assert 0.0 in figure.group_theta.round(9)
        # The outermost half percents of a standard normal distribution begin at 2.576.
        assert np.abs(figure.group_theta).max() <= 2.8
        assert set(figure.group_theta.tolist()) <= set(wide.group_theta.tolist())
        assert ((figure.lower <= figure.observed) & (figure.observed <= figure.upper)).all()


def test_a_wider_confidence_gives_wider_bands_around_the_same_points() -> None:
    curves = rmsd(pattern_responses(LSAT7_PATTERNS), LSAT7_2PL)
    narrow = item_curve_figures(LSAT7_2PL, empirical=curves, confidence=0.5)[0]
    wide = item_curve_figures(LSAT7_2PL, empirical=curves, confidence=0.99)[0]
    inside = (wide.lower > 0.0) & (wide.upper < 1.0)
    ratio = (wide.upper - wide.observed)[inside] / (narrow.upper - narrow.observed)[inside]
    assert ratio == pytest.approx(norm.ppf(0.995) / norm.ppf(0.75))


def test_category_curves_sum_to_one_and_bear_the_names_given() -> None:
    both = ItemParameters.concatenate([CHOICE, ESSAY])
    choice, essay = category_curve_figures(both, category_labels=[("wrong", "right"), ("0", "1", "2", "4")])
    assert choice.categories == ("wrong", "right")
    assert essay.probabilities.shape == (161, 4)
    assert essay.probabilities.sum(axis=1) == pytest.approx(np.ones(161), abs=1e-12)
    assert category_curve_figures(both)[1].categories == ("0", "1", "2", "3")


def test_category_curves_carry_the_observed_shares_of_every_category() -> None:
    observed = curve("essay", [[0.4, 0.3, 0.2, 0.1]], [25.0])
    [figure] = category_curve_figures(ESSAY, empirical=[observed])
    assert figure.observed.tolist() == observed.observed.tolist()
    assert figure.upper.tolist() == observed.upper.tolist()


def test_labels_that_do_not_fit_the_categories_are_refused() -> None:
    with pytest.raises(ValueError, match="'essay' has 4 categories but 2 labels"):
        category_curve_figures(ESSAY, category_labels=[("wrong", "right")])


@pytest.mark.parametrize("draw", [item_curve_figures, category_curve_figures])
def test_an_empirical_curve_of_an_unknown_item_is_refused(draw: object) -> None:
    with pytest.raises(ItemParameterError, match="'other'"):
        draw(CHOICE, empirical=[curve("other", [[0.5, 0.5]], [9.0])])  # type: ignore[operator]


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.1])
def test_a_confidence_outside_zero_and_one_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        item_curve_figures(CHOICE, confidence=confidence)


def test_figures_are_json_values() -> None:
    curves = rmsd(pattern_responses(LSAT7_PATTERNS), LSAT7_2PL)
    stored = json.loads(json.dumps(item_curve_figures(LSAT7_2PL, empirical=curves)[0].to_dict(), allow_nan=False))
    assert stored["item_name"] == "item_1"
    assert stored["n_candidates"][0] is None
    assert json.dumps(category_curve_figures(ESSAY)[0].to_dict(), allow_nan=False)
