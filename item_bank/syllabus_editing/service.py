"""Rules of editing the syllabus: adding, changing, ordering, removing; each act recorded with before and after.

Every change locks the framework first, so that two people never work on the same place at the same moment, and names
the revision it was made against, so that nobody overwrites what somebody else has just changed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.audit.models import AuditEntry
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault
from item_bank.items import references
from item_bank.syllabus import queries as syllabus_queries
from item_bank.syllabus.models import Framework, SyllabusModule, SyllabusSection
from item_bank.syllabus.service import Node, Syllabus, find_syllabus
from item_bank.syllabus_editing import usage
from item_bank.syllabus_editing.errors import (
    FrameworkNotEmptyError,
    FrameworkNotFoundError,
    InvalidFrameworkError,
    InvalidSyllabusNodeError,
    InvalidSyllabusOrderError,
    SyllabusChangedError,
    SyllabusNodeInUseError,
    SyllabusNodeNotFoundError,
)
from item_bank.syllabus_editing.facts import (
    FrameworkFacts,
    NodeFacts,
    code_faults,
    differences,
    facts_of,
    facts_of_framework,
    framework_faults,
    is_module,
    node_faults,
    tidied,
)

NODE, FRAMEWORK = "syllabus_node", "framework"
"""The types of objects in the record."""
MOST_HISTORY = 200


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the page of the syllabus shows."""

    syllabus: Syllabus
    items: dict[str, Counter[str]]
    today: date


async def overview(session: AsyncSession, *, today: date) -> Overview:
    """Return all frameworks with the number of items at each node by status."""
    syllabus = await find_syllabus(session)
    return Overview(syllabus, await usage.count_items(session, syllabus), today)


async def add_framework(
    session: AsyncSession, *, code: str, facts: FrameworkFacts, actor: Actor, now: datetime
) -> Framework:
    """Add a framework beside those that are there.

    Raises
    ------
    InvalidFrameworkError
    """
    facts = tidied(facts)
    frameworks = (await find_syllabus(session)).frameworks
    faults = framework_faults(code, facts)
    if code in frameworks:
        faults.append(Fault("framework_code_taken", "code", {"value": code}))
    if faults:
        raise InvalidFrameworkError(faults=faults)
    last = max((framework.position for framework in frameworks.values()), default=0)
    framework = Framework(code=code, position=last + 1, **asdict(facts))
    session.add(framework)
    await session.flush()
    await _record(session, "framework_added", FRAMEWORK, code, None, facts.as_json(), actor, now)
    return framework


async def change_framework(
    session: AsyncSession, *, code: str, facts: FrameworkFacts, revision: int, actor: Actor, now: datetime
) -> Framework:
    """Change what is stated of a framework.

    Raises
    ------
    FrameworkNotFoundError, SyllabusChangedError, InvalidFrameworkError
    """
    framework = await _locked(session, code)
    facts = tidied(facts)
    if framework.revision != revision:
        raise SyllabusChangedError(code=code)
    if faults := framework_faults(code, facts):
        raise InvalidFrameworkError(faults=faults)
    before = facts_of_framework(framework)
    if before == facts:
        return framework
    _assign(framework, facts)
    session.add(framework)
    await session.flush()
    await _record(session, "framework_changed", FRAMEWORK, code, before.as_json(), facts.as_json(), actor, now)
    return framework


async def remove_framework(session: AsyncSession, *, code: str, actor: Actor, now: datetime) -> None:
    """Remove a framework that holds nothing, such as one that was added by mistake.

    Raises
    ------
    FrameworkNotFoundError, FrameworkNotEmptyError
    """
    framework = await _locked(session, code)
    if (await find_syllabus(session)).modules_of(code):
        raise FrameworkNotEmptyError(code=code)
    before = facts_of_framework(framework)
    await session.delete(framework)
    await session.flush()
    await _record(session, "framework_removed", FRAMEWORK, code, before.as_json(), None, actor, now)


async def add_node(
    session: AsyncSession,
    *,
    framework_code: str,
    parent_code: str | None,
    code: str,
    facts: NodeFacts,
    actor: Actor,
    now: datetime,
) -> Node:
    """Add a module (without parent) or a part of one, after its siblings.

    Raises
    ------
    FrameworkNotFoundError, InvalidSyllabusNodeError
    """
    await _locked(session, framework_code)
    facts = tidied(facts)
    syllabus = await find_syllabus(session)
    faults = code_faults(syllabus, framework_code=framework_code, parent_code=parent_code, code=code)
    faults += node_faults(syllabus, code=code, is_module=parent_code is None, facts=facts)
    if faults:
        raise InvalidSyllabusNodeError(faults=faults)
    siblings = _siblings(syllabus, framework_code, parent_code)
    node = new_node(framework_code, code, facts, max((one.position for one in siblings), default=0) + 1)
    await store_new(session, node, actor=actor, now=now)
    return node


def new_node(framework_code: str, code: str, facts: NodeFacts, position: int) -> Node:
    """Return a node to store; where it lies follows from its code."""
    module_code, *numbers = code.split(".")
    if not numbers:
        return SyllabusModule(code=code, framework_code=framework_code, position=position, **asdict(facts))
    stated = {name: value for name, value in asdict(facts).items() if name != "standard_level"}
    parent_code = code.rpartition(".")[0] if len(numbers) > 1 else None
    return SyllabusSection(
        code=code, module_code=module_code, parent_code=parent_code, depth=len(numbers), position=position, **stated
    )


async def store_new(session: AsyncSession, node: Node, *, actor: Actor, now: datetime) -> None:
    """Store a node whose rules have been looked at, and let items that name it already lie in it."""
    session.add(node)
    await session.flush()
    if isinstance(node, SyllabusSection) and node.depth == 1:
        await references.place_in_section(session, node.code)
    await _record(session, "node_added", NODE, node.code, None, facts_of(node).as_json(), actor, now)


