"""Routes of writing items and stimuli."""

from uuid import UUID

from fastapi import APIRouter

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.i18n import CatalogueDep, LanguageDep
from exam_engine.core.problems import fault_view
from exam_engine.core.time import utc_now
from exam_engine.interactions.checking import check_item
from exam_engine.interactions.cleaning import cleaned_content, cleaned_text, editable_content
from exam_engine.interactions.rich_text import editable
from exam_engine.interactions.scoring import points_of, score
from exam_engine.interactions.texts import texts
from item_bank.authoring import service
from item_bank.authoring.schemas import (
    ChangedItem,
    CheckReport,
    DraftToCheck,
    EditableItem,
    NewItem,
    RemovedFormatting,
    ResponseToTry,
    SavedItem,
    TriedPart,
    TriedResponse,
)
from item_bank.items.errors import InvalidItemError
from item_bank.quality.reading import ReadableItem, findings_of
from item_bank.quality.viewing import finding_view

router = APIRouter(prefix="/api/items", tags=["items"])


@router.post("", status_code=201, dependencies=[requires(Permission.ITEM_WRITE)])
async def create_item(body: NewItem, actor: ActorDep, session: SessionDep) -> SavedItem:
    """Create an item as a draft, complete or not."""
    return _saved(await service.create_item(session, body=body, actor=actor, now=utc_now()))


@router.put("/{item_id}", dependencies=[requires(Permission.ITEM_WRITE)])
async def save_item(item_id: UUID, body: ChangedItem, actor: ActorDep, session: SessionDep) -> SavedItem:
    """Save a new version of an item that stands in no published form; saving what is there already changes nothing."""
    return _saved(await service.save_item(session, item_id=item_id, body=body, actor=actor, now=utc_now()))


@router.get("/{item_id}/draft", dependencies=[requires(Permission.ITEM_WRITE)])
async def read_draft(item_id: UUID, session: ReadSessionDep) -> EditableItem:
    """One item as the authoring page opens it, with its key."""
    record, draft = await service.find_draft(session, item_id)
    item, metadata = record.item, draft.metadata
    return EditableItem(
        id=item.id,
        code=item.code,
        status=item.status,
        version_number=item.version_number,
        is_published=item.first_published_at is not None,
        author_name=item.author_name,
        updated_at=item.updated_at,
        content=editable_content(draft.content),
        key=draft.key,
        explanation=editable(draft.explanation),
        reference_code=metadata.reference_code,
        cognitive_level=metadata.cognitive_level,
        points=metadata.points,
        expected_seconds=metadata.expected_seconds,
        source=metadata.source,
        tags=list(metadata.tags),
        stimulus_code=metadata.stimulus_code,
    )


@router.post("/check", dependencies=[requires(Permission.ITEM_WRITE)])
async def check_draft(
    body: DraftToCheck, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> CheckReport:
    """Tell what a draft will look like and what stands in the way of handing it in; nothing is stored."""
    cleaned = cleaned_content(body.content)
    readable = ReadableItem(
        content=cleaned.content,
        cognitive_level=body.cognitive_level or "",
        key=body.key,
        explanation=cleaned_text(body.explanation, "explanation").html,
        has_stimulus=body.has_stimulus,
    )
    faults = [
        *check_item(cleaned.content, body.key),
        *await service.unknown_media(session, texts(cleaned.content), cleaned.content),
    ]
    return CheckReport(
        content=cleaned.content,
        faults=[fault_view(fault, catalogue, language) for fault in faults],
        findings=[finding_view(finding, catalogue, language) for finding in findings_of(readable)],
        removed=_removed(cleaned.removed),
    )


@router.post("/score", dependencies=[requires(Permission.ITEM_WRITE)])
async def try_response(body: ResponseToTry) -> TriedResponse:
    """Tell what a response to a draft would earn; nothing is stored.

    Of a key with gaps nobody is told a score; whether the rule of points is a good one is what trying shows.
    """
    faults = [fault for fault in check_item(body.content, body.key) if _is_of_key(fault.place)]
    if faults:
        raise InvalidItemError(faults=faults)
    scored = score(body.content, body.key, body.response)
    return TriedResponse(
        points=format(points_of(scored.share, body.points).normalize(), "f"),
        max_points=format(body.points.normalize(), "f"),
        is_correct=scored.is_correct,
        flag=scored.flag,
        parts=[TriedPart(id=part.id, share=float(part.share)) for part in scored.parts],
    )


def _is_of_key(place: str) -> bool:
    return place.startswith("key") and not place.startswith("key/scoring")


def _saved(saved: service.Saved) -> SavedItem:
    item = saved.item
    return SavedItem(
        id=item.id,
        code=item.code,
        version_number=item.version_number,
        status=item.status,
        is_changed=saved.is_changed,
        removed=_removed(saved.removed),
    )


def _removed(removed: service.Removed) -> list[RemovedFormatting]:
    return [RemovedFormatting(place=place, removed=list(names)) for place, names in removed.items()]
