"""What taking in a sheet would change in a framework; nothing is stored here."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from exam_engine.core.errors import Fault
from item_bank.syllabus.models import SyllabusModule, SyllabusSection
from item_bank.syllabus.service import Node, Syllabus
from item_bank.syllabus_editing.facts import (
    NodeFacts,
    facts_of,
    form_faults,
    node_faults,
    parent_faults,
    taken_faults,
    tidied,
)
from item_bank.syllabus_editing.rows import ReadSheet, SheetFault, StatedNode
from item_bank.syllabus_editing.service import new_node

_NEW = NodeFacts(
    name="",
    name_en="",
    standard_level=None,
    source="board",
    source_note="",
    valid_from=None,
    valid_to=None,
    replaced_by=None,
)
"""What holds for a new node where the sheet says nothing."""


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """A row that adds or changes something."""

    row: int
    code: str
    facts: NodeFacts


@dataclass(slots=True)
class Plan:
    """What taking in a sheet would do."""

    added: list[PlannedNode] = field(default_factory=list)
    changed: list[PlannedNode] = field(default_factory=list)
    unchanged: int = 0
    untouched: int = 0
    """Nodes of the framework that the sheet does not name; they stay as they are."""
    errors: list[SheetFault] = field(default_factory=list)
    warnings: list[SheetFault] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """What the plan would do, as a hash: the same sheet planned later against other data differs."""
        steps: list[Any] = [
            [kind, node.code, node.facts.as_json()]
            for kind, nodes in (("add", self.added), ("change", self.changed))
            for node in nodes
        ]
        return hashlib.sha256(json.dumps(steps, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def plan_of(read: ReadSheet, syllabus: Syllabus, framework_code: str) -> Plan:
    """Hold what a sheet states against a framework."""
    plan = Plan(errors=list(read.errors), warnings=list(read.warnings))
    own = {node.code: node for node in syllabus.nodes_of(framework_code)}
    stated = _first_of_each(read.nodes)
    planned = []
    for node in stated:
        known = own.get(node.code)
        faults = [] if known is not None else form_faults(node.code, _above(node.code))
        faults = faults or ([] if known is not None else taken_faults(syllabus, node.code))
        if faults:
            plan.errors.extend(read.fault_at(node.row, fault) for fault in faults)
        else:
            facts = facts_of(known) if known is not None else _NEW
            planned.append(PlannedNode(node.row, node.code, tidied(replace(facts, **node.values))))
    ahead = _ahead(syllabus, framework_code, planned)
    for row in planned:
        plan.errors.extend(read.fault_at(row.row, fault) for fault in _faults(ahead, framework_code, row))
        known = own.get(row.code)
        if known is None:
            plan.added.append(row)
        elif facts_of(known) != row.facts:
            plan.changed.append(row)
        else:
            plan.unchanged += 1
    plan.untouched = len(own.keys() - {node.code for node in stated})
    plan.errors.sort(key=lambda fault: fault.row)
    return plan


def _first_of_each(nodes: Sequence[StatedNode]) -> list[StatedNode]:
    first: dict[str, StatedNode] = {}
    for node in nodes:
        if node.code:
            first.setdefault(node.code, node)
    return list(first.values())


def _above(code: str) -> str | None:
    return code.rpartition(".")[0] or None


def _ahead(syllabus: Syllabus, framework_code: str, planned: Sequence[PlannedNode]) -> Syllabus:
    """Return the syllabus as it would be, so that rows may refer to each other in any order."""
    nodes: list[Node] = [new_node(framework_code, row.code, row.facts, 0) for row in planned]
    modules = {node.code: node for node in nodes if isinstance(node, SyllabusModule)}
    parts = {node.code: node for node in nodes if isinstance(node, SyllabusSection)}
    known = {*syllabus.modules, *modules}
    # A part of a module that does not exist has no framework; its own fault says so.
    sound = {code: part for code, part in parts.items() if part.module_code in known}
    return Syllabus(syllabus.frameworks, syllabus.modules | modules, syllabus.parts | sound)


def _faults(ahead: Syllabus, framework_code: str, row: PlannedNode) -> list[Fault]:
    above = _above(row.code)
    faults = parent_faults(ahead, framework_code=framework_code, parent_code=above, code=row.code)
    return faults + node_faults(ahead, code=row.code, is_module=above is None, facts=row.facts)


def as_audit(plan: Plan) -> dict[str, Any]:
    """Return a plan's counts for the record."""
    return {"added": len(plan.added), "changed": len(plan.changed), "unchanged": plan.unchanged}
