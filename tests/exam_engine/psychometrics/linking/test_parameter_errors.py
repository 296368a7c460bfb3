import numpy as np
import pytest

from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import ParameterCovariance
from exam_engine.psychometrics.linking.parameter_errors import (
    draw_items,
    item_labels,
    parameter_derivatives,
    shifted,
)


def items() -> ItemParameters:
    return ItemParameters.concatenate(
        [
            ItemParameters.dichotomous(["m"], 1.2, 0.3, 0.2),
            ItemParameters.polytomous(["g"], "GRM", [1.1], [[-1.0, 0.0, 1.0]]),
            ItemParameters.nominal(["n"], [[0.5, 1.0]], [[0.0, 0.1]]),
        ]
    )


def test_every_model_names_the_parameters_it_has() -> None:
    assert [label[1] for label in item_labels(items(), "m")] == ["a", "d1", "c"]
    assert [label[1] for label in item_labels(items(), "g")] == ["a", "d1", "d2", "d3"]
    assert [label[1] for label in item_labels(items(), "n")] == ["s1", "s2", "d1", "d2"]
    four = ItemParameters.dichotomous(["f"], 1.0, 0.0, 0.1, 0.9)
    assert [label[1] for label in item_labels(four, "f")] == ["a", "d1", "c", "u"]


def test_a_change_reaches_its_parameter_alone() -> None:
    moved = shifted(items(), [("g", "d2"), ("n", "s1")], np.array([0.1, -0.2]))
    assert moved.d[1, 1] == pytest.approx(items().d[1, 1] + 0.1)
    assert moved.s[2, 0] == pytest.approx(0.3)
    np.testing.assert_array_equal(moved.a, items().a)


def test_derivatives_at_the_bound_of_an_asymptote_are_one_sided() -> None:
    bound = ItemParameters.dichotomous(["q"], 1.0, 0.0, 0.0, 1.0)
    derivatives = parameter_derivatives(
        lambda t: np.array([t.c[0] ** 2 + t.c[0], t.u[0] ** 2]), bound, [("q", "c"), ("q", "u")]
    )
    np.testing.assert_allclose(derivatives, [[1.0, 0.0], [0.0, 2.0]], atol=2e-5)


def test_drawn_parameters_have_the_covariance_and_stay_parameters() -> None:
    labels = (("m", "a"), ("m", "c"), ("g", "d1"), ("g", "d2"))
    root = np.array([[0.1, 0, 0, 0], [0.02, 0.03, 0, 0], [0.0, 0.01, 0.1, 0], [0.05, 0.0, 0.02, 0.1]])
    covariance = ParameterCovariance(labels, root @ root.T)
    drawn = list(draw_items(items(), covariance, 4000, np.random.default_rng(1)))
    values = np.array([[t.a[0], t.c[0], t.d[1, 0], t.d[1, 1]] for t in drawn])
    np.testing.assert_allclose(np.cov(values, rowvar=False), covariance.matrix, atol=0.0012)
    np.testing.assert_allclose(values.mean(axis=0), [1.2, 0.2, 1.1, 0.0], atol=0.01)


def test_draws_that_leave_the_parameter_space_are_brought_back() -> None:
    labels = (("m", "c"), ("g", "d1"), ("g", "d2"))
    covariance = ParameterCovariance(labels, np.diag([1.0, 9.0, 9.0]))
    for drawn in draw_items(items(), covariance, 200, np.random.default_rng(2)):
        assert 0.0 <= drawn.c[0] < drawn.u[0]
        assert (np.diff(drawn.d[1]) < 0.0).all()


def test_parameters_without_errors_are_drawn_as_they_are() -> None:
    table = items()
    assert all(drawn is table for drawn in draw_items(table, None, 3, np.random.default_rng(3)))
