"""Rules of items: new versions, approval by a second person, retirement, parameters in force."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from item_bank.items import queries
from item_bank.items.content import ItemDraft, content_hash, option_texts
from item_bank.items.errors import ItemNotFoundError, ItemsInUseError
from item_bank.items.keys.models import BankKey
from item_bank.items.keys.store import keys_of, store_key
from item_bank.items.models import Item, ItemApproval, ItemParameters, ItemVersion
from item_bank.items.records import ItemFilter, ItemRecord, PoolRow
from item_bank.syllabus import service as syllabus_service

Comparison = Literal["new", "changed", "unchanged", "retired"]
RefusalReason = Literal["own_item", "item_not_draft", "item_already_retired", "item_not_found"]

SORT_FIELDS = queries.SORT_FIELDS
_CODES_IN_AUDIT = 100


@dataclass(frozen=True, slots=True)
class SavedDrafts:
    """What saving drafts did."""

    created: int
    new_versions: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item that an act left alone, and why."""

    code: str
    reason_code: RefusalReason


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """An item with its history; ``key`` is filled for those who may read keys only."""

    record: ItemRecord
    versions: list[ItemVersion]
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
    p: float
    item_rest: float | None
    n: int


async def find_items(
    session: AsyncSession, wanted: ItemFilter, *, sort: str, offset: int, limit: int
) -> tuple[list[ItemRecord], int]:
    """Return a page of items and how many match."""
    return await queries.find_page(session, wanted, sort=sort, offset=offset, limit=limit)


async def count_facets(session: AsyncSession, wanted: ItemFilter) -> dict[str, dict[str, int]]:
    """Return how many items each module, level and status has under the other restrictions."""
    return await queries.facets(session, wanted)


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
    return ItemDetail(record, await queries.versions_of(session, item_id), key)


async def compare(session: AsyncSession, drafts: Sequence[ItemDraft]) -> dict[str, Comparison]:
    """Return for each draft's code what saving it would do; a retired code takes no new version."""
    records = await queries.records_by_code(session, [draft.code for draft in drafts])
    keys = await keys_of(session, [record.version.id for record in records.values()])
    return {
        draft.code: _comparison(draft, record, keys[record.version.id])
        if (record := records.get(draft.code)) is not None
        else "new"
        for draft in drafts
    }


def _comparison(draft: ItemDraft, record: ItemRecord, key: BankKey) -> Comparison:
    if record.item.status == "retired":
        return "retired"
    version = record.version
    is_same = (
        _asks_the_same(draft, version, key)
        and (version.module_code, version.reference_code) == (draft.module_code, draft.reference_code)
        and (version.cognitive_level, version.points) == (draft.cognitive_level, str(draft.points))
        and key.explanation == draft.explanation
    )
    return "unchanged" if is_same else "changed"


def _asks_the_same(draft: ItemDraft, version: ItemVersion, key: BankKey) -> bool:
    return content_hash(draft.content) == version.content_hash and tuple(key.correct) == draft.key


async def same_items(session: AsyncSession, drafts: Sequence[ItemDraft]) -> dict[str, str]:
    """Return for each draft's code the code of another item in the bank that asks the same, if there is one."""
    stems = await queries.same_stems(session, sorted({draft.stem_digest for draft in drafts}))
    twins: dict[str, str] = {}
    for draft in drafts:
        for code, content in stems.get(draft.stem_digest, ()):
            if code != draft.code and draft.resembles(option_texts(content)):
                twins.setdefault(draft.code, code)
    return twins


