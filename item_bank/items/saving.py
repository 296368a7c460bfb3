"""Saving items: what a draft would do to the bank, new items, new versions of those that changed."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.db import new_id, table_of
from exam_engine.core.errors import Fault
from exam_engine.interactions.content import CONTENT
from item_bank.items import queries
from item_bank.items.content import ItemDraft, StoredForm, stored_form
from item_bank.items.errors import ItemPublishedError, ItemsInUseError, UnknownStimulusError
from item_bank.items.keys.models import BankKey
from item_bank.items.keys.store import keys_of, store_keys
from item_bank.items.models import Item, ItemVersion, StimulusVersion
from item_bank.items.records import ItemRecord
from item_bank.items.workflow import status_after_edit
from item_bank.syllabus import service as syllabus_service
from item_bank.syllabus.service import Syllabus

Comparison = Literal["new", "changed", "unchanged", "retired", "published"]
CODES_IN_AUDIT = 100
_ITEMS = table_of(Item)
_VERSIONS = table_of(ItemVersion)


@dataclass(frozen=True, slots=True)
class SavedDrafts:
    """What saving drafts did; ``item_ids`` are those of items that are new or have a new version."""

    created: int
    new_versions: int
    unchanged: int
    item_ids: tuple[UUID, ...] = ()


async def compare(session: AsyncSession, drafts: Sequence[ItemDraft]) -> dict[str, Comparison]:
    """Return for each draft's code what saving it would do.

    A retired item takes no new version, and neither does one that stands in a published form.
    """
    records = await queries.records_by_code(session, [draft.code for draft in drafts])
    if not records:
        return dict.fromkeys((draft.code for draft in drafts), "new")
    keys = await keys_of(session, [record.version.id for record in records.values()])
    stimuli = await _stimuli(session, drafts)
    compared: dict[str, Comparison] = {}
    for draft in drafts:
        record = records.get(draft.code)
        compared[draft.code] = (
            "new"
            if record is None
            else _comparison(draft, stored_form(draft), record, keys[record.version.id], stimuli)
        )
    return compared


def _comparison(
    draft: ItemDraft,
    form: StoredForm,
    record: ItemRecord,
    key: BankKey,
    stimuli: Mapping[str, StimulusVersion],
) -> Comparison:
    if record.item.status == "retired":
        return "retired"
    version, metadata = record.version, draft.metadata
    is_same = (
        _asks_the_same(draft, form, version, key, stimuli)
        and (version.module_code, version.reference_code) == (metadata.module_code, metadata.reference_code)
        and (version.cognitive_level, version.points) == (metadata.cognitive_level, str(metadata.points))
        and (version.expected_seconds, version.source) == (metadata.expected_seconds, metadata.source)
        and tuple(version.tags) == metadata.tags
        and key.explanation == draft.explanation
    )
    if is_same:
        return "unchanged"
    return "published" if record.item.first_published_at is not None else "changed"


def _asks_the_same(
    draft: ItemDraft, form: StoredForm, version: ItemVersion, key: BankKey, stimuli: Mapping[str, StimulusVersion]
) -> bool:
    return (
        form.content_hash == version.content_hash
        and key.key == draft.stored_key
        and version.stimulus_version_id == _stimulus_id(draft, stimuli)
    )


def _stimulus_id(draft: ItemDraft, stimuli: Mapping[str, StimulusVersion]) -> UUID | None:
    code = draft.metadata.stimulus_code
    return stimuli[code].id if code is not None else None


async def _stimuli(session: AsyncSession, drafts: Iterable[ItemDraft]) -> dict[str, StimulusVersion]:
    codes = sorted({draft.metadata.stimulus_code for draft in drafts} - {None}, key=str)
    if not codes:
        return {}
    found = await queries.stimuli_by_code(session, [code for code in codes if code is not None])
    missing = [code for code in codes if code not in found]
    if missing:
        raise UnknownStimulusError(
            faults=[Fault("unknown_stimulus", str(code), {"stimulus": code}) for code in missing]
        )
    return found


async def same_items(session: AsyncSession, drafts: Sequence[ItemDraft]) -> dict[str, str]:
    """Return for each draft's code the code of another item in the bank that asks the same, if there is one."""
    digests = {draft.code: draft.stem_digest for draft in drafts}
    stems = await queries.same_stems(session, sorted(set(digests.values())))
    twins: dict[str, str] = {}
    for draft in drafts:
        for code, content in stems.get(digests[draft.code], ()):
            if code != draft.code and draft.resembles(CONTENT.validate_python(content)):
                twins.setdefault(draft.code, code)
    return twins


