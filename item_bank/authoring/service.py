"""Rules of writing items: what is stored of them, under which code, on top of which version."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault
from exam_engine.core.text import clean_line
from exam_engine.interactions.cleaning import cleaned_content, cleaned_text
from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.rich_text import media_of
from exam_engine.interactions.texts import media_hashes, texts
from exam_engine.media import service as media
from item_bank.authoring.errors import CodeTakenError, ItemRetiredError, NotSupersedableError, UnknownReferenceError
from item_bank.authoring.schemas import ChangedItem, ItemBody, NewItem
from item_bank.items import queries
from item_bank.items.content import ItemDraft, ItemMetadata
from item_bank.items.drafts import stored_drafts
from item_bank.items.errors import (
    InvalidItemError,
    ItemNotFoundError,
    ItemPublishedError,
    ItemVersionConflictError,
)
from item_bank.items.models import Item
from item_bank.items.records import ItemRecord
from item_bank.items.saving import save_drafts
from item_bank.syllabus import service as syllabus_service

Removed = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Saved:
    """An item after saving; ``removed`` names by place what its texts could not keep."""

    item: Item
    is_changed: bool
    removed: Removed


async def create_item(session: AsyncSession, *, body: NewItem, actor: Actor, now: datetime) -> Saved:
    """Store a new item as a draft.

    Raises
    ------
    CodeTakenError, UnknownReferenceError, UnknownStimulusError, NotSupersedableError
    InvalidItemError
        It names media that are not stored.
    UnreadableTextError
    """
    module_code = await _module_of(session, body.reference_code)
    code = body.code or await next_code(session, f"{module_code}-")
    if body.code is not None and await queries.records_by_code(session, [code]):
        raise CodeTakenError(value=code)
    supersedes = {}
    if body.supersedes is not None:
        await _check_supersedable(session, body.supersedes)
        supersedes[code] = body.supersedes
    draft, removed = await _draft(session, code, body, module_code)
    await save_drafts(session, drafts=[draft], actor=actor, now=now, note=body.note, supersedes=supersedes)
    record = (await queries.records_by_code(session, [code]))[code]
    return Saved(record.item, is_changed=True, removed=removed)


async def save_item(session: AsyncSession, *, item_id: UUID, body: ChangedItem, actor: Actor, now: datetime) -> Saved:
    """Store a new version of an item, unless it says the same as the current one.

    Raises
    ------
    ItemNotFoundError, ItemRetiredError, UnknownReferenceError, UnknownStimulusError, InvalidItemError
    ItemPublishedError
        The item stands in a published form.
    ItemVersionConflictError
        Somebody else saved a version since the author opened the item.
    UnreadableTextError
    """
    records = await queries.lock_records(session, item_ids=[item_id], wanted=None)
    if not records:
        raise ItemNotFoundError
    item = records[0].item
    if item.status == "retired":
        raise ItemRetiredError(value=item.code)
    if item.first_published_at is not None:
        raise ItemPublishedError(item=item.code)
    if item.version_number != body.version_number:
        raise ItemVersionConflictError(item=item.code, author=item.author_name)
    draft, removed = await _draft(session, item.code, body, await _module_of(session, body.reference_code))
    saved = await save_drafts(session, drafts=[draft], actor=actor, now=now, note=body.note)
    await session.refresh(item)
    return Saved(item, is_changed=bool(saved.item_ids), removed=removed)


async def find_draft(session: AsyncSession, item_id: UUID) -> tuple[ItemRecord, ItemDraft]:
    """Return an item as it would be handed in today.

    Raises
    ------
    ItemNotFoundError
    """
    record = await queries.find_record(session, item_id)
    if record is None:
        raise ItemNotFoundError
    return record, (await stored_drafts(session, [record]))[item_id]


async def unknown_media(
    session: AsyncSession, html_texts: Iterable[tuple[str, str]], content: ItemContent | None = None
) -> list[Fault]:
    """Return a fault for each medium that texts, or what else an item shows, name and that is not stored."""
    named = [(place, sha256) for place, html in html_texts for sha256 in media_of(html)]
    if content is not None:
        place = "picture" if content.interaction in {"hotspot", "select_point"} else "starting_files"
        named += [(place, sha256) for sha256 in media_hashes(content)]
    known = await media.exist(session, {sha256 for _, sha256 in named})
    return [
        Fault("item_media_unknown", place, {"media": sha256[:12]}) for place, sha256 in named if sha256 not in known
    ]


async def next_code(session: AsyncSession, prefix: str) -> str:
    """Return the lowest code above all those that are a prefix and a number: ``IU04-026`` after ``IU04-025``."""
    statement = select(Item.code).where(col(Item.code).startswith(prefix, autoescape=True))
    number = highest_number(prefix, (await session.exec(statement)).all())
    return f"{prefix}{number + 1:03d}"


def highest_number(prefix: str, codes: Iterable[str]) -> int:
    """Return the highest number that follows a prefix in any of the codes, 0 when there is none."""
    numbered = re.compile(re.escape(prefix) + r"(\d{1,9})")
    return max((int(match[1]) for code in codes if (match := numbered.fullmatch(code))), default=0)


async def _draft(session: AsyncSession, code: str, body: ItemBody, module_code: str) -> tuple[ItemDraft, Removed]:
    cleaned = cleaned_content(body.content)
    explanation = cleaned_text(body.explanation, "explanation")
    shown = [*texts(cleaned.content), ("explanation", explanation.html)]
    if faults := await unknown_media(session, shown, cleaned.content):
        raise InvalidItemError(faults=faults)
    metadata = ItemMetadata(
        module_code=module_code,
        reference_code=body.reference_code,
        cognitive_level=body.cognitive_level,
        points=body.points.normalize() if body.points % 1 else body.points.quantize(1),
        expected_seconds=body.expected_seconds,
        source=clean_line(body.source),
        tags=tuple(sorted({clean_line(tag) for tag in body.tags} - {""})),
        stimulus_code=body.stimulus_code,
    )
    removed = dict(cleaned.removed)
    if explanation.removed:
        removed["explanation"] = explanation.removed
    return ItemDraft(code, cleaned.content, body.key, metadata, explanation.html), removed


async def _module_of(session: AsyncSession, reference_code: str) -> str:
    syllabus = await syllabus_service.find_syllabus(session)
    node = syllabus.node(reference_code)
    if node is None:
        raise UnknownReferenceError(value=reference_code)
    return getattr(node, "module_code", node.code)


async def _check_supersedable(session: AsyncSession, item_id: UUID) -> None:
    record = await queries.find_record(session, item_id)
    if record is None:
        raise ItemNotFoundError
    item = record.item
    successor = await queries.code_of_successor(session, item_id)
    if item.first_published_at is None or item.status == "retired" or successor is not None:
        raise NotSupersedableError(item=item.code, successor=successor or "")
