"""What a board states of a framework, a module or a part, and every rule that a statement may break."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, TypeVar

from exam_engine.core.errors import Fault
from exam_engine.core.text import clean_line
from item_bank.syllabus.models import Framework, SyllabusModule
from item_bank.syllabus.service import Node, Syllabus

DEEPEST = 3
"""Levels below a module: section, topic, can-do statement."""
LONGEST_MODULE_NAME = 200
LONGEST_PART_NAME = 500
LONGEST_NOTE = 300

_FRAMEWORK_CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9/-]{0,30}[A-Z0-9])?")
# A letter first: spreadsheets take plain numbers for numbers and eat their zeros. No dot: it parts the levels.
_MODULE_CODE = re.compile(r"[A-Z][A-Z0-9-]{0,15}")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class FrameworkFacts:
    """Everything that may change of a framework; the code may not."""

    name: str
    name_en: str
    legal_basis: str
    source: str
    source_note: str
    valid_from: date
    valid_to: date | None

    def as_json(self) -> dict[str, Any]:
        """Return the facts as JSON values."""
        return _as_json(asdict(self))


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """Everything that may change of a module or part; neither code nor place may."""

    name: str
    name_en: str
    standard_level: str | None
    source: str
    source_note: str
    valid_from: date | None
    valid_to: date | None
    replaced_by: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the facts as JSON values."""
        return _as_json(asdict(self))


Facts = TypeVar("Facts", FrameworkFacts, NodeFacts)


def _as_json(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}


def tidied(facts: Facts) -> Facts:
    """Return the facts with every text on one line in normalisation form C."""
    texts: dict[str, Any] = {name: clean_line(value) for name, value in asdict(facts).items() if isinstance(value, str)}
    return replace(facts, **texts)


def facts_of_framework(framework: Framework) -> FrameworkFacts:
    """Return what is stored of a framework."""
    return FrameworkFacts(**{field.name: getattr(framework, field.name) for field in fields(FrameworkFacts)})


def facts_of(node: Node) -> NodeFacts:
    """Return what is stored of a module or part."""
    values: dict[str, Any] = {field.name: getattr(node, field.name, None) for field in fields(NodeFacts)}
    return NodeFacts(**values)


def differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values that differ, as they were and as they are."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def framework_faults(code: str, facts: FrameworkFacts) -> list[Fault]:
    """Return every rule that a statement about a framework breaks; places are names of fields."""
    faults = []
    if not _FRAMEWORK_CODE.fullmatch(code):
        faults.append(Fault("framework_code_invalid", "code", {"value": code}))
    faults.extend(_name_faults(facts.name, facts.name_en, LONGEST_MODULE_NAME))
    if not facts.legal_basis:
        faults.append(Fault("framework_legal_basis_missing", "legal_basis"))
    faults.extend(_note_faults(facts.legal_basis, "legal_basis", LONGEST_MODULE_NAME))
    faults.extend(_note_faults(facts.source_note, "source_note", LONGEST_NOTE))
    faults.extend(_date_faults(facts.valid_from, facts.valid_to))
    return faults


def code_faults(syllabus: Syllabus, *, framework_code: str, parent_code: str | None, code: str) -> list[Fault]:
    """Return every rule that a new code breaks at its place; ``parent_code`` is null for a module."""
    return (
        form_faults(code, parent_code)
        or taken_faults(syllabus, code)
        or parent_faults(syllabus, framework_code=framework_code, parent_code=parent_code, code=code)
    )


def form_faults(code: str, parent_code: str | None) -> list[Fault]:
    """Return what is wrong with a code as it is written: a part's code is the code above it, a dot and a number."""
    if parent_code is None:
        return [] if _MODULE_CODE.fullmatch(code) else [Fault("module_code_invalid", "code", {"value": code})]
    above, _, number = code.rpartition(".")
    if above != parent_code or not _NUMBER.fullmatch(number):
        return [Fault("part_code_invalid", "code", {"value": code, "parent": parent_code})]
    if code.count(".") > DEEPEST:
        return [Fault("syllabus_too_deep", "code", {"value": code})]
    return []


def taken_faults(syllabus: Syllabus, code: str) -> list[Fault]:
    """Return whether a code stands for something else already, in whatever framework."""
    taken = syllabus.node(code)
    if taken is None:
        return []
    return [Fault("syllabus_code_taken", "code", {"value": code, "framework": syllabus.framework_of(taken).code})]


def parent_faults(syllabus: Syllabus, *, framework_code: str, parent_code: str | None, code: str) -> list[Fault]:
    """Return whether there is nothing in the framework that the code could lie in."""
    if parent_code is None:
        return []
    parent = syllabus.node(parent_code)
    if parent is None or syllabus.framework_of(parent).code != framework_code:
        return [Fault("syllabus_parent_unknown", "code", {"value": code, "parent": parent_code})]
    return []


def node_faults(syllabus: Syllabus, *, code: str, is_module: bool, facts: NodeFacts) -> list[Fault]:
    """Return every rule that a statement about a module or part breaks; places are names of fields."""
    longest = LONGEST_MODULE_NAME if is_module else LONGEST_PART_NAME
    faults = [*_name_faults(facts.name, facts.name_en, longest)]
    faults.extend(_note_faults(facts.source_note, "source_note", LONGEST_NOTE))
    faults.extend(_date_faults(facts.valid_from, facts.valid_to))
    if facts.standard_level is not None and not is_module:
        faults.append(Fault("level_of_modules_only", "standard_level", {"code": code}))
    if facts.replaced_by is not None:
        faults.extend(_successor_faults(syllabus, code, facts.replaced_by))
    return faults


def _name_faults(name: str, name_en: str, longest: int) -> Iterator[Fault]:
    if not name:
        yield Fault("syllabus_name_missing", "name")
    yield from _note_faults(name, "name", longest)
    yield from _note_faults(name_en, "name_en", longest)


def _note_faults(text: str, place: str, longest: int) -> Iterator[Fault]:
    if len(text) > longest:
        yield Fault("text_too_long", place, {"length": len(text), "longest": longest})


def _date_faults(first: date | None, last: date | None) -> Iterator[Fault]:
    if first is not None and last is not None and last < first:
        yield Fault("last_day_before_first", "valid_to", {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"})


def _successor_faults(syllabus: Syllabus, code: str, successor: str) -> Iterator[Fault]:
    if successor != code and syllabus.node(successor) is None:
        yield Fault("successor_unknown", "replaced_by", {"value": successor})
        return
    seen = {code}
    following: str | None = successor
    while following is not None:
        if following in seen:
            yield Fault("successor_in_circle", "replaced_by", {"code": code, "value": successor})
            return
        seen.add(following)
        node = syllabus.node(following)
        following = node.replaced_by if node is not None else None


def is_module(node: Node) -> bool:
    """Whether a node is a module, which may have a level."""
    return isinstance(node, SyllabusModule)
