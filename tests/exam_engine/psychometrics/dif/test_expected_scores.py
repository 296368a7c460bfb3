import numpy as np
import pytest
from scipy.special import expit

from exam_engine.psychometrics.dif.expected_scores import expected_score_classes, expected_score_differences
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature


def test_the_differences_are_the_means_over_the_focal_abilities() -> None:
    density = Quadrature(np.array([-1.0, 0.0, 1.0]), np.array([0.2, 0.5, 0.3]))
    reference = ItemParameters.dichotomous(["q1", "q2"], [1.0, 1.5], [0.0, 0.0])
    focal = ItemParameters.dichotomous(["q1", "q2"], [1.0, 0.75], [0.5, 0.0])

    result = expected_score_differences(reference, focal, density)

    harder = expit(density.nodes - 0.5) - expit(density.nodes)
    flatter = expit(0.75 * density.nodes) - expit(1.5 * density.nodes)
    np.testing.assert_allclose(result.signed, [density.weights @ harder, density.weights @ flatter])
    np.testing.assert_allclose(result.unsigned, [-density.weights @ harder, density.weights @ np.abs(flatter)])
    assert result.test_signed == pytest.approx(density.weights @ (harder + flatter))
    assert result.test_unsigned == pytest.approx(density.weights @ np.abs(harder + flatter))
    assert result.favoured == ("reference", "crossing")


def test_equal_curves_favour_nobody() -> None:
    items = ItemParameters.polytomous(["q"], "GRM", [1.2], [[-1.0, 1.0]])

    result = expected_score_differences(items, items, normal_quadrature())

    assert result.favoured == (None,)
    assert result.unsigned[0] == 0.0


def test_classes_are_by_size_per_point() -> None:
    density = normal_quadrature()
    reference = ItemParameters.polytomous(["q"], "PCM", [1.0], [[-0.5, 0.5]])
    focal = ItemParameters.polytomous(["q"], "PCM", [1.0], [[-0.2, 0.8]])
    result = expected_score_differences(reference, focal, density)

    size = float(result.unsigned[0])
    yes, no = np.array([0.01]), np.array([0.5])
    assert expected_score_classes(result, np.array([size / 0.049]), yes) == ("A",)
    assert expected_score_classes(result, np.array([size / 0.051]), yes) == ("B",)
    assert expected_score_classes(result, np.array([size / 0.101]), yes) == ("C",)
    assert expected_score_classes(result, np.array([size / 0.101]), no) == ("A",)
