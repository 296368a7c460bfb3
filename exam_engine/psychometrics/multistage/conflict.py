"""Why no panel exists: requirements that cannot be met together, none of them superfluous.

References
----------
Chinneck (2008), *Feasibility and Infeasibility in Optimization*, ch. 6 (elastic and deletion filters).
"""

from typing import Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack, vstack

from exam_engine.psychometrics.arrays import BoolArray, IntArray
from exam_engine.psychometrics.assembly.rows import RowCode
from exam_engine.psychometrics.assembly.solver import LinearProgramme, solve
from exam_engine.psychometrics.multistage.rows import PanelRowName, PanelRows

_FINE_ROWS: Final[tuple[RowCode, ...]] = ("stimulus_link", "item_use", "enemies", "all_or_none")
"""Rows about single items: tried first for removal, so that what remains is in the terms of the blueprint."""

_DUAL_ZERO: Final = 1e-9


def panel_conflict(rows: PanelRows) -> tuple[PanelRowName, ...]:
    """A minimal set of named requirements that no panel meets, even in fractions of items; empty when there is none.

    The elastic programme, in which every row may be broken at a price, names in its dual the rows of one
    contradiction. A deletion filter takes those out that are not needed. Rows of one requirement of one module or route
    stand or fall together. Items kept in or out of a module stay so and are not named.
    """
    keys = [(name.scope, name.place, id(name.row)) for name in rows.names]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    group: IntArray = np.array([numbers[key] for key in keys], dtype=np.intp)
    named = dict(zip(group.tolist(), rows.names, strict=True))
    needed = set(group[_in_contradiction(rows)].tolist())
    if not needed:
        return ()

    def order(number: int) -> tuple[bool, int]:
        return named[number].row.code not in _FINE_ROWS, -number

    for candidate in sorted(needed, key=order):
        without = needed - {candidate}
        if not _is_feasible(rows, np.isin(group, list(without))):
            needed = without
    return tuple(named[number] for number in sorted(needed))


def _in_contradiction(rows: PanelRows) -> BoolArray:
    """Rows with a price in the elastic programme; none when everything can be met."""
    n_rows, n_variables = rows.matrix.shape
    has_lower, has_upper = np.isfinite(rows.lower), np.isfinite(rows.upper)
    matrix = vstack([rows.matrix[has_upper], -rows.matrix[has_lower]], format="csr")
    limits = np.concatenate([rows.upper[has_upper], -rows.lower[has_lower]])
    elastic = csr_array(hstack([matrix, -eye_array(limits.size, format="csr")], format="csr"))
    solution = linprog(
        np.concatenate([np.zeros(n_variables), np.ones(limits.size)]),
        A_ub=elastic,
        b_ub=limits,
        bounds=np.column_stack(
            [
                np.concatenate([rows.variable_lower, np.zeros(limits.size)]),
                np.concatenate([rows.variable_upper, np.full(limits.size, np.inf)]),
            ]
        ),
        method="highs",
    )
    priced: BoolArray = np.zeros(n_rows, dtype=np.bool_)
    if solution.fun <= _DUAL_ZERO * (1.0 + float(np.abs(limits).max(initial=0.0))):
        return priced
    is_priced = np.abs(solution.ineqlin.marginals) > _DUAL_ZERO
    place = np.concatenate([np.flatnonzero(has_upper), np.flatnonzero(has_lower)])
    priced[place[is_priced]] = True
    return priced


def _is_feasible(rows: PanelRows, kept: BoolArray) -> bool:
    n_variables = rows.variable_upper.size
    programme = LinearProgramme(
        cost=np.zeros(n_variables),
        matrix=csr_array(rows.matrix[kept]),
        row_lower=rows.lower[kept],
        row_upper=rows.upper[kept],
        lower=rows.variable_lower,
        upper=rows.variable_upper,
        is_integer=np.zeros(n_variables, dtype=np.bool_),
    )
    return solve(programme).status != "infeasible"
