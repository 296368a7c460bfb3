"""The shortest way to say why no forms exist: a set of demands of which none may be missing.

A deletion filter drops demand after demand, those that a board would least recognise first (enemy sets, cells, totals),
and keeps what the contradiction cannot do without. Linear programmes decide as long as they can: their prices
tell which demands the present proof uses, so that the others need no programme of their own. Whole numbers are brought
in where the linear programme sees no contradiction, and to prove that every demand of the conflict is needed.

References
----------
Chinneck & Dravnieks (1991), Locating minimal infeasible constraint sets in linear programs, *ORSA Journal on
Computing* 3(2). Gleeson & Ryan (1990), Identifying minimally infeasible subsystems of inequalities, *ORSA Journal on
Computing* 2(1), for the use of prices.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack

from exam_engine.psychometrics.arrays import BoolArray, IntArray
from exam_engine.psychometrics.assembly.demands import HARD, Demand, DemandProgramme
from exam_engine.psychometrics.assembly.linear_optimum import RepeatedLinearProgramme
from exam_engine.psychometrics.assembly.solver import LinearProgramme, Solution, SolverLimits, solve

Proof = Literal["counting", "linear", "integer"]
"""What shows that no forms exist: one floor above one ceiling, the linear relaxation, or whole numbers."""

TOLERANCE: Final = 1e-6
"""Total of what the rows miss, in their own scale, below which a linear programme counts as feasible."""

_COARSENESS: Final = {
    "enemies": 0,
    "all_or_none": 1,
    "stimulus_items": 2,
    "exclude": 3,
    "include": 4,
    "count": 5,
    "expected_score": 9,
    "information": 10,
    "total": 11,
    "closeness": 12,
    "pair_overlap": 13,
    "item_use": 14,
    "stimuli": 15,
    "length": 16,
}
"""What is dropped first; counts over several attributes come before counts over one (see ``_coarseness``)."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Demands that exclude each other.

    Attributes
    ----------
    demands : indices into the programme's demands.
    proof : what shows that they do.
    is_minimal : whether it is proved that the rest is possible when any one of them is left out.
    """

    demands: tuple[int, ...]
    proof: Proof
    is_minimal: bool


def find_conflict(
    programme: DemandProgramme, *, nodes: int = 2_000, backend: Literal["highspy", "scipy"] | None = None
) -> Conflict | None:
    """A minimal conflict of the programme's demands; None when it is possible, or not decided within the nodes.

    Parameters
    ----------
    nodes : branch-and-bound nodes of any one question in whole numbers.
    backend : the better one installed when None.

    Raises
    ------
    SolverError
    """
    crossing = _crossing_limits(programme)
    if crossing is not None:
        return Conflict(crossing, "counting", is_minimal=True)
    everything = np.ones(len(programme.demands), dtype=np.bool_)
    order = _deletion_order(programme.demands)
    linear = _LinearTest(programme, backend)
    support = linear.contradiction(everything)

    def is_impossible(active: BoolArray) -> bool | None:
        return _is_impossible_in_whole_numbers(programme, active, nodes)

    if support is None:
        if not is_impossible(everything):
            return None
        kept, decided = _filter_by_whole_numbers(everything, order, is_impossible)
        return Conflict(tuple(np.flatnonzero(kept).tolist()), "integer", decided)
    kept = _filter_by_prices(everything, support, order, linear.contradiction)
    # Possible for fractions of items is not yet possible for items.
    shorter, decided = _drop_one_by_one(kept, order, is_impossible)
    proof: Proof = "linear" if shorter.sum() == kept.sum() else "integer"
    return Conflict(tuple(np.flatnonzero(shorter).tolist()), proof, decided)


def _crossing_limits(programme: DemandProgramme) -> tuple[int, ...] | None:
    """A floor above a ceiling of the same variable, or above what the variable can be."""
    ceiling, owner = programme.variable_upper.copy(), np.full(programme.variable_upper.size, HARD)
    for limit in programme.ceilings:
        lower = limit.columns[limit.value < ceiling[limit.columns]]
        ceiling[lower], owner[lower] = limit.value, limit.demand
    for limit in programme.floors:
        crossed = limit.columns[limit.value > ceiling[limit.columns]]
        if crossed.size:
            other = int(owner[crossed[0]])
            return (limit.demand,) if other == HARD else tuple(sorted((limit.demand, other)))
    return None


def _coarseness(demand: Demand) -> tuple[int, int]:
    """How far up a board's own terms a demand is; the first number orders kinds, the second attributes."""
    attributes = len(demand.name.data.get("where", ()))
    return _COARSENESS.get(demand.name.code, 5), -attributes


