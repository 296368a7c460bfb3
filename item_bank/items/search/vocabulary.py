"""What searches can name: the people and tags of the bank."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.items.models import Item
from item_bank.items.search.models import ItemIndex
from item_bank.items.search.words import tags_in


@dataclass(frozen=True, slots=True)
class Named:
    """A person with a number of items."""

    id: UUID
    name: str
    items: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """People and tags that items have, those with most items first."""

    authors: list[Named]
    assignees: list[Named]
    tags: dict[str, int]


async def vocabulary(session: AsyncSession) -> Vocabulary:
    """Return who wrote items, who is to work on them, and their tags."""
    return Vocabulary(
        authors=await _people(session, col(Item.author_id), col(Item.author_name)),
        assignees=await _people(session, col(Item.assignee_id), col(Item.assignee_name)),
        tags=await _tags(session),
    )


async def _people(session: AsyncSession, id_: Any, name: Any) -> list[Named]:
    number, latest = sa.func.count(), sa.func.max(name)
    statement = sa.select(id_, latest, number).where(id_.is_not(None)).group_by(id_).order_by(number.desc(), latest)
    return [Named(*row) for row in (await (await session.connection()).execute(statement)).all()]


async def _tags(session: AsyncSession) -> dict[str, int]:
    keys = col(ItemIndex.tag_keys)
    statement = sa.select(keys, sa.func.count()).where(keys != "").group_by(keys)
    counts: Counter[str] = Counter()
    spelt: dict[str, str] = {}
    for held, number in (await (await session.connection()).execute(statement)).all():
        for key, tag in tags_in(held):
            counts[key] += number
            # However a tag is accented it is one; the spelling that comes first stands for it.
            spelt[key] = min(tag, spelt.get(key, tag))
    return {spelt[key]: number for key, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))}
