"""SQL of items."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.items.models import Item, ItemApproval, ItemParameters, ItemVersion, Stimulus, StimulusVersion
from item_bank.items.records import ItemFilter, ItemRecord
from item_bank.items.search.queries import matching_ids

BATCH = 500
"""How many values go into one IN list; databases limit the parameters of a statement."""

T = TypeVar("T")


def batches(values: Sequence[T]) -> Iterable[Sequence[T]]:
    """Cut values into parts that fit one statement."""
    return (values[start : start + BATCH] for start in range(0, len(values), BATCH))


_CURRENT_VERSION = sa.and_(
    col(ItemVersion.item_id) == col(Item.id), col(ItemVersion.version_number) == col(Item.version_number)
)


def _records() -> Any:
    return (
        select(Item, ItemVersion, ItemParameters)
        .join(ItemVersion, _CURRENT_VERSION)
        .outerjoin(ItemParameters, col(ItemParameters.item_id) == col(Item.id))
    )


async def find_record(session: AsyncSession, item_id: UUID) -> ItemRecord | None:
    """Return one item."""
    row = (await session.exec(_records().where(col(Item.id) == item_id))).first()
    return ItemRecord(*row) if row else None


async def versions_of(session: AsyncSession, item_id: UUID) -> list[ItemVersion]:
    """Return all versions of an item, newest first."""
    statement = (
        select(ItemVersion).where(ItemVersion.item_id == item_id).order_by(col(ItemVersion.version_number).desc())
    )
    return list((await session.exec(statement)).all())


async def records_by_code(session: AsyncSession, codes: Sequence[str]) -> dict[str, ItemRecord]:
    """Return the items of the given codes."""
    found: dict[str, ItemRecord] = {}
    for batch in batches(codes):
        rows = await session.exec(_records().where(col(Item.code).in_(batch)))
        found.update({row[0].code: ItemRecord(*row) for row in rows})
    return found


async def same_stems(session: AsyncSession, digests: Sequence[str]) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Return for each stem digest the codes and contents of the items in use that have it."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for batch in batches(digests):
        statement = (
            select(Item.stem_digest, Item.code, ItemVersion.content)
            .join(ItemVersion, _CURRENT_VERSION)
            .where(col(Item.stem_digest).in_(batch), Item.status != "retired")
            .order_by(Item.code)
        )
        for digest, code, content in await session.exec(statement):
            found.setdefault(digest, []).append((code, dict(content)))
    return found


async def lock_records(
    session: AsyncSession, *, item_ids: Sequence[UUID] | None = None, wanted: ItemFilter | None = None
) -> list[ItemRecord]:
    """Return items by id or by filter, by code, locked against changes until the end of the transaction."""
    found: list[ItemRecord] = []
    ids = await matching_ids(session, wanted) if wanted is not None else item_ids or ()
    for batch in batches(ids):
        statement = (
            select(Item, ItemVersion)
            .join(ItemVersion, _CURRENT_VERSION)
            .where(col(Item.id).in_(batch))
            .order_by(col(Item.code))
            .with_for_update(of=Item)
        )
        found.extend(ItemRecord(item, version, None) for item, version in await session.exec(statement))
    return sorted(found, key=lambda record: record.item.code)


async def records_by_id(session: AsyncSession, item_ids: Sequence[UUID]) -> dict[UUID, ItemRecord]:
    """Return the items of the given ids."""
    found: dict[UUID, ItemRecord] = {}
    for batch in batches(item_ids):
        rows = await session.exec(_records().where(col(Item.id).in_(batch)))
        found.update({row[0].id: ItemRecord(*row) for row in rows})
    return found


async def count_with_parameters(session: AsyncSession, besides: Sequence[UUID]) -> int:
    """Return how many items in use have parameters in force, the named ones left aside."""
    statement = (
        select(ItemParameters.item_id)
        .join(Item, col(Item.id) == col(ItemParameters.item_id))
        .where(Item.status != "retired")
    )
    return len(set(await session.exec(statement)) - set(besides))


async def delete_parameters(session: AsyncSession, item_ids: Sequence[UUID]) -> None:
    """Forget the parameters in force of the given items."""
    for batch in batches(item_ids):
        await session.exec(sa.delete(ItemParameters).where(col(ItemParameters.item_id).in_(batch)))


async def versions_by_id(session: AsyncSession, version_ids: Sequence[UUID]) -> dict[UUID, ItemVersion]:
    """Return the given versions."""
    found: dict[UUID, ItemVersion] = {}
    for batch in batches(version_ids):
        rows = await session.exec(select(ItemVersion).where(col(ItemVersion.id).in_(batch)))
        found.update({version.id: version for version in rows})
    return found


async def writers_since_approval(session: AsyncSession, item_ids: Sequence[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return for each item who wrote its versions since the last approved one."""
    writers: dict[UUID, set[UUID]] = {item_id: set() for item_id in item_ids}
    for batch in batches(item_ids):
        statement = (
            select(ItemVersion.item_id, ItemVersion.author_id, ItemApproval.item_version_id)
            .outerjoin(ItemApproval, col(ItemApproval.item_version_id) == col(ItemVersion.id))
            .where(col(ItemVersion.item_id).in_(batch))
            .order_by(col(ItemVersion.item_id), col(ItemVersion.version_number))
        )
        for item_id, author_id, approved in await session.exec(statement):
            if approved is not None:
                writers[item_id].clear()
            else:
                writers[item_id].add(author_id)
    return {item_id: frozenset(authors) for item_id, authors in writers.items()}


