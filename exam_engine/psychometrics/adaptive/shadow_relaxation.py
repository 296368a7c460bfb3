"""The linear relaxation of a shadow test, kept warm in HiGHS: costs and bounds change, the simplex basis stays."""

import contextlib
from typing import Any, Final, NamedTuple

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.assembly.solver import LinearProgramme, SolverError, highs_model, quiet_highs

# There is no wheel for every platform; the scipy path needs none of this.
with contextlib.suppress(ImportError):
    import highspy

DUAL_TOLERANCE: Final = 1e-9
"""Reduced costs are exact to this, so that the optimum is exact to far less than the 1e-6 it is audited to."""

Basis = Any
"""A ``highspy.HighsBasis``: which variables and rows are basic."""


class Vertex(NamedTuple):
    """An optimal vertex of the relaxation.

    Attributes
    ----------
    value : cost of x.
    x : (V,) the point.
    reduced_cost : (V,) by how much the value grows per unit of a variable away from its bound, signed.
    """

    value: float
    x: FloatArray
    reduced_cost: FloatArray


class WarmRelaxation:
    """One linear programme whose costs and variable bounds change between solves.

    The dual simplex method starts from the basis of the solve before, or from one handed in; the same basis and figures
    give the same vertex, whatever was solved in between.

    Parameters
    ----------
    programme : rows, and the bounds that hold at first; whole numbers are taken as continuous.
    """

    def __init__(self, programme: LinearProgramme) -> None:
        self._highs = quiet_highs()
        for option, value in (
            ("solver", "simplex"),
            ("presolve", "off"),
            ("dual_feasibility_tolerance", DUAL_TOLERANCE),
        ):
            self._highs.setOptionValue(option, value)
        model = highs_model(programme)
        model.integrality_ = []
        self._highs.passModel(model)
        self._columns = np.arange(programme.cost.size, dtype=np.int32)
        self._lower, self._upper = programme.lower.copy(), programme.upper.copy()

    @property
    def basis(self) -> Basis:
        """The basis of the latest solve, to start a later one from."""
        return self._highs.getBasis()

    def price(self, cost: FloatArray) -> None:
        """Set the (V,) costs of the solves to come."""
        self._highs.changeColsCost(self._columns.size, self._columns, cost)

    def solve(
        self, lower: FloatArray, upper: FloatArray, *, start: Basis | None = None, cutoff: float = np.inf
    ) -> Vertex | None:
        """Optimal vertex within (V,) bounds; None when there is none or its value would not be below ``cutoff``.

        Raises
        ------
        SolverError
            When HiGHS breaks off.
        """
        changed = np.flatnonzero((lower != self._lower) | (upper != self._upper)).astype(np.int32)
        if changed.size:
            self._highs.changeColsBounds(changed.size, changed, lower[changed], upper[changed])
            self._lower[changed], self._upper[changed] = lower[changed], upper[changed]
        if start is not None:
            self._highs.setBasis(start)
        self._highs.setOptionValue("objective_bound", cutoff)
        self._highs.run()
        status = self._highs.getModelStatus()
        kinds = highspy.HighsModelStatus
        if status in (kinds.kInfeasible, kinds.kObjectiveBound):
            return None
        if status != kinds.kOptimal:
            raise SolverError(f"HiGHS stopped with {self._highs.modelStatusToString(status)}")
        solution = self._highs.getSolution()
        value = float(self._highs.getInfo().objective_function_value)
        if value >= cutoff:
            return None
        return Vertex(value, np.array(solution.col_value), np.array(solution.col_dual))


def basis_text(basis: Basis) -> str:
    """A basis as text to be stored, one digit a variable, a stroke, one digit a row."""
    parts = (basis.col_status, basis.row_status)
    return "/".join("".join(str(int(status)) for status in part) for part in parts)


def basis_from_text(text: str) -> Basis:
    """Read what ``basis_text`` wrote."""
    statuses = [[highspy.HighsBasisStatus(int(digit)) for digit in part] for part in text.split("/")]
    basis = highspy.HighsBasis()
    basis.col_status, basis.row_status = statuses
    basis.valid, basis.alien = True, False
    return basis
