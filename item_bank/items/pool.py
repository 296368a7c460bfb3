"""Items that forms may be made of, as columns only, since a bank has tens of thousands."""

from collections import defaultdict
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.items.keys.models import BankKey
from item_bank.items.models import Item, ItemEnemy, ItemParameters, ItemVersion, Stimulus
from item_bank.items.response_functions import POLYTOMOUS

# An item with a negative slope most likely has a wrong key; no form may be made of it until somebody looked. Forms are
# made to one number of right answers, which an item with several score categories has no place in.
USABLE = (
    col(Item.status) == "operational",
    col(ItemParameters.a) > 0,
    sa.or_(col(ItemParameters.model).is_(None), col(ItemParameters.model).not_in(POLYTOMOUS)),
)
"""What makes an item with parameters in force one that forms may be made of."""


class PoolRow(NamedTuple):
    """An item that forms may be made of, with its current version, key and parameters in force.

    ``key`` is the letter of the right option, empty for other kinds of key; it serves the balance of keys and leaves
    the server never. ``stimulus`` is the code of the stimulus that the item is about, ``points`` a decimal number.
    """

    item_id: UUID
    version_id: UUID
    code: str
    module_code: str
    reference_code: str
    cognitive_level: str
    interaction: str
    stem_text: str
    stem_digest: str
    words: int
    expected_seconds: int | None
    points: str
    stimulus: str | None
    a: float
    b: float
    c: float | None
    is_simulated: bool
    key: str


async def pool_rows(session: AsyncSession) -> list[PoolRow]:
    """Return the items that forms may be made of, by code."""
    current = sa.and_(
        col(ItemVersion.item_id) == col(Item.id), col(ItemVersion.version_number) == col(Item.version_number)
    )
    statement = (
        sa.select(
            col(Item.id),
            col(ItemVersion.id),
            col(Item.code),
            col(Item.module_code),
            col(Item.reference_code),
            col(Item.cognitive_level),
            col(Item.interaction),
            col(Item.stem_text),
            col(Item.stem_digest),
            col(Item.word_count),
            col(Item.expected_seconds),
            col(ItemVersion.points),
            col(Stimulus.code),
            col(ItemParameters.a),
            col(ItemParameters.b),
            col(ItemParameters.c),
            col(ItemParameters.is_simulated),
            col(BankKey.key),
        )
        .join(ItemVersion, current)
        .join(ItemParameters, col(ItemParameters.item_id) == col(Item.id))
        .join(BankKey, col(BankKey.item_version_id) == col(ItemVersion.id))
        .outerjoin(Stimulus, col(Stimulus.id) == col(Item.stimulus_id))
        .where(*USABLE)
        .order_by(col(Item.code))
    )
    rows = (await (await session.connection()).execute(statement)).all()
    return [PoolRow._make((*columns, key_place(key))) for *columns, key in rows]


async def supply(session: AsyncSession) -> dict[tuple[str, str], int]:
    """Return for each module and level how many items forms may be made of."""
    statement = (
        select(Item.module_code, Item.cognitive_level, sa.func.count())
        .join(ItemParameters, col(ItemParameters.item_id) == col(Item.id))
        .where(*USABLE)
        .group_by(Item.module_code, Item.cognitive_level)
    )
    return {(module, level): count for module, level, count in await session.exec(statement)}


async def enemies_by_code(session: AsyncSession) -> dict[str, frozenset[str]]:
    """Return for each item that has enemies the codes of those."""
    one, other = aliased(Item), aliased(Item)
    statement = (
        select(one.code, other.code)
        .select_from(ItemEnemy)
        .join(one, col(one.id) == col(ItemEnemy.item_id))
        .join(other, col(other.id) == col(ItemEnemy.enemy_id))
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, enemy in await session.exec(statement):
        found[code].add(enemy)
        found[enemy].add(code)
    return {code: frozenset(enemies) for code, enemies in found.items()}


def key_place(key: dict[str, Any] | None) -> str:
    """Return the name of the one right option, by which forms balance their keys; empty for other kinds of key."""
    correct = key["correct"] if key is not None and key["form"] == "choice" else []
    return str(correct[0]) if len(correct) == 1 else ""
