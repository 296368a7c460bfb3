import numpy as np
import pytest
from scipy.special import expit

from exam_engine.psychometrics.dif import DifError, DifResult, raju_dif
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import ParameterCovariance
from tests.exam_engine.psychometrics.dif.calibrations import (
    FOCAL_A,
    FOCAL_B,
    NAMES,
    A,
    B,
    difficulty_covariance,
    independent_covariance,
)


def _raju(
    reference: ItemParameters,
    focal: ItemParameters,
    area: str = "unsigned",
    interval: tuple[float, float] | None = None,
) -> tuple[DifResult, ParameterCovariance, ParameterCovariance]:
    covariances = independent_covariance(reference, 1), independent_covariance(focal, 2)
    result = raju_dif(
        reference,
        focal,
        reference_covariance=covariances[0],
        focal_covariance=covariances[1],
        area=area,  # type: ignore[arg-type]
        interval=interval,
        link=None,
    )
    return result, *covariances


@pytest.mark.parametrize(
    ("a", "b", "focal_a", "focal_b"), [(1.0, 0.1, 0.7, 0.6), (0.8, -0.4, 1.5, -0.2), (1.2, 0.5, 0.9, 0.5)]
)
def test_the_unsigned_area_of_2pl_items_is_rajus_closed_form(
    a: float, b: float, focal_a: float, focal_b: float
) -> None:
    reference = ItemParameters.dichotomous(["q"], [a], [b])
    focal = ItemParameters.dichotomous(["q"], [focal_a], [focal_b])

    result, reference_covariance, focal_covariance = _raju(reference, focal)

    # Raju (1988), equation 20, and the error of Raju (1990) from its derivatives in a and b of both groups.
    y = focal_a * a * (focal_b - b) / (focal_a - a)
    h = 2 * (focal_a - a) / (focal_a * a) * np.logaddexp(0, y) - (focal_b - b)
    by_focal_b = 1 - 2 * expit(y)
    by_focal_a = 2 / focal_a**2 * (y * expit(y) - np.logaddexp(0, y))
    by_a = -(focal_a**2) * by_focal_a / a**2
    variance = 0.0
    for items, covariance, gradient in (
        (reference, reference_covariance, np.array([by_a, -by_focal_b])),
        (focal, focal_covariance, np.array([by_focal_a, by_focal_b])),
    ):
        variance += gradient @ difficulty_covariance(items, covariance, "q") @ gradient
    assert result.details["area"][0] == pytest.approx(abs(h), rel=1e-7)
    assert result.details["area_standard_error"][0] == pytest.approx(np.sqrt(variance), rel=1e-5)
    assert result.statistic[0] == pytest.approx(h**2 / variance, rel=1e-5)


@pytest.mark.parametrize("guessing", [0.0, 0.2])
def test_the_signed_area_is_the_difference_of_difficulties_above_the_guessing_level(guessing: float) -> None:
    reference = ItemParameters.dichotomous(NAMES, A, B, guessing)
    focal = ItemParameters.dichotomous(NAMES, FOCAL_A, FOCAL_B, guessing)

    result, *_ = _raju(reference, focal, "signed")

    np.testing.assert_allclose(result.details["area"], (1 - guessing) * (FOCAL_B - B), atol=1e-8)
    assert result.favoured[3] in ("reference", "crossing")


@pytest.mark.parametrize("model", ["GRM", "GPCM"])
def test_the_signed_area_of_polytomous_items_is_the_sum_of_the_differences_of_thresholds(model: str) -> None:
    first, second = np.array([[-1.0, 0.0, 1.5]]), np.array([[-0.7, 0.3, 1.4]])
    reference = ItemParameters.polytomous(["q"], model, [1.2], first)  # type: ignore[arg-type]
    focal = ItemParameters.polytomous(["q"], model, [0.9], second)  # type: ignore[arg-type]

    result, *_ = _raju(reference, focal, "signed")

    assert result.details["area"][0] == pytest.approx(float((second - first).sum()), abs=1e-7)


def test_over_an_interval_the_area_is_the_integral_also_with_unequal_guessing() -> None:
    reference = ItemParameters.dichotomous(["q"], [1.3], [0.2], [0.25])
    focal = ItemParameters.dichotomous(["q"], [0.8], [0.0], [0.1])

    # The curves cross twice, close together: a fine sum is safer than an adaptive rule, which may step over it.
    theta = np.linspace(-4.0, 4.0, 400_001)
    difference = 0.25 + 0.75 * expit(1.3 * (theta - 0.2)) - 0.1 - 0.9 * expit(0.8 * theta)
    for area, expected in (
        ("signed", np.trapezoid(difference, theta)),
        ("unsigned", np.trapezoid(np.abs(difference), theta)),
    ):
        result, *_ = _raju(reference, focal, area, (-4.0, 4.0))
        assert result.details["area"][0] == pytest.approx(expected, abs=1e-8)


def test_over_all_abilities_unequal_guessing_has_no_finite_area() -> None:
    reference = ItemParameters.dichotomous(["q"], [1.3], [0.2], [0.25])
    focal = ItemParameters.dichotomous(["q"], [0.8], [0.0], [0.1])

    result, *_ = _raju(reference, focal)

    assert np.isnan(result.statistic[0])
    assert result.flags[0] == ("not_estimable",)


def test_the_error_of_the_area_is_its_spread_over_draws_of_the_parameters() -> None:
    reference = ItemParameters.dichotomous(["q"], [1.0], [0.0])
    focal = ItemParameters.dichotomous(["q"], [1.3], [1.0])
    result, reference_covariance, focal_covariance = _raju(reference, focal, "signed")

    rng = np.random.default_rng(3)
    small = 0.1  # the delta method is for small errors
    drawn = [
        rng.multivariate_normal([items.a[0], items.d[0, 0]], small**2 * covariance.matrix, size=4000)
        for items, covariance in ((reference, reference_covariance), (focal, focal_covariance))
    ]
    areas = -drawn[1][:, 1] / drawn[1][:, 0] + drawn[0][:, 1] / drawn[0][:, 0]
    assert result.details["area_standard_error"][0] == pytest.approx(areas.std() / small, rel=0.05)


def test_options_that_name_no_area_are_refused() -> None:
    items = ItemParameters.dichotomous(["q"], [1.0], [0.0])

    with pytest.raises(DifError, match="neither"):
        _raju(items, items, "exact")
    with pytest.raises(DifError, match="empty"):
        _raju(items, items, "signed", (1.0, 1.0))
