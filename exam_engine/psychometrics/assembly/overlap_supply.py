"""How many forms a pool supplies when any two of them may share some items.

An item in u forms is shared by u(u − 1)/2 pairs of forms, so N forms whose pairs share at most k items each satisfy
Σ u(u − 1)/2 ≤ k·N(N − 1)/2. The least left side for N forms is a linear programme, because the t-th use of an item
costs t − 1 pairs and dearer uses come last.
"""

import math
from typing import Final

import numpy as np
from scipy.sparse import csr_array, hstack

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.assembly.linear_optimum import RepeatedLinearProgramme
from exam_engine.psychometrics.assembly.rows import FormRows
from exam_engine.psychometrics.assembly.solver import LinearProgramme

MOST_REPEATS: Final = 12
"""Uses of an item beyond this many cost no more than this one; the bound stays valid."""


def overlapping_supply(rows: FormRows, capacity: FloatArray, overlap_maximum: int, most_forms: int) -> int:
    """No more forms than this exist, up to ``most_forms``.

    Parameters
    ----------
    rows : of one form.
    capacity : (J + S,) in how many forms each item and stimulus may stand.
    overlap_maximum : items that two forms may share, those held in every form apart.
    most_forms : where counting ends.

    Raises
    ------
    SolverError
    """
    possible, impossible = 0, 1
    while impossible <= most_forms and _may_exist(rows, capacity, overlap_maximum, impossible):
        possible, impossible = impossible, 2 * impossible
    if impossible > most_forms:
        if _may_exist(rows, capacity, overlap_maximum, most_forms):
            return most_forms
        impossible = most_forms
    while impossible - possible > 1:
        middle = (possible + impossible) // 2
        if _may_exist(rows, capacity, overlap_maximum, middle):
            possible = middle
        else:
            impossible = middle
    return possible


def _may_exist(rows: FormRows, capacity: FloatArray, overlap_maximum: int, n_forms: int) -> bool:
    shared_pairs = _fewest_shared_pairs(rows, capacity, n_forms)
    return shared_pairs is not None and shared_pairs <= overlap_maximum * math.comb(n_forms, 2) * (1.0 + 1e-9) + 1e-6


def _fewest_shared_pairs(rows: FormRows, capacity: FloatArray, n_forms: int) -> float | None:
    """Least Σ u(u − 1)/2 over the items of n forms, None when there are no n forms at all."""
    n_items = rows.n_items
    is_anchor: BoolArray = rows.variable_lower == 1.0
    most = np.where(rows.variable_upper == 0.0, 0.0, np.minimum(capacity, n_forms))
    most[is_anchor] = n_forms
    average = n_forms * rows.upper[0] if np.isfinite(rows.upper[0]) else n_forms
    usable = max(1, int((most[:n_items] > 0).sum()))
    repeats = max(1, min(n_forms, MOST_REPEATS, math.ceil(2.0 * average / usable) + 3))
    items = rows.matrix[:, :n_items]
    blocks, upper, cost = [], [], []
    for use in range(1, repeats + 1):
        blocks.append(items)
        room = most[:n_items] - (use - 1)
        upper.append(np.clip(room, 0.0, 1.0) if use < repeats else np.maximum(room, 0.0))
        cost.append(np.where(is_anchor[:n_items], 0.0, use - 1.0))
    width = repeats * n_items + rows.n_stimuli
    lower = np.zeros(width)
    for use in range(repeats):
        held = upper[use] * is_anchor[:n_items]
        lower[use * n_items : (use + 1) * n_items] = held
    matrix = hstack([*blocks, rows.matrix[:, n_items:]], format="csr")
    optimum = RepeatedLinearProgramme(
        LinearProgramme(
            cost=np.concatenate([*cost, np.zeros(rows.n_stimuli)]),
            matrix=csr_array(matrix),
            row_lower=rows.lower * n_forms,
            row_upper=rows.upper * n_forms,
            lower=lower,
            upper=np.concatenate([*upper, most[n_items:]]),
            is_integer=np.zeros(width, dtype=np.bool_),
        )
    ).solve()
    return None if optimum is None else optimum.value
