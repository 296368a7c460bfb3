"""Reading items, and the parameters in force of those that are calibrated."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.items import queries
from item_bank.items.errors import ItemNotFoundError
from item_bank.items.keys.models import BankKey
from item_bank.items.keys.store import keys_of
from item_bank.items.models import ItemApproval, ItemParameters, ItemVersion, Stimulus, StimulusVersion
from item_bank.items.records import ItemRecord


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """An item with its history; ``key`` is filled for those who may read keys only."""

    record: ItemRecord
    versions: list[ItemVersion]
    approvals: dict[UUID, ItemApproval]
    stimulus: tuple[Stimulus, StimulusVersion] | None
    superseded_by: str | None
    supersedes: str | None
    key: BankKey | None


@dataclass(frozen=True, slots=True)
class NewParameters:
    """Estimates to put in force for the version they were estimated with."""

    item_id: UUID
    item_version_id: UUID
    a: float
    b: float
    se_a: float
    se_b: float
    c: float | None
    se_c: float | None
    model: str | None
    steps: list[float] | None
    se_steps: list[float | None] | None
    p: float
    item_rest: float | None
    n: int


async def find_item(session: AsyncSession, item_id: UUID, *, with_key: bool) -> ItemDetail:
    """Return one item.

    Raises
    ------
    ItemNotFoundError
    """
    record = await queries.find_record(session, item_id)
    if record is None:
        raise ItemNotFoundError
    key = (await keys_of(session, [record.version.id])).get(record.version.id) if with_key else None
    versions = await queries.versions_of(session, item_id)
    stimulus_version_id = record.version.stimulus_version_id
    old = record.item.supersedes_id
    return ItemDetail(
        record=record,
        versions=versions,
        approvals=await queries.approvals_of(session, [version.id for version in versions]),
        stimulus=None if stimulus_version_id is None else await queries.stimulus_of(session, stimulus_version_id),
        superseded_by=await queries.code_of_successor(session, item_id),
        supersedes=None if old is None else await queries.code_of(session, old),
        key=key,
    )


async def items_by_code(session: AsyncSession, codes: Sequence[str]) -> dict[str, ItemRecord]:
    """Return the items of the given codes."""
    return await queries.records_by_code(session, codes)


async def items_by_id(session: AsyncSession, item_ids: Sequence[UUID]) -> dict[UUID, ItemRecord]:
    """Return the items of the given ids."""
    return await queries.records_by_id(session, item_ids)


async def versions_by_id(session: AsyncSession, version_ids: Sequence[UUID]) -> dict[UUID, ItemVersion]:
    """Return the given versions."""
    return await queries.versions_by_id(session, version_ids)


async def count_in_force(session: AsyncSession, *, besides: Sequence[UUID]) -> int:
    """Return how many items in use have parameters in force, the named ones left aside."""
    return await queries.count_with_parameters(session, besides)


async def put_parameters_in_force(
    session: AsyncSession, *, calibration_id: UUID, parameters: Sequence[NewParameters], is_simulated: bool
) -> list[str]:
    """Make estimates the current ones; return the codes of items whose text or key changed since the calibration.

    Items that were approved or tried out become operational by it. The caller records the act: parameters come into
    force by the approval of a calibration.
    """
    records = await queries.records_by_id(session, [row.item_id for row in parameters])
    calibrated = {row.item_id: row.item_version_id for row in parameters}
    outdated = await _changed_since(session, records, calibrated)
    accepted = [row for row in parameters if row.item_id not in outdated]
    await queries.delete_parameters(session, [row.item_id for row in accepted])
    for row in accepted:
        item = records[row.item_id].item
        if item.status in {"approved", "pretest"}:
            item.status = "operational"
            session.add(item)
        session.add(
            ItemParameters(
                item_id=row.item_id,
                calibration_id=calibration_id,
                a=row.a,
                b=row.b,
                se_a=row.se_a,
                se_b=row.se_b,
                c=row.c,
                se_c=row.se_c,
                model=row.model,
                steps=row.steps,
                se_steps=row.se_steps,
                p=row.p,
                item_rest=row.item_rest,
                n=row.n,
                is_simulated=is_simulated,
            )
        )
    await session.flush()
    return sorted(records[item_id].item.code for item_id in outdated)


async def _changed_since(
    session: AsyncSession, records: dict[UUID, ItemRecord], calibrated: dict[UUID, UUID]
) -> set[UUID]:
    moved = {item_id for item_id, record in records.items() if record.version.id != calibrated[item_id]}
    changed: set[UUID] = set()
    for item_id in moved:
        current = records[item_id].version
        before = next(v for v in await queries.versions_of(session, item_id) if v.id == calibrated[item_id])
        keys = await keys_of(session, [current.id, before.id])
        if before.content_hash != current.content_hash or keys[current.id].key != keys[before.id].key:
            changed.add(item_id)
    return changed
