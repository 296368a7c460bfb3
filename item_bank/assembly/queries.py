"""SQL of assemblies."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.jobs.models import Job
from item_bank.assembly.models import AssembledItem, Assembly
from item_bank.items.models import Item


@dataclass(frozen=True, slots=True)
class AssemblyRecord:
    """An assembly and how its work ended, in case it broke off without a word."""

    assembly: Assembly
    job_status: str

    @property
    def status(self) -> str:
        """The assembly's status as it really is."""
        is_lost = self.assembly.status == "running" and self.job_status == "failed"
        return "failed" if is_lost else self.assembly.status


async def next_number(session: AsyncSession) -> int:
    """Return the number of the next assembly."""
    return ((await session.exec(select(sa.func.max(Assembly.number)))).one() or 0) + 1


async def find_page(session: AsyncSession, *, offset: int, limit: int) -> tuple[list[AssemblyRecord], int]:
    """Return a page of assemblies, newest first, and how many there are."""
    statement = select(Assembly, Job.status).join(Job, col(Job.id) == col(Assembly.job_id))
    rows = (await session.exec(statement.order_by(col(Assembly.number).desc()).offset(offset).limit(limit))).all()
    total = (await session.exec(select(sa.func.count()).select_from(Assembly))).one()
    return [AssemblyRecord(assembly, status) for assembly, status in rows], total


async def find_assembly(session: AsyncSession, assembly_id: UUID) -> AssemblyRecord | None:
    """Return one assembly."""
    statement = select(Assembly, Job.status).join(Job, col(Job.id) == col(Assembly.job_id))
    row = (await session.exec(statement.where(Assembly.id == assembly_id))).first()
    return AssemblyRecord(*row) if row else None


async def lock_assembly(session: AsyncSession, assembly_id: UUID) -> Assembly | None:
    """Return one assembly, locked until the end of the transaction."""
    return (await session.exec(select(Assembly).where(Assembly.id == assembly_id).with_for_update())).first()


async def items_of(session: AsyncSession, assembly_id: UUID) -> list[tuple[AssembledItem, Item]]:
    """Return the items of all forms of an assembly, form by form in order."""
    statement = (
        select(AssembledItem, Item)
        .join(Item, col(Item.id) == col(AssembledItem.item_id))
        .where(AssembledItem.assembly_id == assembly_id)
        .order_by(col(AssembledItem.form_number), col(AssembledItem.position))
    )
    return list((await session.exec(statement)).all())
