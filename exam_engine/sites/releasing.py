"""The site's side of the release: the code comes from the central server by itself, or somebody types it."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from fastapi import FastAPI
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import SYSTEM
from exam_engine.core.bus import hint_after_commit
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery.engine import master_key
from exam_engine.delivery.models import SealedPaper
from exam_engine.delivery.papers import unwrap_key, wrap_key
from exam_engine.sites import queries
from exam_engine.sites.central_server import central_server
from exam_engine.sites.codes import read_code
from exam_engine.sites.errors import CentralRefusalError, CentralServerError, NothingPulledError
from exam_engine.sites.models import PulledSitting
from exam_engine.sites.release import release_key, released
from exam_engine.sittings import service as sittings
from exam_engine.sittings.hints import SEAT

log = structlog.get_logger()

ROUND_SECONDS = 10.0
ASKED_BEFORE = timedelta(minutes=10)
"""The clock that counts is the central server's; the one here may be that much slow."""


async def release(session: AsyncSession, sitting_id: UUID, *, code: str, master_key: bytes, now: datetime) -> int:
    """Open the papers of a sitting with the release code; returns how many. Done again, it changes nothing.

    Raises
    ------
    NothingPulledError, CodeMistypedError
    ReleaseCodeWrongError
        The code is that of another delegation; nothing is opened.
    """
    pulled = await queries.pulled(session, sitting_id, lock=True)
    if pulled is None:
        raise NothingPulledError
    key = release_key(read_code(code), pulled.delegation_id)
    for id_, wrapped in pulled.paper_keys.items():
        paper = await session.get_one(SealedPaper, UUID(id_))
        paper.wrapped_key = wrap_key(master_key, released(key, base64.b64decode(wrapped), paper.id), paper.id)
        session.add(paper)
    if pulled.released_at is None:
        pulled.released_at = now
        session.add(pulled)
        hint_after_commit(session, SEAT, await sittings.registration_ids_held_here(session, sitting_id))
        await session.flush()
        await audit.record(
            session,
            actor=SYSTEM,
            action="site.papers_released",
            object_type="sitting",
            object_id=str(sitting_id),
            details={"delegation": str(pulled.delegation_id), "papers": len(pulled.paper_keys)},
            now=now,
            sitting_id=sitting_id,
        )
    return len(pulled.paper_keys)


def token_of(pulled: PulledSitting, key: bytes) -> str:
    """Return the token that lets this site in at the central server."""
    return unwrap_key(key, pulled.wrapped_token, pulled.delegation_id).decode()


async def _fetch_due(database: Database, settings: Settings) -> None:
    """Open the papers of sittings whose time has come, where the central server can be reached."""
    async with database.read() as session:
        held = await queries.all_pulled(session)
    now, key = utc_now(), master_key(settings)
    for pulled in held:
        if (
            pulled.released_at is not None
            or now < pulled.releases_at - ASKED_BEFORE
            or pulled.taken_home_at is not None
        ):
            continue
        address = central_server(pulled.central_url, token=token_of(pulled, key), authority=pulled.authority, waits=())
        try:
            async with address as central:
                code = await central.release_code()
            async with database.write() as session:
                papers = await release(session, pulled.sitting_id, code=code, master_key=key, now=utc_now())
            log.info("papers_released", sitting_id=str(pulled.sitting_id), papers=papers)
        except (CentralServerError, CentralRefusalError) as error:
            log.info("release_waits", sitting_id=str(pulled.sitting_id), reason=error.params)


async def _rounds(database: Database, settings: Settings) -> None:
    while True:
        try:
            await _fetch_due(database, settings)
        except Exception:
            log.exception("release_round_failed")
        await asyncio.sleep(ROUND_SECONDS)


@asynccontextmanager
async def release_rounds(app: FastAPI) -> AsyncIterator[None]:
    """Ask for the release of pulled papers while the application runs; on other servers there are none."""
    task = asyncio.create_task(_rounds(app.state.database, app.state.settings))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
