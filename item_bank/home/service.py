"""What waits for one person, by what they may do."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from item_bank.home import queries
from item_bank.home.schemas import Waiting

SHOWN = 5
"""How many names stand beside a number."""


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of work, how much of it waits, and the first few by name."""

    kind: Waiting
    count: int
    names: list[str]


_KINDS: tuple[tuple[Waiting, Permission, Callable[[Actor], queries.Names]], ...] = (
    ("returned_to_me", Permission.ITEM_WRITE, queries.returned_to),
    ("comments_to_answer", Permission.ITEM_WRITE, queries.comments_for),
    ("to_review", Permission.ITEM_APPROVE, queries.to_review),
    ("assigned_to_me", Permission.ITEM_READ, queries.assigned_to),
    ("my_drafts", Permission.ITEM_WRITE, queries.drafts_of),
    ("imports_waiting", Permission.ITEM_WRITE, queries.imports_of),
    ("approved_unused", Permission.ITEM_RELEASE, lambda _: queries.approved_unused()),
    ("calibrations_to_approve", Permission.CALIBRATION_APPROVE, queries.calibrations_for),
    ("assemblies_to_approve", Permission.ASSEMBLY_APPROVE, queries.assemblies_for),
    ("papers_to_approve", Permission.ASSEMBLY_APPROVE, queries.papers_for),
    ("blueprints_unserved", Permission.BLUEPRINT_WRITE, lambda _: queries.unserved_blueprints()),
)


async def waiting_tasks(session: AsyncSession, actor: Actor) -> list[Task]:
    """Return the kinds of work that somebody may do, in the order of urgency, also those of which nothing waits."""
    connection = await session.connection()
    tasks = []
    for kind, permission, names in _KINDS:
        if permission.value not in actor.permissions:
            continue
        found = names(actor).subquery()
        name = next(iter(found.c))
        number = sa.func.count().over().label("number")
        rows = (await connection.execute(sa.select(name, number).order_by(name).limit(SHOWN))).all()
        tasks.append(Task(kind, rows[0].number if rows else 0, [str(row[0]) for row in rows]))
    return tasks
