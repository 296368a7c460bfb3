"""An independent check of finished forms against the specification, sharing nothing with rows and solvers."""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from exam_engine.psychometrics.assembly.measures import (
    Count,
    ExpectedScore,
    Information,
    Measure,
    Total,
    measure_data,
)
from exam_engine.psychometrics.assembly.pool import ITEM, STIMULUS, Interval, ItemPool, Where
from exam_engine.psychometrics.assembly.specification import (
    AllOrNone,
    Closeness,
    EnemyLimit,
    ItemUse,
    MustExclude,
    MustInclude,
    PairOverlap,
    Range,
    StimulusSets,
    TestSpecification,
)
from exam_engine.psychometrics.response_functions import category_curves

ViolationCode = Literal[
    "number_of_forms",
    "unknown_item",
    "repeated_item",
    "range",
    "enemies",
    "stimuli",
    "stimulus_items",
    "include",
    "exclude",
    "all_or_none",
    "item_use",
    "pair_overlap",
    "closeness",
]

ROUNDING: Final = 1e-6
"""Relative slack for sums of floats: what solvers promise."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A requirement that the forms do not meet.

    Attributes
    ----------
    code : the requirement.
    form : 1-based number of the form, None when it concerns the set of forms.
    data : what was required and what was found, JSON values.
    """

    code: ViolationCode
    form: int | None
    data: Mapping[str, Any]


def check_forms(
    pool: ItemPool, specification: TestSpecification, forms: Sequence[Sequence[str]]
) -> tuple[Violation, ...]:
    """Recompute every requirement from the forms' item ids; empty when all are met.

    Parameters
    ----------
    forms : item ids of each form, in any order.

    Raises
    ------
    SpecificationError
        When the specification speaks of attributes, quantities or items that the pool does not have.
    """
    specification.refuse_unknown_names(pool)
    judge = _Judge(pool, specification)
    violations: list[Violation] = []
    if len(forms) != specification.n_forms:
        violations.append(Violation("number_of_forms", None, {"required": specification.n_forms, "found": len(forms)}))
    known_forms: list[list[str]] = []
    for number, form in enumerate(forms, start=1):
        unknown = sorted(set(form) - judge.place.keys())
        if unknown:
            violations.append(Violation("unknown_item", number, {"items": unknown}))
        known = [item for item in form if item in judge.place]
        known_forms.append(known)
        violations.extend(judge.check_form(number, known))
    violations.extend(judge.check_across(known_forms))
    return tuple(violations)


