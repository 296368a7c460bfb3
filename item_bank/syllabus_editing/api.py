"""Routes of the syllabus as a board works on it."""

from typing import Annotated

from fastapi import APIRouter, Query

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.time import VIETNAM, utc_now
from item_bank.syllabus.models import SyllabusSection
from item_bank.syllabus.service import Node
from item_bank.syllabus_editing import service
from item_bank.syllabus_editing.facts import FrameworkFacts, NodeFacts
from item_bank.syllabus_editing.schemas import (
    FrameworkChange,
    FrameworkFields,
    FrameworkQuery,
    FrameworkView,
    History,
    HistoryEntry,
    NewFramework,
    NewNode,
    NodeChange,
    NodeFields,
    NodeOrder,
    NodeView,
    Stored,
    SyllabusView,
)

router = APIRouter(prefix="/api/syllabus", tags=["syllabus"])


@router.get("", dependencies=[requires(Permission.SYLLABUS_READ)])
async def read_syllabus(session: ReadSessionDep) -> SyllabusView:
    """All frameworks with everything in them, what retired included."""
    today = utc_now().astimezone(VIETNAM).date()
    found = await service.overview(session, today=today)
    return SyllabusView(
        frameworks=[
            FrameworkView.model_validate(
                {
                    **framework.model_dump(),
                    "is_in_force": framework.valid_from <= today <= (framework.valid_to or today),
                    "nodes": [_node_view(node, found) for node in found.syllabus.nodes_of(framework.code)],
                }
            )
            for framework in found.syllabus.frameworks.values()
        ]
    )


@router.post("/frameworks", status_code=201, dependencies=[requires(Permission.SYLLABUS_WRITE)])
async def add_framework(body: NewFramework, actor: ActorDep, session: SessionDep) -> Stored:
    """Add an empty framework beside the others."""
    stored = await service.add_framework(
        session, code=body.code, facts=_framework_facts(body), actor=actor, now=utc_now()
    )
    return Stored(code=stored.code, revision=stored.revision)


@router.put("/frameworks", dependencies=[requires(Permission.SYLLABUS_WRITE)])
async def change_framework(
    framework: FrameworkQuery, body: FrameworkChange, actor: ActorDep, session: SessionDep
) -> Stored:
    """Change names, legal basis, source or dates of a framework."""
    stored = await service.change_framework(
        session, code=framework, facts=_framework_facts(body), revision=body.revision, actor=actor, now=utc_now()
    )
    return Stored(code=stored.code, revision=stored.revision)


@router.delete("/frameworks", status_code=204, dependencies=[requires(Permission.SYLLABUS_WRITE)])
async def remove_framework(framework: FrameworkQuery, actor: ActorDep, session: SessionDep) -> None:
    """Remove a framework that holds nothing."""
    await service.remove_framework(session, code=framework, actor=actor, now=utc_now())


@router.post("/nodes", status_code=201, dependencies=[requires(Permission.SYLLABUS_WRITE)])
async def add_node(body: NewNode, actor: ActorDep, session: SessionDep) -> Stored:
    """Add a module, section, topic or can-do statement after its siblings."""
    stored = await service.add_node(
        session,
        framework_code=body.framework_code,
        parent_code=body.parent_code,
        code=body.code,
        facts=_node_facts(body),
        actor=actor,
        now=utc_now(),
    )
    return Stored(code=stored.code, revision=stored.revision)


@router.put("/nodes/{code}", dependencies=[requires(Permission.SYLLABUS_WRITE)])
async def change_node(code: str, body: NodeChange, actor: ActorDep, session: SessionDep) -> Stored:
    """Change names, source, dates or successor; a last day retires the node, taking it away restores it."""
    stored = await service.change_node(
        session, code=code, facts=_node_facts(body), revision=body.revision, actor=actor, now=utc_now()
    )
    return Stored(code=stored.code, revision=stored.revision)


@router.delete("/nodes/{code}", status_code=204, dependencies=[requires(Permission.SYLLABUS_WRITE)])
async def remove_node(code: str, actor: ActorDep, session: SessionDep) -> None:
    """Remove a node that nothing refers to."""
    await service.remove_node(session, code=code, actor=actor, now=utc_now())


@router.put("/order", status_code=204, dependencies=[requires(Permission.SYLLABUS_WRITE)])
async def reorder(body: NodeOrder, actor: ActorDep, session: SessionDep) -> None:
    """Put siblings in order; every one of them is named."""
    await service.reorder(
        session,
        framework_code=body.framework_code,
        parent_code=body.parent_code,
        codes=body.codes,
        actor=actor,
        now=utc_now(),
    )


@router.get("/history", dependencies=[requires(Permission.SYLLABUS_READ)])
async def read_history(
    code: Annotated[str, Query(max_length=32, description="Of a framework, module or part.")], session: ReadSessionDep
) -> History:
    """What was done to a framework, module or part."""
    entries = await service.history(session, code)
    return History(
        entries=[
            HistoryEntry.model_validate(
                {
                    "at": entry.at,
                    "actor_name": entry.actor_name,
                    "action": entry.action,
                    "before": entry.details.get("before", {}),
                    # An import has counts instead of values.
                    "after": entry.details.get("after", entry.details),
                }
            )
            for entry in entries
        ]
    )


def _node_view(node: Node, found: service.Overview) -> NodeView:
    part = node if isinstance(node, SyllabusSection) else None
    return NodeView.model_validate(
        {
            **node.model_dump(),
            "parent_code": (part.parent_code or part.module_code) if part else None,
            "depth": part.depth if part else 0,
            "is_in_force": found.syllabus.is_in_force(node.code, found.today),
            "items": found.items.get(node.code, {}),
        }
    )


def _framework_facts(body: FrameworkFields) -> FrameworkFacts:
    return FrameworkFacts(**body.model_dump(include=set(FrameworkFields.model_fields)))


def _node_facts(body: NodeFields) -> NodeFacts:
    return NodeFacts(**body.model_dump(include=set(NodeFields.model_fields)))
