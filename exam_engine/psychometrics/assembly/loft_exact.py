"""One form by branch and bound, for the rare case that drawing and swapping find none."""

import math
from typing import Final

import numpy as np
from scipy.sparse import csr_array, vstack

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.exposure import incidence
from exam_engine.psychometrics.assembly.rows import FormRows
from exam_engine.psychometrics.assembly.solver import LinearProgramme, SolverLimits, solve

_GAP: Final = 0.1
"""Close enough: any form will do, but costs with some chance in them lead to a new one each time."""
_NODES: Final = 2_000


def exact_form(
    rows: FormRows,
    costs: FloatArray,
    *,
    forms: list[IntArray],
    overlap_most: int | None,
    seed: int,
) -> list[int] | None:
    """Items of a form that meets the rows, as cheap as a coarse search finds; None when there is none or it gives up.

    Parameters
    ----------
    costs : (J,) price of each item, at least 0; ∞ for items that may not be taken.
    forms, overlap_most : earlier forms, of each of which it may hold only so many items that are not anchors.
    """
    n_items, width = rows.n_items, rows.n_items + rows.n_stimuli
    matrix, lower, upper = rows.matrix, rows.lower, rows.upper
    anchors = rows.variable_lower[:n_items] > 0.0
    if overlap_most is not None and forms:
        shared = incidence(forms, n_items) * ~anchors
        wide = csr_array((shared.data, shared.indices, shared.indptr), shape=(len(forms), width))
        matrix = csr_array(vstack([matrix, wide], format="csr"))
        lower = np.append(lower, np.full(len(forms), -math.inf))
        upper = np.append(upper, np.full(len(forms), float(overlap_most)))
    variable_upper = rows.variable_upper.copy()
    variable_upper[:n_items][~np.isfinite(costs) & ~anchors] = 0.0
    solution = solve(
        LinearProgramme(
            cost=np.append(np.where(np.isfinite(costs), costs, 0.0), np.zeros(rows.n_stimuli)),
            matrix=matrix,
            row_lower=lower,
            row_upper=upper,
            lower=rows.variable_lower,
            upper=variable_upper,
            is_integer=np.ones(width, dtype=np.bool_),
        ),
        SolverLimits(relative_gap=_GAP, nodes=_NODES),
        seed=seed,
    )
    if solution.x is None:
        return None
    items: list[int] = np.flatnonzero(solution.x[:n_items] > 0.5).tolist()
    return items
