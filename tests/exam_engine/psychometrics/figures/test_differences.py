import json

import numpy as np
import pytest
from scipy.stats import norm

from exam_engine.psychometrics.dif import mantel_haenszel_dif
from exam_engine.psychometrics.figures import dif_figure, drift_figure, linking_figure, residual_figures
from exam_engine.psychometrics.fit import EmpiricalCurve
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import DriftCriteria, match_anchors, purify_anchors
from tests.exam_engine.psychometrics.dif.simulated import GROUPS, WITH_DIF, simulated_responses
from tests.exam_engine.psychometrics.linking.kolen_brennan import form_x, form_y


def empirical(observed: list[list[float]], expected: list[list[float]], n: list[float]) -> EmpiricalCurve:
    shares = np.array(observed)
    return EmpiricalCurve(
        item_name="x",
        theta=np.arange(len(n), dtype=np.float64),
        n_candidates=np.array(n),
        observed=shares,
        lower=shares,
        upper=shares,
        expected=np.array(expected),
        confidence=0.95,
    )


def test_a_residual_is_standardised_by_its_error_under_the_model() -> None:
    [figure] = residual_figures([empirical([[0.4, 0.6]], [[0.5, 0.5]], [100.0])])
    assert figure.residual == pytest.approx([0.1])
    assert figure.standardised == pytest.approx([2.0])


def test_residuals_of_several_scores_are_shares_of_the_highest_score() -> None:
    [figure] = residual_figures([empirical([[0.0, 0.0, 1.0]], [[0.25, 0.5, 0.25]], [8.0])])
    # Expected 1 point of 2 with variance 1/2 of a point squared: 1/8 of the scale squared.
    assert figure.residual == pytest.approx([0.5])
    assert figure.standardised == pytest.approx([0.5 / np.sqrt(0.125 / 8.0)])


def test_where_the_model_leaves_no_variation_no_residual_is_standardised() -> None:
    [figure] = residual_figures([empirical([[0.0, 1.0]], [[0.0, 1.0]], [30.0])])
    assert json.loads(json.dumps(figure.to_dict(), allow_nan=False))["standardised"] == [None]


def test_the_dif_figure_has_intervals_of_the_effects_and_adjusted_p_values() -> None:
    result = mantel_haenszel_dif(simulated_responses(), GROUPS, reference="R", focal="F")
    figure = dif_figure(result, confidence=0.9)
    assert figure.upper - figure.effect == pytest.approx(norm.ppf(0.95) * result.standard_error)
    assert figure.effect - figure.lower == pytest.approx(norm.ppf(0.95) * result.standard_error)
    assert figure.p_adjusted == pytest.approx(result.p_holm)
    clear = {name for name, p in zip(figure.item_names, figure.p_adjusted, strict=True) if p < 0.05}
    assert clear == set(WITH_DIF)
    assert json.dumps(figure.to_dict(), allow_nan=False)


@pytest.mark.parametrize("confidence", [0.0, 1.0])
def test_an_interval_needs_a_confidence_between_zero_and_one(confidence: float) -> None:
    result = mantel_haenszel_dif(simulated_responses(), GROUPS, reference="R", focal="F")
    with pytest.raises(ValueError, match="confidence"):
        dif_figure(result, confidence=confidence)


def test_thresholds_of_undrifted_items_lie_on_the_linking_line() -> None:
    old = ItemParameters.concatenate(
        [
            ItemParameters.dichotomous(["x", "y", "z"], [0.8, 1.0, 1.5], [-1.0, 0.0, 1.2]),
            ItemParameters.polytomous(["essay"], "GRM", [1.1], [[-0.5, 0.9]]),
            ItemParameters.nominal(["choice"], [[0.5, 1.0]], [[0.1, 0.2]]),
        ]
    )
    new = old.transformed(1 / 1.2, 0.25)
    linked = purify_anchors(new, old)
    figure = linking_figure(match_anchors(new, old), linked.link.transformation)
    assert figure.item_names == ("x", "y", "z", "essay", "essay")
    assert figure.old == pytest.approx(figure.slope * figure.new + figure.intercept, abs=1e-5)
    assert not any(figure.left_out)


def test_items_taken_out_of_the_anchor_are_marked() -> None:
    linked = purify_anchors(form_x(), form_y())
    dropped = [item.name for item in linked.dropped]
    assert dropped
    figure = linking_figure(match_anchors(form_x(), form_y()), linked.link.transformation, left_out=dropped)
    marked = [name for name, left_out in zip(figure.item_names, figure.left_out, strict=True) if left_out]
    assert sorted(marked) == sorted(dropped)
    drift = drift_figure(linked.drift, criteria=DriftCriteria(rmsd=0.05), left_out=dropped)
    assert sorted(np.array(drift.item_names)[np.array(drift.left_out)].tolist()) == sorted(dropped)
    assert (drift.z_limit, drift.rmsd_limit) == (2.7, 0.05)
    assert json.dumps([figure.to_dict(), drift.to_dict()], allow_nan=False)
