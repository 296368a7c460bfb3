"""SQL of delivery, apart from the journal's group commit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import among, table_of
from exam_engine.delivery.models import (
    Attempt,
    AttemptStage,
    Instruction,
    JournalEntry,
    JournalRefusal,
    Pause,
    SealedPaper,
    Seat,
)
from exam_engine.delivery.window_events import EVENT_OF, EventCount
from exam_engine.lockdown.models import EventReview
from exam_engine.sittings.models import Registration, Sitting, SittingRoom
from exam_engine.sittings.sitting_time import extra_time

_ATTEMPT, _INSTRUCTION, _SEAT = table_of(Attempt), table_of(Instruction), table_of(Seat)
_PAPER, _PAUSE = table_of(SealedPaper), table_of(Pause)
_ENTRY, _REVIEW = table_of(JournalEntry), table_of(EventReview)
_REGISTRATION, _SITTING, _SITTING_ROOM = table_of(Registration), table_of(Sitting), table_of(SittingRoom)


async def seat_of(session: AsyncSession, registration_id: UUID) -> Seat | None:
    """Return what is known of a registered candidate's seat."""
    return await session.get(Seat, registration_id)


async def seats_of(session: AsyncSession, registration_ids: Sequence[UUID]) -> dict[UUID, Seat]:
    """Return the seats of several registrations."""
    rows = (await session.exec(select(Seat).where(col(Seat.registration_id).in_(registration_ids)))).all()
    return {row.registration_id: row for row in rows}


async def extra_time_of(session: AsyncSession, registration_id: UUID) -> timedelta:
    """Return the time that a candidate is granted besides that of the others."""
    return (await extra_times_of(session, [registration_id]))[registration_id]


async def extra_times_of(session: AsyncSession, registration_ids: Sequence[UUID]) -> dict[UUID, timedelta]:
    """Return the time that each of these candidates is granted besides that of the others."""
    registration, minutes_of_sitting = _REGISTRATION.c, _SITTING.c.duration_minutes
    statement = (
        sa.select(registration.id, registration.extra_minutes, registration.extra_percent, minutes_of_sitting)
        .join(_SITTING, _SITTING.c.id == _REGISTRATION.c.sitting_id)
        .where(among(session, _REGISTRATION.c.id, registration_ids))
    )
    return {
        id_: extra_time(timedelta(minutes=duration), minutes=minutes, percent=percent)
        for id_, minutes, percent, duration in (await (await session.connection()).execute(statement)).all()
    }


async def attempt_of(session: AsyncSession, registration_id: UUID, *, lock: bool = False) -> Attempt | None:
    """Return a registration's attempt, locked against the journal writer when asked."""
    statement = select(Attempt).where(Attempt.registration_id == registration_id)
    if lock:
        statement = statement.with_for_update()
    return (await session.exec(statement)).first()


async def lock_attempt(session: AsyncSession, attempt_id: UUID) -> Attempt | None:
    """Return an attempt, locked against the journal writer."""
    return (await session.exec(select(Attempt).where(Attempt.id == attempt_id).with_for_update())).first()


async def lock_attempts(session: AsyncSession, attempt_ids: Sequence[UUID]) -> list[Attempt]:
    """Return attempts, locked in the order of the journal writer."""
    statement = select(Attempt).where(among(session, _ATTEMPT.c.id, attempt_ids)).order_by(col(Attempt.id))
    return list((await session.exec(statement.with_for_update())).all())


async def attempts_of_sitting(session: AsyncSession, sitting_id: UUID) -> list[Attempt]:
    """Return all attempts of a sitting."""
    return list((await session.exec(select(Attempt).where(Attempt.sitting_id == sitting_id))).all())


async def attempts_of(session: AsyncSession, registration_ids: Sequence[UUID]) -> dict[UUID, Attempt]:
    """Return the attempts of several registrations."""
    rows = (await session.exec(select(Attempt).where(col(Attempt.registration_id).in_(registration_ids)))).all()
    return {row.registration_id: row for row in rows}


