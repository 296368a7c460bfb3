"""SQL of files handed in."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import among, table_of
from exam_engine.delivery.models import Attempt, Upload, UploadPart

_UPLOAD, _PART = table_of(Upload), table_of(UploadPart)


async def uploads_of(session: AsyncSession, attempt_ids: Sequence[UUID]) -> list[Upload]:
    """Return the uploads of attempts in the order in which they began."""
    statement = (
        select(Upload)
        .where(among(session, _UPLOAD.c.attempt_id, attempt_ids))
        .order_by(col(Upload.begun_at), col(Upload.id))
    )
    return list((await session.exec(statement)).all())


async def lock_upload(session: AsyncSession, upload_id: UUID) -> Upload | None:
    """Return an upload, locked against other requests that bring bytes of it."""
    return (await session.exec(select(Upload).where(Upload.id == upload_id).with_for_update())).first()


async def sitting_of_upload(session: AsyncSession, upload_id: UUID) -> UUID | None:
    """Return the sitting in which a file was handed in."""
    statement = select(Attempt.sitting_id).join(Upload, col(Upload.attempt_id) == col(Attempt.id))
    return (await session.exec(statement.where(Upload.id == upload_id))).first()


async def add_part(session: AsyncSession, upload_id: UUID, start: int, content: bytes) -> None:
    """Store bytes of an upload."""
    await (await session.connection()).execute(
        sa.insert(_PART).values(upload_id=upload_id, start=start, content=content)
    )


async def remove_parts(session: AsyncSession, upload_id: UUID) -> None:
    """Delete the bytes of an upload."""
    await (await session.connection()).execute(sa.delete(_PART).where(_PART.c.upload_id == upload_id))


async def contents(session: AsyncSession, upload_id: UUID) -> AsyncIterator[bytes]:
    """Yield the bytes of an upload in order, one stored part at a time."""
    connection, start = await session.connection(), -1
    while True:
        row = (
            await connection.execute(
                sa.select(_PART.c.start, _PART.c.content)
                .where(_PART.c.upload_id == upload_id, _PART.c.start > start)
                .order_by(_PART.c.start)
                .limit(1)
            )
        ).first()
        if row is None:
            return
        start = row.start
        yield row.content


async def has_unexamined(session: AsyncSession, *, taken_before: datetime) -> bool:
    """Whether complete uploads wait to be looked through that no process took after an instant."""
    statement = sa.select(_UPLOAD.c.id).where(_waits(taken_before)).limit(1)
    return (await (await session.connection()).execute(statement)).first() is not None


async def take_unexamined(session: AsyncSession, *, taken_before: datetime, now: datetime, limit: int) -> list[Upload]:
    """Take the oldest complete uploads to look through; until they are given up no other process takes them."""
    statement = (
        select(Upload)
        .where(_waits(taken_before))
        .order_by(col(Upload.completed_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    uploads = list((await session.exec(statement)).all())
    for upload in uploads:
        upload.examining_since = now
        session.add(upload)
    return uploads


def _waits(taken_before: datetime) -> sa.ColumnElement[bool]:
    taken = _UPLOAD.c.examining_since
    return sa.and_(
        _UPLOAD.c.completed_at.is_not(None),
        _UPLOAD.c.finding.is_(None),
        sa.or_(taken.is_(None), taken < taken_before),
    )


async def set_finding(session: AsyncSession, upload_id: UUID, finding: str) -> None:
    """Store what looking through a file found."""
    statement = sa.update(_UPLOAD).where(_UPLOAD.c.id == upload_id).values(finding=finding)
    await (await session.connection()).execute(statement)
