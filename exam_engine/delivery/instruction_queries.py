"""SQL of instructions to candidates."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import among, table_of
from exam_engine.delivery.models import (
    Instruction,
)
from exam_engine.sittings.models import Registration

_INSTRUCTION = table_of(Instruction)


async def instructions_of(session: AsyncSession, registration_ids: Sequence[UUID], *, limit: int) -> list[Instruction]:
    """Return the latest instructions to several candidates."""
    statement = (
        select(Instruction)
        .where(col(Instruction.registration_id).in_(registration_ids))
        .order_by(col(Instruction.created_at).desc())
        .limit(limit)
    )
    return list((await session.exec(statement)).all())


async def last_instruction_numbers(session: AsyncSession, registration_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the number of the last instruction to each of these candidates, and keep others from adding one.

    Locked in the order of their ids, so that two who write to the same candidates wait for each other. Numbers are
    given under this lock, so none can become visible after a higher one.
    """
    await session.exec(
        select(Registration.id)
        .where(col(Registration.id).in_(registration_ids))
        .order_by(col(Registration.id))
        .with_for_update(key_share=True)
    )
    return await instruction_counts(session, registration_ids)


async def add_instructions(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Store instructions as plain rows: a message to all may be thousands."""
    if rows:
        await (await session.connection()).execute(sa.insert(_INSTRUCTION), rows)


async def instruction_counts(session: AsyncSession, registration_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many instructions each of these candidates has been given."""
    statement = (
        select(Instruction.registration_id, sa.func.max(Instruction.number))
        .where(col(Instruction.registration_id).in_(registration_ids))
        .group_by(col(Instruction.registration_id))
    )
    return dict((await session.exec(statement)).all())


@dataclass(frozen=True, slots=True)
class NumberedInstruction:
    """An instruction that the candidate's browser has not confirmed, as a stream shows it."""

    id: UUID
    number: int
    kind: str
    text: str
    created_at: datetime


async def waiting_instructions(
    session: AsyncSession, registration_ids: Collection[UUID], *, after: int
) -> dict[UUID, list[NumberedInstruction]]:
    """Return the instructions that these candidates have not confirmed, in the order of their numbers.

    Parameters
    ----------
    after : leaves out instructions up to this number.
    """
    statement = (
        sa.select(
            _INSTRUCTION.c.registration_id,
            *(_INSTRUCTION.c[name] for name in ("id", "number", "kind", "text", "created_at")),
        )
        .where(
            among(session, _INSTRUCTION.c.registration_id, registration_ids),
            _INSTRUCTION.c.number > after,
            _INSTRUCTION.c.confirmed_at.is_(None),
        )
        .order_by(_INSTRUCTION.c.registration_id, _INSTRUCTION.c.number)
    )
    waiting: dict[UUID, list[NumberedInstruction]] = {}
    for registration_id, *values in (await (await session.connection()).execute(statement)).all():
        waiting.setdefault(registration_id, []).append(NumberedInstruction(*values))
    return waiting
