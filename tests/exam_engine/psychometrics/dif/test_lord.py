import numpy as np
import pytest
from scipy.stats import chi2

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.calibration import calibrate
from exam_engine.psychometrics.dif import DifError, lord_dif
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import ParameterCovariance
from exam_engine.psychometrics.quadrature import normal_quadrature
from tests.exam_engine.psychometrics.dif.calibrations import (
    FOCAL_A,
    FOCAL_B,
    NAMES,
    A,
    B,
    difficulty_covariance,
    independent_covariance,
)
from tests.exam_engine.psychometrics.dif.simulated import GROUPS, ITEMS, WITH_DIF, simulated_responses

REFERENCE = ItemParameters.dichotomous(NAMES, A, B)
FOCAL = ItemParameters.dichotomous(NAMES, FOCAL_A, FOCAL_B)
REFERENCE_COVARIANCE = independent_covariance(REFERENCE, 1)
FOCAL_COVARIANCE = independent_covariance(FOCAL, 2)


def test_the_statistic_is_the_quadratic_form_of_the_differences_of_a_and_b() -> None:
    result = lord_dif(
        REFERENCE,
        FOCAL,
        reference_covariance=REFERENCE_COVARIANCE,
        focal_covariance=FOCAL_COVARIANCE,
        link=None,
    )

    covariance = difficulty_covariance(REFERENCE, REFERENCE_COVARIANCE, "q4") + difficulty_covariance(
        FOCAL, FOCAL_COVARIANCE, "q4"
    )
    difference = np.array([0.7 - 1.0, 0.6 - 0.1])
    assert result.statistic[3] == pytest.approx(difference @ np.linalg.solve(covariance, difference), rel=1e-6)
    assert result.df.tolist() == [2, 2, 2, 2]
    assert result.p[3] == pytest.approx(chi2.sf(result.statistic[3], 2))
    assert result.details["b_difference"][3] == pytest.approx(0.5)
    assert result.details["b_standard_error"][3] == pytest.approx(np.sqrt(covariance[1, 1]), rel=1e-6)
    np.testing.assert_allclose(result.statistic[:3], 0.0, atol=1e-18)
    assert result.favoured[:3] == (None, None, None)


