"""Routes of the evidence of a calibration."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request, Response

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.actor import Actor
from exam_engine.core.db import ReadSessionDep
from exam_engine.core.download import xlsx_response
from exam_engine.core.i18n import CatalogueDep, LanguageDep
from item_bank.calibration import service
from item_bank.calibration.evidence.errors import ItemWithoutEstimatesError
from item_bank.calibration.evidence.reading import observed_of
from item_bank.calibration.evidence.recent import recent_evidence
from item_bank.calibration.evidence.run_evidence import RunEvidence
from item_bank.calibration.evidence.schemas import ItemEvidenceView, RunEvidenceView
from item_bank.calibration.evidence.views import item_view, run_view
from item_bank.calibration.evidence.workbook import render_workbook
from item_bank.calibration.service import CalibrationDetail

router = APIRouter(
    prefix="/api/calibrations", tags=["calibration"], dependencies=[requires(Permission.CALIBRATION_READ)]
)


@router.get("/{calibration_id}/evidence")
async def read_evidence(
    calibration_id: UUID, request: Request, actor: ActorDep, session: ReadSessionDep
) -> RunEvidenceView:
    """What the answers say of a whole run: map of candidates and items, reliability, fit, groups, findings."""
    detail, evidence = await _find(session, request, calibration_id)
    return run_view(detail, evidence, with_key=_may_read_keys(actor))


@router.get("/{calibration_id}/evidence.xlsx", response_class=Response)
async def download_evidence(
    calibration_id: UUID,
    request: Request,
    actor: ActorDep,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> Response:
    """The table of all items as a spreadsheet, with the settings of the run on a second sheet."""
    detail, evidence = await _find(session, request, calibration_id)
    view = run_view(detail, evidence, with_key=_may_read_keys(actor))
    content = await asyncio.to_thread(render_workbook, detail, view, lambda code: catalogue.text(code, language))
    return xlsx_response(content, f"{detail.record.run.name}.xlsx")


@router.get("/{calibration_id}/items/{code}/evidence")
async def read_item_evidence(
    calibration_id: UUID, code: str, request: Request, actor: ActorDep, session: ReadSessionDep
) -> ItemEvidenceView:
    """What the answers say of one item: curve and points, options for those who may see keys, groups, findings."""
    detail, evidence = await _find(session, request, calibration_id)
    if code not in evidence.items:
        raise ItemWithoutEstimatesError(code=code)
    return await asyncio.to_thread(item_view, detail, evidence, code, with_key=_may_read_keys(actor))


async def _find(
    session: ReadSessionDep, request: Request, calibration_id: UUID
) -> tuple[CalibrationDetail, RunEvidence]:
    detail = await service.find_run(session, calibration_id)
    recent = recent_evidence(request)
    job_id = detail.record.run.job_id
    found = recent.find(job_id)
    return detail, found or await recent.compute(job_id, await observed_of(session, detail))


def _may_read_keys(actor: Actor) -> bool:
    return Permission.ITEM_KEY_READ.value in actor.permissions
