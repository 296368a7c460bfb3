"""SQL of item imports."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.exchange.models import ItemImport


async def lock_import(session: AsyncSession, *, import_id: UUID, created_by: UUID) -> ItemImport | None:
    """Return one's own import, locked until the end of the transaction."""
    statement = select(ItemImport).where(ItemImport.id == import_id, ItemImport.created_by == created_by)
    return (await session.exec(statement.with_for_update())).first()


async def delete_unapplied(session: AsyncSession, *, before: datetime) -> None:
    """Delete imports that nobody applied."""
    waiting = col(ItemImport.applied_at).is_(None)
    await session.exec(sa.delete(ItemImport).where(waiting, col(ItemImport.created_at) < before))
