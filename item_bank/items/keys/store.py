"""Storing and reading answer keys of the bank."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import table_of
from item_bank.items.keys.models import BankKey

_BATCH = 500


async def store_keys(session: AsyncSession, rows: Sequence[tuple[UUID, dict[str, Any] | None, str]]) -> None:
    """Keep the keys of new versions: each with the id of its version, the key if there is one, the explanation."""
    values = [{"item_version_id": id_, "key": key, "explanation": text} for id_, key, text in rows]
    if values:
        await (await session.connection()).execute(sa.insert(table_of(BankKey)), values)


async def keys_of(session: AsyncSession, version_ids: Sequence[UUID]) -> dict[UUID, BankKey]:
    """Return the keys of the given versions."""
    keys: dict[UUID, BankKey] = {}
    # Databases limit the parameters of one statement.
    for start in range(0, len(version_ids), _BATCH):
        batch = version_ids[start : start + _BATCH]
        found = await session.exec(select(BankKey).where(col(BankKey.item_version_id).in_(batch)))
        keys.update({key.item_version_id: key for key in found})
    return keys
