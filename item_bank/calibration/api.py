"""Routes of calibrations."""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, UploadFile

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.jobs_api import JobView, job_view
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep, database_of
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.pagination import PageDep
from exam_engine.core.time import utc_now
from item_bank.calibration import comparing, curves, service
from item_bank.calibration.categories import categorised
from item_bank.calibration.options import (
    DEFAULT_GUESSING,
    BetaParameter,
    CalibrationOptions,
    DensityName,
    ErrorMethod,
    GuessingPrior,
    ModelName,
    PolytomousModel,
)
from item_bank.calibration.queries import RunRecord
from item_bank.calibration.response_matrix import NOT_REACHED, OMITTED, NotReachedRule
from item_bank.calibration.schemas import (
    ApprovalInput,
    CalibratedItem,
    CalibrationComparisonView,
    CalibrationList,
    CalibrationName,
    CalibrationRow,
    CalibrationStarted,
    CalibrationView,
    CalibrationWarning,
    CertificateView,
    CurvesView,
    ExcludedItemView,
    GroupingView,
    ItemCurveView,
    LatentDistributionView,
    SampleView,
    SittingCalibration,
    SittingChoice,
    SittingChoices,
    SittingSelection,
    SourceView,
)
from item_bank.calibration.service import AnsweredVersion
from item_bank.calibration.sources import files, sittings
from item_bank.calibration.sources.collected import Collected
from item_bank.calibration.sources.known_items import known_items
from item_bank.calibration.sources.table import read_table
from item_bank.items import service as items_service

router = APIRouter(prefix="/api/calibrations", tags=["calibration"])


def _options(
    model: Annotated[ModelName, Form()] = "2PL",
    polytomous: Annotated[PolytomousModel, Form()] = "GPCM",
    not_reached: Annotated[NotReachedRule, Form()] = "ignored",
    guessing_alpha: Annotated[BetaParameter, Form()] = DEFAULT_GUESSING.alpha,
    guessing_beta: Annotated[BetaParameter, Form()] = DEFAULT_GUESSING.beta,
    density: Annotated[DensityName, Form()] = "normal",
    standard_errors: Annotated[ErrorMethod, Form()] = "observed",
    holds_anchors: Annotated[bool, Form()] = False,
    drops_drifted: Annotated[bool, Form()] = False,
) -> CalibrationOptions:
    return CalibrationOptions(
        model=model,
        polytomous=polytomous,
        not_reached=not_reached,
        guessing=GuessingPrior(alpha=guessing_alpha, beta=guessing_beta) if model == "3PL" else None,
        density=density,
        standard_errors=standard_errors,
        holds_anchors=holds_anchors,
        drops_drifted=drops_drifted,
    )


OptionsDep = Annotated[CalibrationOptions, Depends(_options)]


@router.post("", status_code=202, dependencies=[requires(Permission.CALIBRATION_RUN)])
async def start_calibration(
    file: UploadFile,
    name: Annotated[CalibrationName, Form()],
    request: Request,
    actor: ActorDep,
    options: OptionsDep,
    is_simulated: Annotated[bool, Form()] = False,
) -> CalibrationStarted:
    """Upload responses (CSV or Excel) and estimate item parameters from them.

    The heading says the form of the file: candidate, item and answer or score, one response a row; or candidate and a
    column for each item. Columns such as gender or unit sort the candidates into groups. With `holds_anchors`, items
    that have parameters in force are held at them, so that the others come onto the bank's scale. The two figures of
    the guessing prior, a Beta distribution of c, count for the 3PL only.
    """
    content = await file.read()
    data, versions = await _read_file(request, content)
    async with database_of(request).write() as session:
        run = await service.start(
            session,
            name=name,
            data=await asyncio.to_thread(categorised, data, options.polytomous),
            versions=versions,
            file_name=file.filename or "",
            file_hash=hashlib.sha256(content).hexdigest(),
            options=options,
            is_simulated=is_simulated or data.is_simulated,
            actor=actor,
            now=utc_now(),
        )
    return CalibrationStarted(calibration_id=run.id, job_id=run.job_id)


