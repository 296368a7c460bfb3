"""A specification written as linear rows over the items and stimuli of one form, each with the name a board gave it.

References
----------
van der Linden (2005), *Linear Models for Optimal Test Design*, ch. 3–4; ch. 7 for item sets.
"""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
from scipy.sparse import coo_array, csr_array

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.measures import Count, amounts_of, measure_data, measure_label
from exam_engine.psychometrics.assembly.pool import ITEM, ItemPool
from exam_engine.psychometrics.assembly.specification import (
    AllOrNone,
    EnemyLimit,
    MustExclude,
    MustInclude,
    Range,
    StimulusSets,
    TestSpecification,
)

RowCode = Literal[
    "length",
    "count",
    "total",
    "information",
    "expected_score",
    "enemies",
    "stimuli",
    "stimulus_items",
    "stimulus_link",
    "include",
    "exclude",
    "all_or_none",
    "item_use",
    "pair_overlap",
    "closeness",
    "number_of_forms",
    "objective",
]

SLACK: Final = 1e-7
"""Relative slack within which sums of floats meet a bound; solvers work to about this."""


@dataclass(frozen=True, slots=True)
class RowName:
    """What a row says, in the terms of the specification.

    Attributes
    ----------
    code : stable name of the kind of requirement.
    data : its figures, JSON values, for a message.
    label : a few words in English or the board's own, for logs.
    """

    code: RowCode
    data: Mapping[str, Any]
    label: str

    def __str__(self) -> str:
        """Return the label."""
        return self.label


@dataclass(frozen=True, slots=True, eq=False)
class FixedItems:
    """Items that are in every form (``value`` 1) or in none (0)."""

    name: RowName
    items: IntArray
    value: Literal[0, 1]


@dataclass(frozen=True, eq=False)
class FormRows:
    """One form: lower ≤ matrix · v ≤ upper over v = (x₁ … x_J, s₁ … s_S) ∈ {0, 1}.

    Attributes
    ----------
    matrix : (R, J + S).
    lower, upper : (R,) bounds, ±∞ for none.
    names : R names; rows of one requirement share the same object.
    fixed : items held in or kept out.
    stimulus_of : (J,) index of the item's stimulus, −1 for none.
    n_items, n_stimuli : J and S; S is 0 when no requirement speaks of stimuli.
    """

    matrix: csr_array
    lower: FloatArray
    upper: FloatArray
    names: tuple[RowName, ...]
    fixed: tuple[FixedItems, ...]
    stimulus_of: IntArray
    n_items: int
    n_stimuli: int

    @cached_property
    def variable_lower(self) -> FloatArray:
        """(J + S,) 1 for items held in every form, else 0."""
        lower = np.zeros(self.n_items + self.n_stimuli)
        for fixed in self.fixed:
            if fixed.value == 1:
                lower[fixed.items] = 1.0
        return lower

    @cached_property
    def variable_upper(self) -> FloatArray:
        """(J + S,) 0 for items kept out, else 1."""
        upper = np.ones(self.n_items + self.n_stimuli)
        for fixed in self.fixed:
            if fixed.value == 0:
                upper[fixed.items] = 0.0
        return upper

    @cached_property
    def slack(self) -> tuple[FloatArray, FloatArray]:
        """(R,) by how much a float sum may pass each bound and still meet it: ``SLACK`` of its size."""
        sizes = [np.where(np.isfinite(bound), np.abs(bound), 0.0) for bound in (self.lower, self.upper)]
        return SLACK * (1.0 + sizes[0]), SLACK * (1.0 + sizes[1])

    def vector(self, items: IntArray) -> FloatArray:
        """(J + S,) the form of the given items, with the stimuli that they need."""
        v = np.zeros(self.n_items + self.n_stimuli)
        v[items] = 1.0
        if self.n_stimuli:
            stimuli = self.stimulus_of[items]
            v[self.n_items + stimuli[stimuli >= 0]] = 1.0
        return v

    def violated(self, items: IntArray) -> IntArray:
        """Indices of the rows that a form of the given items does not meet."""
        sums = self.matrix @ self.vector(items)
        below, above = self.slack
        return np.flatnonzero((sums < self.lower - below) | (sums > self.upper + above))


