"""Stimuli: passages, pictures and tables that several items share, each with its versions."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.text import clean_line, search_key
from exam_engine.interactions.cleaning import CleanedText, cleaned_text
from exam_engine.interactions.rich_text import plain_text
from item_bank.authoring.errors import (
    CodeTakenError,
    StimulusNotFoundError,
    StimulusPublishedError,
    StimulusVersionConflictError,
)
from item_bank.authoring.schemas import ChangedStimulus, NewStimulus, StimulusBody
from item_bank.authoring.service import highest_number, unknown_media
from item_bank.items import queries
from item_bank.items.drafts import stored_drafts
from item_bank.items.errors import InvalidItemError
from item_bank.items.models import Item, Stimulus, StimulusVersion
from item_bank.items.saving import save_drafts


@dataclass(frozen=True, slots=True)
class SavedStimulus:
    """A stimulus after saving; ``new_item_versions`` counts the items that got a version with it."""

    stimulus: Stimulus
    new_item_versions: int
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StimulusDetail:
    """A stimulus with its current version and the items about it, by code."""

    stimulus: Stimulus
    version: StimulusVersion
    items: Sequence[Item]


async def find_stimuli(
    session: AsyncSession, *, q: str | None, offset: int, limit: int
) -> tuple[list[tuple[Stimulus, int]], int]:
    """Return a page of stimuli by code, each with the number of its items, and how many match."""
    conditions = []
    if q and (folded := search_key(q)):
        conditions.append(col(Stimulus.search_text).contains(folded, autoescape=True))
    counts = select(Item.stimulus_id, sa.func.count().label("n")).group_by(col(Item.stimulus_id)).subquery()
    statement = (
        select(Stimulus, sa.func.coalesce(counts.c.n, 0))
        .outerjoin(counts, counts.c.stimulus_id == col(Stimulus.id))
        .where(*conditions)
        .order_by(col(Stimulus.code))
        .offset(offset)
        .limit(limit)
    )
    total = (await session.exec(select(sa.func.count()).select_from(Stimulus).where(*conditions))).one()
    return [(stimulus, count) for stimulus, count in (await session.exec(statement)).all()], total


async def find_stimulus(session: AsyncSession, stimulus_id: UUID) -> StimulusDetail:
    """Return one stimulus.

    Raises
    ------
    StimulusNotFoundError
    """
    stimulus = await session.get(Stimulus, stimulus_id)
    if stimulus is None:
        raise StimulusNotFoundError
    version = (await queries.stimuli_by_code(session, [stimulus.code]))[stimulus.code]
    items = await session.exec(select(Item).where(Item.stimulus_id == stimulus_id).order_by(col(Item.code)))
    return StimulusDetail(stimulus, version, items.all())


async def create_stimulus(session: AsyncSession, *, body: NewStimulus, actor: Actor, now: datetime) -> SavedStimulus:
    """Store a new stimulus.

    Raises
    ------
    CodeTakenError, InvalidItemError, UnreadableTextError
    """
    code = body.code or await _next_code(session, body.prefix)
    if (await session.exec(select(Stimulus.id).where(Stimulus.code == code))).first() is not None:
        raise CodeTakenError(value=code)
    text = await _text(session, body)
    stimulus = Stimulus(
        code=code,
        title=clean_line(body.title),
        version_number=1,
        search_text=_search_text(code, body.title, text.html),
        created_at=now,
        updated_at=now,
    )
    session.add(stimulus)
    await session.flush()
    await _add_version(session, stimulus, body, text, actor, now)
    return SavedStimulus(stimulus, 0, text.removed)


async def save_stimulus(
    session: AsyncSession, *, stimulus_id: UUID, body: ChangedStimulus, actor: Actor, now: datetime
) -> SavedStimulus:
    """Store a new version of a stimulus; each of its items gets a version with it and goes through review again.

    Raises
    ------
    StimulusNotFoundError, InvalidItemError, UnreadableTextError
    StimulusPublishedError
        Items about it stand in published forms.
    StimulusVersionConflictError
        Somebody else saved a version since the author opened it.
    """
    locked = select(Stimulus).where(Stimulus.id == stimulus_id).with_for_update()
    stimulus = (await session.exec(locked)).first()
    if stimulus is None:
        raise StimulusNotFoundError
    if stimulus.version_number != body.version_number:
        raise StimulusVersionConflictError(stimulus=stimulus.code)
    items = (await session.exec(select(Item).where(Item.stimulus_id == stimulus_id))).all()
    published = sorted(item.code for item in items if item.first_published_at is not None)
    if published:
        raise StimulusPublishedError(stimulus=stimulus.code, items=", ".join(published))
    text = await _text(session, body)
    current = (await queries.stimuli_by_code(session, [stimulus.code]))[stimulus.code]
    said = (current.title, current.language, current.content)
    if said == (clean_line(body.title), body.language, text.html):
        return SavedStimulus(stimulus, 0, text.removed)
    # A retired item keeps the version that it had.
    living = [item.id for item in items if item.status != "retired"]
    records = await queries.lock_records(session, item_ids=living) if living else []
    drafts = await stored_drafts(session, records)
    stimulus.title, stimulus.updated_at = clean_line(body.title), now
    stimulus.version_number += 1
    stimulus.search_text = _search_text(stimulus.code, body.title, text.html)
    session.add(stimulus)
    await session.flush()
    await _add_version(session, stimulus, body, text, actor, now)
    saved = await save_drafts(session, drafts=list(drafts.values()), actor=actor, now=now) if drafts else None
    return SavedStimulus(stimulus, saved.new_versions if saved is not None else 0, text.removed)


async def _text(session: AsyncSession, body: StimulusBody) -> CleanedText:
    text = cleaned_text(body.content, "content")
    if faults := await unknown_media(session, [("content", text.html)]):
        raise InvalidItemError(faults=faults)
    return text


async def _add_version(
    session: AsyncSession, stimulus: Stimulus, body: StimulusBody, text: CleanedText, actor: Actor, now: datetime
) -> None:
    digest = hashlib.sha256("\n".join((stimulus.title, body.language, text.html)).encode()).hexdigest()
    session.add(
        StimulusVersion(
            stimulus_id=stimulus.id,
            version_number=stimulus.version_number,
            title=stimulus.title,
            language=body.language,
            content=text.html,
            content_hash=digest,
            author_id=actor.id,
            author_name=actor.display_name,
            created_at=now,
        )
    )
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="stimulus.saved",
        object_type="stimulus",
        object_id=str(stimulus.id),
        after={"version": stimulus.version_number, "content_hash": digest},
        details={"stimulus": stimulus.code, "title": stimulus.title},
        now=now,
    )


async def _next_code(session: AsyncSession, prefix: str) -> str:
    statement = select(Stimulus.code).where(col(Stimulus.code).startswith(prefix, autoescape=True))
    return f"{prefix}{highest_number(prefix, (await session.exec(statement)).all()) + 1:03d}"


def _search_text(code: str, title: str, html: str) -> str:
    return "\n".join(search_key(text) for text in (code, title, plain_text(html)))