@router.post("/check", dependencies=[requires(Permission.CALIBRATION_RUN)])
async def check_responses(
    file: UploadFile, request: Request, catalogue: CatalogueDep, language: LanguageDep
) -> SourceView:
    """Read a file of responses without storing anything: what it holds, or every fault by its place."""
    data, _ = await _read_file(request, await file.read())
    return _source(data, catalogue, language)


@router.get("/sittings", dependencies=[requires(Permission.CALIBRATION_RUN)])
async def list_closed_sittings(session: ReadSessionDep) -> SittingChoices:
    """Sittings that are over, whose results can be calibrated."""
    return SittingChoices(
        items=[
            SittingChoice(
                id=sitting.sitting_id,
                name=sitting.name,
                administration=sitting.administration_name,
                opens_at=sitting.opens_at,
                is_released=sitting.status == "approved",
            )
            for sitting in await sittings.closed_sittings(session, now=utc_now())
        ]
    )


@router.post("/sittings/check", dependencies=[requires(Permission.CALIBRATION_RUN)])
async def check_sittings(
    body: SittingSelection, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> SourceView:
    """What the results of sittings hold; nothing is stored."""
    found = await sittings.collect(session, body.sitting_ids, now=utc_now())
    return _source(found.data, catalogue, language)


@router.post("/sittings", status_code=202, dependencies=[requires(Permission.CALIBRATION_RUN)])
async def calibrate_sittings(body: SittingCalibration, request: Request, actor: ActorDep) -> CalibrationStarted:
    """Estimate item parameters from the results of sittings that are over; candidates have no names in it."""
    async with database_of(request).read() as session:
        found = await sittings.collect(session, body.sitting_ids, now=utc_now())
    options = body.options
    if (options.guessing is not None) != (options.model == "3PL"):
        options = options.model_copy(update={"guessing": DEFAULT_GUESSING if options.model == "3PL" else None})
    data = await asyncio.to_thread(categorised, found.data, options.polytomous)
    async with database_of(request).write() as session:
        run = await service.start(
            session,
            name=body.name,
            data=data,
            versions=found.versions,
            file_name=found.name,
            options=options,
            is_simulated=body.is_simulated,
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
    found = await curves.find_curves(session, calibration_id=calibration_id, codes=codes)
    return CurvesView(
        theta=curves.THETA.tolist(),
        test_information=found.test_information,
        standard_error=found.standard_error,
        items=[ItemCurveView.model_validate(curve, from_attributes=True) for curve in found.items],
        ability=LatentDistributionView.model_validate(found.ability, from_attributes=True),
    )


@router.get("/{calibration_id}/comparison", dependencies=[requires(Permission.CALIBRATION_READ)])
async def compare_calibration(
    calibration_id: UUID, session: ReadSessionDep, other_id: Annotated[UUID | None, Query(alias="with")] = None
) -> CalibrationComparisonView:
    """How far each item has moved since another calibration, or against the parameters in force without `with`."""
    return CalibrationComparisonView.model_validate(await comparing.compare_with(session, calibration_id, other_id))


@router.get("/{calibration_id}/progress", dependencies=[requires(Permission.CALIBRATION_READ)])
async def read_progress(
    calibration_id: UUID, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> JobView:
    """How far the estimation is, for everybody who may read it."""
    return job_view(await service.find_job(session, calibration_id), catalogue, language)


@router.post("/{calibration_id}/cancellation", dependencies=[requires(Permission.CALIBRATION_RUN)])
async def cancel_calibration(
    calibration_id: UUID, actor: ActorDep, session: SessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> CalibrationView:
    """Give up a calibration that is queued or running; nothing of it is stored."""
    await service.cancel(session, calibration_id=calibration_id, actor=actor, now=utc_now())
    return _view(await service.find_run(session, calibration_id), catalogue, language)


@router.post("/{calibration_id}/restart", status_code=202, dependencies=[requires(Permission.CALIBRATION_RUN)])
async def restart_calibration(calibration_id: UUID, actor: ActorDep, session: SessionDep) -> CalibrationStarted:
    """Run a calibration that failed or was cancelled once more, with the same answers and options."""
    run = await service.start_again(session, calibration_id=calibration_id, actor=actor, now=utc_now())
    return CalibrationStarted(calibration_id=run.id, job_id=run.job_id)


@router.post("/{calibration_id}/approval", dependencies=[requires(Permission.CALIBRATION_APPROVE)])
async def approve_calibration(
    calibration_id: UUID,
    actor: ActorDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
    body: ApprovalInput | None = None,
) -> CalibrationView:
    """Put the parameters in force, all or those of some items; needs another person than the one who started."""
    body = body or ApprovalInput()
    left_out = await service.approve(
        session,
        calibration_id=calibration_id,
        accepts_new_scale=body.accepts_new_scale,
        accepted=body.items,
        actor=actor,
        now=utc_now(),
    )
    view = _view(await service.find_run(session, calibration_id), catalogue, language)
    return view.model_copy(update={"left_out": left_out})


async def _read_file(request: Request, content: bytes) -> tuple[Collected, dict[str, AnsweredVersion]]:
    table = await asyncio.to_thread(read_table, content)
    async with database_of(request).read() as session:
        records = await items_service.items_by_code(session, files.item_codes(table))
        known = await known_items(session, records)
    data = await asyncio.to_thread(files.encode, table, known)
    versions = {code: AnsweredVersion(record.item.id, record.version.id) for code, record in records.items()}
    return data, versions


def _source(data: Collected, catalogue: Catalogue, language: Language) -> SourceView:
    scores = data.matrix.scores
    return SourceView(
        source=data.source,
        is_simulated=data.is_simulated,
        n_candidates=data.matrix.n_persons,
        n_items=data.matrix.n_items,
        n_responses=data.matrix.n_responses,
        n_omitted=int((scores == OMITTED).sum()),
        n_not_reached=int((scores == NOT_REACHED).sum()),
        n_polytomous=sum(highest > 1 for highest in data.highest_scores),
        groupings=[
            GroupingView(name=name, labels=list(group.labels), unknown=int((group.codes < 0).sum()))
            for name, group in data.matrix.groups.items()
        ],
        warnings=_warnings(data.warnings, catalogue, language),
    )


def _warnings(
    warnings: Iterable[Mapping[str, Any]], catalogue: Catalogue, language: Language
) -> list[CalibrationWarning]:
    return [
        CalibrationWarning(
            code=warning["code"],
            message=catalogue.text(warning["code"], language, warning["data"]),
            data=warning["data"],
        )
        for warning in warnings
    ]


def _row(record: RunRecord) -> CalibrationRow:
    run = record.run
    return CalibrationRow.model_validate(
        {
            **run.model_dump(),
            "options": CalibrationOptions.model_validate(run.options),
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
    figures = detail.record.run.figures
    # Runs of earlier versions of the estimator left other figures.
    has_result = {"groups", "newton_decrement"} <= figures.keys()
    n_anchors = sum(item.is_anchor for item in items)
    sample = {**figures["groups"][0], "n_anchors": n_anchors} if has_result else {}
    flags = sorted({flag for item in items for flag in item.flags})
    return CalibrationView.model_validate(
        {
            **_row(detail.record).model_dump(),
            "file_hash": detail.record.run.file_hash,
            "data_hash": detail.record.run.data_hash,
            "software": figures.get("software", {}),
            "settings": figures.get("settings", {}),
            "certificate": CertificateView.model_validate(figures) if has_result else None,
            "sample": SampleView.model_validate(sample) if has_result else None,
            "items": items,
            "excluded": excluded,
            "warnings": _warnings(detail.record.run.warnings, catalogue, language),
            "flag_texts": {flag: catalogue.text(flag, language) for flag in flags},
        }
    )
