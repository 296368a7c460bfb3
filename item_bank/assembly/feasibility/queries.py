"""SQL of feasibility."""

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.items.models import Item

_ON_ITS_WAY = ("draft", "in_review", "returned", "revised", "approved", "pretest")


async def in_preparation(session: AsyncSession) -> dict[tuple[str, str], int]:
    """Return for each module and level how many items are written, reviewed or tried out, and serve no form yet."""
    statement = (
        select(Item.module_code, Item.cognitive_level, sa.func.count())
        .where(col(Item.status).in_(_ON_ITS_WAY))
        .group_by(Item.module_code, Item.cognitive_level)
    )
    return {(module, level): count for module, level, count in await session.exec(statement)}
