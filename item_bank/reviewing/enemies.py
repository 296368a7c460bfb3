"""Enemies: items that give each other away and therefore never stand in the same form."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.text import clean_line
from item_bank.items import queries as item_queries
from item_bank.items.errors import ItemNotFoundError
from item_bank.items.models import Item, ItemEnemy
from item_bank.reviewing import queries
from item_bank.reviewing.errors import EnemyUnknownError


async def add_enemy(
    session: AsyncSession, *, item_id: UUID, enemy_code: str, reason: str, actor: Actor, now: datetime
) -> None:
    """Say that two items never stand together; saying it again gives the new reason.

    Raises
    ------
    ItemNotFoundError
    EnemyUnknownError
        No other item has that code.
    """
    record = await item_queries.find_record(session, item_id)
    if record is None:
        raise ItemNotFoundError
    code = clean_line(enemy_code)
    enemy = (await item_queries.records_by_code(session, [code])).get(code)
    if enemy is None or enemy.item.id == item_id:
        raise EnemyUnknownError(value=code)
    first, second = await queries.lock_items(session, [item_id, enemy.item.id])
    enmity = await queries.find_enmity(session, first.id, second.id)
    if enmity is None:
        enmity = ItemEnemy(item_id=first.id, enemy_id=second.id, created_by_name=actor.display_name, created_at=now)
    enmity.reason = clean_line(reason)
    session.add(enmity)
    await session.flush()
    await _record(session, "item.enemy_added", item_id, (first, second), enmity.reason, actor, now)


async def remove_enemy(session: AsyncSession, *, item_id: UUID, enemy_id: UUID, actor: Actor, now: datetime) -> None:
    """Let two items stand together again; nothing happens when they might already.

    Raises
    ------
    ItemNotFoundError
    """
    items = await queries.lock_items(session, [item_id, enemy_id])
    if len(items) != 2:
        raise ItemNotFoundError
    first, second = items
    enmity = await queries.find_enmity(session, first.id, second.id)
    if enmity is not None:
        await session.delete(enmity)
        await session.flush()
        await _record(session, "item.enemy_removed", item_id, (first, second), enmity.reason, actor, now)


async def _record(
    session: AsyncSession,
    action: str,
    item_id: UUID,
    items: tuple[Item, Item],
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="item",
        object_id=str(item_id),
        after={"items": [str(item.id) for item in items], "reason": reason},
        details={"items": [item.code for item in items]},
        now=now,
    )
