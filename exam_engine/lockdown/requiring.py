"""That a sitting is taken in Safe Exam Browser: its settings, the keys it takes, its files."""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault
from exam_engine.lockdown import queries
from exam_engine.lockdown.errors import SebFileRefusedError, SebNotRequiredError
from exam_engine.lockdown.models import SafeExamBrowser
from exam_engine.lockdown.seb import errors as seb_errors
from exam_engine.lockdown.seb.config_key import config_key
from exam_engine.lockdown.seb.exam_settings import ExamSettings, settings_of
from exam_engine.lockdown.seb.reading import Settings, read_settings
from exam_engine.lockdown.seb.writing import encrypted_file, plain_file
from exam_engine.sittings import sections as sitting_sections
from exam_engine.sittings import service as sittings
from exam_engine.sittings.errors import RoomAtSiteError

EXAM_PATH = "/exam"
QUIT_PATH = "/exam/quit"


@dataclass(frozen=True, slots=True)
class BrowserRule:
    """What the board chose; ``quit_password`` None leaves the one there is, the empty one takes it away."""

    allowed_addresses: Sequence[str]
    quit_password: str | None
    browser_exam_keys: Sequence[dict[str, str]]
    accepts_config_key: bool


async def require(
    session: AsyncSession, sitting_id: UUID, rule: BrowserRule, *, server_url: str, actor: Actor, now: datetime
) -> SafeExamBrowser:
    """Ask for Safe Exam Browser in a sitting, or change what is asked for.

    A change of what the file holds changes the Config Key: files handed out before then fit no more.

    Raises
    ------
    NotFoundError, SittingSettledError
    RoomAtSiteError
        A site holds a room: there nobody would ask for the browser.
    """
    sitting = await sittings.lock_unsettled(session, sitting_id)
    if await sittings.rooms_at_sites(session, sitting_id):
        raise RoomAtSiteError
    found = await queries.browser_of(session, sitting_id, for_change=True)
    before = _facts(found) if found is not None else None
    browser = found or SafeExamBrowser(
        sitting_id=sitting_id,
        server_url="",
        quit_code=secrets.token_urlsafe(32),
        exam_key_salt=secrets.token_bytes(32),
        takes_files=False,
        config_key="",
        changed_at=now,
    )
    browser.server_url = server_url.rstrip("/")
    browser.allowed_addresses = list(rule.allowed_addresses)
    if rule.quit_password is not None:
        browser.quit_password_sha256 = (
            hashlib.sha256(rule.quit_password.encode()).hexdigest() if rule.quit_password else None
        )
    browser.browser_exam_keys = [dict(one) for one in rule.browser_exam_keys]
    browser.accepts_config_key = rule.accepts_config_key
    browser.changed_at = now
    await _settle_key(session, browser)
    await session.flush()
    await _record(session, "safe_exam_browser.required", browser, sitting.status, before, actor, now)
    return browser


