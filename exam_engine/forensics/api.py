"""Routes of forensics: for the board alone."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.jobs_api import JobView, job_view
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.download import xlsx_response
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.time import utc_now
from exam_engine.forensics import service
from exam_engine.forensics.kinds import KINDS, Kind
from exam_engine.forensics.models import ForensicReport
from exam_engine.forensics.report_sheet import report_sheet
from exam_engine.forensics.schemas import (
    ForensicKindView,
    ForensicReportView,
    ForensicsView,
    NotedCandidateView,
    UnusualView,
)
from exam_engine.forensics.service import SittingForensics
from exam_engine.results.rule_text import texts_in
from exam_engine.sittings.service import RegistrationFacts

router = APIRouter(prefix="/api/forensics", tags=["forensics"])

READ = requires(Permission.FORENSICS_READ)


def _candidate(facts: RegistrationFacts) -> NotedCandidateView:
    return NotedCandidateView(
        registration_id=facts.registration_id,
        candidate_number=facts.candidate_number or "",
        full_name=facts.full_name,
        room=facts.room_name or "",
        seat=facts.seat_number,
    )


def _kind(kind: Kind, content: dict[str, Any], candidates: dict[str, RegistrationFacts]) -> ForensicKindView:
    findings = [
        UnusualView(
            candidates=[_candidate(candidates[id_]) for id_ in finding["candidates"] if id_ in candidates],
            p=finding["p"],
            q=finding["q"],
            figures=finding["figures"],
            items=finding["items"],
        )
        for finding in content["findings"]
    ]
    return ForensicKindView(
        kind=kind,
        state=content["state"],
        reason=content["reason"],
        params=content["params"],
        tested=content["tested"],
        false_alarms=content.get("false_alarms"),
        findings=findings,
    )


def _report(report: ForensicReport, candidates: dict[str, RegistrationFacts]) -> ForensicReportView | None:
    if report.content is None or report.finished_at is None:
        return None
    content = report.content
    return ForensicReportView(
        id=report.id,
        version=report.version,
        level=content["level"],
        seed=content["seed"],
        created_by=report.created_by_name,
        created_at=report.created_at,
        finished_at=report.finished_at,
        n_candidates=content["n_candidates"],
        n_items=content["n_items"],
        parameters=content["parameters"],
        kinds=[_kind(kind, content["kinds"][kind], candidates) for kind in KINDS],
    )


def _view(found: SittingForensics, catalogue: Catalogue, language: Language) -> ForensicsView:
    sitting = found.sitting
    is_running = found.job is not None and found.job.status in {"queued", "running"}
    return ForensicsView(
        sitting_id=sitting.sitting_id,
        sitting_name=sitting.name,
        exam_name=sitting.exam_name,
        opens_at=sitting.opens_at,
        can_start=not is_running and sitting.status_at(utc_now()) in {"closed", "marked", "approved"},
        job=job_view(found.job, catalogue, language) if found.job is not None else None,
        report=_report(found.report, found.candidates) if found.report is not None else None,
    )


@router.get("/{sitting_id}", dependencies=[READ])
async def read_forensics(
    sitting_id: UUID, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> ForensicsView:
    """The newest report on a sitting, and the work on the next; every look at a report goes on record."""
    return _view(await service.read(session, sitting_id, actor=actor, now=utc_now()), catalogue, language)


@router.get("/{sitting_id}/progress", dependencies=[READ])
async def read_forensics_progress(
    sitting_id: UUID, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> JobView:
    """How far the latest report is, whoever asked for it; no look at a report."""
    return job_view(await service.work_on(session, sitting_id), catalogue, language)


@router.post("/{sitting_id}/reports", dependencies=[READ])
async def start_forensics(
    sitting_id: UUID, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> ForensicsView:
    """Make a report on a finished sitting, from its answers and journals as they are now."""
    now = utc_now()
    await service.start(session, sitting_id, actor=actor, now=now)
    return _view(await service.read(session, sitting_id, actor=actor, now=now), catalogue, language)


@router.get("/{sitting_id}/export.xlsx", dependencies=[READ], response_class=Response)
async def export_forensics(
    sitting_id: UUID, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> Response:
    """The newest report as a spreadsheet, a sheet for each kind of look."""
    found = await service.read(session, sitting_id, actor=actor, now=utc_now(), is_export=True)
    view = _view(found, catalogue, language)
    sheet = await asyncio.to_thread(report_sheet, view, found.sitting.council_name, texts_in(language, catalogue.text))
    return xlsx_response(sheet, f"{catalogue.text('forensics.title', language)} - {found.sitting.name}.xlsx")
