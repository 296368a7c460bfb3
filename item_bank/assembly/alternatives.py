"""What might stand in an item's place: every item of the bank, ranked, with its effect on the form and the assembly.

Rows of the specification are summed for all items at once; the independent check of a swap that is really made stands
in ``editing``.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.text import search_key
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly import Information
from exam_engine.psychometrics.assembly.rows import SLACK, form_rows
from item_bank.assembly.bank import BankItem, in_cells, item_pool, load_bank
from item_bank.assembly.detail import AssemblyDetail, FormDetail
from item_bank.assembly.errors import AssemblyPlaceNotFoundError
from item_bank.assembly.figures import FormFigures, ItemCurves, form_figures, item_curves, item_figures, value_of
from item_bank.assembly.queries import PlacedItem
from item_bank.assembly.requirements import points_of, specification_of
from item_bank.blueprints.statement import TargetObjective

LARGEST_PAGE = 100
"""Replacements on one page: each carries two curves."""


@dataclass(frozen=True, slots=True)
class AlternativeFilter:
    """Which replacements are meant; None asks for no restriction."""

    q: str | None = None
    module: str | None = None
    level: str | None = None
    keeps_requirements: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Replacement:
    """An item with what the swap would do."""

    item: BankItem
    information: FloatArray
    expected_score: FloatArray
    figures: FormFigures
    value: float
    overlap_maximum: int
    broken: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Replacements:
    """A page of replacements, best first."""

    form: FormDetail
    current: PlacedItem
    information: FloatArray
    expected_score: FloatArray
    value: float
    overlap_maximum: int
    page: list[Replacement]
    total: int


def find_place(detail: AssemblyDetail, form_number: int, position: int) -> tuple[FormDetail, PlacedItem]:
    """Return a form and a place in it.

    Raises
    ------
    AssemblyPlaceNotFoundError
    """
    for form in detail.forms:
        if form.number == form_number:
            for place in form.places:
                if place.row.position == position:
                    return form, place
    raise AssemblyPlaceNotFoundError(form=form_number, position=position)


async def find_alternatives(
    session: AsyncSession,
    detail: AssemblyDetail,
    *,
    form_number: int,
    position: int,
    wanted: AlternativeFilter,
    offset: int,
    limit: int,
) -> Replacements:
    """Return a page of replacements for an item.

    Raises
    ------
    AssemblyPlaceNotFoundError
    """
    find_place(detail, form_number, position)
    bank = in_cells(await load_bank(session), detail.statement)
    # A tenth of a second of arithmetic for a bank of thousands: too long for the event loop.
    return await asyncio.to_thread(
        rank, detail, bank, form_number=form_number, position=position, wanted=wanted, offset=offset, limit=limit
    )


def rank(
    detail: AssemblyDetail,
    bank: Sequence[BankItem],
    *,
    form_number: int,
    position: int,
    wanted: AlternativeFilter,
    offset: int,
    limit: int,
) -> Replacements:
    """Judge every item of the bank in the place and return a page of the ranking.

    First come items that break nothing that held before, then by the value of the assembly, the worst point of the form
    itself, and how few candidates have met the item.
    """
    form, place = find_place(detail, form_number, position)
    chosen = {item.code: item for item in form.facts}
    items = [*form.facts, *(item for item in bank if item.code not in chosen)]
    trial = _Trial(detail, form, items, items.index(chosen[place.item.code]))
    order = trial.order(_matching(items, len(form.facts), wanted), keeps_requirements=wanted.keeps_requirements)
    page = [trial.replacement(int(index)) for index in order[offset : offset + limit]]
    curves = trial.curves(trial.old)
    return Replacements(
        form=form,
        current=place,
        information=curves.information[:, 0],
        expected_score=curves.expected_score[:, 0],
        value=trial.value_before,
        overlap_maximum=trial.overlap_before,
        page=page,
        total=int(order.size),
    )


def _matching(items: Sequence[BankItem], n_own: int, wanted: AlternativeFilter) -> BoolArray:
    """(J,) which items may be shown: none of the form's own."""
    folded = search_key(wanted.q) if wanted.q else ""
    return np.array(
        [
            index >= n_own
            and (wanted.module is None or item.module_code == wanted.module)
            and (wanted.level is None or item.cognitive_level == wanted.level)
            and (not folded or folded in search_key(f"{item.code} {item.stem_text}"))
            for index, item in enumerate(items)
        ],
        dtype=np.bool_,
    )


