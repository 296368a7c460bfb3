"""Writes the demands of a specification as a programme, symmetrised over the forms or with every form in full."""

import itertools
import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.sparse import coo_array

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.demands import HARD, Demand, DemandProgramme, Limit, Side
from exam_engine.psychometrics.assembly.measures import amounts_of, measure_data, measure_label, where_data
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.rows import FormRows, RowName, form_rows
from exam_engine.psychometrics.assembly.specification import Closeness, ItemUse, TestSpecification

MOST_REPEATS: Final = 6
"""In the symmetrised programme, uses of an item beyond this many share one variable; the bound stays valid."""


def demand_programme(
    pool: ItemPool, specification: TestSpecification, *, full: bool = False, rows: FormRows | None = None
) -> DemandProgramme:
    """The demands of a specification as a programme.

    Parameters
    ----------
    full : with a copy of the variables for every form; otherwise symmetrised. The same for one form.
    rows : of one form, when the caller has them already.

    Raises
    ------
    SpecificationError
    """
    rows = rows or form_rows(pool, specification)
    n_copies = specification.n_forms if full else 1
    writer = _DemandWriter(pool, specification, rows, n_copies)
    writer.add_form_rows()
    writer.add_fixed_items()
    if specification.n_forms > 1:
        for rule in specification.item_uses:
            writer.add_item_use(rule)
        overlap = specification.overlap_maximum
        if overlap is not None and overlap < specification.length[1]:
            if n_copies > 1:
                writer.add_pair_overlap(overlap)
            else:
                writer.add_total_overlap(overlap)
        if n_copies > 1:
            for closeness in specification.closeness:
                writer.add_closeness(closeness)
    else:
        for rule in specification.item_uses:
            writer.add_item_use(rule)
    return writer.finish()


@dataclass
class _Rows:
    """Rows as coordinate triples; a batch of rows at a time."""

    columns: list[IntArray] = field(default_factory=list)
    places: list[IntArray] = field(default_factory=list)
    values: list[FloatArray] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    lower_demand: list[int] = field(default_factory=list)
    upper_demand: list[int] = field(default_factory=list)
    unit: list[float] = field(default_factory=list)

    def add(
        self,
        columns: IntArray,
        values: FloatArray,
        bounds: tuple[float, float],
        owners: tuple[int, int],
        unit: float = 1.0,
    ) -> None:
        self.places.append(np.full(len(columns), len(self.lower), dtype=np.intp))
        self.columns.append(np.asarray(columns, dtype=np.intp))
        self.values.append(np.asarray(values, dtype=np.float64))
        self.lower.append(bounds[0])
        self.upper.append(bounds[1])
        self.lower_demand.append(owners[0])
        self.upper_demand.append(owners[1])
        self.unit.append(unit)


