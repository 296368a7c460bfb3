"""SQL of snapshots."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import among, table_of
from exam_engine.snapshots.models import Snapshot, SnapshotConsent, SnapshotSetting, SnapshotViewing

_CONSENT = table_of(SnapshotConsent)


async def setting_of(session: AsyncSession, sitting_id: UUID, *, for_change: bool = False) -> SnapshotSetting | None:
    """Return what was decided for a sitting."""
    statement = select(SnapshotSetting).where(SnapshotSetting.sitting_id == sitting_id)
    return (await session.exec(statement.with_for_update() if for_change else statement)).one_or_none()


async def consent_of(
    session: AsyncSession, registration_id: UUID, *, for_change: bool = False
) -> SnapshotConsent | None:
    """Return what a candidate said."""
    statement = select(SnapshotConsent).where(SnapshotConsent.registration_id == registration_id)
    return (await session.exec(statement.with_for_update() if for_change else statement)).one_or_none()


async def consents_of(session: AsyncSession, registration_ids: Collection[UUID]) -> dict[UUID, SnapshotConsent]:
    """Return what these candidates said."""
    statement = select(SnapshotConsent).where(among(session, _CONSENT.c.registration_id, registration_ids))
    return {row.registration_id: row for row in (await session.exec(statement)).all()}


class Taken(NamedTuple):
    """How many pictures there are of one source of one candidate, and when the last one was taken."""

    registration_id: UUID
    source: str
    pictures: int
    last_taken_at: datetime


async def taken_in_sitting(session: AsyncSession, sitting_id: UUID) -> list[Taken]:
    """Return counts of pictures by candidate and source."""
    statement = (
        select(Snapshot.registration_id, Snapshot.source, sa.func.count(), sa.func.max(col(Snapshot.taken_at)))
        .where(Snapshot.sitting_id == sitting_id)
        .group_by(col(Snapshot.registration_id), col(Snapshot.source))
    )
    return [Taken(*row) for row in (await session.exec(statement)).all()]


async def size_of_sitting(session: AsyncSession, sitting_id: UUID) -> tuple[int, int]:
    """Return how many pictures there are, and their bytes."""
    statement = select(sa.func.count(), sa.func.coalesce(sa.func.sum(sa.func.length(col(Snapshot.content))), 0)).where(
        Snapshot.sitting_id == sitting_id
    )
    count, size = (await session.exec(statement)).one()
    return count, size


async def last_taken_at(session: AsyncSession, registration_id: UUID, source: str) -> datetime | None:
    """Return when the last picture of a source was taken."""
    statement = (
        select(Snapshot.taken_at)
        .where(Snapshot.registration_id == registration_id, Snapshot.source == source)
        .order_by(col(Snapshot.taken_at).desc())
        .limit(1)
    )
    return (await session.exec(statement)).one_or_none()


async def pictures_of(session: AsyncSession, registration_id: UUID) -> Sequence[tuple[UUID, str, datetime]]:
    """Return id, source and time of a candidate's pictures, in order."""
    statement = (
        select(Snapshot.id, Snapshot.source, Snapshot.taken_at)
        .where(Snapshot.registration_id == registration_id)
        .order_by(col(Snapshot.taken_at), col(Snapshot.id))
    )
    return (await session.exec(statement)).all()


async def viewings_of_sitting(session: AsyncSession, sitting_id: UUID) -> Sequence[SnapshotViewing]:
    """Return who looked, the latest first."""
    statement = (
        select(SnapshotViewing)
        .where(SnapshotViewing.sitting_id == sitting_id)
        .order_by(col(SnapshotViewing.at).desc(), col(SnapshotViewing.id))
    )
    return (await session.exec(statement)).all()


async def erase_pictures(session: AsyncSession, sitting_id: UUID) -> int:
    """Delete the pictures of a sitting; returns how many there were."""
    erased = await session.exec(sa.delete(Snapshot).where(col(Snapshot.sitting_id) == sitting_id))
    return erased.rowcount


async def settings_with_pictures(session: AsyncSession) -> Sequence[SnapshotSetting]:
    """Return the settings whose pictures are not erased yet."""
    return (await session.exec(select(SnapshotSetting).where(col(SnapshotSetting.wrapped_key).is_not(None)))).all()
