"""A few forms made together, out of what is left when they are all but the last."""

from typing import Final

import numpy as np
from scipy.sparse import block_diag, csr_array, hstack, identity, vstack

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.assembly.rows import FormRows
from exam_engine.psychometrics.assembly.solver import LinearProgramme, SolverLimits, solve

MOST_COLUMNS: Final = 4_000
"""Larger programmes than this are not tried."""


def forms_together(rows: FormRows, capacity: FloatArray, n_forms: int, *, nodes: int) -> list[FloatArray] | None:
    """Forms made together, as vectors over items and stimuli; None when they are not found.

    Parameters
    ----------
    rows : of one form.
    capacity : (J + S,) uses left when the forms are dissolved.
    n_forms : how many to make.
    nodes : branch-and-bound nodes.
    """
    columns = np.flatnonzero(capacity > 0.5)
    if columns.size * n_forms > MOST_COLUMNS:
        return None
    matrix = rows.matrix[:, columns]
    is_idle: BoolArray = np.diff(matrix.indptr) == 0
    if (rows.lower[is_idle] > 0.0).any() or (rows.upper[is_idle] < 0.0).any():
        return None
    kept = np.flatnonzero(~is_idle)
    shared = hstack([identity(columns.size, format="csr")] * n_forms, format="csr")
    is_limited = capacity[columns] < n_forms
    solution = solve(
        LinearProgramme(
            cost=np.zeros(columns.size * n_forms),
            matrix=csr_array(vstack([block_diag([matrix[kept]] * n_forms), shared[np.flatnonzero(is_limited)]])),
            row_lower=np.append(np.tile(rows.lower[kept], n_forms), np.zeros(int(is_limited.sum()))),
            row_upper=np.append(np.tile(rows.upper[kept], n_forms), capacity[columns][is_limited]),
            lower=np.tile(rows.variable_lower[columns], n_forms),
            upper=np.tile(rows.variable_upper[columns], n_forms),
            is_integer=np.ones(columns.size * n_forms, dtype=np.bool_),
        ),
        SolverLimits(nodes=nodes),
    )
    if solution.x is None:
        return None
    made = np.zeros((n_forms, capacity.size))
    made[:, columns] = solution.x.reshape(n_forms, columns.size)
    if any(rows.violated(np.flatnonzero(v[: rows.n_items] > 0.5)).size for v in made):
        return None
    return list(made)
