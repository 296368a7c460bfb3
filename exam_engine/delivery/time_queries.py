"""SQL of pauses, silences and time given back."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import among, table_of
from exam_engine.delivery.models import JournalEntry, Pause, Silence, TimeCredit
from exam_engine.delivery.pauses import PauseSpan
from exam_engine.sittings.models import Registration

_PAUSE, _REGISTRATION = table_of(Pause), table_of(Registration)


async def pauses_of_sittings(session: AsyncSession, sitting_ids: Collection[UUID]) -> dict[UUID, list[PauseSpan]]:
    """Return the pauses of sittings, for whomever they were, in the order in which they began."""
    columns = (_PAUSE.c[name] for name in ("sitting_id", "room_id", "registration_id", "started_at", "ended_at"))
    statement = (
        sa.select(*columns).where(among(session, _PAUSE.c.sitting_id, sitting_ids)).order_by(_PAUSE.c.started_at)
    )
    found: dict[UUID, list[PauseSpan]] = {sitting_id: [] for sitting_id in sitting_ids}
    for row in (await (await session.connection()).execute(statement)).all():
        found[row.sitting_id].append(PauseSpan(*row))
    return found


async def open_pauses(session: AsyncSession, sitting_id: UUID) -> list[Pause]:
    """Return the pauses of a sitting that go on, locked against others who would end them."""
    statement = (
        select(Pause)
        .where(Pause.sitting_id == sitting_id, col(Pause.ended_at).is_(None))
        .order_by(col(Pause.id))
        .with_for_update()
    )
    return list((await session.exec(statement)).all())


async def pauses_of_sitting(session: AsyncSession, sitting_id: UUID) -> list[Pause]:
    """Return the pauses of a sitting with their reasons, in the order in which they began."""
    statement = select(Pause).where(Pause.sitting_id == sitting_id).order_by(col(Pause.started_at))
    return list((await session.exec(statement)).all())


async def places_of(session: AsyncSession, registration_ids: Sequence[UUID]) -> dict[UUID, UUID | None]:
    """Return the room of each of these registrations."""
    statement = sa.select(_REGISTRATION.c.id, _REGISTRATION.c.room_id).where(
        among(session, _REGISTRATION.c.id, registration_ids)
    )
    return {row.id: row.room_id for row in (await (await session.connection()).execute(statement)).all()}


async def silences_of(session: AsyncSession, attempt_ids: Sequence[UUID]) -> dict[UUID, list[Silence]]:
    """Return when the server heard nothing of attempts."""
    statement = select(Silence).where(col(Silence.attempt_id).in_(attempt_ids)).order_by(col(Silence.since))
    found: dict[UUID, list[Silence]] = {}
    for silence in (await session.exec(statement)).all():
        found.setdefault(silence.attempt_id, []).append(silence)
    return found


async def capture_times(session: AsyncSession, attempt_id: UUID) -> list[int]:
    """Return when each operation of a journal was captured, in milliseconds since the start."""
    statement = select(JournalEntry.at_ms).where(JournalEntry.attempt_id == attempt_id)
    return list((await session.exec(statement)).all())


async def captured(
    session: AsyncSession, attempt_id: UUID, kinds: Collection[str], *, most: int
) -> list[tuple[str, int, str]]:
    """Return the latest operations of some kinds: kind, when captured in milliseconds since the start, and text."""
    statement = (
        select(JournalEntry.kind, JournalEntry.at_ms, JournalEntry.body)
        .where(JournalEntry.attempt_id == attempt_id, col(JournalEntry.kind).in_(kinds))
        .order_by(col(JournalEntry.seq).desc())
        .limit(most)
    )
    return list((await session.exec(statement)).all())


async def credits_of(session: AsyncSession, registration_ids: Sequence[UUID]) -> list[TimeCredit]:
    """Return the time proposed for, given to and refused these candidates, in the order of the proposals."""
    statement = (
        select(TimeCredit)
        .where(col(TimeCredit.registration_id).in_(registration_ids))
        .order_by(col(TimeCredit.proposed_at), col(TimeCredit.id))
    )
    return list((await session.exec(statement)).all())


async def lock_credit(session: AsyncSession, credit_id: UUID) -> TimeCredit | None:
    """Return a credit, locked against others who would decide about it."""
    return (await session.exec(select(TimeCredit).where(TimeCredit.id == credit_id).with_for_update())).first()