def _deletion_order(demands: tuple[Demand, ...]) -> list[list[int]]:
    """Kinds of demands from the finest to the coarsest; within a kind the last in the specification first."""
    kinds: dict[tuple[int, int], list[int]] = {}
    for index in reversed(range(len(demands))):
        kinds.setdefault(_coarseness(demands[index]), []).append(index)
    return [kinds[kind] for kind in sorted(kinds)]


class _LinearTest:
    """Least total miss of the active demands' rows, by a programme that stays with the solver."""

    def __init__(self, programme: DemandProgramme, backend: Literal["highspy", "scipy"] | None) -> None:
        self._programme = programme
        everything = np.ones(len(programme.demands), dtype=np.bool_)
        lower, upper = programme.bounds(everything)
        # A row that is missed is missed in its own scale: items, or an item's worth of words.
        matrix = csr_array(programme.matrix)
        entries = np.diff(matrix.indptr)
        scale = np.maximum(np.asarray(np.abs(matrix).sum(axis=1)).ravel() / np.maximum(entries, 1), 1e-9)
        below = np.flatnonzero(programme.lower_demand != HARD)
        above = np.flatnonzero(programme.upper_demand != HARD)
        owners = np.concatenate([programme.lower_demand[below], programme.upper_demand[above]])
        rows = np.concatenate([below, above])
        signs = np.repeat([1.0, -1.0], [below.size, above.size])
        misses = coo_array((signs, (rows, np.arange(rows.size))), shape=(matrix.shape[0], rows.size))
        self._first = matrix.shape[1]
        self._owners, self._costs = owners, 1.0 / scale[rows]
        self._active = everything
        self._solver = RepeatedLinearProgramme(
            LinearProgramme(
                cost=np.concatenate([np.zeros(self._first), self._costs]),
                matrix=hstack([matrix, misses], format="csr"),
                row_lower=programme.lower,
                row_upper=programme.upper,
                lower=np.concatenate([lower, np.zeros(rows.size)]),
                upper=np.concatenate([upper, np.full(rows.size, math.inf)]),
                is_integer=np.zeros(self._first + rows.size, dtype=np.bool_),
            ),
            backend,
        )

    def contradiction(self, active: BoolArray) -> BoolArray | None:
        """Which demands the proof that the active ones contradict each other uses; None when they do not."""
        self._activate(active)
        optimum = self._solver.solve()
        if optimum is None or optimum.value <= TOLERANCE:
            return None
        programme = self._programme
        used = np.zeros(active.size, dtype=np.bool_)
        for owner, is_used in (
            (programme.lower_demand, optimum.row_prices > TOLERANCE * 1e-2),
            (programme.upper_demand, optimum.row_prices < -TOLERANCE * 1e-2),
        ):
            used[owner[is_used & (owner != HARD)]] = True
        lower, upper = programme.bounds(active)
        prices = optimum.column_prices[: self._first]
        for floor in programme.floors:
            binding = (prices[floor.columns] > TOLERANCE * 1e-2) & (lower[floor.columns] == floor.value)
            used[floor.demand] |= bool(binding.any())
        for ceiling in programme.ceilings:
            binding = (prices[ceiling.columns] < -TOLERANCE * 1e-2) & (upper[ceiling.columns] == ceiling.value)
            used[ceiling.demand] |= bool(binding.any())
        return used & active

    def _activate(self, active: BoolArray) -> None:
        changed = active != self._active
        misses = np.flatnonzero(changed[self._owners])
        costs = np.where(active[self._owners[misses]], self._costs[misses], 0.0)
        self._solver.set_costs(self._first + misses, costs)
        moved = [
            limit.columns for limit in (*self._programme.floors, *self._programme.ceilings) if changed[limit.demand]
        ]
        if moved:
            columns = np.unique(np.concatenate(moved))
            lower, upper = self._programme.bounds(active)
            self._solver.set_bounds(columns, lower[columns], upper[columns])
        self._active = active.copy()


