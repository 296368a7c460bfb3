"""SQL of assemblies."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.jobs.models import Job
from item_bank.assembly.models import AssembledItem, Assembly, AssemblyEdit
from item_bank.items.models import Item, ItemVersion
from item_bank.items.workflow import IN_USE


@dataclass(frozen=True, slots=True)
class AssemblyRecord:
    """An assembly and how its work ended, in case it broke off without a word."""

    assembly: Assembly
    job_status: str

    @property
    def status(self) -> str:
        """The assembly's status as it really is."""
        is_lost = self.assembly.status == "running" and self.job_status in {"failed", "cancelled"}
        return self.job_status if is_lost else self.assembly.status


@dataclass(frozen=True, slots=True)
class AssemblyFilter:
    """Which assemblies are meant; None asks for no restriction. ``q`` is looked for in blueprint, number and people."""

    status: str | None = None
    blueprint_id: UUID | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class PlacedItem:
    """An item in its place, with the identity it has in the bank and the version it has there now."""

    row: AssembledItem
    item: Item
    current_version_id: UUID
    points: str

    @property
    def is_outdated(self) -> bool:
        """Whether it has another version now, or is not approved any more."""
        return self.item.status not in IN_USE or self.current_version_id != self.row.item_version_id


_STATUS = sa.case(
    (
        sa.and_(col(Assembly.status) == "running", col(Job.status).in_(("failed", "cancelled"))),
        col(Job.status),
    ),
    else_=col(Assembly.status),
)
_SORTABLE: dict[str, Any] = {
    "number": col(Assembly.number),
    "blueprint": sa.func.lower(col(Assembly.blueprint)["name"].as_string()),
    "status": _STATUS,
    "form_count": col(Assembly.form_count),
    "objective": col(Assembly.objective),
    "created_at": col(Assembly.created_at),
}
SORT_FIELDS = frozenset(_SORTABLE) | frozenset(f"-{name}" for name in _SORTABLE)


def _records() -> Any:
    return select(Assembly, Job.status).join(Job, col(Job.id) == col(Assembly.job_id))


async def next_number(session: AsyncSession) -> int:
    """Return the number of the next assembly."""
    return ((await session.exec(select(sa.func.max(Assembly.number)))).one() or 0) + 1


async def find_page(
    session: AsyncSession, wanted: AssemblyFilter, *, sort: str, offset: int, limit: int
) -> tuple[list[AssemblyRecord], int]:
    """Return a page of assemblies and how many match."""
    conditions: list[Any] = []
    if wanted.status is not None:
        conditions.append(wanted.status == _STATUS)
    if wanted.blueprint_id is not None:
        conditions.append(col(Assembly.blueprint_id) == wanted.blueprint_id)
    if wanted.q and (text := wanted.q.strip()):
        places = [
            col(Assembly.blueprint)["name"].as_string(),
            sa.cast(col(Assembly.number), sa.String),
            col(Assembly.created_by_name),
        ]
        conditions.append(sa.or_(*(place.icontains(text, autoescape=True) for place in places)))
    column = _SORTABLE[sort.removeprefix("-")]
    order = column.desc() if sort.startswith("-") else column.asc()
    statement = _records().where(*conditions).order_by(order.nulls_last(), col(Assembly.number).desc())
    rows = (await session.exec(statement.offset(offset).limit(limit))).all()
    counted = select(sa.func.count()).select_from(Assembly).join(Job, col(Job.id) == col(Assembly.job_id))
    total = (await session.exec(counted.where(*conditions))).one()
    return [AssemblyRecord(assembly, status) for assembly, status in rows], total


async def find_assembly(session: AsyncSession, assembly_id: UUID) -> AssemblyRecord | None:
    """Return one assembly."""
    row = (await session.exec(_records().where(Assembly.id == assembly_id))).first()
    return AssemblyRecord(*row) if row else None


async def lock_assembly(session: AsyncSession, assembly_id: UUID) -> Assembly | None:
    """Return one assembly, locked until the end of the transaction."""
    return (await session.exec(select(Assembly).where(Assembly.id == assembly_id).with_for_update())).first()


async def job_of(session: AsyncSession, assembly_id: UUID) -> Job | None:
    """Return the work of an assembly."""
    statement = select(Job).join(Assembly, col(Assembly.job_id) == col(Job.id)).where(Assembly.id == assembly_id)
    return (await session.exec(statement)).first()


async def items_of(session: AsyncSession, assembly_id: UUID) -> list[PlacedItem]:
    """Return the items of all forms of an assembly, form by form in order."""
    current = sa.and_(
        col(ItemVersion.item_id) == col(Item.id), col(ItemVersion.version_number) == col(Item.version_number)
    )
    statement = (
        select(AssembledItem, Item, ItemVersion.id, ItemVersion.points)
        .join(Item, col(Item.id) == col(AssembledItem.item_id))
        .join(ItemVersion, current)
        .where(AssembledItem.assembly_id == assembly_id)
        .order_by(col(AssembledItem.form_number), col(AssembledItem.position))
    )
    return [PlacedItem(*row) for row in await session.exec(statement)]


async def edits_of(session: AsyncSession, assembly_id: UUID) -> list[AssemblyEdit]:
    """Return the swaps by hand of an assembly, first to last."""
    statement = select(AssemblyEdit).where(AssemblyEdit.assembly_id == assembly_id)
    return list((await session.exec(statement.order_by(col(AssemblyEdit.number)))).all())


async def codes_of(session: AsyncSession, item_ids: set[UUID]) -> dict[UUID, str]:
    """Return the codes of items."""
    rows = await session.exec(select(Item.id, Item.code).where(col(Item.id).in_(item_ids)))
    return dict(rows.all())


async def delete_assembly(session: AsyncSession, assembly_id: UUID) -> None:
    """Delete an assembly with its forms and edits."""
    for table in (AssemblyEdit, AssembledItem):
        await session.exec(sa.delete(table).where(col(table.assembly_id) == assembly_id))
    await session.exec(sa.delete(Assembly).where(col(Assembly.id) == assembly_id))