async def items_with_parameters(session: AsyncSession, item_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return which of the items have parameters in force."""
    found: set[UUID] = set()
    for batch in batches(item_ids):
        found.update(await session.exec(select(ItemParameters.item_id).where(col(ItemParameters.item_id).in_(batch))))
    return frozenset(found)


async def approvals_of(session: AsyncSession, version_ids: Sequence[UUID]) -> dict[UUID, ItemApproval]:
    """Return the approvals of the given versions by version."""
    statement = select(ItemApproval).where(col(ItemApproval.item_version_id).in_(version_ids))
    return {approval.item_version_id: approval for approval in await session.exec(statement)}


async def stimulus_of(session: AsyncSession, version_id: UUID) -> tuple[Stimulus, StimulusVersion] | None:
    """Return a version of a stimulus with its identity."""
    statement = (
        select(Stimulus, StimulusVersion)
        .join(StimulusVersion, col(StimulusVersion.stimulus_id) == col(Stimulus.id))
        .where(StimulusVersion.id == version_id)
    )
    row = (await session.exec(statement)).first()
    return None if row is None else (row[0], row[1])


async def stimuli_by_code(session: AsyncSession, codes: Sequence[str]) -> dict[str, StimulusVersion]:
    """Return the current versions of stimuli by code."""
    found: dict[str, StimulusVersion] = {}
    for batch in batches(codes):
        statement = (
            select(Stimulus.code, StimulusVersion)
            .join(
                StimulusVersion,
                sa.and_(
                    col(StimulusVersion.stimulus_id) == col(Stimulus.id),
                    col(StimulusVersion.version_number) == col(Stimulus.version_number),
                ),
            )
            .where(col(Stimulus.code).in_(batch))
        )
        found.update((await session.exec(statement)).all())
    return found


async def code_of(session: AsyncSession, item_id: UUID) -> str | None:
    """Return the code of an item."""
    return (await session.exec(select(Item.code).where(Item.id == item_id))).first()


async def code_of_successor(session: AsyncSession, item_id: UUID) -> str | None:
    """Return the code of the item that supersedes another, if there is one."""
    statement = select(Item.code).where(Item.supersedes_id == item_id).order_by(col(Item.created_at).desc())
    return (await session.exec(statement)).first()
