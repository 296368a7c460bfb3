"""Routes of tailored papers."""

import random
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.jobs_api import JobView, job_view
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.pagination import PageDep
from exam_engine.core.time import utc_now
from item_bank.assembly.wording import Wording
from item_bank.tailored import publication, service
from item_bank.tailored.queries import TailoredRecord
from item_bank.tailored.schemas import (
    PermitView,
    TailoredConflict,
    TailoredInput,
    TailoredList,
    TailoredPublication,
    TailoredRow,
    TailoredStarted,
    TailoredView,
)

router = APIRouter(prefix="/api/tailored-papers", tags=["tailored papers"])

READ = requires(Permission.ASSEMBLY_READ)
RUN = requires(Permission.ASSEMBLY_RUN)
APPROVE = requires(Permission.ASSEMBLY_APPROVE)


@router.post("", status_code=202, dependencies=[RUN])
async def start_tailored_paper(body: TailoredInput, actor: ActorDep, session: SessionDep) -> TailoredStarted:
    """Make personal forms, multistage panels or an adaptive test to a blueprint."""
    paper = await service.start(
        session, blueprint_id=body.blueprint_id, options=body.options, actor=actor, now=utc_now()
    )
    return TailoredStarted(paper_id=paper.id, job_id=paper.job_id)


@router.get("", dependencies=[READ])
async def list_tailored_papers(session: ReadSessionDep, page: PageDep) -> TailoredList:
    """All tailored papers, newest first."""
    records, total = await service.list_papers(session, offset=page.offset, limit=page.limit)
    return TailoredList(items=[TailoredRow.model_validate(_row(record)) for record in records], total=total)


@router.get("/{paper_id}", dependencies=[READ])
async def read_tailored_paper(
    paper_id: UUID, actor: ActorDep, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> TailoredView:
    """One tailored paper with its evidence, or with what stood in its way."""
    return _view(await service.find_paper(session, paper_id), actor, catalogue, language)


@router.get("/{paper_id}/job", dependencies=[READ])
async def read_job(paper_id: UUID, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep) -> JobView:
    """How far the making is, for everybody who may see the paper."""
    return job_view(await service.find_job(session, paper_id), catalogue, language)


@router.delete("/{paper_id}", status_code=204, dependencies=[RUN])
async def delete_tailored_paper(paper_id: UUID, actor: ActorDep, session: SessionDep) -> None:
    """Delete a paper that nobody approved or published."""
    await service.delete(session, paper_id=paper_id, actor=actor, now=utc_now())


@router.post("/{paper_id}/cancellation", status_code=204, dependencies=[RUN])
async def cancel_tailored_paper(paper_id: UUID, actor: ActorDep, session: SessionDep) -> None:
    """Give up work that is queued or running."""
    await service.cancel(session, paper_id=paper_id, actor=actor, now=utc_now())


@router.post("/{paper_id}/approval", status_code=204, dependencies=[APPROVE])
async def approve_tailored_paper(paper_id: UUID, actor: ActorDep, session: SessionDep) -> None:
    """Let a paper be published; needs another person than the one who had it made."""
    await service.approve(session, paper_id=paper_id, actor=actor, now=utc_now())


@router.delete("/{paper_id}/approval", status_code=204, dependencies=[APPROVE])
async def withdraw_tailored_paper(paper_id: UUID, actor: ActorDep, session: SessionDep) -> None:
    """Take an approval back before publication."""
    await service.withdraw(session, paper_id=paper_id, actor=actor, now=utc_now())


@router.post("/{paper_id}/publication", dependencies=[requires(Permission.ASSEMBLY_PUBLISH)])
async def publish_tailored_paper(paper_id: UUID, actor: ActorDep, session: SessionDep) -> TailoredPublication:
    """Freeze an approved paper for use in sittings."""
    # Option ids must not be predictable from the time of publication.
    form_ids = await publication.publish(
        session, paper_id=paper_id, actor=actor, now=utc_now(), rng=random.SystemRandom()
    )
    form_set_id = (await service.find_paper(session, paper_id)).paper.published_set_id
    return TailoredPublication(form_ids=form_ids if form_set_id is None else [], form_set_id=form_set_id)


def _row(record: TailoredRecord) -> dict[str, Any]:
    paper = record.paper
    return {
        "id": paper.id,
        "number": paper.number,
        "design": paper.design,
        "status": record.status,
        "blueprint_name": paper.blueprint["name"],
        "options": paper.options,
        "pool_size": paper.pool_size,
        "is_simulated": paper.is_simulated,
        "job_id": paper.job_id,
        "created_at": paper.created_at,
        "created_by": paper.created_by_name,
        "approved_by": paper.approved_by_name,
        "approved_at": paper.approved_at,
        "published_by": paper.published_by_name,
        "published_at": paper.published_at,
        "published_form_ids": paper.published_form_ids,
        "published_set_id": paper.published_set_id,
    }


def _view(record: TailoredRecord, actor: Actor, catalogue: Catalogue, language: Language) -> TailoredView:
    paper = record.paper
    return TailoredView.model_validate(
        {
            **_row(record),
            "blueprint": paper.blueprint,
            "blueprint_id": paper.blueprint_id,
            "figures": paper.figures or None,
            "conflict": [_conflict(entry, catalogue, language) for entry in paper.conflict],
            "permits": [
                PermitView(
                    act=act,
                    is_allowed=reason is None,
                    reason=None if reason is None else catalogue.text(reason, language, {}),
                )
                for act, reason in service.permits(record, actor)
            ],
        }
    )


def _conflict(entry: dict[str, Any], catalogue: Catalogue, language: Language) -> TailoredConflict:
    code, data = entry["code"], entry["data"]
    message = catalogue.find(f"tailored_conflict.{code}", language, data)
    if message is None:
        message = Wording(catalogue, language).conflict(code, data)
    return TailoredConflict(code=code, message=message, data=data)
