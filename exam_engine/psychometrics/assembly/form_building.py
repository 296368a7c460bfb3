"""Makes as many forms as it can, one after another, each the one that costs the rest of the pool least.

Before each form the linear programme of the remaining supply prices every item by the forms that it is still worth. The
next form is the cheapest one at these prices, so that scarce items are left where they are needed (look-ahead as in the
big-shadow-test method). When no further form is found though fractions of items allow for one, a few forms are
dissolved and made anew together with one more.

References
----------
van der Linden & Adema (1998), Simultaneous assembly of multiple test forms, *Journal of Educational Measurement* 35(3).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array, vstack

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.form_supply import FormSupply, SupplyProgramme
from exam_engine.psychometrics.assembly.forms_together import forms_together
from exam_engine.psychometrics.assembly.rows import FormRows
from exam_engine.psychometrics.assembly.solver import LinearProgramme, SolverLimits, solve

SAMPLE: Final = 12
"""A form is chosen among so many times its own number of items at first; among more when these will not do."""

_DISSOLVED: Final = (1,) * 4 + (2,) * 6 + (3,) * 4
_QUESTIONS: Final = 6
"""How many forms are dissolved in turn, and how often whole numbers are tried where fractions of items would do."""

_SHARED: Final = 0.1
"""What it costs, in forms, to share all items with one earlier form, where sharing is limited."""

_PLANNED: Final = 0.01
"""What it costs, in forms per form, to stray from the plan of the linear programme by all items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingLimits:
    """When to stop.

    Parameters
    ----------
    most_forms : forms wanted.
    nodes : branch-and-bound nodes for any one form.
    """

    most_forms: int
    nodes: int = 500


def build_forms(
    rows: FormRows,
    capacity: FloatArray,
    limits: BuildingLimits,
    *,
    overlap_maximum: int | None = None,
    seed: int = 0,
    tell: Callable[[int], None] | None = None,
) -> list[IntArray]:
    """Forms as sorted item indices, until no further one is found.

    Parameters
    ----------
    rows : of one form.
    capacity : (J + S,) in how many forms each item and stimulus may stand.
    overlap_maximum : items that two forms may share, those held in every form apart; None for no limit.
    seed : of the samples from which forms are chosen.
    tell : hears after each form how many there are.

    Raises
    ------
    SolverError
    """
    rng = np.random.default_rng(seed)
    programme = SupplyProgramme(rows, capacity)
    vectors: list[FloatArray] = []
    while len(vectors) < limits.most_forms:
        answer = programme.solve()
        may_exist = answer is not None and answer[0].value >= 1.0 - 1e-6
        v = None
        if answer is not None and may_exist:
            forms = [np.flatnonzero(v[: rows.n_items] > 0.5) for v in vectors]
            v = _next_form(rows, programme.capacity, answer[0], forms, overlap_maximum, rng, limits.nodes)
        if v is not None:
            _use(programme, v, -1.0)
            vectors.append(v)
        elif overlap_maximum is not None or not _rebuild(rows, programme, vectors, limits, rng):
            break
        if tell is not None:
            tell(len(vectors))
    return [np.flatnonzero(v[: rows.n_items] > 0.5) for v in vectors]