async def save_drafts(
    session: AsyncSession,
    *,
    drafts: Sequence[ItemDraft],
    actor: Actor,
    now: datetime,
    note: str = "",
    supersedes: Mapping[str, UUID] | None = None,
) -> SavedDrafts:
    """Create items, and new versions of those that changed; both wait for review. Retired codes are left alone.

    Parameters in force stay when only classification or explanation changed, because candidates answered the same.

    Parameters
    ----------
    note : what the author says about the change.
    supersedes : by code of a new item, the id of the item in whose place it is to come.

    Raises
    ------
    ItemsInUseError
        Somebody else created one of the codes at the same moment.
    ItemPublishedError
        An item to change stands in a published form.
    UnknownStimulusError
    """
    return await save_batches(
        session, batches=_at_once(drafts), actor=actor, now=now, note=note, supersedes=supersedes or {}
    )


async def _at_once(drafts: Sequence[ItemDraft]) -> AsyncIterator[Sequence[ItemDraft]]:
    yield drafts


async def save_batches(
    session: AsyncSession,
    *,
    batches: AsyncIterable[Sequence[ItemDraft]],
    actor: Actor,
    now: datetime,
    note: str = "",
    supersedes: Mapping[str, UUID] | None = None,
) -> SavedDrafts:
    """Save drafts as :func:`save_drafts`, as one act, without holding all of them; no code may come twice."""
    syllabus = await syllabus_service.find_syllabus(session)
    saved: list[_Saved] = []
    count = 0
    async for drafts in batches:
        count += len(drafts)
        saved += await _save(session, drafts, syllabus, actor=actor, now=now, note=note, supersedes=supersedes or {})
    created = sum(one.is_new for one in saved)
    done = SavedDrafts(
        created=created,
        new_versions=len(saved) - created,
        unchanged=count - len(saved),
        item_ids=tuple(one.item_id for one in saved),
    )
    await audit.record(
        session,
        actor=actor,
        action="item.saved",
        object_type="item",
        object_id=str(done.item_ids[0]) if len(done.item_ids) == 1 else "",
        after={"versions": [[one.code, one.content_hash] for one in saved]},
        details={
            "created": done.created,
            "new_versions": done.new_versions,
            "items": sorted(one.code for one in saved)[:CODES_IN_AUDIT],
        },
        now=now,
    )
    return done


class _Saved(NamedTuple):
    """What is told of a new version that was stored."""

    item_id: UUID
    code: str
    content_hash: str
    is_new: bool


async def _save(
    session: AsyncSession,
    drafts: Sequence[ItemDraft],
    syllabus: Syllabus,
    *,
    actor: Actor,
    now: datetime,
    note: str,
    supersedes: Mapping[str, UUID],
) -> list[_Saved]:
    """Store new items and versions of some drafts."""
    records = await queries.records_by_code(session, [draft.code for draft in drafts])
    keys = await keys_of(session, [record.version.id for record in records.values()])
    stimuli = await _stimuli(session, drafts)
    saved: list[_Saved] = []
    new_items: list[dict[str, Any]] = []
    versions: list[dict[str, Any]] = []
    new_keys: list[tuple[UUID, dict[str, Any] | None, str]] = []
    without_parameters: list[UUID] = []
    for draft in drafts:
        form, record = stored_form(draft), records.get(draft.code)
        facts = _item_facts(draft, form, stimuli, syllabus, actor, now)
        key_author_id = actor.id
        if record is None:
            item_id, number = new_id(), 1
            old = supersedes.get(draft.code)
            new_items.append(facts | {"id": item_id, "status": "draft", "supersedes_id": old, "created_at": now})
        else:
            key = keys[record.version.id]
            compared = _comparison(draft, form, record, key, stimuli)
            if compared == "published":
                raise ItemPublishedError(item=draft.code)
            if compared != "changed":
                continue
            item_id, number = record.item.id, record.item.version_number + 1
            record.item.sqlmodel_update(facts | {"version_number": number})
            record.item.status = status_after_edit(record.item.status)  # type: ignore[arg-type]  # held as text
            session.add(record.item)
            if key.key == draft.stored_key:
                key_author_id = record.version.key_author_id
            if not _asks_the_same(draft, form, record.version, key, stimuli):
                without_parameters.append(item_id)
        version = _version_facts(draft, form, stimuli, actor, now)
        version |= {"item_id": item_id, "version_number": number, "key_author_id": key_author_id, "note": note}
        versions.append(version)
        new_keys.append((version["id"], draft.stored_key, draft.explanation))
        saved.append(_Saved(item_id, draft.code, form.content_hash, is_new=record is None))
    await queries.delete_parameters(session, without_parameters)
    await _store(session, new_items, versions, new_keys)
    return saved


