"""Routes of items."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.pagination import PageDep
from exam_engine.core.time import utc_now
from item_bank.items import deciding, queries, service
from item_bank.items.deciding import Outcome
from item_bank.items.errors import ApprovalTargetError, UnknownSortError
from item_bank.items.models import ItemApproval, ItemVersion
from item_bank.items.records import ItemRecord, ListedItem
from item_bank.items.refusals import refusal_views
from item_bank.items.schemas import (
    ActOutcome,
    ActRequest,
    Facets,
    ItemDetailView,
    ItemList,
    ItemRow,
    ParametersView,
    PersonCount,
    SearchVocabulary,
    StatisticsView,
    StimulusBrief,
    SubmissionRequest,
    TagCount,
    UndoStepView,
    UseRequest,
    VersionView,
)
from item_bank.items.search.queries import SORT_FIELDS, search
from item_bank.items.search.vocabulary import vocabulary
from item_bank.items.selecting import WantedDep, selected
from item_bank.items.undoing import Moved, UndoStep, way_back
from item_bank.items.workflow import Act

router = APIRouter(prefix="/api/items", tags=["items"])


@router.get("", dependencies=[requires(Permission.ITEM_READ)])
async def list_items(
    session: ReadSessionDep,
    page: PageDep,
    wanted: WantedDep,
    sort: Annotated[str, Query(max_length=32)] = "code",
) -> ItemList:
    """A page of the bank with the counts of its facets.

    `q` searches code, stem, options and tags without regard to case and marks; it takes "phrases", -exclusions and
    filters such as `code:IU04-0`, `tag:excel`, `p:0.3..0.7`. `sort` is `fit` for the best matches first.
    """
    if sort not in SORT_FIELDS:
        raise UnknownSortError(sort=sort, fields=", ".join(sorted(SORT_FIELDS)))
    found = await search(session, wanted, sort=sort, offset=page.offset, limit=page.limit)
    return ItemList(
        items=[ItemRow.model_validate(_row(listed)) for listed in found.items],
        total=found.total,
        facets=Facets.model_validate(found.facets),
        unknown=list(found.unknown),
    )


@router.get("/vocabulary", dependencies=[requires(Permission.ITEM_READ)])
async def read_vocabulary(session: ReadSessionDep) -> SearchVocabulary:
    """Authors, assignees and tags that items have, for completion in searches."""
    known = await vocabulary(session)
    return SearchVocabulary(
        authors=[PersonCount.model_validate(person) for person in known.authors],
        assignees=[PersonCount.model_validate(person) for person in known.assignees],
        tags=[TagCount(tag=tag, items=count) for tag, count in known.tags.items()],
    )


@router.get("/{item_id}", dependencies=[requires(Permission.ITEM_READ)])
async def read_item(item_id: UUID, actor: ActorDep, session: ReadSessionDep) -> ItemDetailView:
    """One item with its versions; the key only with the permission to read keys."""
    with_key = Permission.ITEM_KEY_READ.value in actor.permissions
    detail = await service.find_item(session, item_id, with_key=with_key)
    record, key, stimulus = detail.record, detail.key, detail.stimulus
    return ItemDetailView.model_validate(
        {
            **_row(record),
            "reference_code": record.item.reference_code,
            "content": record.version.content,
            "key": key.key if key else None,
            "explanation": key.explanation if key else None,
            "source": record.version.source,
            "stimulus": None
            if stimulus is None
            else {"code": stimulus[0].code, **stimulus[1].model_dump(include={*StimulusBrief.model_fields})},
            "supersedes": detail.supersedes,
            "superseded_by": detail.superseded_by,
            "points": record.version.points,
            "versions": [_version(version, detail.approvals.get(version.id)) for version in detail.versions],
            "statistics": StatisticsView.model_validate(record.parameters) if record.parameters else None,
        }
    )


@router.post("/submissions", dependencies=[requires(Permission.ITEM_WRITE)])
async def submit_items(
    body: SubmissionRequest, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> ActOutcome:
    """Hand drafts in for review, or take them back."""
    outcome = await _act(session, body.act, body, actor)
    return _outcome(outcome, catalogue, language)


@router.post("/approvals", dependencies=[requires(Permission.ITEM_APPROVE)])
async def approve_items(
    body: ActRequest, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> ActOutcome:
    """Let reviewed items into use; whoever wrote an item or its key cannot approve it."""
    outcome = await _act(session, "approve", body, actor)
    return _outcome(outcome, catalogue, language)


@router.post("/returns", dependencies=[requires(Permission.ITEM_APPROVE)])
async def return_items(
    body: ActRequest, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> ActOutcome:
    """Send items back to their authors."""
    outcome = await _act(session, "return", body, actor)
    return _outcome(outcome, catalogue, language)


@router.post("/uses", dependencies=[requires(Permission.ITEM_RELEASE)])
async def use_items(
    body: UseRequest, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> ActOutcome:
    """Take approved items into pretest or operation, suspend them, or take suspended ones back."""
    outcome = await _act(session, body.act, body, actor)
    return _outcome(outcome, catalogue, language)


@router.post("/retirements", dependencies=[requires(Permission.ITEM_APPROVE)])
async def retire_items(
    body: ActRequest, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> ActOutcome:
    """Take items out of use for good; their codes are never used again."""
    outcome = await _act(session, "retire", body, actor)
    return _outcome(outcome, catalogue, language)


async def _act(session: AsyncSession, act: Act, body: ActRequest, actor: Actor) -> tuple[Outcome, Sequence[UndoStep]]:
    if (body.item_ids is None) == (body.all_matching is None):
        raise ApprovalTargetError
    wanted = None
    if body.all_matching is not None:
        wanted = selected(body.all_matching, actor)
    records = await queries.lock_records(session, item_ids=body.item_ids, wanted=wanted)
    before = {record.item.id: record.item.status for record in records}
    outcome = await deciding.act(
        session, act, item_ids=body.item_ids, wanted=wanted, actor=actor, now=utc_now(), note=body.note
    )
    moved = [Moved(r.item.id, before[r.item.id]) for r in records if r.item.status != before[r.item.id]]  # type: ignore[arg-type]  # held as text
    return outcome, way_back(act, moved)


def _outcome(done: tuple[Outcome, Sequence[UndoStep]], catalogue: Catalogue, language: Language) -> ActOutcome:
    outcome, undo = done
    return ActOutcome(
        done=outcome.done,
        refused=refusal_views(outcome.refusals, catalogue, language),
        undo=[UndoStepView(act=step.act, item_ids=list(step.item_ids)) for step in undo],
    )


def _version(version: ItemVersion, approval: ItemApproval | None) -> VersionView:
    return VersionView(
        version_number=version.version_number,
        created_at=version.created_at,
        author_name=version.author_name,
        content_hash=version.content_hash,
        note=version.note,
        approved_by_name=approval.approved_by_name if approval else None,
        approved_at=approval.approved_at if approval else None,
    )


def _row(record: ItemRecord | ListedItem) -> dict[str, Any]:
    item = record.item
    return {
        "id": item.id,
        "code": item.code,
        "interaction": item.interaction,
        "module_code": item.module_code,
        "section_code": item.section_code,
        "cognitive_level": item.cognitive_level,
        "status": item.status,
        "stem_text": item.stem_text,
        "language": item.language,
        "expected_seconds": item.expected_seconds,
        "tags": item.tags,
        "has_key": item.has_key,
        "version_number": item.version_number,
        "author_id": item.author_id,
        "author_name": item.author_name,
        "assignee_id": item.assignee_id,
        "assignee_name": item.assignee_name,
        "is_published": item.first_published_at is not None,
        "calibration": ParametersView.model_validate(record.parameters) if record.parameters else None,
        "updated_at": item.updated_at,
    }