async def due_attempts(session: AsyncSession, now: datetime) -> list[Attempt]:
    """Return the open attempts whose working time, window or end by a proctor has passed.

    While thousands work none of them is read: asked every second, that would hold up everybody's saves. Those of rooms
    that a site holds are the site's to close.
    """
    is_open = col(Attempt.closed_at).is_(None)
    durations = (await session.exec(select(Attempt.duration_ms).where(is_open).distinct())).all()
    used_up = (
        sa.and_(
            col(Attempt.duration_ms) == duration_ms,
            col(Attempt.started_at) <= now - timedelta(milliseconds=duration_ms),
        )
        for duration_ms in durations
    )
    is_due = sa.or_(col(Attempt.closes_at) <= now, col(Attempt.ended_at).is_not(None), *used_up)
    return list((await session.exec(select(Attempt).where(is_open, is_due, ~_at_site()))).all())


def _at_site() -> sa.ColumnElement[bool]:
    """Whether a site holds the room of an attempt."""
    return (
        sa.exists()
        .where(_REGISTRATION.c.id == _ATTEMPT.c.registration_id)
        .where(
            _SITTING_ROOM.c.sitting_id == _REGISTRATION.c.sitting_id,
            _SITTING_ROOM.c.room_id == _REGISTRATION.c.room_id,
            _SITTING_ROOM.c.delegated_to.is_not(None),
        )
    )


async def unmarked_attempt_ids(session: AsyncSession, *, limit: int) -> list[UUID]:
    """Return closed attempts that wait for marking, oldest first.

    Left out are those that a site has not handed over completely, and at a site all: it has no answer keys.
    """
    statement = (
        select(Attempt.id)
        .join(Sitting, col(Sitting.id) == col(Attempt.sitting_id))
        .where(
            col(Attempt.closed_at).is_not(None),
            col(Attempt.marked_at).is_(None),
            col(Sitting.is_pulled).is_(False),
            ~_at_site(),
        )
        .order_by(col(Attempt.closed_at))
        .limit(limit)
    )
    return list((await session.exec(statement)).all())


async def entries_of(session: AsyncSession, attempt_id: UUID) -> list[JournalEntry]:
    """Return an attempt's journal in order."""
    statement = select(JournalEntry).where(JournalEntry.attempt_id == attempt_id).order_by(col(JournalEntry.seq))
    return list((await session.exec(statement)).all())


class StoredOperation(NamedTuple):
    """An operation of a journal as far as it is folded."""

    seq: int
    body: str


async def operations_of(session: AsyncSession, attempt_ids: Sequence[UUID]) -> dict[UUID, list[StoredOperation]]:
    """Return the journals of attempts in order, as plain rows; none for an attempt without operations."""
    statement = (
        sa.select(_ENTRY.c.attempt_id, _ENTRY.c.seq, _ENTRY.c.body)
        .where(among(session, _ENTRY.c.attempt_id, attempt_ids))
        .order_by(_ENTRY.c.attempt_id, _ENTRY.c.seq)
    )
    found: dict[UUID, list[StoredOperation]] = {}
    for attempt_id, seq, body in (await (await session.connection()).execute(statement)).all():
        found.setdefault(attempt_id, []).append(StoredOperation(seq, body))
    return found


async def lock_unmarked(session: AsyncSession, attempt_ids: Sequence[UUID]) -> list[Attempt]:
    """Return those of these attempts that are closed and not marked, locked in the order of the journal writer."""
    statement = (
        select(Attempt)
        .where(
            among(session, _ATTEMPT.c.id, attempt_ids),
            col(Attempt.closed_at).is_not(None),
            col(Attempt.marked_at).is_(None),
        )
        .order_by(col(Attempt.id))
        .with_for_update()
    )
    return list((await session.exec(statement)).all())


