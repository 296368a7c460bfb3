"""Routes of item imports."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request, Response, UploadFile

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import SessionDep, database_of
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.time import utc_now
from item_bank.exchange import service
from item_bank.exchange.rows import RowFault
from item_bank.exchange.schemas import ImportApplication, ImportOutcome, ImportReport, RowFaultView
from item_bank.exchange.sheet import template_file
from item_bank.syllabus import service as syllabus_service

router = APIRouter(prefix="/api/items/imports", tags=["item imports"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_FAULTS_SHOWN = 500


@router.post("", status_code=201, dependencies=[requires(Permission.ITEM_WRITE)])
async def check_file(
    file: UploadFile, request: Request, actor: ActorDep, catalogue: CatalogueDep, language: LanguageDep
) -> ImportReport:
    """Read an .xlsx file and tell what importing it would do; the bank does not change yet."""
    content = await file.read()
    database = database_of(request)
    async with database.read() as session:
        codes = service.syllabus_codes(await syllabus_service.find_syllabus(session))
    # Reading takes seconds for a large file: neither the event loop nor the one writer of SQLite waits for it.
    read = await asyncio.to_thread(service.read_file, content, codes)
    async with database.write() as session:
        run = await service.prepare_import(
            session, read=read, content=content, file_name=file.filename or "", actor=actor, now=utc_now()
        )
    stored = run.stored
    return ImportReport(
        id=stored.id,
        file_name=stored.file_name,
        sheet_name=stored.sheet_name,
        rows_read=stored.rows_read,
        rows_with_errors=stored.rows_with_errors,
        new_items=run.new_items,
        changed_items=run.changed_items,
        unchanged_items=run.unchanged_items,
        errors=_fault_views(run.errors, catalogue, language),
        error_count=len(run.errors),
        warnings=_fault_views(run.warnings, catalogue, language),
        warning_count=len(run.warnings),
    )


@router.post("/{import_id}/apply", dependencies=[requires(Permission.ITEM_WRITE)])
async def apply_import(import_id: UUID, body: ImportApplication, actor: ActorDep, session: SessionDep) -> ImportOutcome:
    """Save the items of one's own checked file, all or none."""
    applied = await service.apply_import(
        session,
        import_id=import_id,
        is_skipping_errors=body.skip_rows_with_errors,
        is_submitting=body.submit_for_review,
        actor=actor,
        now=utc_now(),
    )
    return ImportOutcome(
        created=applied.created,
        new_versions=applied.new_versions,
        unchanged=applied.unchanged,
        skipped=applied.skipped,
    )


@router.get("/template", dependencies=[requires(Permission.ITEM_WRITE)], response_class=Response)
async def download_template(catalogue: CatalogueDep, language: LanguageDep) -> Response:
    """The .xlsx file to fill in."""
    content = await asyncio.to_thread(template_file, catalogue, language)
    headers = {"Content-Disposition": 'attachment; filename="mau-cau-hoi.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


def _fault_views(faults: list[RowFault], catalogue: Catalogue, language: Language) -> list[RowFaultView]:
    return [
        RowFaultView(
            row=fault.row,
            column=fault.column,
            heading=fault.heading,
            code=fault.code,
            message=catalogue.text(fault.code, language, fault.params),
            fix=catalogue.find(f"{fault.code}.fix", language, fault.params) or "",
        )
        for fault in faults[:MOST_FAULTS_SHOWN]
    ]