async def change_node(
    session: AsyncSession, *, code: str, facts: NodeFacts, revision: int, actor: Actor, now: datetime
) -> Node:
    """Change what is stated of a module or part: its names, source, dates, successor. Its code stays.

    Raises
    ------
    SyllabusNodeNotFoundError, SyllabusChangedError, InvalidSyllabusNodeError
    """
    syllabus, node = await _locked_node(session, code)
    facts = tidied(facts)
    if node.revision != revision:
        raise SyllabusChangedError(code=code)
    if faults := node_faults(syllabus, code=code, is_module=is_module(node), facts=facts):
        raise InvalidSyllabusNodeError(faults=faults)
    await store_change(session, node, facts, actor=actor, now=now)
    return node


async def store_change(session: AsyncSession, node: Node, facts: NodeFacts, *, actor: Actor, now: datetime) -> None:
    """Store facts whose rules have been looked at; facts that change nothing leave no entry."""
    before = facts_of(node)
    if before == facts:
        return
    _assign(node, facts)
    session.add(node)
    await session.flush()
    # Taking out of use and back are what readers of the record look for.
    if before.valid_to is None and facts.valid_to is not None:
        action = "node_retired"
    elif before.valid_to is not None and facts.valid_to is None:
        action = "node_restored"
    else:
        action = "node_changed"
    await _record(session, action, NODE, node.code, before.as_json(), facts.as_json(), actor, now)


async def reorder(
    session: AsyncSession,
    *,
    framework_code: str,
    parent_code: str | None,
    codes: Sequence[str],
    actor: Actor,
    now: datetime,
) -> None:
    """Put the modules of a framework, or what lies directly in a node, in the given order.

    Raises
    ------
    FrameworkNotFoundError, InvalidSyllabusOrderError
    """
    await _locked(session, framework_code)
    syllabus = await find_syllabus(session)
    siblings = _siblings(syllabus, framework_code, parent_code)
    before = [node.code for node in siblings]
    if sorted(before) != sorted(codes):
        raise InvalidSyllabusOrderError(place=parent_code or framework_code)
    if before == list(codes):
        return
    by_code = {node.code: node for node in siblings}
    for position, code in enumerate(codes, start=1):
        by_code[code].position = position
    session.add_all(siblings)
    await session.flush()
    kind, place = (FRAMEWORK, framework_code) if parent_code is None else (NODE, parent_code)
    order = ({"order": before}, {"order": list(codes)})
    await _record(session, "reordered", kind, place, *order, actor, now)


async def remove_node(session: AsyncSession, *, code: str, actor: Actor, now: datetime) -> None:
    """Remove a module or part that nothing refers to; anything else is retired by a last day instead.

    Raises
    ------
    SyllabusNodeNotFoundError, SyllabusNodeInUseError
    """
    syllabus, node = await _locked_node(session, code)
    if used_by := await usage.users_of(session, syllabus, node):
        raise SyllabusNodeInUseError(
            code=code, faults=[Fault(f"syllabus_node_used_by_{user}", code, {"code": code}) for user in used_by]
        )
    before = facts_of(node).as_json()
    await session.delete(node)
    await session.flush()
    await _record(session, "node_removed", NODE, code, before, None, actor, now)


async def history(session: AsyncSession, code: str) -> list[AuditEntry]:
    """Return what was done to a framework, module or part, newest first; of what was removed too."""
    entries, _ = await audit.find_entries(
        session, q=None, action="syllabus.", object_id=code, offset=0, limit=MOST_HISTORY
    )
    return entries


async def lock(session: AsyncSession, framework_code: str) -> Framework:
    """Return a framework, locked against other changes until the end of the transaction.

    Raises
    ------
    FrameworkNotFoundError
    """
    return await _locked(session, framework_code)


async def _locked(session: AsyncSession, code: str) -> Framework:
    framework = await syllabus_queries.lock_framework(session, code)
    if framework is None:
        raise FrameworkNotFoundError(code=code)
    return framework


async def _locked_node(session: AsyncSession, code: str) -> tuple[Syllabus, Node]:
    syllabus = await find_syllabus(session)
    node = syllabus.node(code)
    if node is None:
        raise SyllabusNodeNotFoundError(code=code)
    await _locked(session, syllabus.framework_of(node).code)
    # Whoever held the lock before may have changed or removed the node meanwhile.
    session.expire_all()
    syllabus = await find_syllabus(session)
    node = syllabus.node(code)
    if node is None:
        raise SyllabusNodeNotFoundError(code=code)
    return syllabus, node


def _siblings(syllabus: Syllabus, framework_code: str, parent_code: str | None) -> list[Node]:
    if parent_code is None:
        return [*syllabus.modules_of(framework_code)]
    parent = syllabus.node(parent_code)
    if parent is None or syllabus.framework_of(parent).code != framework_code:
        return []
    return [*syllabus.children_of(parent_code)]


def _assign(stored: Framework | Node, facts: FrameworkFacts | NodeFacts) -> None:
    for name, value in asdict(facts).items():
        # Parts of modules have no level; their facts hold a null for it.
        if name in type(stored).model_fields:
            setattr(stored, name, value)
    stored.revision += 1


async def _record(
    session: AsyncSession,
    action: str,
    object_type: str,
    object_id: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    actor: Actor,
    now: datetime,
) -> None:
    was, is_now = differences(before or {}, after or {}) if before and after else (before or {}, after or {})
    await audit.record(
        session,
        actor=actor,
        action=f"syllabus.{action}",
        object_type=object_type,
        object_id=object_id,
        before=before,
        after=after,
        details={"before": was, "after": is_now},
        now=now,
    )
