"""Looking through handed-in files in the background, so that whoever handed one in is told while there is time.

Files are opened by the parsers that also look through starting files, under their limits, in a process of their own:
a file made to hang or to blow up a parser takes none of the server with it. What is found changes nothing about the
file; people decide.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog
from fastapi import FastAPI

from exam_engine.core.db import Database
from exam_engine.core.jobs.computation import (
    ComputationFailedError,
    ProcessDiedError,
    Tell,
    compute_in_own_process,
)
from exam_engine.core.time import utc_now
from exam_engine.delivery import upload_queries
from exam_engine.interactions.responses import ending_of
from exam_engine.media.attachments import CONTENT_TYPES, attachment_type
from exam_engine.media.errors import InvalidMediaError
from exam_engine.media.limits import MediaLimits
from exam_engine.media.sniffing import sniff

log = structlog.get_logger()

ROUND_SECONDS = 2.0
LONGEST_SECONDS = 20.0
"""For one file; the largest sound ones take a second."""
GIVEN_UP_AFTER = timedelta(minutes=5)
"""A process that took files so long ago has died with them."""
_TOGETHER = 8

SOUND, NOT_EXAMINED, UNREADABLE, TOO_SLOW = "sound", "not_examined", "upload_unreadable", "upload_too_slow"


def look_through(name: str, content: bytes) -> str:
    """Return what is found in a file: sound, a type that cannot be looked through, or the code of what is wrong."""
    if ending_of(name) not in {*CONTENT_TYPES, "jpeg"}:
        return NOT_EXAMINED
    try:
        attachment_type(content, sniff(content), name, MediaLimits(attachment_bytes=len(content)))
    except InvalidMediaError as error:
        return error.faults[0].code
    return SOUND


async def examine(database: Database) -> int:
    """Look through files that have fully arrived and were not looked through; returns how many."""
    now = utc_now()
    given_up = now - GIVEN_UP_AFTER
    async with database.read() as session:
        if not await upload_queries.has_unexamined(session, taken_before=given_up):
            return 0
    async with database.write() as session:
        uploads = await upload_queries.take_unexamined(session, taken_before=given_up, now=now, limit=_TOGETHER)
    for upload in uploads:
        async with database.read() as session:
            content = b"".join([part async for part in upload_queries.contents(session, upload.id)])
        finding = await examined(upload.file_name, content)
        async with database.write() as session:
            await upload_queries.set_finding(session, upload.id, finding)
    return len(uploads)


async def examined(name: str, content: bytes) -> str:
    """Look through a file in a process of its own; returns what :func:`look_through` finds, or that it cannot be."""

    async def no_word(_word: object) -> None:
        """Nothing is told on the way."""

    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            return await compute_in_own_process(_look_through, name, content, on_word=no_word)
    except TimeoutError:
        # A file made to hang a parser, or a server with too much to do: not known to be damaged.
        log.warning("upload_too_slow", seconds=LONGEST_SECONDS)
        return TOO_SLOW
    except (ProcessDiedError, ComputationFailedError) as error:
        log.warning("upload_unreadable", reason=type(error).__name__)
        return UNREADABLE


def _look_through(name: str, content: bytes, *, tell: Tell) -> str:
    del tell
    return look_through(name, content)


async def _rounds(database: Database) -> None:
    while True:
        try:
            while await examine(database):
                pass
        except Exception:
            log.exception("examining_round_failed")
        await asyncio.sleep(ROUND_SECONDS)


@asynccontextmanager
async def examining_rounds(app: FastAPI) -> AsyncIterator[None]:
    """Run the rounds while the application runs."""
    task = asyncio.create_task(_rounds(app.state.database))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
