"""Routes of the browser that a sitting asks for: settings, files to hand out, files that somebody brought."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, UploadFile

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.config import Settings
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.download import file_response
from exam_engine.core.time import utc_now
from exam_engine.lockdown import queries, requiring
from exam_engine.lockdown.models import SafeExamBrowser
from exam_engine.lockdown.schemas import (
    ExamKeyView,
    SafeExamBrowserIn,
    SafeExamBrowserSettings,
    SafeExamBrowserView,
    SebFileCheck,
    SebFileRequest,
)
from exam_engine.sittings import service as sittings

router = APIRouter(prefix="/api/sittings/{sitting_id}/safe-exam-browser", tags=["sittings"])

SEB_FILE = "application/seb"
READ = requires(Permission.SITTING_READ)
WRITE = requires(Permission.SITTING_WRITE)


def _view(sitting_id: UUID, browser: SafeExamBrowser | None, settings: Settings) -> SafeExamBrowserView:
    if browser is None:
        return SafeExamBrowserView(sitting_id=sitting_id, settings=None)
    return SafeExamBrowserView(
        sitting_id=sitting_id,
        settings=SafeExamBrowserSettings(
            allowed_addresses=browser.allowed_addresses,
            has_quit_password=browser.quit_password_sha256 is not None,
            browser_exam_keys=[ExamKeyView.model_validate(one) for one in browser.browser_exam_keys],
            accepts_config_key=browser.accepts_config_key,
            config_key=browser.config_key,
            server_url=browser.server_url,
            is_address_outdated=browser.server_url != settings.public_url.rstrip("/"),
            quit_url=requiring.quit_url(browser),
            takes_files=browser.takes_files,
            changed_at=browser.changed_at,
            handed_out_at=browser.handed_out_at,
            are_new_files_due=browser.handed_out_key not in {None, browser.config_key},
        ),
    )


@router.get("", dependencies=[READ])
async def read_safe_exam_browser(sitting_id: UUID, request: Request, session: ReadSessionDep) -> SafeExamBrowserView:
    """Whether the sitting is taken in Safe Exam Browser, with which settings and keys."""
    await sittings.find_sitting(session, sitting_id)
    return _view(sitting_id, await queries.browser_of(session, sitting_id), request.app.state.settings)


@router.put("", dependencies=[WRITE])
async def require_safe_exam_browser(
    sitting_id: UUID, body: SafeExamBrowserIn, request: Request, actor: ActorDep, session: SessionDep
) -> SafeExamBrowserView:
    """Ask for Safe Exam Browser, or change what is asked for; files handed out before may then fit no more."""
    settings: Settings = request.app.state.settings
    rule = requiring.BrowserRule(
        allowed_addresses=body.allowed_addresses,
        quit_password=body.quit_password,
        browser_exam_keys=[one.model_dump() for one in body.browser_exam_keys],
        accepts_config_key=body.accepts_config_key,
    )
    browser = await requiring.require(
        session, sitting_id, rule, server_url=settings.public_url, actor=actor, now=utc_now()
    )
    return _view(sitting_id, browser, settings)


@router.delete("", status_code=204, dependencies=[WRITE])
async def release_safe_exam_browser(sitting_id: UUID, actor: ActorDep, session: SessionDep) -> None:
    """Take any browser again."""
    await requiring.release(session, sitting_id, actor=actor, now=utc_now())


@router.post("/file", dependencies=[WRITE], response_class=Response)
async def hand_out_file(sitting_id: UUID, body: SebFileRequest, actor: ActorDep, session: SessionDep) -> Response:
    """The sitting's .seb file, for every computer; with a password it asks for that when it is opened."""
    content = await requiring.hand_out(session, sitting_id, password=body.password, actor=actor, now=utc_now())
    name = (await sittings.find_sitting(session, sitting_id)).name
    return file_response(content, SEB_FILE, f"{name}.seb")


@router.post("/file-check", dependencies=[WRITE])
async def check_file(
    sitting_id: UUID,
    file: UploadFile,
    session: ReadSessionDep,
    password: Annotated[str | None, Form(max_length=200)] = None,
) -> SebFileCheck:
    """Whether a file that somebody brought is the one of this sitting; nothing of it is kept."""
    read = await requiring.check_file(session, sitting_id, await file.read(), password or None)
    return SebFileCheck(config_key=read.config_key, fits=read.fits)