async def save_drafts(
    session: AsyncSession, *, drafts: Sequence[ItemDraft], actor: Actor, now: datetime
) -> SavedDrafts:
    """Create items, and new versions of those that changed; both wait for approval. Retired codes are left alone.

    Parameters in force stay when only classification or explanation changed, because candidates answered the same.

    Raises
    ------
    ItemsInUseError
        Somebody else created one of the codes at the same moment.
    """
    records = await queries.records_by_code(session, [draft.code for draft in drafts])
    keys = await keys_of(session, [record.version.id for record in records.values()])
    syllabus = await syllabus_service.find_syllabus(session)
    created = 0
    pending: list[tuple[ItemVersion, ItemDraft]] = []
    without_parameters: list[UUID] = []
    for draft in drafts:
        section_code = syllabus.section_of(draft.reference_code)
        record = records.get(draft.code)
        if record is None:
            item = _new_item(draft, section_code, actor, now)
            created += 1
        elif _comparison(draft, record, keys[record.version.id]) == "changed":
            item = record.item
            _change_item(item, draft, section_code, actor, now)
            if not _asks_the_same(draft, record.version, keys[record.version.id]):
                without_parameters.append(item.id)
        else:
            continue
        session.add(item)
        pending.append((_new_version(item, draft, actor, now), draft))
    await queries.delete_parameters(session, without_parameters)
    await _store_versions(session, pending)
    saved = SavedDrafts(created, len(pending) - created, len(drafts) - len(pending))
    await audit.record(
        session,
        actor=actor,
        action="item.saved",
        object_type="item",
        object_id="",
        after={"versions": [[draft.code, version.content_hash] for version, draft in pending]},
        details={
            "created": saved.created,
            "new_versions": saved.new_versions,
            "items": _some_codes(draft.code for _, draft in pending),
        },
        now=now,
    )
    return saved


def _new_item(draft: ItemDraft, section_code: str | None, actor: Actor, now: datetime) -> Item:
    item = Item(
        code=draft.code,
        module_code=draft.module_code,
        reference_code=draft.reference_code,
        cognitive_level=draft.cognitive_level,
        version_number=0,
        stem_text="",
        search_text="",
        stem_digest="",
        author_id=actor.id,
        author_name=actor.display_name,
        created_at=now,
        updated_at=now,
    )
    _change_item(item, draft, section_code, actor, now)
    return item


def _change_item(item: Item, draft: ItemDraft, section_code: str | None, actor: Actor, now: datetime) -> None:
    item.module_code = draft.module_code
    item.section_code = section_code
    item.reference_code = draft.reference_code
    item.cognitive_level = draft.cognitive_level
    item.status = "draft"
    item.version_number += 1
    item.stem_text = draft.stem
    item.search_text = draft.search_text
    item.stem_digest = draft.stem_digest
    item.word_count = draft.word_count
    item.author_id = actor.id
    item.author_name = actor.display_name
    item.updated_at = now


def _new_version(item: Item, draft: ItemDraft, actor: Actor, now: datetime) -> ItemVersion:
    content = draft.content
    return ItemVersion(
        item_id=item.id,
        version_number=item.version_number,
        module_code=draft.module_code,
        reference_code=draft.reference_code,
        cognitive_level=draft.cognitive_level,
        points=str(draft.points),
        content=content,
        content_hash=content_hash(content),
        author_id=actor.id,
        author_name=actor.display_name,
        created_at=now,
    )


async def _store_versions(session: AsyncSession, pending: Sequence[tuple[ItemVersion, ItemDraft]]) -> None:
    try:
        # One flush per kind of row keeps the order that the foreign keys ask for.
        await session.flush()
        session.add_all([version for version, _ in pending])
        await session.flush()
    except sa.exc.IntegrityError as error:
        raise ItemsInUseError from error
    for version, draft in pending:
        store_key(session, item_version_id=version.id, correct=draft.key, explanation=draft.explanation)
    await session.flush()


async def approve(
    session: AsyncSession,
    *,
    item_ids: Sequence[UUID] | None,
    wanted: ItemFilter | None,
    actor: Actor,
    now: datetime,
) -> tuple[int, list[Refusal]]:
    """Approve the current versions of the named items, or of all drafts that match; return count and refusals.

    The author of a version never approves it.
    """
    records = await queries.lock_records(session, item_ids=item_ids, wanted=wanted)
    refusals = _unknown(item_ids, records)
    approved: list[ItemRecord] = []
    for record in records:
        if record.item.status != "draft":
            refusals.append(Refusal(record.item.code, "item_not_draft"))
        elif record.version.author_id == actor.id:
            refusals.append(Refusal(record.item.code, "own_item"))
        else:
            record.item.status = "approved"
            record.item.updated_at = now
            approved.append(record)
    session.add_all([record.item for record in approved])
    session.add_all(
        [
            ItemApproval(
                item_version_id=record.version.id,
                author_id=record.version.author_id,
                approved_by=actor.id,
                approved_by_name=actor.display_name,
                approved_at=now,
            )
            for record in approved
        ]
    )
    await session.flush()
    if approved:
        await _record_many(session, "item.approved", approved, actor, now)
    return len(approved), refusals