class _DemandWriter:
    """Collects demands, rows and limits."""

    def __init__(self, pool: ItemPool, specification: TestSpecification, rows: FormRows, n_copies: int) -> None:
        self._pool, self._specification, self._form = pool, specification, rows
        self._n_copies = n_copies
        self._times = specification.n_forms // n_copies  # how many forms one copy of the variables stands for
        self._width = rows.n_items + rows.n_stimuli
        self._demands: dict[tuple[int, Side], int] = {}
        self._listed: list[Demand] = []
        self._rows = _Rows()
        self._floors: list[Limit] = []
        self._ceilings: list[Limit] = []
        self._extra_upper: list[float] = []
        self._anchors = pool.indices(specification.included)

    def add_form_rows(self) -> None:
        form = self._form
        starts = form.matrix.indptr
        for row, name in enumerate(form.names):
            columns = form.matrix.indices[starts[row] : starts[row + 1]]
            values = form.matrix.data[starts[row] : starts[row + 1]]
            bounds = (float(form.lower[row]), float(form.upper[row]))
            match name.code:
                case "stimulus_link":
                    self._form_row(columns, values, bounds, (HARD, HARD))
                case "stimulus_items":
                    self._stimulus_row(name, columns, values, bounds)
                case "all_or_none":
                    owner = self._demand(name, "required", None)
                    # One side per row, so that a single variable may loosen either.
                    self._form_row(columns, values, (bounds[0], math.inf), (owner, HARD))
                    self._form_row(columns, values, (-math.inf, bounds[1]), (HARD, owner))
                case _:
                    owners = (self._side(name, "minimum", bounds[0]), self._side(name, "maximum", bounds[1]))
                    self._form_row(columns, values, bounds, owners)

    def add_fixed_items(self) -> None:
        for fixed in self._form.fixed:
            if fixed.value == 0:
                owner = self._demand(fixed.name, "required", None)
                self._ceilings.append(Limit(owner, self._copies(fixed.items), 0.0))
                continue
            for item in fixed.items:
                item_id = self._pool.item_ids[item]
                name = RowName("include", {"items": [item_id]}, f"{item_id} included")
                owner = self._demand(name, "required", None)
                self._floors.append(Limit(owner, self._copies(np.array([item])), float(self._times)))

    def add_item_use(self, rule: ItemUse) -> None:
        n_forms = self._specification.n_forms
        chosen = np.setdiff1d(np.flatnonzero(self._pool.matching(rule.where)), self._anchors)
        data = {"where": where_data(rule.where), "minimum": rule.minimum, "maximum": rule.maximum}
        name = RowName("item_use", data, "item use")
        minimum = self._demand(name, "minimum", rule.minimum) if rule.minimum > 0 else HARD
        maximum = self._demand(name, "maximum", rule.maximum) if rule.maximum < n_forms else HARD
        if self._n_copies == 1:
            if minimum != HARD:
                self._floors.append(Limit(minimum, chosen, float(rule.minimum)))
            if maximum != HARD:
                self._ceilings.append(Limit(maximum, chosen, float(rule.maximum)))
        elif (minimum, maximum) != (HARD, HARD):
            for item in chosen.tolist():
                columns = self._copies(np.array([item]))
                self._rows.add(columns, np.ones(columns.size), (rule.minimum, rule.maximum), (minimum, maximum))

    def add_total_overlap(self, maximum: int) -> None:
        """Σ over pairs of forms of their common items = Σ over items of u(u − 1)/2, at most pairs · maximum.

        Variables w₂, w₃ … of an item stand for its second, third … use; the t-th use costs t − 1 pairs.
        """
        n_forms = self._specification.n_forms
        pairs = math.comb(n_forms, 2)
        items = np.setdiff1d(np.arange(self._form.n_items), self._anchors)
        uses = range(2, min(n_forms, MOST_REPEATS) + 1)
        blocks = []
        for use in uses:
            room = 1.0 if use < uses[-1] else float(n_forms - use + 1)
            blocks.append(self._new_columns(np.full(items.size, room)))
        for place, item in enumerate(items.tolist()):
            columns = np.array([item, *(block[place] for block in blocks)])
            self._rows.add(columns, np.append(1.0, np.full(len(blocks), -1.0)), (-math.inf, 1.0), (HARD, HARD))
        columns = np.concatenate(blocks)
        costs = np.repeat([float(use - 1) for use in uses], items.size)
        owner = self._demand(RowName("pair_overlap", {"maximum": maximum}, "pair overlap"), "maximum", maximum)
        self._rows.add(columns, costs, (-math.inf, float(pairs * maximum)), (HARD, owner), float(pairs))

    def add_pair_overlap(self, maximum: int) -> None:
        """Z ≥ x + y − 1 for each item of each pair of forms, Σ z ≤ maximum."""
        owner = self._demand(RowName("pair_overlap", {"maximum": maximum}, "pair overlap"), "maximum", maximum)
        items = np.setdiff1d(np.arange(self._form.n_items), self._anchors)
        for one, other in itertools.combinations(range(self._n_copies), 2):
            shared = self._new_columns(np.ones(items.size))
            for place, item in enumerate(items.tolist()):
                columns = np.array([one * self._width + item, other * self._width + item, shared[place]])
                self._rows.add(columns, np.array([1.0, 1.0, -1.0]), (-math.inf, 1.0), (HARD, HARD))
            self._rows.add(shared, np.ones(shared.size), (-math.inf, float(maximum)), (HARD, owner))

    def add_closeness(self, rule: Closeness) -> None:
        """Level ≤ measure ≤ (1 + relative) · level + absolute for every form, with the level a variable."""
        data = {**measure_data(rule.measure), "relative": rule.relative, "absolute": rule.absolute}
        name = RowName("closeness", data, f"closeness of {measure_label(rule.measure)}")
        owner = self._demand(name, "maximum", rule.relative if rule.relative is not None else rule.absolute)
        level = self._new_columns(np.array([math.inf]), is_integer=False)
        amounts = amounts_of(rule.measure, self._pool)
        values = np.concatenate([amounts.items, amounts.stimuli[: self._form.n_stimuli]])
        used = np.flatnonzero(values)
        factor, room = (1.0, rule.absolute or 0.0) if rule.relative is None else (1.0 + rule.relative, 0.0)
        # A form's mean measure stands in for the level where a repair asks what a wider relative tolerance gives.
        mean = float(values.mean()) * self._specification.length[1]
        unit = 1.0 if rule.relative is None else max(mean, 1e-9)
        for copy in range(self._n_copies):
            columns = np.append(copy * self._width + used, level)
            self._rows.add(columns, np.append(values[used], -1.0), (0.0, math.inf), (owner, HARD), 0.0)
            self._rows.add(columns, np.append(values[used], -factor), (-math.inf, room), (HARD, owner), unit)

    def finish(self) -> DemandProgramme:
        rows = self._rows
        n_variables = self._n_copies * self._width + len(self._extra_upper)
        triples = (np.concatenate(rows.values), (np.concatenate(rows.places), np.concatenate(rows.columns)))
        extra = np.array(self._extra_upper)
        return DemandProgramme(
            demands=tuple(self._listed),
            matrix=coo_array(triples, shape=(len(rows.lower), n_variables)).tocsr(),
            lower=np.array(rows.lower, dtype=np.float64),
            upper=np.array(rows.upper, dtype=np.float64),
            lower_demand=np.array(rows.lower_demand, dtype=np.intp),
            upper_demand=np.array(rows.upper_demand, dtype=np.intp),
            row_unit=np.array(rows.unit),
            floors=tuple(self._floors),
            ceilings=tuple(self._ceilings),
            variable_lower=np.zeros(n_variables),
            variable_upper=np.append(np.full(self._n_copies * self._width, float(self._times)), extra),
            is_integer=np.append(np.ones(self._n_copies * self._width, dtype=np.bool_), np.zeros(extra.size, np.bool_)),
            n_items=self._form.n_items,
            n_stimuli=self._form.n_stimuli,
            n_copies=self._n_copies,
            n_forms=self._specification.n_forms,
        )

    def _stimulus_row(self, name: RowName, columns: IntArray, values: FloatArray, bounds: tuple[float, float]) -> None:
        """Tell apart what is demanded of a stimulus's items from what a stimulus is: some item, and none without it."""
        limit = -float(values[-1])
        if math.isinf(bounds[1]):
            self._form_row(columns, np.append(values[:-1], -1.0), bounds, (HARD, HARD))
            if limit > 1.0:
                self._form_row(columns, values, bounds, (self._side(name, "minimum", limit), HARD))
        elif columns.size == 2:
            # A greatest number is written for stimuli of more items than that only, so this is one item's own link.
            self._form_row(columns, values, bounds, (HARD, HARD))
        else:
            self._form_row(columns, values, bounds, (HARD, self._side(name, "maximum", limit)))

    def _form_row(
        self, columns: IntArray, values: FloatArray, bounds: tuple[float, float], owners: tuple[int, int]
    ) -> None:
        times = float(self._times)
        scaled = (bounds[0] * times, bounds[1] * times)
        for copy in range(self._n_copies):
            self._rows.add(copy * self._width + columns, values, scaled, owners, times)

    def _side(self, name: RowName, side: Side, bound: float) -> int:
        return self._demand(name, side, bound) if math.isfinite(bound) else HARD

    def _demand(self, name: RowName, side: Side, bound: float | None) -> int:
        key = (id(name), side)
        if key not in self._demands:
            self._demands[key] = len(self._listed)
            self._listed.append(Demand(name, side, bound))
        return self._demands[key]

    def _copies(self, items: IntArray) -> IntArray:
        return np.concatenate([copy * self._width + items for copy in range(self._n_copies)])

    def _new_columns(self, upper: FloatArray, *, is_integer: bool = False) -> IntArray:
        first = self._n_copies * self._width + len(self._extra_upper)
        self._extra_upper += upper.tolist()
        return np.arange(first, first + upper.size)
