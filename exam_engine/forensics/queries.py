"""SQL of forensics."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.jobs.models import Job
from exam_engine.forensics.models import ForensicReport
from exam_engine.sittings.models import Room, SittingRoom


async def row_widths(session: AsyncSession, sitting_id: UUID) -> dict[UUID, int | None]:
    """Return how many seats stand in a row of each room of a sitting."""
    statement = (
        select(Room.id, Room.row_width)
        .join(SittingRoom, col(SittingRoom.room_id) == col(Room.id))
        .where(SittingRoom.sitting_id == sitting_id)
    )
    return dict((await session.exec(statement)).all())


async def latest(session: AsyncSession, sitting_id: UUID) -> tuple[ForensicReport, Job] | None:
    """Return the report on a sitting that was asked for last, with its work."""
    statement = (
        select(ForensicReport, Job)
        .join(Job, col(Job.id) == col(ForensicReport.job_id))
        .where(ForensicReport.sitting_id == sitting_id)
        .order_by(col(ForensicReport.created_at).desc(), col(ForensicReport.id))
        .limit(1)
    )
    row = (await session.exec(statement)).first()
    return (row[0], row[1]) if row is not None else None


async def latest_finished(session: AsyncSession, sitting_id: UUID) -> ForensicReport | None:
    """Return the newest report on a sitting that can be read."""
    statement = (
        select(ForensicReport)
        .where(ForensicReport.sitting_id == sitting_id, col(ForensicReport.finished_at).is_not(None))
        .order_by(col(ForensicReport.created_at).desc(), col(ForensicReport.id))
        .limit(1)
    )
    return (await session.exec(statement)).first()


async def find(session: AsyncSession, report_id: UUID) -> ForensicReport | None:
    """Return a report, locked for change."""
    return (await session.exec(select(ForensicReport).where(ForensicReport.id == report_id).with_for_update())).first()
