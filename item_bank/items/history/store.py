"""Noting and reading the steps of items: what a bulk act did to one of them is found again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.db import new_id
from item_bank.items.history.models import ItemEvent
from item_bank.items.models import Item


async def record_events(
    session: AsyncSession,
    act: str,
    items: Sequence[Item],
    statuses_before: Mapping[UUID, str],
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    checklist: int | None = None,
) -> None:
    """Note one step for each of the items, which are already in the state that it led to.

    Parameters
    ----------
    statuses_before : by the id of the item.
    """
    # Plain rows: a bulk act is about thousands of items.
    rows = [
        {
            "id": new_id(),
            "item_id": item.id,
            "version_number": item.version_number,
            "act": act,
            "status_before": statuses_before[item.id],
            "status_after": item.status,
            "checklist": checklist,
            "note": note,
            "actor_id": actor.id,
            "actor_name": actor.display_name,
            "at": now,
        }
        for item in items
    ]
    if rows:
        await session.exec(sa.insert(ItemEvent), params=rows)


async def events_of(session: AsyncSession, item_id: UUID) -> list[ItemEvent]:
    """Return the steps of an item, latest first."""
    statement = select(ItemEvent).where(ItemEvent.item_id == item_id).order_by(col(ItemEvent.at).desc())
    return list((await session.exec(statement)).all())
