import numpy as np
import pytest

from exam_engine.psychometrics import normal_quadrature


def test_the_default_nodes_carry_the_moments_of_the_standard_normal() -> None:
    rule = normal_quadrature()

    assert rule.nodes.size == 61
    assert rule.spacing == pytest.approx(0.2)
    assert rule.weights.sum() == pytest.approx(1.0, abs=1e-15)
    moments = [float(rule.weights @ rule.nodes**power) for power in (1, 2, 3, 4)]
    assert moments == pytest.approx([0.0, 1.0, 0.0, 3.0], abs=2e-6)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [((2, -6.0, 6.0), "at least 3"), ((61, 6.0, 6.0), "is empty"), ((61, -np.inf, 6.0), "is empty")],
)
def test_a_rule_that_cannot_integrate_is_refused(arguments: tuple[int, float, float], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        normal_quadrature(*arguments)
