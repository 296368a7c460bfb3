"""SQL of reviews."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.calibration.models import CalibrationItem, CalibrationRun
from item_bank.items.models import Item, ItemEnemy, ItemVersion
from item_bank.items.queries import batches
from item_bank.reviewing.models import ItemComment, ItemReview, ReviewChecklist


@dataclass(frozen=True, slots=True)
class EnemyRow:
    """Another item that never stands in a form with the one asked about, and why."""

    item: Item
    enmity: ItemEnemy


async def find_version(session: AsyncSession, item_id: UUID, number: int) -> ItemVersion | None:
    """Return one version of an item."""
    statement = select(ItemVersion).where(ItemVersion.item_id == item_id, ItemVersion.version_number == number)
    return (await session.exec(statement)).first()


async def find_comment(session: AsyncSession, comment_id: UUID) -> ItemComment | None:
    """Return one comment."""
    return await session.get(ItemComment, comment_id)


async def comments_of(session: AsyncSession, item_id: UUID) -> list[tuple[ItemComment, int]]:
    """Return all comments on an item, oldest first, each with the number of the version that it is on."""
    statement = (
        select(ItemComment, ItemVersion.version_number)
        .join(ItemVersion, col(ItemVersion.id) == col(ItemComment.item_version_id))
        .where(ItemComment.item_id == item_id)
        .order_by(col(ItemComment.created_at), col(ItemComment.id))
    )
    return [(comment, number) for comment, number in await session.exec(statement)]


async def current_checklist(session: AsyncSession, *, lock: bool = False) -> ReviewChecklist | None:
    """Return the checklist in force."""
    statement = select(ReviewChecklist).order_by(col(ReviewChecklist.number).desc()).limit(1)
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def checklists(session: AsyncSession) -> list[ReviewChecklist]:
    """Return all versions of the checklist, latest first."""
    return list((await session.exec(select(ReviewChecklist).order_by(col(ReviewChecklist.number).desc()))).all())


async def reviews_of(session: AsyncSession, item_id: UUID) -> list[tuple[ItemReview, int]]:
    """Return the reviews of an item, latest first, each with the number of the version that it is about."""
    statement = (
        select(ItemReview, ItemVersion.version_number)
        .join(ItemVersion, col(ItemVersion.id) == col(ItemReview.item_version_id))
        .where(ItemReview.item_id == item_id)
        .order_by(col(ItemReview.created_at).desc())
    )
    return [(review, number) for review, number in await session.exec(statement)]


async def enemies_of(session: AsyncSession, item_id: UUID) -> list[EnemyRow]:
    """Return the enemies of an item by code, whichever of the two was named first."""
    other = sa.case((col(ItemEnemy.item_id) == item_id, col(ItemEnemy.enemy_id)), else_=col(ItemEnemy.item_id))
    statement = (
        select(Item, ItemEnemy)
        .join(ItemEnemy, col(Item.id) == other)
        .where(sa.or_(col(ItemEnemy.item_id) == item_id, col(ItemEnemy.enemy_id) == item_id))
        .order_by(col(Item.code))
    )
    return [EnemyRow(item, enmity) for item, enmity in await session.exec(statement)]


async def find_enmity(session: AsyncSession, first: UUID, second: UUID) -> ItemEnemy | None:
    """Return the enmity of two items, the lower id first."""
    return await session.get(ItemEnemy, (first, second))


async def lock_items(session: AsyncSession, item_ids: Sequence[UUID]) -> list[Item]:
    """Return items in the order of their ids, locked until the end of the transaction."""
    found: list[Item] = []
    for batch in batches(sorted(item_ids)):
        statement = select(Item).where(col(Item.id).in_(batch)).order_by(col(Item.id)).with_for_update()
        found += (await session.exec(statement)).all()
    return found


async def supersession(session: AsyncSession, item: Item) -> list[Item]:
    """Return the chain of items that came in each other's place, oldest first, the given one among them."""
    chain = [item]
    seen = {item.id}
    while chain[0].supersedes_id is not None and chain[0].supersedes_id not in seen:
        older = await session.get(Item, chain[0].supersedes_id)
        if older is None:
            break
        seen.add(older.id)
        chain.insert(0, older)
    while True:
        statement = select(Item).where(Item.supersedes_id == chain[-1].id).order_by(col(Item.created_at).desc())
        newer = (await session.exec(statement)).first()
        if newer is None or newer.id in seen:
            return chain
        seen.add(newer.id)
        chain.append(newer)


async def calibrations_of(session: AsyncSession, item_id: UUID) -> list[tuple[CalibrationItem, CalibrationRun, int]]:
    """Return what finished calibrations found about an item, latest first, each with the version that was answered."""
    statement = (
        select(CalibrationItem, CalibrationRun, ItemVersion.version_number)
        .join(CalibrationRun, col(CalibrationRun.id) == col(CalibrationItem.calibration_id))
        .join(ItemVersion, col(ItemVersion.id) == col(CalibrationItem.item_version_id))
        .where(CalibrationItem.item_id == item_id, col(CalibrationRun.status).in_(("estimated", "approved")))
        .order_by(col(CalibrationRun.created_at).desc())
    )
    return [(row, run, number) for row, run, number in await session.exec(statement)]


async def assignments(session: AsyncSession) -> dict[UUID, int]:
    """Return for each person how many items that are not retired are assigned to them."""
    statement: Any = (
        select(Item.assignee_id, sa.func.count())
        .where(col(Item.assignee_id).is_not(None), Item.status != "retired")
        .group_by(col(Item.assignee_id))
    )
    return dict((await session.exec(statement)).all())