class _Trial:
    """One place of one form with all J items judged in it; ``old`` is the index of the item that stands there."""

    def __init__(self, detail: AssemblyDetail, form: FormDetail, items: Sequence[BankItem], old: int) -> None:
        self.detail, self.items, self.old = detail, items, old
        self.own = np.arange(len(form.facts))
        self._pool = item_pool(items, detail.statement, now=detail.assembly.created_at)
        self._figures = item_figures(self._pool.parameters, detail.statement)
        self.others = [other for other in detail.forms if other.number != form.number]
        members = [set(other.codes) for other in self.others]
        held = [[item.code in member for item in items] for member in members]
        self._in_others: BoolArray = np.array(held, dtype=np.bool_).reshape(len(self.others), len(items))
        anchors = set(detail.options.include)
        self._anchored = np.array([item.code in anchors for item in items], dtype=np.bool_)
        shared = self._in_others & ~self._anchored
        # (F − 1, J) items shared with each other form once item j stands in the place.
        self._overlaps = (shared[:, self.own].sum(axis=1) - shared[:, old])[:, None] + shared
        # (M, J) information of the form at the points of the objective, for each item in the place.
        objective = self._figures.objective
        self._objective = (form.objective - objective[:, old])[:, None] + objective
        present = tuple(code for code in detail.options.include if code in self._pool.places)
        options = detail.options.model_copy(update={"include": present})
        self._specification = specification_of(detail.statement, options, detail.recent, self._pool)
        self._rows = form_rows(self._pool, self._specification)
        self._violated = self._new_row_violations()
        self._values = self._all_values()
        self._across = self._across_violations()

    @property
    def value_before(self) -> float:
        """The objective of the assembly as it is."""
        return float(self._values[self.old])

    @property
    def overlap_before(self) -> int:
        """Most items that the form shares with another one now."""
        return int(self._overlaps[:, self.old].max(initial=0))

    def order(self, shown: BoolArray, *, keeps_requirements: bool) -> IntArray:
        """Indices of the items to show, best first."""
        broken = self._violated.sum(axis=0) + sum(found for _, found in self._across)
        candidates = np.flatnonzero(shown & (broken == 0) if keeps_requirements else shown)
        sign = 1.0 if isinstance(self.detail.statement.objective, TargetObjective) else -1.0
        met = np.array([self.items[index].exposure.candidates for index in candidates.tolist()])
        by_form, by_value = sign * self._form_values()[candidates], sign * self._values[candidates]
        # Rounded, so that equal values are told apart by what follows and not by the last bit.
        order = np.lexsort((met, np.round(by_form, 9), np.round(by_value, 9), broken[candidates]))
        return np.asarray(candidates[order], dtype=np.intp)

    def curves(self, index: int) -> ItemCurves:
        """Curves of one item."""
        return item_curves(self._pool.parameters.take(np.array([index], dtype=np.intp)))

    def replacement(self, index: int) -> Replacement:
        """What the swap for one item does."""
        curves = self.curves(index)
        members = [*(place for place in self.own.tolist() if place != self.old), index]
        return Replacement(
            item=self.items[index],
            information=curves.information[:, 0],
            expected_score=curves.expected_score[:, 0],
            figures=form_figures(
                [self.items[member] for member in members],
                self._figures.of(np.array(members, dtype=np.intp)),
                self.detail.statement,
            ),
            value=float(self._values[index]),
            overlap_maximum=int(self._overlaps[:, index].max(initial=0)),
            broken=self._broken_by(index),
        )

    def _new_row_violations(self) -> BoolArray:
        """(R, J) rows of the form that item j would break and that hold now."""
        matrix = self._rows.matrix.toarray()[:, : len(self.items)]
        sums = (matrix[:, self.own].sum(axis=1) - matrix[:, self.old])[:, None] + matrix
        below, above = self._rows.slack
        violated = (sums < (self._rows.lower - below)[:, None]) | (sums > (self._rows.upper + above)[:, None])
        return np.asarray(violated & ~violated[:, [self.old]], dtype=np.bool_)

    def _all_values(self) -> FloatArray:
        """(J,) the objective of the assembly for each item in the place."""
        own = self._form_values()
        if not self.others:
            return own
        rest = value_of(self.detail.statement, np.array([other.objective for other in self.others]))
        is_target = isinstance(self.detail.statement.objective, TargetObjective)
        return np.maximum(own, rest) if is_target else np.minimum(own, rest)

    def _form_values(self) -> FloatArray:
        """(J,) the objective of this form alone."""
        objective = self.detail.statement.objective
        if isinstance(objective, TargetObjective):
            targets = np.array([point.information for point in objective.points])[:, None]
            return np.asarray((np.abs(self._objective - targets) / targets).max(axis=0), dtype=np.float64)
        return np.asarray(self._objective.min(axis=0), dtype=np.float64)

    def _across_violations(self) -> list[tuple[dict[str, Any], BoolArray]]:
        """Rules over the forms and items kept out, each with (J,) whether item j would break it and it holds now."""
        found: list[tuple[dict[str, Any], BoolArray]] = []
        for fixed in self._rows.fixed:
            barred = np.zeros(len(self.items), dtype=np.bool_)
            if fixed.value == 0:
                barred[fixed.items] = True
                found.append(({"code": "exclude", "data": {}}, barred))
        if self._anchored[self.old]:
            everything = np.ones(len(self.items), dtype=np.bool_)
            data = {"items": [self.items[self.old].code]}
            found.append(({"code": "include", "data": data}, everything))
        maximum = self.detail.options.uses_per_item
        uses = self._in_others.sum(axis=0) + 1
        found.append(({"code": "item_use", "data": {"maximum": maximum}}, (uses > maximum) & ~self._anchored))
        limit = self._specification.overlap_maximum
        if limit is not None:
            over = self._overlaps > limit
            for number, other in enumerate(self.others):
                limits = {"maximum": limit, "form": other.number}
                found.append(({"code": "pair_overlap", "data": limits}, over[number] & ~over[number, self.old]))
        found += self._closeness_violations()
        return found

    def _closeness_violations(self) -> list[tuple[dict[str, Any], BoolArray]]:
        found: list[tuple[dict[str, Any], BoolArray]] = []
        points = points_of(self.detail.statement)
        for rule in self._specification.closeness:
            if not isinstance(rule.measure, Information) or rule.relative is None or not self.others:
                continue
            point = points.index(rule.measure.theta)
            amounts = self._figures.information[point]
            rest = [other.figures.information[point] for other in self.others]
            own = amounts[self.own].sum() - amounts[self.old] + amounts
            largest, smallest = np.maximum(own, max(rest)), np.minimum(own, min(rest))
            over = largest > smallest * (1.0 + rule.relative) * (1.0 + SLACK)
            data = {"theta": rule.measure.theta, "relative": rule.relative}
            found.append(({"code": "closeness", "data": data}, over & ~over[self.old]))
        return found

    def _broken_by(self, index: int) -> list[dict[str, Any]]:
        item = self.items[index]
        rows = {id(name): name for name in (self._rows.names[row] for row in np.flatnonzero(self._violated[:, index]))}
        broken: list[dict[str, Any]] = [{"code": name.code, "data": dict(name.data)} for name in rows.values()]
        for stated, violated in self._across:
            if violated[index]:
                data = {**stated["data"], "item": item.code}
                broken.append({"code": stated["code"], "data": {"items": [item.code], **data}})
        return broken
