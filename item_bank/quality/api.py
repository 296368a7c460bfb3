"""Routes of item quality."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from item_bank.quality import service
from item_bank.quality.bank_index import BankIndex, bank_index_of
from item_bank.quality.duplicates import DEFAULT_MINIMUM, ItemText
from item_bank.quality.schemas import (
    FindingList,
    LeakList,
    LeakQuery,
    LeakView,
    Limit,
    Minimum,
    SimilarList,
    SimilarQuery,
    SimilarView,
)
from item_bank.quality.service import SimilarItem
from item_bank.quality.viewing import finding_view

router = APIRouter(prefix="/api/items", tags=["item quality"])

BankIndexDep = Annotated[BankIndex, Depends(bank_index_of)]


@router.get("/{item_id}/findings", dependencies=[requires(Permission.ITEM_READ)])
async def list_findings(
    item_id: UUID, actor: ActorDep, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> FindingList:
    """Flaws of the current version; what depends on the key only with the permission to read keys."""
    with_key = Permission.ITEM_KEY_READ.value in actor.permissions
    version_number, findings = await service.find_findings(session, item_id, with_key=with_key)
    return FindingList(
        version_number=version_number,
        is_key_read=with_key,
        items=[finding_view(finding, catalogue, language) for finding in findings],
        total=len(findings),
    )


@router.get("/{item_id}/similar", dependencies=[requires(Permission.ITEM_READ)])
async def list_similar(
    item_id: UUID,
    session: ReadSessionDep,
    index: BankIndexDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
    minimum: Annotated[Minimum, Query()] = DEFAULT_MINIMUM,
    limit: Annotated[Limit, Query()] = 10,
) -> SimilarList:
    """Items that resemble this one, retired ones too."""
    found = await service.find_similar_to_item(session, index, item_id, minimum=minimum, limit=limit)
    return _similar_list(found, catalogue, language)


@router.post("/similar", dependencies=[requires(Permission.ITEM_READ)])
async def find_similar(
    body: SimilarQuery, session: ReadSessionDep, index: BankIndexDep, catalogue: CatalogueDep, language: LanguageDep
) -> SimilarList:
    """Items that resemble a text being written."""
    found = await service.find_similar(
        session,
        index,
        ItemText(body.stem, tuple(body.options)),
        minimum=body.minimum,
        limit=body.limit,
        besides=body.besides,
    )
    return _similar_list(found, catalogue, language)


@router.post("/leaks", dependencies=[requires(Permission.ITEM_READ)])
async def find_leaks(body: LeakQuery, session: ReadSessionDep, index: BankIndexDep) -> LeakList:
    """Items of the bank that stand in a text copied from a page or a file."""
    found = await service.find_leaked(session, index, body.text)
    views = [
        LeakView(
            id=one.item.item_id,
            code=one.item.code,
            status=one.item.status,
            module_code=one.item.module_code,
            stem_text=one.item.stem_text,
            coverage=one.leak.coverage,
            line=one.leak.line,
            start=one.leak.start,
            end=one.leak.end,
            passage=one.leak.passage,
            with_options=one.leak.with_options,
        )
        for one in found
    ]
    return LeakList(items=views, total=len(views))


def _similar_list(found: list[SimilarItem], catalogue: Catalogue, language: Language) -> SimilarList:
    views = [
        SimilarView(
            id=one.item.item_id,
            code=one.item.code,
            status=one.item.status,
            module_code=one.item.module_code,
            stem_text=one.item.stem_text,
            similarity=one.match.similarity,
            reason=one.match.reason,
            reason_text=catalogue.text(f"duplicate_reason.{one.match.reason}", language),
        )
        for one in found
    ]
    return SimilarList(items=views, total=len(views))