def form_rows(pool: ItemPool, specification: TestSpecification) -> FormRows:
    """Write what every form must satisfy as rows.

    Raises
    ------
    SpecificationError
        When the specification speaks of what the pool does not have.
    """
    specification.refuse_unknown_names(pool)
    writer = _RowWriter(pool, uses_stimuli=_speaks_of_stimuli(pool, specification))
    for row in specification.ranges:
        writer.add_range(row)
    for requirement in specification.requirements:
        match requirement:
            case EnemyLimit(maximum):
                writer.add_enemies(maximum)
            case StimulusSets():
                writer.add_stimuli(requirement)
            case AllOrNone(items):
                writer.add_all_or_none(items)
            case MustInclude(items):
                writer.fix(RowName("include", {"items": sorted(items)}, "include"), pool.indices(items), 1)
            case MustExclude(items, where):
                chosen = np.zeros(len(pool.item_ids), dtype=np.bool_) if where is None else pool.matching(where)
                chosen[pool.indices(items)] = True
                data = {"items": [pool.item_ids[index] for index in np.flatnonzero(chosen)]}
                writer.fix(RowName("exclude", data, "exclude"), np.flatnonzero(chosen), 0)
            case Range():
                pass
    return writer.finish()


def range_name(row: Range) -> RowName:
    """The name of a range, with its bounds."""
    data = measure_data(row.measure)
    code: RowCode = data["measure"]
    if row.measure == Count():
        code = "length"
    data = {name: value for name, value in data.items() if name != "measure"}
    data["minimum"] = row.minimum if math.isfinite(row.minimum) else None
    data["maximum"] = row.maximum if math.isfinite(row.maximum) else None
    if row.name:
        data["name"] = row.name
    return RowName(code, data, row.name or measure_label(row.measure))


def _speaks_of_stimuli(pool: ItemPool, specification: TestSpecification) -> bool:
    if not pool.stimulus_ids:
        return False
    if any(isinstance(requirement, StimulusSets) for requirement in specification.requirements):
        return True
    return any(amounts_of(row.measure, pool).stimuli.any() for row in specification.ranges)


