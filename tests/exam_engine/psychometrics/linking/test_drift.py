from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import (
    DriftCriteria,
    ParameterCovariance,
    ScaleTransformation,
    anchor_drift,
    match_anchors,
    purify_anchors,
    robust_z,
    uniform_quadrature,
)
from exam_engine.psychometrics.response_functions import expected_item_scores

SAME = ScaleTransformation.exact(1.0, 0.0)


def anchor(n: int = 20, seed: int = 4) -> ItemParameters:
    rng = np.random.default_rng(seed)
    return ItemParameters.dichotomous(
        [f"q{j + 1}" for j in range(n)], rng.uniform(0.7, 1.8, n), rng.normal(0.0, 1.0, n), rng.uniform(0.1, 0.25, n)
    )


def recalibrated(items: ItemParameters, harder: dict[str, float], noise: float = 0.02) -> ItemParameters:
    """The items as a second calibration finds them on its own scale, some of them harder than they were."""
    rng = np.random.default_rng(9)
    d = items.d[:, 0] + noise * rng.standard_normal(len(items))
    for name, shift in harder.items():
        j = items.names.index(name)
        d[j] -= items.a[j] * shift
    return replace(items, d=d[:, None]).transformed(0.8, 0.3)


def test_robust_z_by_hand() -> None:
    # Median 3, quartiles 2 and 4.
    np.testing.assert_allclose(
        robust_z(np.array([1.0, 2.0, 3.0, 4.0, 12.0])), np.array([-2.0, -1.0, 0.0, 1.0, 9.0]) / (0.74 * 2.0)
    )


def test_robust_z_does_not_exist_where_half_of_the_items_agree_exactly() -> None:
    assert np.isnan(robust_z(np.array([0.1, 0.1, 0.1, 0.1, 0.9]))).all()
    assert np.isnan(robust_z(np.array([0.1, 0.5]))).all()


@given(shift=st.floats(-3.0, 3.0), factor=st.floats(0.1, 10.0))
def test_robust_z_does_not_depend_on_origin_and_unit(shift: float, factor: float) -> None:
    differences = np.array([0.3, -0.1, 0.05, 0.4, -0.6, 0.2, 1.5])
    np.testing.assert_allclose(robust_z(factor * differences + shift), robust_z(differences), atol=1e-9)


def test_the_area_between_two_rasch_curves_is_the_shift_times_the_weight_of_the_curves() -> None:
    old = ItemParameters.dichotomous(["q"], 1.0, 0.0)
    new = ItemParameters.dichotomous(["q"], 1.0, 0.5)
    wide = uniform_quadrature(8001, -40.0, 40.0)
    drift = anchor_drift(match_anchors(new, old), SAME, weights=wide)
    # Raju (1988): the area between curves of equal slope is the difference of difficulties, here spread over 80 logits.
    assert drift.signed_area[0] == pytest.approx(-0.5 / 80.0, rel=1e-3)
    assert drift.unsigned_area[0] == pytest.approx(0.5 / 80.0, rel=1e-3)
    assert drift.difficulty_difference[0] == pytest.approx(0.5)
    assert drift.log_slope_difference[0] == 0.0


