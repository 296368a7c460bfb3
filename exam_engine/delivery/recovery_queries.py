"""SQL of what fenced browsers still held and of what was admitted of it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import among, table_of
from exam_engine.delivery.leftovers import HeldOperation
from exam_engine.delivery.models import Attempt, JournalEntry, JournalRefusal, Recovery

_ENTRY, _RECOVERY = table_of(JournalEntry), table_of(Recovery)


async def attempts_with_leftovers(session: AsyncSession, registration_ids: Collection[UUID]) -> list[Attempt]:
    """Return the attempts of these candidates of which a browser that lost its seat held something."""
    is_held = sa.exists().where(
        col(JournalRefusal.attempt_id) == col(Attempt.id), col(JournalRefusal.reason) == "fenced"
    )
    statement = select(Attempt).where(col(Attempt.registration_id).in_(registration_ids), is_held)
    return list((await session.exec(statement)).all())


async def held_operations(session: AsyncSession, attempt_id: UUID, *, most: int) -> list[HeldOperation]:
    """Return what browsers that lost the seat of an attempt held, in the order of their numbers."""
    statement = (
        select(JournalRefusal)
        .where(JournalRefusal.attempt_id == attempt_id, JournalRefusal.reason == "fenced")
        .order_by(col(JournalRefusal.epoch), col(JournalRefusal.seq), col(JournalRefusal.hash))
        .limit(most)
    )
    return [
        HeldOperation(row.seq, row.hash, row.body, row.epoch, row.received_at)
        for row in (await session.exec(statement)).all()
    ]


async def entry_hashes(session: AsyncSession, attempt_id: UUID, numbers: Collection[int]) -> dict[int, str]:
    """Return the hashes of operations of a journal by their numbers."""
    statement = select(JournalEntry.seq, JournalEntry.hash).where(
        JournalEntry.attempt_id == attempt_id, col(JournalEntry.seq).in_(numbers)
    )
    return dict((await session.exec(statement)).all())


async def last_answers(session: AsyncSession, attempt_id: UUID) -> dict[str, int]:
    """Return by item when the journal's last word on it was captured, in milliseconds since the start."""
    statement = (
        select(JournalEntry.item_ref, sa.func.max(JournalEntry.at_ms))
        .where(JournalEntry.attempt_id == attempt_id, col(JournalEntry.kind).in_(("answer", "clear")))
        .group_by(col(JournalEntry.item_ref))
    )
    return {item: at_ms for item, at_ms in (await session.exec(statement)).all() if item is not None}


async def first_arrivals(session: AsyncSession, attempt_id: UUID) -> dict[int, datetime]:
    """Return by epoch when the first operation of it arrived."""
    statement = (
        select(JournalEntry.epoch, sa.func.min(JournalEntry.received_at))
        .where(JournalEntry.attempt_id == attempt_id)
        .group_by(col(JournalEntry.epoch))
    )
    return dict((await session.exec(statement)).all())


async def recoveries_of(session: AsyncSession, attempt_ids: Collection[UUID]) -> list[Recovery]:
    """Return what was put forward of these attempts, in the order of the proposals."""
    statement = (
        select(Recovery)
        .where(among(session, _RECOVERY.c.attempt_id, attempt_ids))
        .order_by(col(Recovery.proposed_at), col(Recovery.id))
    )
    return list((await session.exec(statement)).all())


async def lock_recovery(session: AsyncSession, recovery_id: UUID) -> Recovery | None:
    """Return a recovery, locked against others who would decide about it."""
    return (await session.exec(select(Recovery).where(Recovery.id == recovery_id).with_for_update())).first()


async def admitted_bodies(session: AsyncSession, attempt_ids: Sequence[UUID]) -> dict[UUID, list[tuple[int, str]]]:
    """Return by attempt the numbers and texts of the operations that were admitted; none for most attempts."""
    statement = select(Recovery).where(
        among(session, _RECOVERY.c.attempt_id, attempt_ids), col(Recovery.decision) == "admitted"
    )
    found: dict[UUID, list[tuple[int, str]]] = {}
    for recovery in (await session.exec(statement)).all():
        numbers = [seq for seq, _ in recovery.operations]
        refused = select(JournalRefusal).where(
            JournalRefusal.attempt_id == recovery.attempt_id,
            JournalRefusal.reason == "fenced",
            col(JournalRefusal.seq).in_(numbers),
        )
        named = {(seq, hash_) for seq, hash_ in recovery.operations}
        found.setdefault(recovery.attempt_id, []).extend(
            (row.seq, row.body) for row in (await session.exec(refused)).all() if (row.seq, row.hash) in named
        )
    return found
