"""Routes of stimuli."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.pagination import PageDep
from exam_engine.core.time import utc_now
from exam_engine.interactions.rich_text import editable
from item_bank.authoring import stimuli
from item_bank.authoring.schemas import (
    ChangedStimulus,
    NewStimulus,
    RemovedFormatting,
    SavedStimulus,
    StimulusDetail,
    StimulusItem,
    StimulusList,
    StimulusRow,
)
from item_bank.items.schemas import SearchText

router = APIRouter(prefix="/api/stimuli", tags=["stimuli"])


@router.get("", dependencies=[requires(Permission.ITEM_READ)])
async def list_stimuli(
    session: ReadSessionDep, page: PageDep, q: Annotated[SearchText | None, Query()] = None
) -> StimulusList:
    """A page of stimuli by code; `q` searches code, title and text without regard to case and marks."""
    found, total = await stimuli.find_stimuli(session, q=q, offset=page.offset, limit=page.limit)
    return StimulusList(
        items=[
            StimulusRow(
                id=stimulus.id,
                code=stimulus.code,
                title=stimulus.title,
                version_number=stimulus.version_number,
                item_count=count,
                updated_at=stimulus.updated_at,
            )
            for stimulus, count in found
        ],
        total=total,
    )


@router.get("/{stimulus_id}", dependencies=[requires(Permission.ITEM_READ)])
async def read_stimulus(stimulus_id: UUID, session: ReadSessionDep) -> StimulusDetail:
    """One stimulus with its items."""
    detail = await stimuli.find_stimulus(session, stimulus_id)
    stimulus, version = detail.stimulus, detail.version
    return StimulusDetail(
        id=stimulus.id,
        code=stimulus.code,
        title=version.title,
        version_number=stimulus.version_number,
        item_count=len(detail.items),
        updated_at=stimulus.updated_at,
        language=version.language,
        content=version.content,
        editable_content=editable(version.content),
        is_published=any(item.first_published_at is not None for item in detail.items),
        about=[
            StimulusItem(id=item.id, code=item.code, status=item.status, stem_text=item.stem_text)
            for item in detail.items
        ],
    )


@router.post("", status_code=201, dependencies=[requires(Permission.ITEM_WRITE)])
async def create_stimulus(body: NewStimulus, actor: ActorDep, session: SessionDep) -> SavedStimulus:
    """Create a stimulus."""
    return _saved(await stimuli.create_stimulus(session, body=body, actor=actor, now=utc_now()))


@router.put("/{stimulus_id}", dependencies=[requires(Permission.ITEM_WRITE)])
async def save_stimulus(
    stimulus_id: UUID, body: ChangedStimulus, actor: ActorDep, session: SessionDep
) -> SavedStimulus:
    """Save a new version of a stimulus none of whose items is published; its items go through review again."""
    saved = await stimuli.save_stimulus(session, stimulus_id=stimulus_id, body=body, actor=actor, now=utc_now())
    return _saved(saved)


def _saved(saved: stimuli.SavedStimulus) -> SavedStimulus:
    removed = [RemovedFormatting(place="content", removed=list(saved.removed))] if saved.removed else []
    return SavedStimulus(
        id=saved.stimulus.id,
        code=saved.stimulus.code,
        version_number=saved.stimulus.version_number,
        new_item_versions=saved.new_item_versions,
        removed=removed,
    )
