"""Which parts of the syllabus items refer to."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.items.models import Item, ItemVersion


@dataclass(frozen=True, slots=True)
class ReferenceCount:
    """How many items of one status refer to one code."""

    module_code: str
    reference_code: str
    status: str
    count: int


async def count_by_reference(session: AsyncSession) -> list[ReferenceCount]:
    """Return for each code that items refer to, and each status, how many items there are."""
    columns = (col(Item.module_code), col(Item.reference_code), col(Item.status))
    rows = await session.exec(select(*columns, sa.func.count()).group_by(*columns).order_by(*columns))
    return [ReferenceCount(*row) for row in rows]


async def is_referred_to(session: AsyncSession, code: str) -> bool:
    """Whether any version of any item, today's or an earlier one, refers to a code or to what lies in it."""
    named = sa.or_(
        col(ItemVersion.module_code) == code,
        col(ItemVersion.reference_code) == code,
        col(ItemVersion.reference_code).startswith(f"{code}.", autoescape=True),
    )
    return (await session.exec(select(ItemVersion.id).where(named).limit(1))).first() is not None


async def place_in_section(session: AsyncSession, section_code: str) -> int:
    """Let the items whose reference lies in a section that has just become known say so; return how many there were."""
    inside = sa.or_(
        col(Item.reference_code) == section_code,
        col(Item.reference_code).startswith(f"{section_code}.", autoescape=True),
    )
    statement = (
        sa.update(Item)
        .where(inside, col(Item.section_code).is_distinct_from(section_code))
        .values(section_code=section_code)
    )
    return int((await session.exec(statement)).rowcount)
