"""What every form, and the set of forms, must satisfy, and what is to be made as good as possible."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from exam_engine.psychometrics.assembly.measures import (
    Count,
    ExpectedScore,
    Information,
    Measure,
    Total,
    amounts_of,
    measure_label,
)
from exam_engine.psychometrics.assembly.pool import ItemPool, SpecificationError, Where, describe


@dataclass(frozen=True, slots=True)
class Range:
    """A measure of each form between two bounds; equal bounds for an exact count.

    Parameters
    ----------
    measure : what is counted or added up.
    minimum, maximum : bounds, ±∞ for none.
    name : what the board calls it; empty to describe it by its measure.
    """

    measure: Measure
    minimum: float = -math.inf
    maximum: float = math.inf
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse an empty range."""
        if math.isnan(self.minimum) or math.isnan(self.maximum) or self.minimum > self.maximum:
            label = self.name or measure_label(self.measure)
            raise SpecificationError(
                "empty_range",
                f"{label}: at least {self.minimum:g} and at most {self.maximum:g} is no range",
                name=label,
                minimum=self.minimum,
                maximum=self.maximum,
            )


@dataclass(frozen=True, slots=True)
class EnemyLimit:
    """At most so many items of every enemy set in a form."""

    maximum: int = 1


@dataclass(frozen=True, slots=True)
class StimulusSets:
    """How many stimuli a form has, and how many items each brings along.

    Parameters
    ----------
    minimum, maximum : stimuli of a form that ``where`` applies to.
    items_minimum, items_maximum : items of each chosen stimulus.
    where : which stimuli are meant, by their items: those with an item that meets the condition; all when empty.
    """

    minimum: int
    maximum: int
    items_minimum: int = 1
    items_maximum: int | None = None
    where: Where = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse empty ranges."""
        upper = math.inf if self.items_maximum is None else self.items_maximum
        if not (0 <= self.minimum <= self.maximum and 1 <= self.items_minimum <= upper):
            raise SpecificationError(
                "empty_range",
                f"stimuli: {self.minimum} to {self.maximum} with {self.items_minimum} to {upper:g} items is no range",
                name="stimuli",
                minimum=self.minimum,
                maximum=self.maximum,
            )


@dataclass(frozen=True, slots=True)
class MustInclude:
    """Items that every form holds (anchors); limits on use do not count them."""

    items: frozenset[str]


@dataclass(frozen=True, slots=True)
class MustExclude:
    """Items that no form holds: those named and those that meet the condition (used last month, under suspicion)."""

    items: frozenset[str] = frozenset()
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class AllOrNone:
    """Items that a form holds all together or not at all."""

    items: frozenset[str]


Requirement = Range | EnemyLimit | StimulusSets | MustInclude | MustExclude | AllOrNone


@dataclass(frozen=True, slots=True)
class Part:
    """A part of every form: the items that meet a condition, in a place of their own, with requirements of their own.

    Parameters
    ----------
    name : heading of the part; parts follow each other in the order given.
    where : the items that may stand in it; no item belongs to two parts.
    requirements : ranges over the part's items only.
    """

    name: str
    where: Where
    requirements: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemUse:
    """In how many forms an item that meets the condition appears; anchors do not count."""

    maximum: int
    minimum: int = 0
    where: Where = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PairOverlap:
    """At most so many items that any two forms share, anchors apart."""

    maximum: int


@dataclass(frozen=True, slots=True)
class Closeness:
    """The largest value of a measure among the forms exceeds the smallest by so much at most.

    Parameters
    ----------
    relative : largest ≤ (1 + relative) · smallest.
    absolute : largest ≤ smallest + absolute. Exactly one of the two is given.
    """

    measure: Measure
    relative: float | None = None
    absolute: float | None = None

    def __post_init__(self) -> None:
        """Refuse none, both, or a tolerance that is not positive."""
        given = [value for value in (self.relative, self.absolute) if value is not None]
        if len(given) != 1 or not given[0] > 0.0:
            raise SpecificationError(
                "out_of_range",
                f"closeness of {measure_label(self.measure)} needs one positive tolerance, relative or absolute",
                name=measure_label(self.measure),
            )


Across = ItemUse | PairOverlap | Closeness


@dataclass(frozen=True, slots=True)
class Maximin:
    """Make the smallest of measure/weight, over all forms and measures, as large as possible."""

    measures: tuple[Measure, ...]
    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Give equal weights when none are named; refuse what cannot work."""
        if not self.weights:
            object.__setattr__(self, "weights", (1.0,) * len(self.measures))
        _refuse_bad_numbers("weights", self.measures, self.weights)


