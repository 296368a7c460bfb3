"""SQL of minutes."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.minutes.models import MinutesAddendum, MinutesSignature, RoomMinutes


async def minutes_of_sitting(session: AsyncSession, sitting_id: UUID) -> list[RoomMinutes]:
    """Return all minutes of a sitting, the latest version of a room first."""
    statement = (
        select(RoomMinutes)
        .where(RoomMinutes.sitting_id == sitting_id)
        .order_by(col(RoomMinutes.room_id), col(RoomMinutes.version).desc())
    )
    return list((await session.exec(statement)).all())


async def latest_of_room(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> RoomMinutes | None:
    """Return the version of a room's minutes that holds."""
    statement = (
        select(RoomMinutes)
        .where(RoomMinutes.sitting_id == sitting_id, RoomMinutes.room_id == room_id)
        .order_by(col(RoomMinutes.version).desc())
        .limit(1)
    )
    return (await session.exec(statement)).first()


async def minutes_by_id(session: AsyncSession, sitting_id: UUID, minutes_id: UUID) -> RoomMinutes | None:
    """Return minutes of a sitting."""
    statement = select(RoomMinutes).where(RoomMinutes.id == minutes_id, RoomMinutes.sitting_id == sitting_id)
    return (await session.exec(statement)).first()


async def signatures_of(session: AsyncSession, minutes_id: UUID) -> list[MinutesSignature]:
    """Return the signatures under minutes in their order."""
    statement = (
        select(MinutesSignature)
        .where(MinutesSignature.minutes_id == minutes_id)
        .order_by(col(MinutesSignature.signed_at), col(MinutesSignature.user_id))
    )
    return list((await session.exec(statement)).all())


async def addenda_of(session: AsyncSession, minutes_ids: list[UUID]) -> list[MinutesAddendum]:
    """Return what was added to minutes after their sealing, in the order in which it was."""
    statement = (
        select(MinutesAddendum)
        .where(col(MinutesAddendum.minutes_id).in_(minutes_ids))
        .order_by(col(MinutesAddendum.added_at), col(MinutesAddendum.id))
    )
    return list((await session.exec(statement)).all())
