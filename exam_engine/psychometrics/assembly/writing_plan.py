"""Which items to write so that a bank supplies more forms: the fewest, by kind and difficulty.

Items not yet written enter the linear programme of the supply as what an average item of their cell adds to its rows;
where forms must be informative, with the cell's average curve moved to the ability in question.

References
----------
van der Linden, Veldkamp & Reese (2000), An integer programming approach to item bank design, *Applied Psychological
Measurement* 24(2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.form_supply import FormSupply, SupplyProgramme
from exam_engine.psychometrics.assembly.measures import Count, ExpectedScore, Information
from exam_engine.psychometrics.assembly.pool import Interval, ItemPool
from exam_engine.psychometrics.assembly.rows import FormRows
from exam_engine.psychometrics.assembly.solver import SolverLimits, solve
from exam_engine.psychometrics.assembly.specification import TestSpecification
from exam_engine.psychometrics.response_functions import expected_item_scores, fisher_information

_GRID: Final = np.linspace(-6.0, 6.0, 121)
"""Abilities (logits) at which curves are known before they are moved."""


_LOCATED: Final = 1e-4
"""A difficulty is only asked for where it helps."""


@dataclass(frozen=True, slots=True)
class NewItems:
    """Items to write in one cell.

    Attributes
    ----------
    where : attribute → value of the cell; attributes that do not matter are left out.
    theta : ability (logits) near which the items should be most informative; None when any will do.
    count : how many.
    per_stimulus : items that come together with each new stimulus; None for items on their own.
    effect : forms gained by each of these items as the bank stands now, by the linear programme; 0 when it takes
        several kinds together.
    """

    where: dict[str, str]
    theta: float | None
    count: int
    per_stimulus: int | None
    effect: float

    def __str__(self) -> str:
        """``5 × IU05 × VD near +1``."""
        cell = " × ".join(self.where.values()) or "any"
        near = "" if self.theta is None else f" near {self.theta:+g}"
        with_stimulus = "" if self.per_stimulus is None else f" on {self.count // self.per_stimulus} new stimuli"
        return f"{self.count} × {cell}{near}{with_stimulus}"

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "where": dict(self.where),
            "theta": self.theta,
            "count": self.count,
            "per_stimulus": self.per_stimulus,
            "effect": self.effect,
        }


@dataclass(frozen=True, slots=True)
class WritingPlan:
    """The fewest items to write.

    Attributes
    ----------
    wanted_forms : what the bank should supply.
    items : by cell, the largest number first.
    n_items : their total.
    proven_n_items : fewer will not do.
    """

    wanted_forms: int
    items: tuple[NewItems, ...]
    n_items: int
    proven_n_items: int

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "wanted_forms": self.wanted_forms,
            "items": [new.to_dict() for new in self.items],
            "n_items": self.n_items,
            "proven_n_items": self.proven_n_items,
        }


@dataclass(frozen=True, eq=False)
class Candidates:
    """Kinds of items that could be written.

    Attributes
    ----------
    kinds : C kinds, of ``count`` 1, or the items of one stimulus.
    columns : (R, C) what a unit of each adds to the rows, over all its uses.
    """

    kinds: tuple[NewItems, ...]
    columns: csr_array

    @property
    def counts(self) -> FloatArray:
        """(C,) items in a unit of each kind."""
        return np.array([float(kind.count) for kind in self.kinds])

    @property
    def costs(self) -> FloatArray:
        """(C,) items in a unit of each kind; a hair more where they must be of some difficulty."""
        return np.array([kind.count * (1.0 if kind.theta is None else 1.0 + _LOCATED) for kind in self.kinds])


def candidate_items(
    pool: ItemPool, specification: TestSpecification, rows: FormRows, supply: FormSupply, uses: int
) -> Candidates:
    """Every cell of the specification's attributes that the pool has items in, at every ability it speaks of.

    Parameters
    ----------
    supply : what binds now decides which attributes matter.
    uses : in how many forms a new item may stand.
    """
    attributes = _attributes(pool, specification, supply)
    usable: BoolArray = rows.variable_upper[: rows.n_items] == 1.0
    alone = usable & (pool.stimulus_of < 0)
    thetas = _abilities(specification)
    shifted = _MovedCurves(pool, specification)
    kinds: list[NewItems] = []
    columns: list[FloatArray] = []
    for where, items in _cells(pool, attributes, np.flatnonzero(alone)):
        for theta in thetas:
            column = _average(rows, items)
            shifted.put(column, items, theta)
            kinds.append(NewItems(where, theta, 1, None, 0.0))
            columns.append(column * uses)
    if rows.n_stimuli:
        for where, items in _cells(pool, _shared_attributes(pool, attributes), np.flatnonzero(usable & ~alone)):
            size, stimuli = _items_of_a_stimulus(rows), np.unique(pool.stimulus_of[items])
            for theta in thetas:
                column = _average(rows, items)
                shifted.put(column, items, theta)
                column = size * column + _average(rows, rows.n_items + stimuli)
                kinds.append(NewItems(where, theta, size, size, 0.0))
                columns.append(column * uses)
    matrix = csr_array(np.array(columns).T)
    gains = np.maximum(0.0, supply.row_prices @ matrix)
    kinds = [replace(kind, effect=gain / kind.count) for kind, gain in zip(kinds, gains.tolist(), strict=True)]
    return Candidates(tuple(kinds), matrix)


def plan_writing(
    programme: SupplyProgramme, candidates: Candidates, wanted_forms: int, *, nodes: int = 200
) -> WritingPlan | None:
    """The fewest items that raise the bound to ``wanted_forms``; None when no items of these kinds do.

    Parameters
    ----------
    programme : of the pool, with the candidates as what may be bought.
    nodes : branch-and-bound nodes.

    Raises
    ------
    SolverError
    """
    most = np.full(len(candidates.kinds), float(wanted_forms) * 1e3)
    programme.set_purchases(most, candidates.costs, float(wanted_forms))
    answer = programme.solve()
    if answer is None:
        return None
    question = programme.programme
    first = programme.capacity.size
    whole = question.is_integer.copy()
    whole[first:-1] = True
    limits = SolverLimits(nodes=nodes, relative_gap=0.01, absolute_gap=0.99)
    solution = solve(replace(question, is_integer=whole), limits)
    least = float(candidates.costs @ answer[1])
    if solution.x is None:
        bought = np.ceil(answer[1] - 1e-6)
    else:
        bought, least = solution.x[first:-1], max(least, solution.bound)
    items = [
        replace(kind, count=round(units) * kind.count)
        for kind, units in zip(candidates.kinds, bought.tolist(), strict=True)
        if units > 0.5
    ]
    items.sort(key=lambda new: (-new.count, -new.effect))
    return WritingPlan(
        wanted_forms, tuple(items), sum(new.count for new in items), int(np.ceil(least / (1.0 + _LOCATED) - 1e-6))
    )


def _attributes(pool: ItemPool, specification: TestSpecification, supply: FormSupply) -> list[str]:
    """Attributes that conditions join with others, or that bind; otherwise all that conditions name."""
    named: dict[str, bool] = {}
    binding = [dict(found.demand.name.data.get("where", {})) for found in supply.binding]
    for row in specification.ranges:
        if not isinstance(row.measure, Count):
            continue
        where = row.measure.where
        names = [name for name, value in where.items() if name in pool.attributes and not isinstance(value, Interval)]
        matters = len(names) > 1 or any(name in bound for bound in binding for name in names)
        for name in names:
            named[name] = named.get(name, False) or matters
    return [name for name, matters in named.items() if matters] or list(named)


def _shared_attributes(pool: ItemPool, attributes: Sequence[str]) -> list[str]:
    """Attributes in which the items of every stimulus agree."""
    agreed = []
    for name in attributes:
        values: dict[str, set[str]] = {}
        for stimulus, value in zip(pool.stimuli, pool.attributes[name], strict=True):
            if stimulus:
                values.setdefault(stimulus, set()).add(value)
        if all(len(own) == 1 for own in values.values()):
            agreed.append(name)
    return agreed


def _cells(pool: ItemPool, attributes: Sequence[str], items: IntArray) -> list[tuple[dict[str, str], IntArray]]:
    cells: dict[tuple[str, ...], list[int]] = {}
    for item in items.tolist():
        cells.setdefault(tuple(pool.attributes[name][item] for name in attributes), []).append(item)
    return [(dict(zip(attributes, cell, strict=True)), np.array(own)) for cell, own in sorted(cells.items())]


def _abilities(specification: TestSpecification) -> list[float | None]:
    """None for the cell's own difficulties, then each ability at which information is asked for."""
    return [None, *sorted({row.measure.theta for row in specification.ranges if isinstance(row.measure, Information)})]