def test_a_change_of_the_focal_scale_is_undone_by_the_link() -> None:
    # θ* = 0.8 θ − 0.4: a* = a / 0.8, and intercepts follow; the covariance of (a, d) goes with the same linear map.
    moved = FOCAL.transformed(0.8, -0.4)
    jacobian = np.array([[1 / 0.8, 0.0], [0.4 / 0.8, 1.0]])
    blocks = [jacobian @ FOCAL_COVARIANCE.of_items([name]).matrix @ jacobian.T for name in NAMES]

    result = lord_dif(
        REFERENCE,
        moved,
        reference_covariance=REFERENCE_COVARIANCE,
        focal_covariance=ParameterCovariance.independent_items(moved, blocks),
        anchors=["q1", "q2", "q3"],
        focal_density=normal_quadrature(mean=-0.4, sd=0.8),
    )
    direct = lord_dif(
        REFERENCE,
        FOCAL,
        reference_covariance=REFERENCE_COVARIANCE,
        focal_covariance=FOCAL_COVARIANCE,
        link=None,
    )

    np.testing.assert_allclose(result.statistic, direct.statistic, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(result.effect, direct.effect, atol=1e-6)


def test_purification_links_through_the_items_without_dif() -> None:
    names = tuple(f"q{number}" for number in range(12))
    a, b = np.linspace(0.7, 1.6, 12), np.linspace(-1.5, 1.5, 12)
    reference = ItemParameters.dichotomous(names, a, b)
    focal = ItemParameters.dichotomous(names, a, b + np.where(np.arange(12) < 3, 0.8, 0.0)).transformed(1.1, 0.3)

    result = lord_dif(
        reference,
        focal,
        reference_covariance=independent_covariance(reference, 3),
        focal_covariance=independent_covariance(focal, 4),
        purify=True,
    )

    assert result.anchors == names[3:]
    np.testing.assert_allclose(result.details["b_difference"][:3], 0.8, atol=1e-6)
    np.testing.assert_allclose(result.statistic[3:], 0.0, atol=1e-6)
    assert set(result.favoured[:3]) == {"reference"}


def test_only_difficulties_are_tested_where_the_model_has_one_slope() -> None:
    items = ItemParameters.polytomous(["q1", "q2"], "PCM", 1.0, [[-1.0, 0.5], [0.0, 1.0]])
    covariance = independent_covariance(items, 5)
    without_slopes = [place for place, label in enumerate(covariance.labels) if label[1] != "a"]
    covariance = ParameterCovariance(
        tuple(covariance.labels[place] for place in without_slopes),
        covariance.matrix[np.ix_(without_slopes, without_slopes)],
    )

    result = lord_dif(items, items, reference_covariance=covariance, focal_covariance=covariance, link=None)

    assert result.df.tolist() == [2, 2]


def test_parameters_tied_together_count_once() -> None:
    items = ItemParameters.polytomous(["q1"], "PCM", 1.0, [[-1.0, 0.5]])
    # Both intercepts move together, so there is one thing to test.
    covariance = ParameterCovariance((("q1", "d1"), ("q1", "d2")), np.full((2, 2), 0.01))
    other = ItemParameters.polytomous(["q1"], "PCM", 1.0, [[-0.8, 0.7]])

    result = lord_dif(items, other, reference_covariance=covariance, focal_covariance=covariance, link=None)

    assert result.df[0] == 1
    assert result.statistic[0] == pytest.approx(0.2**2 / 0.02, rel=1e-6)


def test_a_rating_scale_item_is_compared_by_its_place_on_the_scale() -> None:
    items = ItemParameters.polytomous(["q1"], "RSM", 1.0, [[-1.0, 0.5]])
    other = ItemParameters.polytomous(["q1"], "RSM", 1.0, [[-0.7, 0.6]])
    covariance = ParameterCovariance((("q1", "d1"), ("q1", "d2")), np.diag([0.01, 0.03]))

    result = lord_dif(items, other, reference_covariance=covariance, focal_covariance=covariance, link=None)

    assert result.df[0] == 1
    assert result.statistic[0] == pytest.approx(0.2**2 / (2 * 0.04 / 4), rel=1e-6)


def test_a_nominal_item_is_compared_by_its_slopes_and_intercepts() -> None:
    items = ItemParameters.nominal(["q1"], [[0.5, 1.2]], [[0.3, -0.2]])
    other = ItemParameters.nominal(["q1"], [[0.5, 1.4]], [[0.3, -0.2]])

    result = lord_dif(
        items,
        other,
        reference_covariance=independent_covariance(items, 1),
        focal_covariance=independent_covariance(other, 1),
        link=None,
    )

    inverse = np.linalg.inv(2 * independent_covariance(items, 1).matrix)
    assert result.df[0] == 4
    assert result.statistic[0] == pytest.approx(0.2**2 * inverse[1, 1], rel=1e-6)


def test_an_item_without_sampling_errors_is_flagged() -> None:
    covariance = REFERENCE_COVARIANCE.of_items(["q1", "q2", "q3"])

    result = lord_dif(REFERENCE, FOCAL, reference_covariance=covariance, focal_covariance=FOCAL_COVARIANCE, link=None)

    assert np.isnan(result.statistic[3])
    assert result.flags[3] == ("not_estimable",)


def test_calibrations_without_common_items_or_models_are_refused() -> None:
    other = ItemParameters.dichotomous(["x1"], [1.0], [0.0])
    three = ItemParameters.dichotomous(NAMES, A, B, 0.2)

    for focal, code in ((other, "dif.no_common_items"), (three, "dif.models_differ")):
        with pytest.raises(DifError) as caught:
            lord_dif(
                REFERENCE,
                focal,
                reference_covariance=REFERENCE_COVARIANCE,
                focal_covariance=independent_covariance(focal, 1),
            )
        assert caught.value.code == code


def test_a_link_through_no_item_is_refused() -> None:
    with pytest.raises(DifError) as caught:
        lord_dif(
            REFERENCE,
            FOCAL,
            reference_covariance=REFERENCE_COVARIANCE,
            focal_covariance=FOCAL_COVARIANCE,
            anchors=[],
        )

    assert caught.value.code == "dif.no_anchors"


def test_two_calibrations_of_the_simulated_test_show_its_dif() -> None:
    responses = simulated_responses()
    fits = [calibrate(ResponseMatrix.from_array(responses.scores[name == GROUPS], ITEMS)) for name in ("R", "F")]

    result = lord_dif(
        fits[0].items,
        fits[1].items,
        reference_covariance=ParameterCovariance.of_calibration(fits[0]),
        focal_covariance=ParameterCovariance.of_calibration(fits[1]),
        sample_sizes=(1000, 1000),
        group_names=("R", "F"),
        purify=True,
        level=0.01,
    )

    assert result.purification is not None
    assert set(WITH_DIF) <= set(result.purification.flagged[-1])
    assert result.favoured[ITEMS.index("Item_11")] == "reference"
    assert all(flags == () for flags in result.flags)
