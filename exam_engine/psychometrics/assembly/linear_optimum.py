"""Linear programmes that are solved again and again with other costs and bounds, with the prices of their rows."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.solver import (
    HAS_HIGHSPY,
    LinearProgramme,
    SolverError,
    highs_model,
    quiet_highs,
)


@dataclass(frozen=True, slots=True, eq=False)
class LinearOptimum:
    """The optimum of a linear programme and what its rows and bounds are worth.

    Attributes
    ----------
    value : least cost.
    x : (V,) a point that reaches it.
    row_prices : (R,) change of the least cost per unit of the row's binding bound: positive where the lower bound
        binds, negative where the upper one does.
    column_prices : (V,) the same for the bounds of the variables (reduced costs).
    """

    value: float
    x: FloatArray
    row_prices: FloatArray
    column_prices: FloatArray


class RepeatedLinearProgramme:
    """A linear programme that stays with the solver, so that each change starts from the last basis.

    Parameters
    ----------
    programme : whole-number marks are ignored.
    backend : the better one installed when None.
    """

    def __init__(self, programme: LinearProgramme, backend: Literal["highspy", "scipy"] | None = None) -> None:
        relaxed = np.zeros(programme.cost.size, dtype=np.bool_)
        # The arrays are changed in place below, so they must be the caller's no longer.
        self._programme = replace(
            programme,
            cost=programme.cost.copy(),
            lower=programme.lower.copy(),
            upper=programme.upper.copy(),
            is_integer=relaxed,
        )
        self._highs = None
        if HAS_HIGHSPY and backend != "scipy":
            self._highs = quiet_highs()
            # Presolving would be done again after each change, and costs more here than it saves.
            self._highs.setOptionValue("presolve", "off")
            self._highs.passModel(highs_model(self._programme))

    def set_costs(self, columns: IntArray, costs: FloatArray) -> None:
        """Give the columns other costs."""
        self._programme.cost[columns] = costs
        if self._highs is not None and columns.size:
            self._highs.changeColsCost(columns.size, columns.astype(np.int32), costs)

    def set_bounds(self, columns: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Give the columns other bounds."""
        self._programme.lower[columns], self._programme.upper[columns] = lower, upper
        if self._highs is not None and columns.size:
            self._highs.changeColsBounds(columns.size, columns.astype(np.int32), lower, upper)

    def solve(self) -> LinearOptimum | None:
        """Return the optimum, None when no point meets the rows.

        Raises
        ------
        SolverError
        """
        if self._highs is None:
            return _solve_by_scipy(self._programme)
        self._highs.run()
        status = self._highs.modelStatusToString(self._highs.getModelStatus())
        if status == "Infeasible":
            return None
        if status != "Optimal":
            raise SolverError(f"HiGHS stopped with {status}")
        solution = self._highs.getSolution()
        return LinearOptimum(
            float(self._highs.getInfo().objective_function_value),
            np.array(solution.col_value),
            np.array(solution.row_dual),
            np.array(solution.col_dual),
        )


def _solve_by_scipy(programme: LinearProgramme) -> LinearOptimum | None:
    below, above = np.flatnonzero(np.isfinite(programme.row_upper)), np.flatnonzero(np.isfinite(programme.row_lower))
    matrix = csr_array(programme.matrix)
    result = linprog(
        programme.cost,
        A_ub=vstack([matrix[below], -matrix[above]], format="csr"),
        b_ub=np.concatenate([programme.row_upper[below], -programme.row_lower[above]]),
        bounds=np.column_stack([programme.lower, programme.upper]),
        method="highs",
    )
    if result.status == 2:
        return None
    if result.status != 0:
        raise SolverError(f"HiGHS stopped: {result.message}")
    prices = np.zeros(programme.row_lower.size)
    np.add.at(prices, below, result.ineqlin.marginals[: below.size])
    np.add.at(prices, above, -result.ineqlin.marginals[below.size :])
    return LinearOptimum(
        float(result.fun), np.asarray(result.x), prices, result.lower.marginals + result.upper.marginals
    )