class _Judge:
    """Knows pool and specification; adds up with ``math.fsum`` over item ids."""

    def __init__(self, pool: ItemPool, specification: TestSpecification) -> None:
        self.pool = pool
        self.specification = specification
        self.place = {item: index for index, item in enumerate(pool.item_ids)}
        self._amounts: dict[str, list[float]] = {}

    def check_form(self, number: int, form: Sequence[str]) -> list[Violation]:
        found: list[Violation] = []
        repeated = sorted(item for item, count in Counter(form).items() if count > 1)
        if repeated:
            found.append(Violation("repeated_item", number, {"items": repeated}))
        for row in self.specification.ranges:
            value = self.measure(row.measure, form)
            if not _within(value, row.minimum, row.maximum):
                data = {"minimum": _finite(row.minimum), "maximum": _finite(row.maximum), "found": value}
                found.append(Violation("range", number, {**measure_data(row.measure), "name": row.name, **data}))
        for requirement in self.specification.requirements:
            match requirement:
                case EnemyLimit(maximum):
                    for enemies in self.pool.enemies:
                        together = sorted(enemies.intersection(form))
                        if len(together) > maximum:
                            found.append(Violation("enemies", number, {"items": together, "maximum": maximum}))
                case StimulusSets():
                    found.extend(self._check_stimuli(number, form, requirement))
                case MustInclude(items):
                    absent = sorted(items.difference(form))
                    if absent:
                        found.append(Violation("include", number, {"items": absent}))
                case MustExclude(items, where):
                    barred = sorted(
                        item for item in set(form) if item in items or (where is not None and self._meets(item, where))
                    )
                    if barred:
                        found.append(Violation("exclude", number, {"items": barred}))
                case AllOrNone(items):
                    some = sorted(items.intersection(form))
                    if some and len(some) < len(items):
                        found.append(Violation("all_or_none", number, {"items": sorted(items), "found": some}))
                case Range():
                    pass
        return found

    def check_across(self, forms: Sequence[Sequence[str]]) -> list[Violation]:
        found: list[Violation] = []
        anchors = self.specification.included
        uses = Counter(item for form in forms for item in set(form))
        for rule in self.specification.across:
            match rule:
                case ItemUse(maximum, minimum, where):
                    for item in self.pool.item_ids:
                        if item in anchors or minimum <= uses[item] <= maximum or not self._meets(item, where):
                            continue
                        data = {"item": item, "minimum": minimum, "maximum": maximum, "found": uses[item]}
                        found.append(Violation("item_use", None, data))
                case PairOverlap(maximum):
                    members = [set(form) - anchors for form in forms]
                    for (one, first), (other, second) in itertools.combinations(enumerate(members, start=1), 2):
                        shared = len(first & second)
                        if shared > maximum:
                            data = {"forms": [one, other], "maximum": maximum, "found": shared}
                            found.append(Violation("pair_overlap", None, data))
                case Closeness(measure, relative, absolute):
                    values = [self.measure(measure, form) for form in forms]
                    if not values:
                        continue
                    limit = min(values) * (1.0 + relative) if relative is not None else min(values) + (absolute or 0.0)
                    if max(values) > limit + ROUNDING * max(1.0, abs(limit)):
                        tolerance = {"relative": relative, "absolute": absolute}
                        data = {**measure_data(measure), **tolerance, "found": values}
                        found.append(Violation("closeness", None, data))
        return found

    def measure(self, measure: Measure, form: Iterable[str]) -> float:
        """The measure of a form, recomputed item by item."""
        amounts = self._amounts_of(measure)
        items = set(form)
        parts = [amounts[self.place[item]] for item in items]
        if isinstance(measure, Total) and measure.with_stimuli and self.pool.stimuli:
            given = self.pool.stimulus_quantities.get(measure.quantity, {})
            stimuli = {self.pool.stimuli[self.place[item]] for item in items} - {""}
            parts += [given.get(stimulus, 0.0) for stimulus in stimuli]
        return math.fsum(parts)

    def _amounts_of(self, measure: Measure) -> list[float]:
        key = repr(measure)
        if key not in self._amounts:
            amounts: list[float]
            match measure:
                case Count(where):
                    amounts = [float(self._meets(item, where)) for item in self.pool.item_ids]
                case Total(quantity, where, _):
                    given = self.pool.quantities[quantity]
                    amounts = [
                        float(given[place]) if self._meets(item, where) else 0.0
                        for place, item in enumerate(self.pool.item_ids)
                    ]
                case Information(theta):
                    amounts = self._information(theta)
                case ExpectedScore(theta):
                    curves = category_curves(np.array([theta]), self.pool.parameters)
                    amounts = (curves.p[0] @ np.arange(curves.p.shape[2])).tolist()
            self._amounts[key] = amounts
        return self._amounts[key]

    def _information(self, theta: float) -> list[float]:
        """Σ_k P'_k² / P_k, the definition of Fisher information, for items of any model."""
        curves = category_curves(np.array([theta]), self.pool.parameters)
        p, slope = curves.p[0].tolist(), curves.slope[0].tolist()
        return [
            math.fsum(s * s / q for q, s in zip(categories, slopes, strict=True) if q > 0.0)
            for categories, slopes in zip(p, slope, strict=True)
        ]

    def _check_stimuli(self, number: int, form: Sequence[str], sets: StimulusSets) -> list[Violation]:
        of_item = self.pool.stimuli or ("",) * len(self.pool.item_ids)
        meant = {
            stimulus
            for item, stimulus in zip(self.pool.item_ids, of_item, strict=True)
            if stimulus and self._meets(item, sets.where)
        }
        sizes = Counter(of_item[self.place[item]] for item in set(form))
        chosen = {stimulus: size for stimulus, size in sizes.items() if stimulus in meant}
        found: list[Violation] = []
        if not sets.minimum <= len(chosen) <= sets.maximum:
            data = {"minimum": sets.minimum, "maximum": sets.maximum, "found": len(chosen)}
            found.append(Violation("stimuli", number, data))
        most = math.inf if sets.items_maximum is None else sets.items_maximum
        for stimulus, size in sorted(chosen.items()):
            if not sets.items_minimum <= size <= most:
                limits: dict[str, Any] = {"minimum": sets.items_minimum, "maximum": sets.items_maximum}
                found.append(Violation("stimulus_items", number, {"stimulus": stimulus, **limits, "found": size}))
        return found

    def _meets(self, item: str, where: Where) -> bool:
        place = self.place[item]
        for name, wanted in where.items():
            if isinstance(wanted, Interval):
                if not wanted.minimum <= float(self.pool.quantities[name][place]) <= wanted.maximum:
                    return False
                continue
            if name == ITEM:
                own = item
            elif name == STIMULUS:
                own = self.pool.stimuli[place] if self.pool.stimuli else ""
            else:
                own = self.pool.attributes[name][place]
            if wanted == "*":
                if not own:
                    return False
            elif own != wanted and (isinstance(wanted, str) or own not in wanted):
                return False
        return True


def _within(value: float, minimum: float, maximum: float) -> bool:
    below = ROUNDING * max(1.0, abs(minimum)) if math.isfinite(minimum) else 0.0
    above = ROUNDING * max(1.0, abs(maximum)) if math.isfinite(maximum) else 0.0
    return minimum - below <= value <= maximum + above


def _finite(bound: float) -> float | None:
    return bound if math.isfinite(bound) else None