async def release(session: AsyncSession, sitting_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take any browser in a sitting again; harmless when it does already.

    Raises
    ------
    NotFoundError, SittingSettledError
    """
    sitting = await sittings.lock_unsettled(session, sitting_id)
    browser = await queries.browser_of(session, sitting_id, for_change=True)
    if browser is None:
        return
    await session.delete(browser)
    await session.flush()
    await _record(session, "safe_exam_browser.released", browser, sitting.status, _facts(browser), actor, now)


async def hand_out(
    session: AsyncSession, sitting_id: UUID, *, password: str | None, actor: Actor, now: datetime
) -> bytes:
    """Return the sitting's file, and note that it was handed out; with a password it asks for that when opened.

    Raises
    ------
    NotFoundError, SittingSettledError
    SebNotRequiredError
    """
    sitting = await sittings.lock_unsettled(session, sitting_id)
    browser = await _required(session, sitting_id)
    # The sections may have changed since: a file must let in and out what the sitting needs.
    await _settle_key(session, browser)
    settings = file_settings(browser)
    # Each password is stretched twice, some ten milliseconds.
    content = (
        plain_file(settings)
        if password is None
        else await asyncio.to_thread(encrypted_file, settings, password, random_bytes=secrets.token_bytes)
    )
    browser.handed_out_key, browser.handed_out_at = browser.config_key, now
    await session.flush()
    await _record(
        session,
        "safe_exam_browser.file_handed_out",
        browser,
        sitting.status,
        None,
        actor,
        now,
        {"is_encrypted": password is not None},
    )
    return content


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that somebody brought: its Config Key, and whether the sitting takes it."""

    config_key: str
    fits: bool


async def check_file(session: AsyncSession, sitting_id: UUID, content: bytes, password: str | None) -> ReadFile:
    """Return whether a file is the one of the sitting.

    Raises
    ------
    SebNotRequiredError
    SebFileRefusedError
        The fault says why it cannot be read.
    """
    browser = await _required(session, sitting_id)
    try:
        key = await asyncio.to_thread(_key_of_file, content, password)
    except seb_errors.SebFileError as error:
        raise SebFileRefusedError(faults=[_file_fault(error)]) from error
    return ReadFile(key, key == browser.config_key)


def file_settings(browser: SafeExamBrowser) -> Settings:
    """Return what the file of a sitting holds."""
    return settings_of(
        ExamSettings(
            start_url=browser.server_url + EXAM_PATH,
            quit_url=quit_url(browser),
            allowed_addresses=browser.allowed_addresses,
            quit_password_sha256=browser.quit_password_sha256,
            exam_key_salt=browser.exam_key_salt,
            takes_files=browser.takes_files,
        )
    )


def quit_url(browser: SafeExamBrowser) -> str:
    """Return the link that closes the browser."""
    return f"{browser.server_url}{QUIT_PATH}?{quote(browser.quit_code)}"


def _key_of_file(content: bytes, password: str | None) -> str:
    return config_key(read_settings(content, password))


def _file_fault(error: seb_errors.SebFileError) -> Fault:
    if isinstance(error, seb_errors.TooLargeFileError):
        return Fault("seb_file_too_large", "file")
    if isinstance(error, seb_errors.PasswordNeededError):
        return Fault("seb_file_password_needed", "password")
    if isinstance(error, seb_errors.WrongPasswordError):
        return Fault("seb_file_wrong_password", "password")
    if isinstance(error, seb_errors.CertificateNeededError):
        return Fault("seb_file_certificate_needed", "file")
    return Fault("seb_file_damaged", "file")


async def _settle_key(session: AsyncSession, browser: SafeExamBrowser) -> None:
    plan = await sitting_sections.section_plan(session, browser.sitting_id)
    browser.takes_files = any(section.kind == "practical" for section in plan)
    browser.config_key = config_key(file_settings(browser))
    session.add(browser)


async def _required(session: AsyncSession, sitting_id: UUID) -> SafeExamBrowser:
    browser = await queries.browser_of(session, sitting_id)
    if browser is None:
        raise SebNotRequiredError
    return browser


def _facts(browser: SafeExamBrowser) -> dict[str, Any]:
    return {
        "config_key": browser.config_key,
        "allowed_addresses": browser.allowed_addresses,
        "has_quit_password": browser.quit_password_sha256 is not None,
        "browser_exam_keys": browser.browser_exam_keys,
        "accepts_config_key": browser.accepts_config_key,
    }


async def _record(
    session: AsyncSession,
    action: str,
    browser: SafeExamBrowser,
    sitting_status: str,
    before: dict[str, Any] | None,
    actor: Actor,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="sitting",
        object_id=str(browser.sitting_id),
        before=before,
        after=_facts(browser),
        details={
            "config_key": browser.config_key,
            "browser_exam_keys": [one["key"] for one in browser.browser_exam_keys],
            "accepts_config_key": browser.accepts_config_key,
        }
        | (details or {}),
        now=now,
        # The log begins when the sitting is made ready.
        sitting_id=None if sitting_status == "draft" else browser.sitting_id,
    )