class _RowWriter:
    """Collects rows as coordinate triples."""

    def __init__(self, pool: ItemPool, *, uses_stimuli: bool) -> None:
        self._pool = pool
        self._n_items = len(pool.item_ids)
        self._n_stimuli = len(pool.stimulus_ids) if uses_stimuli else 0
        self._unlinked: BoolArray = np.ones(self._n_stimuli, dtype=np.bool_)
        self._rows: list[IntArray] = []
        self._columns: list[IntArray] = []
        self._values: list[FloatArray] = []
        self._lower: list[float] = []
        self._upper: list[float] = []
        self._names: list[RowName] = []
        self._fixed: list[FixedItems] = []

    def add_range(self, row: Range) -> None:
        amounts = amounts_of(row.measure, self._pool)
        values = np.concatenate([amounts.items, amounts.stimuli[: self._n_stimuli]])
        columns = np.flatnonzero(values)
        self._add(range_name(row), columns, values[columns], row.minimum, row.maximum)

    def add_enemies(self, maximum: int) -> None:
        for number, enemies in enumerate(self._pool.enemy_places):
            if enemies.size > maximum:
                data = {"items": [self._pool.item_ids[index] for index in enemies], "maximum": maximum}
                name = RowName("enemies", data, f"enemy set {number + 1}")
                self._add(name, enemies, np.ones(enemies.size), -math.inf, maximum)

    def add_stimuli(self, sets: StimulusSets) -> None:
        meets = self._pool.matching(sets.where)
        stimulus_of = self._pool.stimulus_of
        chosen = np.unique(stimulus_of[meets & (stimulus_of >= 0)])
        data: dict[str, int | None] = {"minimum": sets.minimum, "maximum": sets.maximum}
        columns = self._n_items + chosen
        self._add(RowName("stimuli", data, "stimuli"), columns, np.ones(chosen.size), sets.minimum, sets.maximum)
        data = {"minimum": sets.items_minimum, "maximum": sets.items_maximum}
        name = RowName("stimulus_items", data, "items of a stimulus")
        for stimulus in chosen.tolist():
            self._link(name, stimulus, sets.items_minimum, sets.items_maximum)

    def add_all_or_none(self, items: frozenset[str]) -> None:
        indices = self._pool.indices(items)
        name = RowName("all_or_none", {"items": sorted(items)}, "all or none")
        for one, other in itertools.pairwise(indices):
            self._add(name, np.array([one, other]), np.array([1.0, -1.0]), 0.0, 0.0)

    def fix(self, name: RowName, items: IntArray, value: Literal[0, 1]) -> None:
        self._fixed.append(FixedItems(name, items, value))

    def finish(self) -> FormRows:
        link = RowName("stimulus_link", {}, "items stand with their stimulus")
        for stimulus in np.flatnonzero(self._unlinked).tolist():
            self._link(link, stimulus, 1, None)
        n_rows, width = len(self._names), self._n_items + self._n_stimuli
        triples = (
            np.concatenate(self._values),
            (np.concatenate(self._rows), np.concatenate(self._columns)),
        )
        return FormRows(
            matrix=coo_array(triples, shape=(n_rows, width)).tocsr(),
            lower=np.array(self._lower),
            upper=np.array(self._upper),
            names=tuple(self._names),
            fixed=tuple(self._fixed),
            stimulus_of=self._pool.stimulus_of,
            n_items=self._n_items,
            n_stimuli=self._n_stimuli,
        )

    def _link(self, name: RowName, stimulus: int, least: int, most: int | None) -> None:
        """Write least · s ≤ Σ x ≤ most · s, and x ≤ s for each item: the last keeps the relaxation tight."""
        self._unlinked[stimulus] = False
        items = np.flatnonzero(self._pool.stimulus_of == stimulus)
        column = self._n_items + stimulus
        columns = np.append(items, column)
        ones = np.ones(items.size)
        self._add(name, columns, np.append(ones, -least), 0.0, math.inf)
        if most is not None and most < items.size:
            self._add(name, columns, np.append(ones, -most), -math.inf, 0.0)
        for item in items:
            self._add(name, np.array([item, column]), np.array([1.0, -1.0]), -math.inf, 0.0)

    def _add(self, name: RowName, columns: IntArray, values: FloatArray, lower: float, upper: float) -> None:
        self._rows.append(np.full(columns.size, len(self._names), dtype=np.intp))
        self._columns.append(np.asarray(columns, dtype=np.intp))
        self._values.append(np.asarray(values, dtype=np.float64))
        self._lower.append(lower)
        self._upper.append(upper)
        self._names.append(name)


def use_limits(pool: ItemPool, specification: TestSpecification) -> tuple[IntArray, IntArray]:
    """(J,) least and greatest number of forms for each item; items that every form holds are in all of them."""
    least = np.zeros(len(pool.item_ids), dtype=np.intp)
    most = np.full(len(pool.item_ids), specification.n_forms, dtype=np.intp)
    for rule in specification.item_uses:
        chosen = pool.matching(rule.where)
        least[chosen] = np.maximum(least[chosen], rule.minimum)
        most[chosen] = np.minimum(most[chosen], rule.maximum)
    for requirement in specification.requirements:
        if isinstance(requirement, MustInclude):
            anchors = pool.matching({ITEM: requirement.items})
            least[anchors], most[anchors] = specification.n_forms, specification.n_forms
    return least, most