async def retire(
    session: AsyncSession, *, item_ids: Sequence[UUID], actor: Actor, now: datetime
) -> tuple[int, list[Refusal]]:
    """Take items out of use for good, for example because they became known; return count and refusals."""
    records = await queries.lock_records(session, item_ids=item_ids)
    refusals = _unknown(item_ids, records)
    retired: list[ItemRecord] = []
    for record in records:
        if record.item.status == "retired":
            refusals.append(Refusal(record.item.code, "item_already_retired"))
        else:
            record.item.status = "retired"
            record.item.updated_at = now
            retired.append(record)
    session.add_all([record.item for record in retired])
    await session.flush()
    if retired:
        await _record_many(session, "item.retired", retired, actor, now)
    return len(retired), refusals


def _unknown(item_ids: Sequence[UUID] | None, records: Sequence[ItemRecord]) -> list[Refusal]:
    found = {record.item.id for record in records}
    return [Refusal(str(item_id), "item_not_found") for item_id in item_ids or () if item_id not in found]


async def _record_many(
    session: AsyncSession, action: str, records: Sequence[ItemRecord], actor: Actor, now: datetime
) -> None:
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="item",
        object_id=str(records[0].item.id) if len(records) == 1 else "",
        after={"versions": [[record.item.code, record.version.content_hash] for record in records]},
        details={"count": len(records), "items": _some_codes(record.item.code for record in records)},
        now=now,
    )


def _some_codes(codes: Iterable[str]) -> list[str]:
    return sorted(codes)[:_CODES_IN_AUDIT]


async def items_by_code(session: AsyncSession, codes: Sequence[str]) -> dict[str, ItemRecord]:
    """Return the items of the given codes."""
    return await queries.records_by_code(session, codes)


async def items_by_id(session: AsyncSession, item_ids: Sequence[UUID]) -> dict[UUID, ItemRecord]:
    """Return the items of the given ids."""
    return await queries.records_by_id(session, item_ids)


async def versions_by_id(session: AsyncSession, version_ids: Sequence[UUID]) -> dict[UUID, ItemVersion]:
    """Return the given versions."""
    return await queries.versions_by_id(session, version_ids)


async def assembly_pool(session: AsyncSession) -> list[PoolRow]:
    """Return the items that forms may be made of: approved, with parameters in force; by code."""
    return await queries.pool_rows(session)


async def supply(session: AsyncSession) -> dict[tuple[str, str], int]:
    """Return for each (module code, cognitive level) how many items forms may be made of."""
    return await queries.supply(session)


async def count_in_force(session: AsyncSession, *, besides: Sequence[UUID]) -> int:
    """Return how many items in use have parameters in force, the named ones left aside."""
    return await queries.count_with_parameters(session, besides)


async def put_parameters_in_force(
    session: AsyncSession, *, calibration_id: UUID, parameters: Sequence[NewParameters], is_simulated: bool
) -> list[str]:
    """Make estimates the current ones; return the codes of items whose text or key changed since the calibration.

    The caller records the act: parameters come into force by the approval of a calibration.
    """
    records = await queries.records_by_id(session, [row.item_id for row in parameters])
    calibrated = {row.item_id: row.item_version_id for row in parameters}
    outdated = await _changed_since(session, records, calibrated)
    accepted = [row for row in parameters if row.item_id not in outdated]
    await queries.delete_parameters(session, [row.item_id for row in accepted])
    for row in accepted:
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
        if before.content_hash != current.content_hash or keys[current.id].correct != keys[before.id].correct:
            changed.add(item_id)
    return changed