def _item_facts(
    draft: ItemDraft,
    form: StoredForm,
    stimuli: Mapping[str, StimulusVersion],
    syllabus: Syllabus,
    actor: Actor,
    now: datetime,
) -> dict[str, Any]:
    metadata = draft.metadata
    code = metadata.stimulus_code
    return {
        "code": draft.code,
        "interaction": draft.content.interaction,
        "module_code": metadata.module_code,
        "section_code": syllabus.section_of(metadata.reference_code),
        "reference_code": metadata.reference_code,
        "cognitive_level": metadata.cognitive_level,
        "language": draft.content.language,
        "expected_seconds": metadata.expected_seconds,
        "tags": list(metadata.tags),
        "stimulus_id": stimuli[code].stimulus_id if code is not None else None,
        "version_number": 1,
        "has_key": draft.key is not None,
        "stem_text": form.stem_text,
        "search_text": form.search_text,
        "tag_keys": form.tag_keys,
        "stem_digest": form.stem_digest,
        "word_count": form.word_count,
        "author_id": actor.id,
        "author_name": actor.display_name,
        "updated_at": now,
    }


def _version_facts(
    draft: ItemDraft, form: StoredForm, stimuli: Mapping[str, StimulusVersion], actor: Actor, now: datetime
) -> dict[str, Any]:
    metadata = draft.metadata
    return {
        "id": new_id(),
        "module_code": metadata.module_code,
        "reference_code": metadata.reference_code,
        "cognitive_level": metadata.cognitive_level,
        "points": str(metadata.points),
        "expected_seconds": metadata.expected_seconds,
        "source": metadata.source,
        "tags": list(metadata.tags),
        "stimulus_version_id": _stimulus_id(draft, stimuli),
        "content": form.content,
        "content_hash": form.content_hash,
        "author_id": actor.id,
        "author_name": actor.display_name,
        "created_at": now,
    }


async def _store(
    session: AsyncSession,
    new_items: list[dict[str, Any]],
    versions: list[dict[str, Any]],
    keys: list[tuple[UUID, dict[str, Any] | None, str]],
) -> None:
    # Plain rows: a file holds tens of thousands of items.
    empty = {"assignee_id": None, "assignee_name": "", "first_published_at": None}
    try:
        await session.flush()
        connection = await session.connection()
        if new_items:
            await connection.execute(sa.insert(_ITEMS), [item | empty for item in new_items])
        if versions:
            await connection.execute(sa.insert(_VERSIONS), versions)
    except sa.exc.IntegrityError as error:
        raise ItemsInUseError from error
    await store_keys(session, keys)


async def mark_published(session: AsyncSession, version_ids: Iterable[UUID], now: datetime) -> None:
    """Note that versions now stand in published forms: from then on their items are superseded, not edited."""
    for batch in queries.batches(sorted(set(version_ids))):
        items = sa.select(col(ItemVersion.item_id)).where(col(ItemVersion.id).in_(batch))
        first = col(Item.first_published_at).is_(None)
        await session.exec(sa.update(Item).where(col(Item.id).in_(items), first).values(first_published_at=now))
