"""SQL of tailored papers."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.jobs.models import Job
from item_bank.tailored.models import TailoredPaper

_LOST = frozenset({"failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class TailoredRecord:
    """A paper and how its work ended, in case it broke off without a word."""

    paper: TailoredPaper
    job_status: str

    @property
    def status(self) -> str:
        """The paper's status as it really is."""
        is_lost = self.paper.status == "running" and self.job_status in _LOST
        return self.job_status if is_lost else self.paper.status


async def next_number(session: AsyncSession) -> int:
    """Return the number of the next paper."""
    return ((await session.exec(select(sa.func.max(TailoredPaper.number)))).one() or 0) + 1


async def find_page(session: AsyncSession, *, offset: int, limit: int) -> tuple[list[TailoredRecord], int]:
    """Return a page of papers, newest first, and how many there are; their contents are not loaded."""
    statement = (
        select(TailoredPaper, Job.status)
        .join(Job, col(Job.id) == col(TailoredPaper.job_id))
        .options(sa.orm.defer(TailoredPaper.content))  # type: ignore[arg-type]  # a column, typed as its value
        .order_by(col(TailoredPaper.number).desc())
    )
    rows = (await session.exec(statement.offset(offset).limit(limit))).all()
    total = (await session.exec(select(sa.func.count()).select_from(TailoredPaper))).one()
    return [TailoredRecord(paper, status) for paper, status in rows], total


async def find_paper(session: AsyncSession, paper_id: UUID) -> TailoredRecord | None:
    """Return one paper."""
    statement = select(TailoredPaper, Job.status).join(Job, col(Job.id) == col(TailoredPaper.job_id))
    row = (await session.exec(statement.where(TailoredPaper.id == paper_id))).first()
    return TailoredRecord(*row) if row else None


async def lock_paper(session: AsyncSession, paper_id: UUID) -> TailoredPaper | None:
    """Return one paper, locked until the end of the transaction."""
    return (await session.exec(select(TailoredPaper).where(TailoredPaper.id == paper_id).with_for_update())).first()
