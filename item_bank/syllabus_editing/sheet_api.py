"""Routes of spreadsheets of the syllabus."""

import asyncio
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response, UploadFile

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, database_of
from exam_engine.core.i18n import Catalogue, CatalogueDep, Language, LanguageDep
from exam_engine.core.time import utc_now
from item_bank.syllabus.service import find_syllabus
from item_bank.syllabus_editing import importing
from item_bank.syllabus_editing.errors import FrameworkNotFoundError
from item_bank.syllabus_editing.rows import SheetFault
from item_bank.syllabus_editing.schemas import FrameworkQuery, RowFaultView, SyllabusImportOutcome, SyllabusImportReport
from item_bank.syllabus_editing.sheet import framework_file, template_file

router = APIRouter(prefix="/api/syllabus", tags=["syllabus"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_FAULTS_SHOWN = 500


@router.post("/imports/checks", dependencies=[requires(Permission.SYLLABUS_WRITE)])
async def check_file(
    framework: FrameworkQuery,
    file: UploadFile,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> SyllabusImportReport:
    """Read an .xlsx file and tell what taking it into a framework would do; nothing changes."""
    read = await asyncio.to_thread(importing.read_file, await file.read())
    plan = await importing.check(session, framework_code=framework, read=read)
    return SyllabusImportReport(
        plan=plan.digest,
        rows_read=read.rows_read,
        rows_with_errors=len({fault.row for fault in plan.errors}),
        added=len(plan.added),
        changed=len(plan.changed),
        unchanged=plan.unchanged,
        untouched=plan.untouched,
        errors=_fault_views(plan.errors, catalogue, language),
        error_count=len(plan.errors),
        warnings=_fault_views(plan.warnings, catalogue, language),
        warning_count=len(plan.warnings),
    )


@router.post("/imports", dependencies=[requires(Permission.SYLLABUS_WRITE)])
async def apply_file(
    framework: FrameworkQuery,
    plan: Annotated[str, Query(max_length=64, description="From the dry run.")],
    file: UploadFile,
    request: Request,
    actor: ActorDep,
) -> SyllabusImportOutcome:
    """Take a checked file into a framework: every row or, on any error, none."""
    content = await file.read()
    # The one writer of SQLite does not wait while a file is read.
    read = await asyncio.to_thread(importing.read_file, content)
    async with database_of(request).write() as session:
        done = await importing.apply(
            session,
            framework_code=framework,
            read=read,
            content=content,
            plan_digest=plan,
            actor=actor,
            now=utc_now(),
        )
    return SyllabusImportOutcome(added=len(done.added), changed=len(done.changed), unchanged=done.unchanged)


@router.get("/file.xlsx", dependencies=[requires(Permission.SYLLABUS_READ)], response_class=Response)
async def download_framework(framework: FrameworkQuery, session: ReadSessionDep) -> Response:
    """A framework as an .xlsx file; taking it in again changes nothing."""
    syllabus = await find_syllabus(session)
    stored = syllabus.frameworks.get(framework)
    if stored is None:
        raise FrameworkNotFoundError(code=framework)
    content = await asyncio.to_thread(framework_file, stored, syllabus.nodes_of(framework))
    name = quote(f"chuan-{framework.replace('/', '-')}.xlsx")
    return Response(content, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/template.xlsx", dependencies=[requires(Permission.SYLLABUS_WRITE)], response_class=Response)
async def download_template(catalogue: CatalogueDep, language: LanguageDep) -> Response:
    """The .xlsx file to fill in."""
    content = await asyncio.to_thread(template_file, catalogue, language)
    headers = {"Content-Disposition": 'attachment; filename="mau-chuan-kien-thuc.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


def _fault_views(faults: list[SheetFault], catalogue: Catalogue, language: Language) -> list[RowFaultView]:
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
