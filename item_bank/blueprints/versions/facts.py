"""A blueprint taken apart into facts that can be named, compared and put into words one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from item_bank.blueprints.statement import BlueprintStatement, MaximinObjective, TargetObjective
from item_bank.items.content import COGNITIVE_LEVELS

Group = Literal["general", "cells", "totals", "topics", "parts", "further"]
GROUPS: tuple[Group, ...] = ("general", "cells", "totals", "topics", "parts", "further")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between how much and how much; None for no bound."""

    minimum: int | None
    maximum: int | None


@dataclass(frozen=True, slots=True)
class Share:
    """A fraction that people read as a percentage."""

    value: float


@dataclass(frozen=True, slots=True)
class Coded:
    """Words of the catalogue, by their codes."""

    codes: tuple[str, ...]


Value = str | int | float | Bounds | Share | Coded


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fact is about: a message code with its parameters, in one of the groups."""

    group: Group
    code: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that two statements state otherwise; None where one of them does not state it."""

    subject: Subject
    before: Value | None
    after: Value | None


def differences(before: BlueprintStatement, after: BlueprintStatement) -> list[Difference]:
    """Return what one statement states otherwise than another, group by group."""
    one, other = facts_of(before), facts_of(after)
    subjects = sorted(dict.fromkeys([*one, *other]), key=lambda subject: GROUPS.index(subject.group))
    return [
        Difference(subject, one.get(subject), other.get(subject))
        for subject in subjects
        if one.get(subject) != other.get(subject)
    ]


def facts_of(statement: BlueprintStatement) -> dict[Subject, Value]:
    """Return everything that a blueprint states, in the order in which people read it."""
    return {
        **dict(_general(statement)),
        **dict(_counts(statement)),
        **dict(_parts(statement)),
        **dict(_further(statement)),
        **dict(_quality(statement)),
    }


def _general(statement: BlueprintStatement) -> Iterator[tuple[Subject, Value]]:
    for name in ("name", "form_length", "duration_minutes", "cut_theta"):
        yield Subject("general", f"blueprint_fact.{name}"), getattr(statement, name)


def _counts(statement: BlueprintStatement) -> Iterator[tuple[Subject, Value]]:
    cells = {(cell.module_code, cell.cognitive_level): cell for cell in statement.cells}
    for module in sorted({module for module, _ in cells}):
        for level in COGNITIVE_LEVELS:
            if (cell := cells.get((module, level))) is not None:
                params = (("module", module), ("level", level))
                yield Subject("cells", "requirement.cell", params), Bounds(cell.minimum, cell.maximum)
    for module_row in statement.module_totals:
        subject = Subject("totals", "requirement.module", (("module", module_row.module_code),))
        yield subject, Bounds(module_row.minimum, module_row.maximum)
    for level_row in statement.level_totals:
        subject = Subject("totals", "requirement.level", (("level", level_row.cognitive_level),))
        yield subject, Bounds(level_row.minimum, level_row.maximum)
    for row in statement.reference_totals:
        subject = Subject("topics", "requirement.reference", (("reference", row.reference_code),))
        yield subject, Bounds(row.minimum, row.maximum)


def _parts(statement: BlueprintStatement) -> Iterator[tuple[Subject, Value]]:
    for part in statement.parts:
        params = (("part", part.name),)
        yield Subject("parts", "requirement.part", params), Bounds(part.minimum, part.maximum)
        kinds = tuple(f"interaction.{kind}" for kind in part.interactions)
        yield Subject("parts", "blueprint_fact.part_kinds", params), Coded(kinds)
        if (part.minimum_points, part.maximum_points) != (None, None):
            points = Bounds(part.minimum_points, part.maximum_points)
            yield Subject("parts", "requirement.part_points", params), points
    if len(statement.parts) > 1:
        yield Subject("parts", "blueprint_fact.part_order"), " · ".join(part.name for part in statement.parts)


def _further(statement: BlueprintStatement) -> Iterator[tuple[Subject, Value]]:
    if (stimuli := statement.stimuli) is not None:
        yield Subject("further", "requirement.stimuli"), Bounds(stimuli.minimum, stimuli.maximum)
        of_each = Bounds(stimuli.items_minimum, stimuli.items_maximum)
        yield Subject("further", "requirement.stimulus_items"), of_each
    for code, rule in (
        ("requirement.points", statement.points),
        ("blueprint_fact.keys", statement.key_balance),
        ("requirement.words", statement.words),
        ("requirement.seconds", statement.seconds),
    ):
        if rule is not None and (rule.minimum, rule.maximum) != (None, None):
            yield Subject("further", code), Bounds(rule.minimum, rule.maximum)
    for level in COGNITIVE_LEVELS:
        subject = Subject("further", "blueprint_fact.seconds_of_level", (("level", level),))
        yield subject, statement.seconds_per_item.of(level)
    if statement.rest_months is not None:
        yield Subject("further", "blueprint_fact.rest_months"), statement.rest_months
    if statement.maximum_previous_uses is not None:
        yield Subject("further", "blueprint_fact.maximum_previous_uses"), statement.maximum_previous_uses
    if (recent := statement.recent_overlap) is not None:
        subject = Subject("further", "blueprint_fact.recent_overlap", (("months", str(recent.months)),))
        yield subject, recent.maximum_items
    yield Subject("further", "blueprint_fact.items_per_page"), statement.items_per_page
    allowed = tuple(f"blueprint_fact.tool_{name}" for name, is_allowed in statement.tools if is_allowed)
    yield Subject("further", "blueprint_fact.tools"), Coded(allowed or ("blueprint_fact.tool_none",))


def _quality(statement: BlueprintStatement) -> Iterator[tuple[Subject, Value]]:
    objective = statement.objective
    yield Subject("further", "blueprint_fact.objective"), Coded((f"blueprint_fact.objective_{objective.kind}",))
    match objective:
        case MaximinObjective():
            yield Subject("further", "blueprint_fact.offset"), objective.offset
        case TargetObjective():
            for point in objective.points:
                params = (("theta", str(point.theta)),)
                yield Subject("further", "blueprint_fact.target_at", params), point.information
            yield Subject("further", "blueprint_fact.target_tolerance"), Share(objective.tolerance)
    if (closeness := statement.closeness) is not None:
        yield Subject("further", "blueprint_fact.closeness"), Share(closeness.tolerance)
        yield Subject("further", "blueprint_fact.closeness_offset"), closeness.offset