def _filter_by_prices(
    active: BoolArray,
    support: BoolArray,
    order: list[list[int]],
    contradiction: Callable[[BoolArray], BoolArray | None],
) -> BoolArray:
    """Drop a kind as a whole or else one by one; what the present proof does not use goes without a question."""
    active, support = active.copy(), support.copy()
    for batch in (batch for kind in order for batch in (kind, *([index] for index in kind))):
        trial = active.copy()
        trial[batch] = False
        if not support[batch].any():
            active = trial
            continue
        found = contradiction(trial)
        if found is not None:
            active, support = trial, found
    return active


def _filter_by_whole_numbers(
    active: BoolArray, order: list[list[int]], is_impossible: Callable[[BoolArray], bool | None]
) -> tuple[BoolArray, bool]:
    """Drop whole kinds first; each question is a mixed integer programme."""
    active = active.copy()
    for kind in order:
        trial = active.copy()
        trial[kind] = False
        if is_impossible(trial):
            active = trial
    return _drop_one_by_one(active, order, is_impossible)


def _drop_one_by_one(
    active: BoolArray, order: list[list[int]], is_impossible: Callable[[BoolArray], bool | None]
) -> tuple[BoolArray, bool]:
    """Drop what can be dropped; the second value says whether each question was decided."""
    active, decided = active.copy(), True
    for index in (index for kind in order for index in kind):
        if not active[index]:
            continue
        active[index] = False
        answer = is_impossible(active)
        if not answer:
            active[index] = True
            decided &= answer is not None
    return active, decided


def _is_impossible_in_whole_numbers(programme: DemandProgramme, active: BoolArray, nodes: int) -> bool | None:
    solution = solution_of(programme, active, nodes)
    if solution.status == "infeasible":
        return True
    return None if solution.x is None else False


def solution_of(programme: DemandProgramme, active: BoolArray, nodes: int) -> Solution:
    """Any point in whole numbers that meets the active demands.

    Raises
    ------
    SolverError
    """
    row_lower, row_upper = programme.row_bounds(active)
    is_needed = np.isfinite(row_lower) | np.isfinite(row_upper)
    is_hard = (programme.lower_demand == HARD) & (programme.upper_demand == HARD)
    if not _is_about_more_than_items(programme, is_needed & ~is_hard):
        # What binds stimuli to items can always be met when nothing else is asked of stimuli.
        is_needed &= ~is_hard
    needed: IntArray = np.flatnonzero(is_needed)
    lower, upper = programme.bounds(active)
    question = LinearProgramme(
        cost=np.zeros(lower.size),
        matrix=csr_array(programme.matrix)[needed],
        row_lower=row_lower[needed],
        row_upper=row_upper[needed],
        lower=lower,
        upper=upper,
        is_integer=programme.is_integer,
    )
    relaxed = solve(replace(question, is_integer=np.zeros(lower.size, dtype=np.bool_)))
    whole = question.is_integer
    if relaxed.x is None or (np.abs(relaxed.x - np.round(relaxed.x))[whole] < 1e-9).all():
        # A corner in whole numbers, which is common where few demands are left, needs no search.
        return relaxed
    return solve(question, SolverLimits(nodes=nodes))


def _is_about_more_than_items(programme: DemandProgramme, rows: BoolArray) -> bool:
    columns = csr_array(programme.matrix)[np.flatnonzero(rows)].indices
    width = programme.n_items + programme.n_stimuli
    return bool(((columns % width >= programme.n_items) | (columns >= programme.n_copies * width)).any())
