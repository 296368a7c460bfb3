"""SQL of checks of computers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.machines.models import MachineCheck


async def check_of(session: AsyncSession, key: tuple[UUID, UUID, int]) -> MachineCheck | None:
    """Return the last check at a seat: sitting, room, number."""
    return await session.get(MachineCheck, key, with_for_update=True)


async def checks_of_room(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> Sequence[MachineCheck]:
    """Return the checks of a room by seat."""
    return (
        await session.exec(
            select(MachineCheck)
            .where(MachineCheck.sitting_id == sitting_id, MachineCheck.room_id == room_id)
            .order_by(col(MachineCheck.seat_number))
        )
    ).all()


async def counts_of_sitting(session: AsyncSession, sitting_id: UUID) -> Sequence[tuple[UUID, str, int, datetime]]:
    """Return for each room and verdict of a sitting how many checks there are, and when the last one was."""
    statement = (
        select(
            MachineCheck.room_id,
            MachineCheck.verdict,
            sa.func.count(),
            sa.func.max(col(MachineCheck.checked_at)),
        )
        .where(MachineCheck.sitting_id == sitting_id)
        .group_by(col(MachineCheck.room_id), col(MachineCheck.verdict))
    )
    return (await session.exec(statement)).all()
