"""Routes of items."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.pagination import PageDep
from exam_engine.core.time import utc_now
from item_bank.items import service
from item_bank.items.errors import ApprovalTargetError, UnknownSortError
from item_bank.items.records import ItemFilter, ItemRecord
from item_bank.items.schemas import (
    ApprovalOutcome,
    ApprovalRequest,
    Facets,
    ItemDetailView,
    ItemList,
    ItemRow,
    ItemStatus,
    LevelCode,
    ModuleCode,
    ParametersView,
    RefusalView,
    RetirementOutcome,
    RetirementRequest,
    SearchText,
    StatisticsView,
    VersionView,
)

router = APIRouter(prefix="/api/items", tags=["items"])


@router.get("", dependencies=[requires(Permission.ITEM_READ)])
async def list_items(
    session: ReadSessionDep,
    page: PageDep,
    module: Annotated[ModuleCode | None, Query()] = None,
    level: Annotated[LevelCode | None, Query()] = None,
    status: Annotated[ItemStatus | None, Query()] = None,
    q: Annotated[SearchText | None, Query()] = None,
    sort: Annotated[str, Query(max_length=32)] = "code",
) -> ItemList:
    """A page of the bank; `q` searches code, stem and options without regard to case and marks."""
    if sort not in service.SORT_FIELDS:
        raise UnknownSortError(sort=sort, fields=", ".join(sorted(service.SORT_FIELDS)))
    wanted = ItemFilter(module=module, level=level, status=status, q=q)
    records, total = await service.find_items(session, wanted, sort=sort, offset=page.offset, limit=page.limit)
    facets = await service.count_facets(session, wanted)
    return ItemList(
        items=[ItemRow.model_validate(_row(record)) for record in records],
        total=total,
        facets=Facets.model_validate(facets),
    )


@router.get("/{item_id}", dependencies=[requires(Permission.ITEM_READ)])
async def read_item(item_id: UUID, actor: ActorDep, session: ReadSessionDep) -> ItemDetailView:
    """One item with its versions; the key only with the permission to read keys."""
    with_key = Permission.ITEM_KEY_READ.value in actor.permissions
    detail = await service.find_item(session, item_id, with_key=with_key)
    record, key = detail.record, detail.key
    content = record.version.content
    return ItemDetailView.model_validate(
        {
            **_row(record),
            "reference_code": record.item.reference_code,
            "stem_html": content["stem"],
            "options": content["options"],
            "key": key.correct if key else None,
            "explanation": key.explanation if key else None,
            "points": record.version.points,
            "versions": [VersionView.model_validate(version) for version in detail.versions],
            "statistics": StatisticsView.model_validate(record.parameters) if record.parameters else None,
        }
    )


@router.post("/approvals", dependencies=[requires(Permission.ITEM_APPROVE)])
async def approve_items(
    body: ApprovalRequest, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> ApprovalOutcome:
    """Let drafts into use; the author of a version cannot approve it."""
    if (body.item_ids is None) == (body.all_matching is None):
        raise ApprovalTargetError
    wanted = None
    if body.all_matching is not None:
        selection = body.all_matching
        wanted = ItemFilter(selection.module, selection.level, selection.status or "draft", selection.q)
    approved, refusals = await service.approve(
        session, item_ids=body.item_ids, wanted=wanted, actor=actor, now=utc_now()
    )
    return ApprovalOutcome(approved=approved, refused=_refusal_views(refusals, catalogue, language))


@router.post("/retirements", dependencies=[requires(Permission.ITEM_APPROVE)])
async def retire_items(
    body: RetirementRequest, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> RetirementOutcome:
    """Take items out of use for good; their codes are never used again."""
    retired, refusals = await service.retire(session, item_ids=body.item_ids, actor=actor, now=utc_now())
    return RetirementOutcome(retired=retired, refused=_refusal_views(refusals, catalogue, language))


def _row(record: ItemRecord) -> dict[str, Any]:
    item = record.item
    return {
        "id": item.id,
        "code": item.code,
        "module_code": item.module_code,
        "section_code": item.section_code,
        "cognitive_level": item.cognitive_level,
        "status": item.status,
        "stem_text": item.stem_text,
        "version_number": item.version_number,
        "author_name": item.author_name,
        "calibration": ParametersView.model_validate(record.parameters) if record.parameters else None,
        "updated_at": item.updated_at,
    }


def _refusal_views(refusals: list[service.Refusal], catalogue: Catalogue, language: Language) -> list[RefusalView]:
    return [
        RefusalView(
            code=refusal.code,
            reason_code=refusal.reason_code,
            reason=catalogue.text(refusal.reason_code, language, {"code": refusal.code}),
        )
        for refusal in refusals
    ]
