"""Routes of printed forms: the paper with or without keys, the matrix of its items."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, database_of
from exam_engine.core.i18n import CatalogueDep, Language, LanguageDep
from exam_engine.core.text import clean_line
from exam_engine.core.time import utc_now
from item_bank.blueprints.printing.service import RENDERERS, TYPES, Ending, Issuer
from item_bank.exchange.paper import forms
from item_bank.exchange.paper.document import PaperHeading
from item_bank.exchange.paper.schemas import FormPaperRequest

router = APIRouter(prefix="/api/forms/{form_id}", tags=["forms"], dependencies=[requires(Permission.FORM_READ)])
Line = Annotated[str, Query(max_length=120)]


@router.post("/papers", response_class=Response)
async def print_form(form_id: UUID, body: FormPaperRequest, request: Request, actor: ActorDep) -> Response:
    """A published form on paper; recorded before it is handed out. Keys only for who may see them."""
    if body.has_answers:
        forms.refuse_keys(actor)
    database = database_of(request)
    async with database.read() as session:
        printed = await forms.read_form(session, form_id)
    heading = PaperHeading(**body.heading.model_dump())
    content = await asyncio.to_thread(
        forms.form_paper, printed, variant=body.variant, heading=heading, has_answers=body.has_answers
    )
    async with database.write() as session:
        await forms.record_paper(
            session,
            printed,
            content,
            variant=body.variant,
            has_answers=body.has_answers,
            actor=actor,
            now=utc_now(),
        )
    ending = f"-{body.variant:02d}" if body.variant else ""
    return _file(content, f"de-{_safe(printed.form.form_code)}{ending}.docx", TYPES["docx"])


@router.get("/matrix/{ending}", response_class=Response)
async def print_form_matrix(
    form_id: UUID,
    ending: Ending,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    preferred: LanguageDep,
    agency: Line = "",
    school: Line = "",
    language: Annotated[Language | None, Query()] = None,
) -> Response:
    """The matrix and the specification that the items of a published form make."""
    issuer = Issuer(clean_line(agency), clean_line(school))
    document = await forms.form_matrix(
        session, form_id, issuer=issuer, catalogue=catalogue, language=language or preferred
    )
    content = await asyncio.to_thread(RENDERERS[ending], document)
    return _file(content, f"ma-tran.{ending}", TYPES[ending])


def _safe(code: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in code)


def _file(content: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
