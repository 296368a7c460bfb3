"""Problem documents (RFC 9457): how every error leaves the server."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, IntegrityError
from starlette.exceptions import HTTPException

from exam_engine.core.absence import RETRY_SECONDS, DatabaseAwayError, is_database_away
from exam_engine.core.errors import DomainError, Fault, UnstorableTextError, UnstorableValueError
from exam_engine.core.i18n import Catalogue, Language, catalogue_of, preferred_language

log = structlog.get_logger()

_UNSTORABLE: dict[str, type[DomainError]] = {
    "22021": UnstorableTextError,
    "22000": UnstorableValueError,
    "22001": UnstorableValueError,
    "22003": UnstorableValueError,
}
"""SQLSTATEs "character not in repertoire"; "data exception", which the driver raises before it sends a value that the
column's type cannot hold; "string data, right truncation"; "numeric value out of range".
"""


class FaultView(BaseModel):
    """One fault in the input, in the reader's language."""

    place: str
    code: str
    message: str
    fix: str = ""


class Problem(BaseModel):
    """An error as application/problem+json; ``code`` is stable, texts follow Accept-Language."""

    type: str = Field(examples=["/errors/not_found"])
    title: str = Field(examples=["Không tìm thấy"])
    status: int = Field(examples=[404])
    code: str = Field(examples=["not_found"])
    detail: str = ""
    errors: list[FaultView] = []
    params: dict[str, Any] = {}


def fault_view(fault: Fault, catalogue: Catalogue, language: Language) -> FaultView:
    """Return a fault with its texts."""
    return FaultView(
        place=fault.place,
        code=fault.code,
        message=catalogue.text(fault.code, language, fault.params),
        fix=catalogue.find(f"{fault.code}.fix", language, fault.params) or "",
    )


def problem_of(error: DomainError, catalogue: Catalogue, language: Language) -> Problem:
    """Return the problem document of a domain error."""
    return Problem(
        type=f"/errors/{error.code}",
        title=catalogue.text(error.code, language, error.params),
        status=error.status,
        code=error.code,
        detail=catalogue.find(f"{error.code}.fix", language, error.params) or "",
        errors=[fault_view(fault, catalogue, language) for fault in error.faults],
        params={key: value for key, value in error.params.items() if isinstance(value, str | int | float | bool)},
    )


def _respond(problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(
        problem.model_dump(mode="json"),
        problem.status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type="application/problem+json",
    )


def problem_response(request: Request, error: DomainError) -> JSONResponse:
    """Return the answer to a refused request, in the language it asks for."""
    problem = problem_of(error, catalogue_of(request), preferred_language(request))
    return _respond(problem, {} if error.retry_after is None else {"Retry-After": str(error.retry_after)})


async def _on_domain_error(request: Request, error: Exception) -> JSONResponse:
    return problem_response(request, cast("DomainError", error))


async def _on_database_error(request: Request, error: Exception) -> JSONResponse:
    # PostgreSQL stores no NUL in text and no number above its column's; no page sends one, but any client may.
    refusal = _UNSTORABLE.get(getattr(cast("DBAPIError", error).orig, "sqlstate", None) or "")
    if refusal is None:
        raise error
    return problem_response(request, refusal())


async def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    catalogue, language = catalogue_of(request), preferred_language(request)
    details: Sequence[Any] = cast("RequestValidationError", error).errors()
    views = []
    for detail in details:
        code = f"invalid_value.{detail['type']}"
        # The library's own texts are English only.
        text = catalogue.find(code, language, detail.get("ctx")) or catalogue.text("invalid_value", language)
        views.append(FaultView(place=".".join(str(part) for part in detail["loc"]), code=code, message=text))
    problem = Problem(
        type="/errors/invalid_request",
        title=catalogue.text("invalid_request", language),
        status=422,
        code="invalid_request",
        detail="; ".join(f"{view.place}: {view.message}" for view in views[:3]),
        errors=views,
    )
    return _respond(problem)


async def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    http_error = cast("HTTPException", error)
    code = {400: "unreadable_body", 404: "not_found", 405: "method_not_allowed", 413: "upload_too_large"}.get(
        http_error.status_code, f"http_{http_error.status_code}"
    )
    catalogue, language = catalogue_of(request), preferred_language(request)
    title = catalogue.find(code, language) or str(http_error.detail)
    problem = Problem(type=f"/errors/{code}", title=title, status=http_error.status_code, code=code)
    return _respond(problem, http_error.headers)


def _is_unique_violation(error: IntegrityError) -> bool:
    # SQLSTATE 23505 of PostgreSQL; SQLite has only words, in which no value stands.
    return getattr(error.orig, "sqlstate", None) == "23505" or "UNIQUE constraint failed" in str(error.orig)


async def _on_constraint(request: Request, error: Exception) -> JSONResponse:
    # Two people did at the same instant what only one may do; the services tell such cases apart, the database saw
    # the rest. Whoever tries again meets the stored row and gets the exact answer. Any other broken constraint is a
    # fault of ours.
    if not _is_unique_violation(cast("IntegrityError", error)):
        return unexpected_response(request, error)
    log.warning("unique_value_taken", path=request.url.path)
    return await _on_domain_error(request, DomainError())


def unexpected_response(request: Request, error: Exception) -> JSONResponse:
    """Return the answer to a request that broke something; tells nothing of the inside.

    The traceback goes to the log under the request's id. A database that is away is no fault of the program, and said
    to be away.
    """
    if is_database_away(error):
        log.warning("database_away", path=request.url.path, error=type(error).__name__)
        return problem_response(request, DatabaseAwayError(retry_after=RETRY_SECONDS))
    log.error("unexpected_error", path=request.url.path, exc_info=error)
    catalogue, language = catalogue_of(request), preferred_language(request)
    return _respond(
        Problem(
            type="/errors/unexpected",
            title=catalogue.text("unexpected", language),
            status=500,
            code="unexpected",
            detail=catalogue.find("unexpected.fix", language) or "",
        )
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Make every error that the application expects a problem document; the request frame answers the others."""
    app.add_exception_handler(DomainError, _on_domain_error)
    app.add_exception_handler(DBAPIError, _on_database_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(IntegrityError, _on_constraint)
