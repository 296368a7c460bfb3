"""Routes of the committee report."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from exam_engine.accounts.access import requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep
from exam_engine.core.download import xlsx_response
from exam_engine.core.i18n import CatalogueDep, Language, LanguageDep
from exam_engine.core.text import clean_line
from exam_engine.core.time import utc_now
from exam_engine.forms import service as forms_service
from item_bank.assembly.detail import AssemblyDetail, read_detail
from item_bank.assembly.report.blocks import Letterhead, Report
from item_bank.assembly.report.content import report_of
from item_bank.assembly.report.pdf import render_pdf
from item_bank.assembly.report.workbook import render_workbook
from item_bank.assembly.wording import Wording

router = APIRouter(prefix="/api/assemblies", tags=["assembly"], dependencies=[requires(Permission.ASSEMBLY_READ)])

Line = Annotated[str, Query(max_length=200)]


def _letterhead(
    agency: Line = "",
    council: Line = "",
    place: Line = "",
    number: Annotated[str, Query(max_length=40)] = "",
    legal_basis: Annotated[str, Query(max_length=1000)] = "",
) -> Letterhead:
    return Letterhead(*(clean_line(part) for part in (agency, council, place, number, legal_basis)))


LetterheadDep = Annotated[Letterhead, Depends(_letterhead)]


@router.get("/{assembly_id}/report.pdf", response_class=Response)
async def report_pdf(
    assembly_id: UUID,
    session: ReadSessionDep,
    head: LetterheadDep,
    catalogue: CatalogueDep,
    preferred: LanguageDep,
    language: Annotated[Language | None, Query()] = None,
) -> Response:
    """The report as a board signs it; what is left empty above it becomes dotted lines."""
    wording = Wording(catalogue, language or preferred)
    detail = await read_detail(session, assembly_id)
    report = await _report(session, detail, head, wording)
    content = await asyncio.to_thread(render_pdf, report, wording)
    name = f'attachment; filename="assembly-{detail.assembly.number}.pdf"'
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": name})


@router.get("/{assembly_id}/report.xlsx", response_class=Response)
async def report_xlsx(
    assembly_id: UUID,
    session: ReadSessionDep,
    head: LetterheadDep,
    catalogue: CatalogueDep,
    preferred: LanguageDep,
    language: Annotated[Language | None, Query()] = None,
) -> Response:
    """The report as a spreadsheet, every table on a sheet of its own."""
    wording = Wording(catalogue, language or preferred)
    detail = await read_detail(session, assembly_id)
    report = await _report(session, detail, head, wording)
    content = await asyncio.to_thread(render_workbook, report)
    return xlsx_response(content, f"assembly-{detail.assembly.number}.xlsx")


async def _report(session: ReadSessionDep, detail: AssemblyDetail, head: Letterhead, wording: Wording) -> Report:
    ids = [UUID(form_id) for form_id in detail.assembly.published_form_ids]
    found = [await forms_service.find_form(session, form_id) for form_id in ids]
    published = [form for form in found if form is not None]
    return report_of(detail, published, head, wording, now=utc_now())
