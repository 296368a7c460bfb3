"""SQL of delivery, apart from the journal's group commit."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.delivery.models import (
    Attempt,
    AttemptStage,
    Instruction,
    JournalEntry,
    JournalRefusal,
    SealedPaper,
    Seat,
)


async def seat_of(session: AsyncSession, registration_id: UUID) -> Seat | None:
    """Return what is known of a registered candidate's seat."""
    return await session.get(Seat, registration_id)


async def seats_of(session: AsyncSession, registration_ids: Sequence[UUID]) -> dict[UUID, Seat]:
    """Return the seats of several registrations."""
    rows = (await session.exec(select(Seat).where(col(Seat.registration_id).in_(registration_ids)))).all()
    return {row.registration_id: row for row in rows}


async def attempt_of(session: AsyncSession, registration_id: UUID, *, lock: bool = False) -> Attempt | None:
    """Return a registration's attempt, locked against the journal writer when asked."""
    statement = select(Attempt).where(Attempt.registration_id == registration_id)
    if lock:
        statement = statement.with_for_update()
    return (await session.exec(statement)).first()


async def lock_attempt(session: AsyncSession, attempt_id: UUID) -> Attempt | None:
    """Return an attempt, locked against the journal writer."""
    return (await session.exec(select(Attempt).where(Attempt.id == attempt_id).with_for_update())).first()


async def attempts_of_sitting(session: AsyncSession, sitting_id: UUID) -> list[Attempt]:
    """Return all attempts of a sitting."""
    return list((await session.exec(select(Attempt).where(Attempt.sitting_id == sitting_id))).all())


async def attempts_of(session: AsyncSession, registration_ids: Sequence[UUID]) -> dict[UUID, Attempt]:
    """Return the attempts of several registrations."""
    rows = (await session.exec(select(Attempt).where(col(Attempt.registration_id).in_(registration_ids)))).all()
    return {row.registration_id: row for row in rows}


async def open_attempts(session: AsyncSession) -> list[Attempt]:
    """Return the attempts that are not closed."""
    return list((await session.exec(select(Attempt).where(col(Attempt.closed_at).is_(None)))).all())


async def unmarked_attempt_ids(session: AsyncSession, *, limit: int) -> list[UUID]:
    """Return closed attempts that wait for marking, oldest first."""
    statement = (
        select(Attempt.id)
        .where(col(Attempt.closed_at).is_not(None), col(Attempt.marked_at).is_(None))
        .order_by(col(Attempt.closed_at))
        .limit(limit)
    )
    return list((await session.exec(statement)).all())


async def entries_of(session: AsyncSession, attempt_id: UUID) -> list[JournalEntry]:
    """Return an attempt's journal in order."""
    statement = select(JournalEntry).where(JournalEntry.attempt_id == attempt_id).order_by(col(JournalEntry.seq))
    return list((await session.exec(statement)).all())


async def refusals_of(session: AsyncSession, attempt_id: UUID) -> list[JournalRefusal]:
    """Return what was kept beside an attempt's journal."""
    statement = (
        select(JournalRefusal)
        .where(JournalRefusal.attempt_id == attempt_id)
        .order_by(col(JournalRefusal.received_at), col(JournalRefusal.seq))
    )
    return list((await session.exec(statement)).all())


async def progress_of(session: AsyncSession, attempt_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Return for each attempt how many items are answered and flagged and how often focus was lost.

    The last operation of an item decides, separately for answering and flagging.
    """
    if not attempt_ids:
        return {}
    group = sa.case((col(JournalEntry.kind).in_(("answer", "clear")), "answer"), else_="flag").label("what")
    ranked = (
        sa.select(
            col(JournalEntry.attempt_id),
            group,
            col(JournalEntry.kind).label("kind"),
            # An answer without value is a cleared one; the browser sends "clear", but any client may write [].
            col(JournalEntry.body).like('%"value":[]%').label("is_empty"),
            sa.func.row_number()
            .over(
                partition_by=(col(JournalEntry.attempt_id), col(JournalEntry.item_ref), group),
                order_by=col(JournalEntry.seq).desc(),
            )
            .label("rank"),
        )
        .where(
            col(JournalEntry.attempt_id).in_(attempt_ids),
            col(JournalEntry.kind).in_(("answer", "clear", "flag", "unflag")),
        )
        .subquery()
    )
    last = (
        sa.select(ranked.c.attempt_id, ranked.c.kind, sa.func.count())
        .where(ranked.c.rank == 1, sa.not_(sa.and_(ranked.c.kind == "answer", ranked.c.is_empty)))
        .group_by(ranked.c.attempt_id, ranked.c.kind)
    )
    lost = (
        sa.select(col(JournalEntry.attempt_id), col(JournalEntry.kind), sa.func.count())
        .where(col(JournalEntry.attempt_id).in_(attempt_ids), col(JournalEntry.kind) == "focus_lost")
        .group_by(col(JournalEntry.attempt_id), col(JournalEntry.kind))
    )
    progress: dict[UUID, dict[str, int]] = {attempt_id: {} for attempt_id in attempt_ids}
    connection = await session.connection()
    for statement in (last, lost):
        for attempt_id, kind, count in (await connection.execute(statement)).all():
            progress[attempt_id][kind] = count
    return progress


async def paper_of(session: AsyncSession, *, sitting_id: UUID, form_id: UUID, variant: int) -> SealedPaper | None:
    """Return the sealed paper of a form in a variant for a sitting."""
    statement = select(SealedPaper).where(
        SealedPaper.sitting_id == sitting_id, SealedPaper.form_id == form_id, SealedPaper.variant == variant
    )
    return (await session.exec(statement)).first()


async def papers_of_sitting(session: AsyncSession, sitting_id: UUID) -> list[SealedPaper]:
    """Return all sealed papers of a sitting."""
    return list((await session.exec(select(SealedPaper).where(SealedPaper.sitting_id == sitting_id))).all())


async def paper_seals(session: AsyncSession, sitting_id: UUID) -> list[tuple[UUID, UUID, int, str]]:
    """Return id, form, variant and SHA-256 of a sitting's sealed papers, without the papers themselves."""
    statement = (
        select(SealedPaper.id, SealedPaper.form_id, SealedPaper.variant, SealedPaper.sha256)
        .where(SealedPaper.sitting_id == sitting_id)
        .order_by(col(SealedPaper.id))
    )
    return list((await session.exec(statement)).all())


async def instructions_of(session: AsyncSession, registration_ids: Sequence[UUID], *, limit: int) -> list[Instruction]:
    """Return the latest instructions to several candidates."""
    statement = (
        select(Instruction)
        .where(col(Instruction.registration_id).in_(registration_ids))
        .order_by(col(Instruction.created_at).desc())
        .limit(limit)
    )
    return list((await session.exec(statement)).all())


async def stages_of(session: AsyncSession, attempt_id: UUID) -> list[AttemptStage]:
    """Return the stages of an attempt in order; none when its form is linear."""
    statement = select(AttemptStage).where(AttemptStage.attempt_id == attempt_id).order_by(col(AttemptStage.number))
    return list((await session.exec(statement)).all())