@dataclass(frozen=True, slots=True)
class MinimaxTarget:
    """Make the largest deviation from the targets, over all forms and measures, as small as possible.

    Parameters
    ----------
    measures, targets : what is aimed at; targets are positive.
    tolerance : a deviation that is good enough; the search stops there.
    is_relative : whether deviations are fractions of the target or in the measure's own unit.
    """

    measures: tuple[Measure, ...]
    targets: tuple[float, ...]
    tolerance: float = 0.001
    is_relative: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        _refuse_bad_numbers("targets", self.measures, self.targets)
        if not self.tolerance >= 0.0:
            raise SpecificationError("out_of_range", "tolerance must not be negative", name="tolerance")

    @property
    def scales(self) -> tuple[float, ...]:
        """What a deviation is divided by, for each measure."""
        return self.targets if self.is_relative else (1.0,) * len(self.targets)


@dataclass(frozen=True, slots=True)
class Extreme:
    """Make the sum of a measure over all forms as large, or as small, as possible."""

    measure: Measure
    sense: Literal["maximise", "minimise"] = "maximise"


@dataclass(frozen=True, slots=True)
class AnyForms:
    """Nothing but the requirements."""


Objective = Maximin | MinimaxTarget | Extreme | AnyForms


@dataclass(frozen=True, kw_only=True)
class TestSpecification:
    """What every form, and the set of forms, must satisfy.

    Parameters
    ----------
    n_forms : forms to make.
    requirements : of every form. The number of items is one of them: ``Range(Count(), 40, 40)``; see ``length``.
    across : over the set of forms.
    parts : structure of a form; its requirements are added to those of the form.
    objective : what is made as good as possible.

    Raises
    ------
    SpecificationError
        ``out_of_range``, ``no_length``, ``repeated_requirement`` or ``included_and_excluded``.
    """

    __test__: ClassVar[bool] = False  # the name is the field's own; this keeps test runners from collecting the class

    n_forms: int
    requirements: tuple[Requirement, ...]
    across: tuple[Across, ...] = ()
    parts: tuple[Part, ...] = ()
    objective: Objective = field(default_factory=AnyForms)

    def __post_init__(self) -> None:
        """Refuse figures that no pool could satisfy."""
        if self.n_forms < 1:
            raise SpecificationError("out_of_range", f"n_forms is {self.n_forms}; at least 1", name="n_forms")
        if not any(row.measure == Count() and math.isfinite(row.maximum) for row in self.ranges):
            raise SpecificationError("no_length", "no requirement limits the number of items; add length(n)")
        seen: set[str] = set()
        for row in self.ranges:
            key = repr(row.measure)
            if key in seen:
                label = row.name or measure_label(row.measure)
                raise SpecificationError("repeated_requirement", f"{label} is given twice", name=label)
            seen.add(key)
        both = self.included & frozenset().union(*(r.items for r in self.requirements if isinstance(r, MustExclude)))
        if both:
            raise SpecificationError(
                "included_and_excluded", f"items {sorted(both)} are both included and excluded", items=sorted(both)
            )

    @property
    def ranges(self) -> tuple[Range, ...]:
        """Every range of a form, those of its parts included."""
        own = tuple(row for row in self.requirements if isinstance(row, Range))
        return own + tuple(_within(part, row) for part in self.parts for row in part.requirements)

    @property
    def included(self) -> frozenset[str]:
        """Items that every form holds."""
        return frozenset().union(*(row.items for row in self.requirements if isinstance(row, MustInclude)))

    @property
    def length(self) -> tuple[int, int]:
        """Least and greatest number of items of a form."""
        row = next(row for row in self.ranges if row.measure == Count())
        return max(0, math.ceil(row.minimum)) if math.isfinite(row.minimum) else 0, math.floor(row.maximum)

    @property
    def item_uses(self) -> tuple[ItemUse, ...]:
        """Limits on the number of forms that an item appears in."""
        return tuple(rule for rule in self.across if isinstance(rule, ItemUse))

    @property
    def overlap_maximum(self) -> int | None:
        """Items that any two forms may share, None without a limit."""
        limits = [rule.maximum for rule in self.across if isinstance(rule, PairOverlap)]
        return min(limits) if limits else None

    @property
    def closeness(self) -> tuple[Closeness, ...]:
        """How alike the forms must be."""
        return tuple(rule for rule in self.across if isinstance(rule, Closeness))

    def single_form(self) -> "TestSpecification":
        """The same demands on one form alone."""
        return replace(self, n_forms=1, across=())

    def refuse_unknown_names(self, pool: ItemPool) -> None:
        """Check that the pool has the attributes, quantities and items the specification speaks of.

        Raises
        ------
        SpecificationError
            ``unknown_attribute``, ``unknown_quantity``, ``unknown_item``, ``interval_of_attribute`` or
            ``item_in_two_parts``.
        """
        for row in self.ranges:
            amounts_of(row.measure, pool)
        for requirement in self.requirements:
            match requirement:
                case MustInclude(items) | AllOrNone(items):
                    pool.refuse_unknown("include", items)
                case MustExclude(items, where):
                    pool.refuse_unknown("exclude", items)
                    pool.matching(where or {})
                case StimulusSets():
                    pool.matching(requirement.where)
        for rule in self.across:
            if isinstance(rule, Closeness):
                amounts_of(rule.measure, pool)
            elif isinstance(rule, ItemUse):
                pool.matching(rule.where)
        for measure in objective_measures(self.objective):
            amounts_of(measure, pool)
        taken: dict[str, str] = {}
        for part in self.parts:
            for index in pool.matching(part.where).nonzero()[0]:
                item = pool.item_ids[index]
                if item in taken:
                    raise SpecificationError(
                        "item_in_two_parts",
                        f"item {item!r} belongs to the parts {taken[item]!r} and {part.name!r}",
                        item=item,
                        parts=[taken[item], part.name],
                    )
                taken[item] = part.name