async def staged_among(session: AsyncSession, attempt_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these attempts that were given their items in stages."""
    statement = select(AttemptStage.attempt_id).where(col(AttemptStage.attempt_id).in_(attempt_ids)).distinct()
    return set((await session.exec(statement)).all())


async def refusals_of(session: AsyncSession, attempt_id: UUID) -> list[JournalRefusal]:
    """Return what was kept beside an attempt's journal."""
    statement = (
        select(JournalRefusal)
        .where(JournalRefusal.attempt_id == attempt_id)
        .order_by(col(JournalRefusal.received_at), col(JournalRefusal.seq))
    )
    return list((await session.exec(statement)).all())


async def progress_of(session: AsyncSession, attempt_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Return for each attempt how many items are answered and flagged.

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
    progress: dict[UUID, dict[str, int]] = {attempt_id: {} for attempt_id in attempt_ids}
    for attempt_id, kind, count in (await (await session.connection()).execute(last)).all():
        progress[attempt_id][kind] = count
    return progress


async def window_events_of(session: AsyncSession, attempt_ids: Sequence[UUID]) -> dict[UUID, list[EventCount]]:
    """Return for each attempt how often each event of its window was told, and how often since a proctor looked."""
    if not attempt_ids:
        return {}
    is_unseen = _ENTRY.c.seq > sa.func.coalesce(_REVIEW.c.up_to_seq, 0)
    statement = (
        sa.select(
            _ENTRY.c.attempt_id,
            _ENTRY.c.kind,
            sa.func.count(),
            sa.func.sum(sa.case((is_unseen, 1), else_=0)),
            sa.func.max(_ENTRY.c.seq),
        )
        .outerjoin(_REVIEW, _REVIEW.c.attempt_id == _ENTRY.c.attempt_id)
        .where(_ENTRY.c.attempt_id.in_(attempt_ids), _ENTRY.c.kind.in_(EVENT_OF))
        .group_by(_ENTRY.c.attempt_id, _ENTRY.c.kind)
    )
    found: dict[UUID, list[EventCount]] = {}
    for attempt_id, kind, count, unseen, last_seq in (await (await session.connection()).execute(statement)).all():
        found.setdefault(attempt_id, []).append(EventCount(EVENT_OF[kind], count, int(unseen), last_seq))
    return {
        attempt_id: sorted(counts, key=lambda one: list(EVENT_OF.values()).index(one.event))
        for attempt_id, counts in found.items()
    }


class PaperFacts(NamedTuple):
    """A sealed paper without its bytes."""

    id: UUID
    sitting_id: UUID
    form_id: UUID
    version: str
    sha256: str
    wrapped_key: bytes | None
    size_bytes: int


async def paper_of(session: AsyncSession, *, sitting_id: UUID, form_id: UUID, variant: int) -> PaperFacts | None:
    """Return the sealed paper of a form in a variant for a sitting."""
    columns = [_PAPER.c[name] for name in PaperFacts._fields[:-1]]
    wanted = (_PAPER.c.sitting_id == sitting_id, _PAPER.c.form_id == form_id, _PAPER.c.variant == variant)
    statement = sa.select(*columns, sa.func.length(_PAPER.c.sealed)).where(*wanted)
    row = (await (await session.connection()).execute(statement)).first()
    return PaperFacts._make(row) if row is not None else None


async def papers_of_sitting(session: AsyncSession, sitting_id: UUID) -> list[SealedPaper]:
    """Return all sealed papers of a sitting."""
    return list((await session.exec(select(SealedPaper).where(SealedPaper.sitting_id == sitting_id))).all())


async def awaits_release(session: AsyncSession, sitting_id: UUID) -> bool:
    """Whether papers of a sitting lie here whose keys have not come yet."""
    missing = sa.select(_PAPER.c.id).where(_PAPER.c.sitting_id == sitting_id, _PAPER.c.wrapped_key.is_(None))
    return (await (await session.connection()).execute(missing.limit(1))).first() is not None


async def paper_seals(session: AsyncSession, sitting_id: UUID) -> list[tuple[UUID, UUID, int, str]]:
    """Return id, form, variant and SHA-256 of a sitting's sealed papers, without the papers themselves."""
    statement = (
        select(SealedPaper.id, SealedPaper.form_id, SealedPaper.variant, SealedPaper.sha256)
        .where(SealedPaper.sitting_id == sitting_id)
        .order_by(col(SealedPaper.id))
    )
    return list((await session.exec(statement)).all())


async def lock_open_attempts(session: AsyncSession, registration_ids: Sequence[UUID]) -> list[Attempt]:
    """Return the attempts of these registrations that are not closed, locked in the order of the journal writer."""
    statement = (
        select(Attempt)
        .where(among(session, _ATTEMPT.c.registration_id, registration_ids), col(Attempt.closed_at).is_(None))
        .order_by(col(Attempt.id))
        .with_for_update()
    )
    return list((await session.exec(statement)).all())


async def is_registered(session: AsyncSession, registration_id: UUID) -> bool:
    """Whether there is such a registration."""
    return (await session.exec(select(Registration.id).where(Registration.id == registration_id))).first() is not None


async def stages_of(session: AsyncSession, attempt_id: UUID) -> list[AttemptStage]:
    """Return the stages of an attempt in order; none when its form is linear."""
    statement = select(AttemptStage).where(AttemptStage.attempt_id == attempt_id).order_by(col(AttemptStage.number))
    return list((await session.exec(statement)).all())
