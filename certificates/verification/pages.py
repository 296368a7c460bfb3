"""The look-up page for typed ids: plain HTML that needs no script."""

from functools import cache
from importlib import resources
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from certificates.errors import TooManyLookupsError
from certificates.public_id import group_public_id
from certificates.verification import service
from certificates.verification.api import count_lookup
from exam_engine.accounts.access import PUBLIC
from exam_engine.core.db import ReadSessionDep
from exam_engine.core.i18n import CatalogueDep, LanguageDep
from exam_engine.core.time import VIETNAM, utc_now

router = APIRouter(prefix="/c", include_in_schema=False, dependencies=[PUBLIC])

_TONES = {"valid": "green", "revoked": "red", "superseded": "red", "unknown": "amber"}


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("certificates.verification"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@router.get("/style.css")
async def style() -> Response:
    """The look of the page."""
    return _file("lookup.css", "text/css")


@router.get("/icon.svg")
async def icon() -> Response:
    """The picture in the browser's tab."""
    return _file("icon.svg", "image/svg+xml")


@router.get("")
async def look_up_typed(
    request: Request,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
    typed: Annotated[str, Query(alias="id")] = "",
) -> HTMLResponse:
    """The form, with the answer when an id was typed."""
    return await _page(typed, request, session, catalogue, language)


@router.get("/{typed}")
async def look_up_printed(
    typed: str,
    request: Request,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    language: LanguageDep,
) -> HTMLResponse:
    """The answer for an id in the address."""
    return await _page(typed, request, session, catalogue, language)


def _file(name: str, media_type: str) -> Response:
    content = (resources.files("certificates.verification") / "templates" / name).read_bytes()
    return Response(content, media_type=media_type, headers={"Cache-Control": "public, max-age=3600"})


async def _page(
    typed: str, request: Request, session: ReadSessionDep, catalogue: CatalogueDep, language: LanguageDep
) -> HTMLResponse:
    def text(code: str, **params: Any) -> str:
        return catalogue.text(code, language, params)

    context: dict[str, Any] = {"language": language, "text": text, "typed": typed[:40], "answer": None}
    context["wait_seconds"] = None
    if typed.strip():
        try:
            count_lookup(request)
        except TooManyLookupsError as error:
            context["wait_seconds"] = error.retry_after
            return _render(context, status=429, headers={"Retry-After": str(error.retry_after)})
        answer = await service.look_up(session, typed)
        context["answer"] = answer
        context["tone"] = _TONES[answer.state]
        context["checked_at"] = utc_now().astimezone(VIETNAM)
        if answer.public_id:
            context["typed"] = group_public_id(answer.public_id)
    return _render(context, status=200, headers={})


def _render(context: dict[str, Any], *, status: int, headers: dict[str, str]) -> HTMLResponse:
    html = _environment().get_template("lookup.html.j2").render(context)
    return HTMLResponse(html, status_code=status, headers=headers)