def _rebuild(
    rows: FormRows,
    programme: SupplyProgramme,
    vectors: list[FloatArray],
    limits: BuildingLimits,
    rng: np.random.Generator,
) -> bool:
    """Dissolve some forms and make one more of them, in place; whether that succeeded."""
    questions = 0
    for size in _DISSOLVED:
        if size > len(vectors) or questions == _QUESTIONS:
            return False
        picked = sorted(rng.choice(len(vectors), size, replace=False).tolist(), reverse=True)
        for index in picked:
            _use(programme, vectors[index], 1.0)
        # Without a form's worth of supply more than before, fractions of items show that it cannot be done.
        answer = programme.solve()
        made = None
        if answer is not None and answer[0].value >= size + 1.0 - 1e-6:
            questions += 1
            made = forms_together(rows, programme.capacity, size + 1, nodes=max(1, limits.nodes // 5))
        if made is not None:
            for index in picked:
                del vectors[index]
            for v in made:
                _use(programme, v, -1.0)
            vectors += made
            return True
        for index in picked:
            _use(programme, vectors[index], -1.0)
    return False


def _use(programme: SupplyProgramme, v: FloatArray, uses: float) -> None:
    """Add to the uses left of everything in a form."""
    used = np.flatnonzero((v > 0.5) & (programme.rows.variable_lower < 1.0))
    programme.set_capacity(used, programme.capacity[used] + uses)


def _next_form(
    rows: FormRows,
    capacity: FloatArray,
    supply: FormSupply,
    forms: list[IntArray],
    overlap_maximum: int | None,
    rng: np.random.Generator,
    nodes: int,
) -> FloatArray | None:
    """The cheapest form among a sample of what is left, or among all of it."""
    is_left = capacity > 0.5
    share = np.where(is_left, supply.plan / np.maximum(capacity, 1.0), 0.0)
    length = float(supply.plan[: rows.n_items].sum()) / max(supply.value, 1.0)
    cost = supply.prices + _PLANNED / max(length, 1.0) * (1.0 - share)
    if overlap_maximum is not None:
        # An item used once more is shared with as many forms as it stands in already.
        for form in forms:
            cost[form] += _SHARED / max(length, 1.0)
    size = math.ceil(SAMPLE * length)
    upper = _what_the_rest_can_spare(rows, capacity, supply.n_forms - 1)
    while True:
        chosen = _sample(rows, is_left, share, size, rng)
        v = _cheapest_form(rows, chosen, cost, upper, forms, overlap_maximum, nodes)
        if v is not None:
            return v
        if chosen[is_left].all():
            return _cheapest_form(rows, chosen, cost, rows.upper, forms, overlap_maximum, nodes)
        size *= 3


def _what_the_rest_can_spare(rows: FormRows, capacity: FloatArray, n_rest: int) -> FloatArray:
    """(R,) upper bounds that leave to ``n_rest`` more forms what they need of every row.

    Prices show what is scarce only at one corner of the linear programme; where two kinds are scarce to the item, they
    may price one and squander the other.
    """
    free = rows.variable_lower == 0.0
    if n_rest < 1 or capacity[free].max(initial=0.0) > n_rest:
        return rows.upper
    matrix = csr_array(rows.matrix)
    least_entry = np.asarray(matrix.min(axis=1).toarray()).ravel()
    spare = matrix @ np.minimum(capacity, n_rest + 1.0) - n_rest * np.where(np.isfinite(rows.lower), rows.lower, 0.0)
    is_supply = np.isfinite(rows.lower) & (rows.lower > 0.0) & (least_entry >= 0.0)
    return np.where(is_supply, np.minimum(rows.upper, np.maximum(spare, rows.lower)), rows.upper)


def _sample(rows: FormRows, is_left: BoolArray, share: FloatArray, size: int, rng: np.random.Generator) -> BoolArray:
    """Items and whole stimuli to choose from, those of the plan more likely; everything when it is not many more."""
    n_items = rows.n_items
    chosen = np.zeros(is_left.size, dtype=np.bool_)
    left = np.flatnonzero(is_left[:n_items])
    if left.size <= 2 * size:
        return is_left.copy()
    # Exponential clocks: the first `size` to ring are a sample without replacement by weight.
    ring = rng.exponential(size=left.size) / (share[left] + 0.05)
    chosen[left[np.argsort(ring, kind="stable")[:size]]] = True
    chosen[:n_items] |= rows.variable_lower[:n_items] == 1.0
    if rows.n_stimuli:
        stimuli = np.flatnonzero(is_left[n_items:])
        ring = rng.exponential(size=stimuli.size) / (share[n_items + stimuli] + 0.05)
        opened = np.zeros(rows.n_stimuli, dtype=np.bool_)
        opened[stimuli[np.argsort(ring, kind="stable")[: max(8, stimuli.size * size // left.size)]]] = True
        on_stimulus = rows.stimulus_of >= 0
        chosen[:n_items][on_stimulus] &= rows.variable_lower[:n_items][on_stimulus] == 1.0
        chosen[:n_items][on_stimulus] |= opened[rows.stimulus_of[on_stimulus]]
        needed = rows.stimulus_of[chosen[:n_items] & on_stimulus]
        chosen[n_items + needed] = True
    return chosen & is_left


def _cheapest_form(
    rows: FormRows,
    chosen: BoolArray,
    cost: FloatArray,
    upper: FloatArray,
    forms: list[IntArray],
    overlap_maximum: int | None,
    nodes: int,
) -> FloatArray | None:
    columns = np.flatnonzero(chosen)
    matrix = rows.matrix[:, columns]
    lower = rows.lower
    is_needed = np.diff(matrix.indptr) > 0
    if ((lower[~is_needed] > 0.0) | (upper[~is_needed] < 0.0)).any():
        return None
    kept = np.flatnonzero(is_needed)
    matrix, lower, upper = matrix[kept], lower[kept], upper[kept]
    if overlap_maximum is not None and forms:
        matrix, lower, upper = _with_overlap(rows, matrix, lower, upper, columns, forms, overlap_maximum)
    solution = solve(
        LinearProgramme(
            cost=cost[columns],
            matrix=matrix,
            row_lower=lower,
            row_upper=upper,
            lower=rows.variable_lower[columns],
            upper=rows.variable_upper[columns],
            is_integer=np.ones(columns.size, dtype=np.bool_),
        ),
        SolverLimits(nodes=nodes, relative_gap=0.02, absolute_gap=_PLANNED / 4.0),
    )
    if solution.x is None:
        return None
    v = np.zeros(chosen.size)
    v[columns] = solution.x
    return v if not rows.violated(np.flatnonzero(v[: rows.n_items] > 0.5)).size else None


def _with_overlap(
    rows: FormRows,
    matrix: csr_array,
    lower: FloatArray,
    upper: FloatArray,
    columns: IntArray,
    forms: list[IntArray],
    maximum: int,
) -> tuple[csr_array, FloatArray, FloatArray]:
    """Add a row for each earlier form: no more than so many of its items again."""
    anchors = np.flatnonzero(rows.variable_lower[: rows.n_items] == 1.0)
    shared = [np.isin(columns, np.setdiff1d(form, anchors)) for form in forms]
    block = csr_array(np.array(shared, dtype=np.float64))
    n_forms = len(forms)
    return (
        vstack([matrix, block], format="csr"),
        np.append(lower, np.full(n_forms, -math.inf)),
        np.append(upper, np.full(n_forms, float(maximum))),
    )