def test_mean_squared_difference_of_two_curves_by_hand() -> None:
    old = ItemParameters.polytomous(["q"], "GRM", [1.2], [[-1.0, 1.0]])
    new = ItemParameters.polytomous(["q"], "GRM", [1.2], [[-0.6, 1.3]])
    weights = uniform_quadrature(3, -1.0, 1.0)

    def probabilities(thresholds: list[float]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        above = [1.0 / (1.0 + np.exp(-1.2 * (weights.nodes - b))) for b in thresholds]
        return np.array([1.0 - above[0], above[0] - above[1], above[1]])

    squared = ((probabilities([-0.6, 1.3]) - probabilities([-1.0, 1.0])) ** 2).mean()
    drift = anchor_drift(match_anchors(new, old), SAME, weights=weights)
    assert drift.d_squared[0] == pytest.approx(squared)
    assert drift.rmsd[0] == pytest.approx(np.sqrt(squared))


def test_change_against_its_error_in_closed_form() -> None:
    old = ItemParameters.dichotomous(["q"], 1.3, 0.2)
    new = replace(old, d=old.d - 0.4)
    error = ParameterCovariance((("q", "d1"),), np.array([[0.01]]))
    one = anchor_drift(match_anchors(new, old), SAME, new_covariance=error, criteria=DriftCriteria(p_value=0.01))
    both = anchor_drift(match_anchors(new, old), SAME, new_covariance=error, old_covariance=error)
    assert one.chi_square[0] == pytest.approx(16.0, rel=1e-6)
    assert one.p_value[0] == pytest.approx(chi2.sf(16.0, 1), rel=1e-5)
    assert "p_value" in one.flags[0]
    assert both.chi_square[0] == pytest.approx(8.0, rel=1e-6)
    # dE/dd = P(1 − P), so the error of the area is its mean times that of the intercept.
    weights = uniform_quadrature(1001, -1.0, 1.0)
    area = anchor_drift(match_anchors(new, old), SAME, weights=weights, new_covariance=error).signed_area_error[0]
    p = expected_item_scores(weights.nodes, new)[:, 0]
    assert area == pytest.approx(0.1 * (p * (1.0 - p)).mean(), rel=1e-6)


def test_an_item_just_inside_the_limit_is_not_flagged_and_one_just_outside_is() -> None:
    old = anchor()
    new = recalibrated(old, {"q3": 0.5})
    link = ScaleTransformation.exact(1.0 / 0.8, -0.3 / 0.8)
    measured = anchor_drift(match_anchors(new, old), link).rmsd[2]
    for limit, flagged in ((measured * 1.001, False), (measured * 0.999, True)):
        criteria = DriftCriteria(robust_z=None, rmsd=limit)
        assert anchor_drift(match_anchors(new, old), link, criteria=criteria).flagged[2] == flagged


def test_nominal_items_are_compared_by_their_curves_only() -> None:
    old = ItemParameters.concatenate([anchor(6), ItemParameters.nominal(["n"], [[0.5, 1.5]], [[0.2, -0.3]])])
    drift = anchor_drift(match_anchors(old, old), SAME)
    row = drift.to_dict()[-1]
    assert row["difficulty_difference"] is None
    assert row["rmsd"] == 0.0
    assert row["p_value"] is None


def test_purification_drops_the_drifted_items_worst_first_and_finds_the_true_scale() -> None:
    old = anchor()
    result = purify_anchors(recalibrated(old, {"q3": 1.2, "q11": 0.8}), old)
    assert [item.name for item in result.dropped] == ["q3", "q11"]
    assert [item.n_anchors for item in result.dropped] == [20, 19]
    assert all(abs(item.value) > item.limit for item in result.dropped)
    assert result.kept_despite_flag == ()
    assert result.link.transformation.slope == pytest.approx(1.25, abs=0.02)
    assert result.link.transformation.intercept == pytest.approx(-0.375, abs=0.02)
    assert len(result.link.anchors) == 18
    flagged = {name for name, rules in zip(result.drift.names, result.drift.flags, strict=True) if rules}
    assert {"q3", "q11"} <= flagged
    assert result.to_dict()["dropped"][0]["name"] == "q3"


def test_an_anchor_without_drift_stays_whole() -> None:
    old = anchor()
    result = purify_anchors(recalibrated(old, {}), old, criteria=DriftCriteria(robust_z=None, rmsd=0.1))
    assert result.dropped == ()
    assert len(result.link.anchors) == 20


def test_limits_keep_flagged_items_and_say_so() -> None:
    old = anchor()
    new = recalibrated(old, {"q3": 1.2, "q11": 0.8})
    share = purify_anchors(new, old, largest_share=0.05)
    assert [item.name for item in share.dropped] == ["q3"]
    assert ("q11", "largest_share") in share.kept_despite_flag
    count = purify_anchors(new, old, fewest_anchors=20)
    assert count.dropped == ()
    assert ("q3", "fewest_anchors") in count.kept_despite_flag


def test_the_last_item_of_a_content_area_stays() -> None:
    old = anchor()
    areas = {name: "networks" if name == "q3" else "storage" for name in old.names}
    result = purify_anchors(recalibrated(old, {"q3": 1.2}), old, content_areas=areas)
    assert ("q3", "content_area") in result.kept_despite_flag
    assert "q3" in result.link.anchors.names
    two = purify_anchors(recalibrated(old, {"q3": 1.2}), old, content_areas=areas | {"q4": "networks"})
    assert [item.name for item in two.dropped] == ["q3"]


def test_limits_that_make_no_sense_are_refused() -> None:
    old = anchor()
    with pytest.raises(ValueError, match="largest_share"):
        purify_anchors(old, old, largest_share=1.0)
    with pytest.raises(ValueError, match="fewest_anchors"):
        purify_anchors(old, old, fewest_anchors=0)
    with pytest.raises(ValueError, match="'q2' has no content area"):
        purify_anchors(old, old, content_areas={"q1": "networks"})
