from typing import Literal

import numpy as np
import pytest
from scipy.sparse import csr_array

from exam_engine.psychometrics.assembly.linear_optimum import LinearOptimum, RepeatedLinearProgramme
from exam_engine.psychometrics.assembly.solver import LinearProgramme, SolverError

Backend = Literal["highspy", "scipy"]


def mixture() -> LinearProgramme:
    """Least 2x + 3y with x + y ≥ 10, x − y ≤ 2, x ≤ 8: at x = 6, y = 4."""
    return LinearProgramme(
        cost=np.array([2.0, 3.0]),
        matrix=csr_array(np.array([[1.0, 1.0], [1.0, -1.0]])),
        row_lower=np.array([10.0, -np.inf]),
        row_upper=np.array([np.inf, 2.0]),
        lower=np.zeros(2),
        upper=np.array([8.0, np.inf]),
        is_integer=np.ones(2, dtype=np.bool_),
    )


def solved(programme: RepeatedLinearProgramme) -> LinearOptimum:
    optimum = programme.solve()
    assert optimum is not None
    return optimum


@pytest.mark.parametrize("backend", ["highspy", "scipy"])
def test_prices_say_what_a_unit_of_each_bound_costs(backend: Backend) -> None:
    optimum = solved(RepeatedLinearProgramme(mixture(), backend))

    assert optimum.value == pytest.approx(24.0)
    assert optimum.x == pytest.approx([6.0, 4.0])
    # By hand: 2.5 a unit of the mixture, and half a unit saved when x may exceed y by one more.
    assert optimum.row_prices == pytest.approx([2.5, -0.5])
    assert optimum.column_prices == pytest.approx([0.0, 0.0])


@pytest.mark.parametrize("backend", ["highspy", "scipy"])
def test_changes_are_followed_and_leave_the_callers_programme_alone(backend: Backend) -> None:
    given = mixture()
    programme = RepeatedLinearProgramme(given, backend)

    programme.set_bounds(np.array([0]), np.array([0.0]), np.array([5.0]))
    bounded = solved(programme)
    programme.set_costs(np.array([1]), np.array([1.0]))
    cheaper = solved(programme)
    programme.set_bounds(np.array([1]), np.array([0.0]), np.array([4.0]))

    assert bounded.value == pytest.approx(25.0)
    assert bounded.column_prices[0] == pytest.approx(-1.0)
    assert cheaper.x == pytest.approx([0.0, 10.0])
    assert programme.solve() is None
    assert given.cost[1] == 3.0
    assert given.upper[0] == 8.0


@pytest.mark.parametrize("backend", ["highspy", "scipy"])
def test_a_programme_without_end_is_refused(backend: Backend) -> None:
    programme = RepeatedLinearProgramme(mixture(), backend)
    programme.set_costs(np.array([1]), np.array([-1.0]))

    with pytest.raises(SolverError):
        programme.solve()
