"""Routes of calibrations."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, UploadFile

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep, database_of
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.pagination import PageDep
from exam_engine.core.time import utc_now
from item_bank.calibration import service
from item_bank.calibration.queries import RunRecord
from item_bank.calibration.response_file import encode, read_rows
from item_bank.calibration.schemas import (
    CalibratedItem,
    CalibrationList,
    CalibrationName,
    CalibrationRow,
    CalibrationStarted,
    CalibrationView,
    CalibrationWarning,
    CurvesView,
    ExcludedItemView,
    ItemCurveView,
)
from item_bank.items import service as items_service

router = APIRouter(prefix="/api/calibrations", tags=["calibration"])


@router.post("", status_code=202, dependencies=[requires(Permission.CALIBRATION_RUN)])
async def start_calibration(
    file: UploadFile,
    name: Annotated[CalibrationName, Form()],
    request: Request,
    actor: ActorDep,
    is_simulated: Annotated[bool, Form()] = False,
) -> CalibrationStarted:
    """Upload answers (CSV: candidate, item, answer) and estimate item parameters from them."""
    content = await file.read()
    read = await asyncio.to_thread(read_rows, content)
    database = database_of(request)
    async with database.read() as session:
        items = await items_service.items_by_code(session, read.item_codes())
    option_counts = {code: len(record.version.content["options"]) for code, record in items.items()}
    choices = await asyncio.to_thread(encode, read.rows, option_counts)
    async with database.write() as session:
        run = await service.start(
            session,
            name=name,
            choices=choices,
            items=items,
            content=content,
            file_name=file.filename or "",
            is_simulated=is_simulated or read.is_simulated,
            actor=actor,
            now=utc_now(),
        )
    return CalibrationStarted(calibration_id=run.id, job_id=run.job_id)


@router.get("", dependencies=[requires(Permission.CALIBRATION_READ)])
async def list_calibrations(session: ReadSessionDep, page: PageDep) -> CalibrationList:
    """All calibrations, newest first."""
    records, total = await service.list_runs(session, offset=page.offset, limit=page.limit)
    return CalibrationList(items=[_row(record) for record in records], total=total)


@router.get("/{calibration_id}", dependencies=[requires(Permission.CALIBRATION_READ)])
async def read_calibration(
    calibration_id: UUID, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> CalibrationView:
    """One calibration with its items."""
    return _view(await service.find_run(session, calibration_id), catalogue, language)


@router.get("/{calibration_id}/curves", dependencies=[requires(Permission.CALIBRATION_READ)])
async def read_curves(
    calibration_id: UUID, session: ReadSessionDep, items: Annotated[str, Query(max_length=700)] = ""
) -> CurvesView:
    """Curves of the whole set and of up to 20 items, named by code with commas between."""
    codes = list(dict.fromkeys(code.strip() for code in items.split(",") if code.strip()))
    curves = await service.curves(session, calibration_id=calibration_id, codes=codes)
    return CurvesView(
        theta=service.THETA.tolist(),
        test_information=curves.test_information,
        standard_error=curves.standard_error,
        items=[ItemCurveView.model_validate(curve, from_attributes=True) for curve in curves.items],
    )


@router.post("/{calibration_id}/approval", dependencies=[requires(Permission.CALIBRATION_APPROVE)])
async def approve_calibration(
    calibration_id: UUID, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> CalibrationView:
    """Put the parameters in force; needs another person than the one who started the calibration."""
    left_out = await service.approve(session, calibration_id=calibration_id, actor=actor, now=utc_now())
    view = _view(await service.find_run(session, calibration_id), catalogue, language)
    return view.model_copy(update={"left_out": left_out})


def _row(record: RunRecord) -> CalibrationRow:
    run = record.run
    return CalibrationRow.model_validate(
        {
            **run.model_dump(),
            "status": record.status,
            "created_by": run.created_by_name,
            "approved_by": run.approved_by_name,
        }
    )


def _view(detail: service.CalibrationDetail, catalogue: Catalogue, language: Language) -> CalibrationView:
    items, excluded = [], []
    for row, item in detail.items:
        if row.excluded_reason is not None:
            reason = catalogue.text(row.excluded_reason, language)
            excluded.append(ExcludedItemView(code=item.code, reason_code=row.excluded_reason, reason=reason))
        elif row.n is not None:
            identity = {name: getattr(item, name) for name in ("code", "stem_text", "module_code", "cognitive_level")}
            items.append(CalibratedItem.model_validate({**row.model_dump(), **identity}))
    flags = sorted({flag for item in items for flag in item.flags})
    return CalibrationView.model_validate(
        {
            **_row(detail.record).model_dump(),
            "items": items,
            "excluded": excluded,
            "warnings": [
                CalibrationWarning(
                    code=warning["code"],
                    message=catalogue.text(warning["code"], language, warning["data"]),
                    data=warning["data"],
                )
                for warning in detail.record.run.warnings
            ],
            "flag_texts": {flag: catalogue.text(flag, language) for flag in flags},
        }
    )