def length(count: int, maximum: int | None = None) -> Range:
    """The number of items of a form, exactly ``count`` or up to ``maximum``."""
    return Range(Count(), count, count if maximum is None else maximum)


def exactly(count: int, **where: str) -> Range:
    """Exactly ``count`` items with the given attribute values."""
    return Range(Count(where), count, count)


def objective_measures(objective: Objective) -> tuple[Measure, ...]:
    """The measures that the objective speaks of."""
    match objective:
        case Maximin(measures) | MinimaxTarget(measures):
            return measures
        case Extreme(measure):
            return (measure,)
        case AnyForms():
            return ()


def _within(part: Part, row: Range) -> Range:
    """The range over the part's items only."""
    name = row.name or f"{part.name}: {measure_label(row.measure)}"
    match row.measure:
        case Count(where):
            return replace(row, measure=Count(_both(part.where, where)), name=name)
        case Total(quantity, where, _):
            return replace(row, measure=Total(quantity, _both(part.where, where), with_stimuli=False), name=name)
        case Information() | ExpectedScore():
            raise SpecificationError(
                "curve_of_part", f"{name}: information and score are of the whole form", name=part.name
            )


def _both(one: Where, other: Where) -> Where:
    if one.keys() & other.keys():
        raise SpecificationError(
            "repeated_requirement",
            f"{describe(other)} repeats what the part {describe(one)} states",
            name=describe(one),
        )
    merged: Mapping[str, object] = {**one, **other}
    return merged  # type: ignore[return-value]


def _refuse_bad_numbers(name: str, measures: tuple[Measure, ...], numbers: tuple[float, ...]) -> None:
    if not measures:
        raise SpecificationError("out_of_range", "the objective names no measure", name="measures")
    if len(numbers) != len(measures) or not all(0.0 < number < math.inf for number in numbers):
        raise SpecificationError(
            "out_of_range", f"{name} {numbers}: one positive number for each of {len(measures)} measures", name=name
        )
