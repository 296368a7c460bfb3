import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics import ItemParameters, Priors
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.calibration.item_curves import log_probabilities, predictor_design
from exam_engine.psychometrics.calibration.maximisation import free_derivatives, maximise_items
from exam_engine.psychometrics.calibration.objective import GroupStatistics, group_objective
from exam_engine.psychometrics.calibration.parameterisation import Parameterisation, parameterise, working_values
from tests.exam_engine.psychometrics.calibration.models import ITEMS, MIXED, NODES

NONE = Priors()


def statistics_of(layout: Parameterisation, omega: FloatArray) -> tuple[GroupStatistics, ...]:
    """Expected counts that the given parameters reproduce exactly, so that they are the maximum."""
    weights = np.exp(-0.5 * NODES**2) / np.exp(-0.5 * NODES**2).sum()
    found = []
    for group in layout.groups:
        counts = np.tile(1000 * weights, (group.items.size, 1))
        table = counts[:, None, :] * np.exp(log_probabilities(group, group.working(omega), NODES))
        if group.is_exponential:
            design, powers = predictor_design(group)
            table = np.einsum("gkq,kp,qp->gp", table, design, NODES[:, None] ** powers)
        found.append(GroupStatistics(counts, table))
    return tuple(found)


def layout_of(items: ItemParameters) -> tuple[Parameterisation, FloatArray]:
    layout = parameterise(items.names, items.models, items.n_categories, None)
    return layout, layout.basis.T @ working_values(layout, items)


@given(st.floats(-3.0, 3.0), st.floats(-4.0, 4.0), st.floats(-8.0, 8.0), st.floats(-8.0, 8.0))
def test_the_maximum_is_found_from_far_away(a: float, d: float, start_a: float, start_d: float) -> None:
    items = ItemParameters.dichotomous(["x", "y"], [1.0, 1.0], [0.0, 0.0])
    layout, _ = layout_of(items)
    target = np.array([a, d, 1.0, 0.0])

    found = np.array([start_a, start_d, 1.0, 0.0])
    for _ in range(4):
        found = maximise_items(layout, statistics_of(layout, target), found, NODES, NONE)

    np.testing.assert_allclose(found, target, atol=1e-6)


@pytest.mark.parametrize("name", ITEMS)
def test_the_maximum_of_every_model_is_found_again(name: str) -> None:
    layout, target = layout_of(ITEMS[name])
    rng = np.random.default_rng(1)

    found = target + 0.1 * rng.random(target.size)
    for _ in range(40):
        found = maximise_items(layout, statistics_of(layout, layout.omega(target)), found, NODES, NONE)

    np.testing.assert_allclose(found, target, atol=1e-4)


def test_a_maximum_stays_where_it_is() -> None:
    layout, target = layout_of(MIXED)

    found = maximise_items(layout, statistics_of(layout, layout.omega(target)), target, NODES, NONE)

    np.testing.assert_allclose(found, target, atol=1e-7)


@settings(max_examples=25)
@given(st.floats(0.3, 3.0), st.floats(-4.0, 4.0), st.floats(-4.0, 4.0), st.floats(-2.0, 2.0))
def test_the_maximum_with_a_common_slope_is_found_from_far_away(a: float, d: float, e: float, start: float) -> None:
    layout = parameterise(("x", "y"), ("1PL", "1PL"), np.array([2, 2]), None)
    target = np.array([a, d, e])

    found = np.array([start, 0.0, 0.0])
    for _ in range(4):
        found = maximise_items(layout, statistics_of(layout, layout.omega(target)), found, NODES, NONE)

    np.testing.assert_allclose(found, target, atol=1e-6)


@pytest.mark.parametrize("name", ["3PL", "4PL", "GRM", "NRM"])
def test_no_step_lowers_the_objective_however_bad_the_start(name: str) -> None:
    layout, target = layout_of(ITEMS[name])
    statistics = statistics_of(layout, layout.omega(target))
    rng = np.random.default_rng(2)

    def objective(phi: FloatArray) -> float:
        omega = layout.omega(phi)
        return float(
            sum(
                group_objective(group, own, group.working(omega), NODES, NONE).sum()
                for group, own in zip(layout.groups, statistics, strict=True)
            )
        )

    for _ in range(20):
        start = target + rng.normal(0.0, 0.4, target.size)
        before = objective(start)
        if np.isfinite(before):
            assert objective(maximise_items(layout, statistics, start, NODES, NONE)) >= before


def test_fisher_and_exact_information_agree_at_a_maximum_in_expectation() -> None:
    # At counts the model reproduces, the expected and the observed second derivative are the same.
    layout, target = layout_of(MIXED)
    statistics = statistics_of(layout, layout.omega(target))

    _, expected = free_derivatives(layout, statistics, target, NODES, NONE)
    gradient, observed = free_derivatives(layout, statistics, target, NODES, NONE, exact=True)

    np.testing.assert_allclose(gradient, 0.0, atol=1e-8)
    np.testing.assert_allclose(expected, observed, rtol=1e-7, atol=1e-6)
