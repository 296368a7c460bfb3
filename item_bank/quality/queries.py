"""SQL of item quality."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.items.models import Item, ItemVersion
from item_bank.items.queries import batches

_CURRENT = sa.and_(
    col(ItemVersion.item_id) == col(Item.id), col(ItemVersion.version_number) == col(Item.version_number)
)


class TextRow(NamedTuple):
    """What the index needs of one item."""

    item_id: UUID
    version_number: int
    code: str
    stem_text: str
    content: dict[str, Any]


class BriefRow(NamedTuple):
    """What is shown of an item that was found."""

    item_id: UUID
    code: str
    status: str
    module_code: str
    stem_text: str


async def count_versions(session: AsyncSession) -> int:
    """Return how many versions of items there are; it grows with every change of a text and never falls."""
    return (await session.exec(select(sa.func.count()).select_from(ItemVersion))).one()


async def version_numbers(session: AsyncSession) -> dict[UUID, int]:
    """Return the number of the current version of every item."""
    return dict((await session.exec(select(Item.id, Item.version_number))).all())


async def text_rows(session: AsyncSession, item_ids: Sequence[UUID]) -> list[TextRow]:
    """Return the texts of the given items as they are now, by code."""
    statement = (
        sa.select(col(Item.id), col(Item.version_number), col(Item.code), col(Item.stem_text), col(ItemVersion.content))
        .join(ItemVersion, _CURRENT)
        .where(col(Item.id).in_(item_ids))
        .order_by(col(Item.code))
    )
    return [TextRow(*row) for row in await (await session.connection()).execute(statement)]


async def briefs(session: AsyncSession, codes: Iterable[str]) -> dict[str, BriefRow]:
    """Return the items of the given codes."""
    found: dict[str, BriefRow] = {}
    for batch in batches(sorted(set(codes))):
        statement = sa.select(
            col(Item.id), col(Item.code), col(Item.status), col(Item.module_code), col(Item.stem_text)
        ).where(col(Item.code).in_(batch))
        rows = await (await session.connection()).execute(statement)
        found.update({row[1]: BriefRow(*row) for row in rows})
    return found
