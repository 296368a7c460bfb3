"""Storing and reading answer keys of the bank."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.items.keys.models import BankKey

_BATCH = 500


def store_key(session: AsyncSession, *, item_version_id: UUID, correct: Iterable[str], explanation: str) -> None:
    """Keep the key of a new version."""
    session.add(BankKey(item_version_id=item_version_id, correct=list(correct), explanation=explanation))


async def keys_of(session: AsyncSession, version_ids: Sequence[UUID]) -> dict[UUID, BankKey]:
    """Return the keys of the given versions."""
    keys: dict[UUID, BankKey] = {}
    # Databases limit the parameters of one statement.
    for start in range(0, len(version_ids), _BATCH):
        batch = version_ids[start : start + _BATCH]
        found = await session.exec(select(BankKey).where(col(BankKey.item_version_id).in_(batch)))
        keys.update({key.item_version_id: key for key in found})
    return keys
