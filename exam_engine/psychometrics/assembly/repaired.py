"""A specification with some of its bounds moved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from exam_engine.psychometrics.assembly.demands import Side
from exam_engine.psychometrics.assembly.measures import measure_data, where_data
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.rows import RowName, range_name
from exam_engine.psychometrics.assembly.specification import (
    Across,
    AllOrNone,
    Closeness,
    EnemyLimit,
    ItemUse,
    MustExclude,
    MustInclude,
    PairOverlap,
    Range,
    Requirement,
    StimulusSets,
    TestSpecification,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A bound moved, or a requirement given up.

    Attributes
    ----------
    name : of the requirement, with the bounds that it has now; for ``include`` and ``exclude`` with the one item that
        is let go.
    side : which bound.
    change : how far it moves, in the requirement's own unit; None when there is no bound.
    bound : what it becomes; None when there is no bound.
    """

    name: RowName
    side: Side
    change: float | None
    bound: float | None

    def __str__(self) -> str:
        """``NB minimum −4``."""
        if self.change is None:
            return f"drop {self.name.label}"
        return f"{self.name.label} {self.side} {'+' if self.change > 0 else '−'}{abs(self.change):g}"

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "code": self.name.code,
            "label": self.name.label,
            "side": self.side,
            "change": self.change,
            "bound": self.bound,
            "data": dict(self.name.data),
        }


def with_changes(pool: ItemPool, specification: TestSpecification, changes: Sequence[Change]) -> TestSpecification:
    """The specification after the changes.

    Raises
    ------
    SpecificationError
        When a bound would pass the other one.
    """
    own = {id(row): range_name(row) for row in specification.requirements if isinstance(row, Range)}
    rows_of_parts = iter(specification.ranges[len(own) :])
    parts = [
        replace(
            part,
            requirements=tuple(_with_range(row, range_name(next(rows_of_parts)), changes) for row in part.requirements),
        )
        for part in specification.parts
    ]
    requirements: list[Requirement] = []
    for requirement in specification.requirements:
        changed = _changed(pool, requirement, changes)
        if changed is not None:
            requirements.append(changed)
    across = [_changed_across(rule, changes) for rule in specification.across]
    n_forms = specification.n_forms
    for change in changes:
        if change.name.code == "number_of_forms" and change.bound is not None:
            n_forms = round(change.bound)
    return replace(
        specification, n_forms=n_forms, requirements=tuple(requirements), parts=tuple(parts), across=tuple(across)
    )


def _with_range(row: Range, name: RowName, changes: Sequence[Change]) -> Range:
    for change in changes:
        if change.bound is not None and (change.name.code, change.name.data) == (name.code, name.data):
            row = replace(row, minimum=change.bound) if change.side == "minimum" else replace(row, maximum=change.bound)
    return row


def _changed(pool: ItemPool, requirement: Requirement, changes: Sequence[Change]) -> Requirement | None:
    """The requirement after the changes; None when it is given up."""
    match requirement:
        case Range():
            return _with_range(requirement, range_name(requirement), changes)
        case EnemyLimit(maximum):
            bounds = [change.bound for change in changes if change.name.code == "enemies"]
            return EnemyLimit(max([maximum, *(round(bound) for bound in bounds if bound is not None)]))
        case StimulusSets():
            return _changed_sets(requirement, changes)
        case MustInclude(items):
            left = items - _let_go(changes, "include")
            return MustInclude(left) if left else None
        case MustExclude(items, where):
            freed = _let_go(changes, "exclude")
            if not freed:
                return requirement
            meant = set() if where is None else {pool.item_ids[index] for index in pool.matching(where).nonzero()[0]}
            left = (items | meant) - freed
            return MustExclude(frozenset(left)) if left else None
        case AllOrNone(items):
            dropped = [change.name.data["items"] for change in changes if change.name.code == "all_or_none"]
            return None if sorted(items) in dropped else requirement


def _changed_sets(sets: StimulusSets, changes: Sequence[Change]) -> StimulusSets:
    number: dict[str, int | None] = {"minimum": sets.minimum, "maximum": sets.maximum}
    items: dict[str, int | None] = {"minimum": sets.items_minimum, "maximum": sets.items_maximum}
    for change in changes:
        if change.bound is None:
            continue
        bound, is_minimum = round(change.bound), change.side == "minimum"
        if change.name.code == "stimuli" and dict(change.name.data) == number:
            sets = replace(sets, minimum=bound) if is_minimum else replace(sets, maximum=bound)
        elif change.name.code == "stimulus_items" and dict(change.name.data) == items:
            sets = replace(sets, items_minimum=bound) if is_minimum else replace(sets, items_maximum=bound)
    return sets


def _changed_across(rule: Across, changes: Sequence[Change]) -> Across:
    for change in changes:
        if change.bound is None:
            continue
        data = dict(change.name.data)
        match rule:
            case ItemUse(maximum, minimum, where) if change.name.code == "item_use":
                if data == {"where": where_data(where), "minimum": minimum, "maximum": maximum}:
                    rule = _moved_use(rule, change.side, round(change.bound))
            case PairOverlap(maximum) if change.name.code == "pair_overlap":
                rule = PairOverlap(max(maximum, round(change.bound)))
            case Closeness(measure, relative, absolute) if change.name.code == "closeness":
                if data == {**measure_data(measure), "relative": relative, "absolute": absolute}:
                    is_relative = relative is not None
                    rule = replace(rule, relative=change.bound) if is_relative else replace(rule, absolute=change.bound)
            case _:
                pass
    return rule


def _moved_use(rule: ItemUse, side: Side, bound: int) -> ItemUse:
    return replace(rule, minimum=bound) if side == "minimum" else replace(rule, maximum=bound)


def _let_go(changes: Sequence[Change], code: str) -> set[str]:
    return {item for change in changes if change.name.code == code for item in change.name.data["items"]}