_OWN_ROWS: Final = ("enemies", "all_or_none", "stimulus_items", "stimulus_link")
"""Rows of particular items and stimuli, which new ones do not belong to."""


def _average(rows: FormRows, columns: IntArray) -> FloatArray:
    """(R,) what an average one of the items or stimuli adds to the rows."""
    average = np.asarray(rows.matrix[:, columns].mean(axis=1)).ravel()
    average[[name.code in _OWN_ROWS for name in rows.names]] = 0.0
    return average


def _items_of_a_stimulus(rows: FormRows) -> int:
    """The least number of items that every stimulus of a form brings along."""
    least = [name.data["minimum"] for name in rows.names if name.code == "stimulus_items"]
    return int(max(least, default=1))


class _MovedCurves:
    """Curves of items by how far an ability lies from where each item is most informative."""

    def __init__(self, pool: ItemPool, specification: TestSpecification) -> None:
        self._rows = [
            (row, item_range.measure)
            for row, item_range in enumerate(specification.ranges)
            if isinstance(item_range.measure, Information | ExpectedScore)
        ]
        if self._rows:
            self._information = fisher_information(_GRID, pool.parameters)
            self._score = expected_item_scores(_GRID, pool.parameters)
            self._peak = _GRID[self._information.argmax(axis=0)]

    def put(self, column: FloatArray, items: IntArray, theta: float | None) -> None:
        """Write into the column what items like these would add if they were most informative at theta."""
        if theta is None:
            return
        for row, measure in self._rows:
            curves = self._information if isinstance(measure, Information) else self._score
            at = measure.theta - theta + self._peak[items]
            column[row] = float(
                np.mean([np.interp(place, _GRID, curves[:, item]) for place, item in zip(at, items, strict=True)])
            )
