"""The background round: closes overdue attempts, marks closed ones, chains and closes the logs of sittings.

Each step survives a crash by itself.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import structlog
from fastapi import FastAPI

from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery import queries, service
from exam_engine.delivery.engine import root_signer
from exam_engine.delivery.log_closing import settle_logs
from exam_engine.marking.service import KeyedForm
from exam_engine.sitting_log.roots import RootSigner

log = structlog.get_logger()

ROUND_SECONDS = 1.0
_MARKED_PER_ROUND = 500
_CLOSED_TOGETHER = 200
_MARKED_TOGETHER = 50
"""In one transaction, for which savers wait on SQLite."""


async def close_and_mark(database: Database) -> tuple[int, int]:
    """Close what is overdue and mark what is closed; returns how many of each.

    Attempts are closed and marked some together. One that cannot be marked holds up no other, and a crash in between
    loses nothing, because the next round finds the same work again.
    """
    closed = marked = 0
    async with database.read() as session:
        overdue = await service.overdue_ids(session, now=utc_now())
    for start in range(0, len(overdue), _CLOSED_TOGETHER):
        async with database.write() as session:
            group = overdue[start : start + _CLOSED_TOGETHER]
            closed += await service.close_overdue(session, group, now=utc_now())
    async with database.read() as session:
        unmarked = await queries.unmarked_attempt_ids(session, limit=_MARKED_PER_ROUND)
    known: dict[UUID, KeyedForm] = {}
    for start in range(0, len(unmarked), _MARKED_TOGETHER):
        group = unmarked[start : start + _MARKED_TOGETHER]
        try:
            async with database.write() as session:
                marked += await service.mark_closed(session, group, now=utc_now(), known=known)
        except Exception:
            # Whoever cannot be marked must not hold up the others of the group.
            log.exception("marking_failed", attempts=len(group))
            for attempt_id in group:
                marked += await _mark_alone(database, attempt_id, known)
    return closed, marked


async def _mark_alone(database: Database, attempt_id: UUID, known: dict[UUID, KeyedForm]) -> int:
    try:
        async with database.write() as session:
            return await service.mark_closed(session, [attempt_id], now=utc_now(), known=known)
    except Exception:
        log.exception("marking_failed", attempt_id=str(attempt_id))
        return 0


async def _rounds(database: Database, signer: RootSigner) -> None:
    while True:
        try:
            await close_and_mark(database)
        except Exception:
            log.exception("closing_round_failed")
        try:
            await settle_logs(database, signer)
        except Exception:
            log.exception("log_round_failed")
        await asyncio.sleep(ROUND_SECONDS)


@asynccontextmanager
async def closing_rounds(app: FastAPI) -> AsyncIterator[None]:
    """Run the rounds while the application runs."""
    task = asyncio.create_task(_rounds(app.state.database, root_signer(app.state.settings)))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
