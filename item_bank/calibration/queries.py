"""SQL of calibrations."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.jobs.models import Job
from item_bank.calibration.models import CalibrationChoices, CalibrationItem, CalibrationRun
from item_bank.items.models import Item


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run and how its work ended, in case it broke off without a word."""

    run: CalibrationRun
    job_status: str

    @property
    def status(self) -> str:
        """The run's status as it really is."""
        is_lost = self.run.status == "running" and self.job_status in {"failed", "cancelled"}
        return self.job_status if is_lost else self.run.status


async def find_page(session: AsyncSession, *, offset: int, limit: int) -> tuple[list[RunRecord], int]:
    """Return a page of runs, newest first, and how many there are."""
    statement = select(CalibrationRun, Job.status).join(Job, col(Job.id) == col(CalibrationRun.job_id))
    order = (col(CalibrationRun.created_at).desc(), col(CalibrationRun.id))
    rows = (await session.exec(statement.order_by(*order).offset(offset).limit(limit))).all()
    total = (await session.exec(select(sa.func.count()).select_from(CalibrationRun))).one()
    return [RunRecord(run, status) for run, status in rows], total


async def find_run(session: AsyncSession, calibration_id: UUID) -> RunRecord | None:
    """Return one run."""
    statement = (
        select(CalibrationRun, Job.status)
        .join(Job, col(Job.id) == col(CalibrationRun.job_id))
        .where(CalibrationRun.id == calibration_id)
    )
    row = (await session.exec(statement)).first()
    return RunRecord(*row) if row else None


async def lock_run(session: AsyncSession, calibration_id: UUID) -> CalibrationRun | None:
    """Return one run, locked until the end of the transaction."""
    statement = select(CalibrationRun).where(CalibrationRun.id == calibration_id).with_for_update()
    return (await session.exec(statement)).first()


async def job_of(session: AsyncSession, calibration_id: UUID) -> Job | None:
    """Return the latest work of a run."""
    statement = (
        select(Job)
        .join(CalibrationRun, col(CalibrationRun.job_id) == col(Job.id))
        .where(CalibrationRun.id == calibration_id)
    )
    return (await session.exec(statement)).first()


async def items_of(session: AsyncSession, calibration_id: UUID) -> list[tuple[CalibrationItem, Item]]:
    """Return the items of a run in the order of the file."""
    statement = (
        select(CalibrationItem, Item)
        .join(Item, col(Item.id) == col(CalibrationItem.item_id))
        .where(CalibrationItem.calibration_id == calibration_id)
        .order_by(col(CalibrationItem.position))
    )
    return list((await session.exec(statement)).all())


async def packed_of(session: AsyncSession, calibration_id: UUID) -> bytes:
    """Return the packed responses of a run."""
    statement = select(CalibrationChoices.packed).where(CalibrationChoices.calibration_id == calibration_id)
    return (await session.exec(statement)).one()
