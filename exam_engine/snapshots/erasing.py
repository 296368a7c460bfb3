"""The background round that erases pictures whose time is over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog
from fastapi import FastAPI

from exam_engine.audit import service as audit
from exam_engine.core.actor import SYSTEM
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.sittings import service as sittings
from exam_engine.snapshots import queries
from exam_engine.snapshots.deciding import erase_now, erased_after

log = structlog.get_logger()

ROUND_SECONDS = 600.0


async def erase_overdue(database: Database, now: datetime) -> int:
    """Erase the pictures of all sittings whose time is over; returns of how many sittings."""
    async with database.read() as session:
        due = []
        for setting in await queries.settings_with_pictures(session):
            facts = await sittings.find_sitting(session, setting.sitting_id)
            if now >= erased_after(setting, facts.ends_at):
                due.append(setting.sitting_id)
    for sitting_id in due:
        async with database.write() as session:
            kept = await queries.setting_of(session, sitting_id, for_change=True)
            if kept is None or kept.wrapped_key is None:
                continue
            erased = await erase_now(session, kept, now)
            await audit.record(
                session,
                actor=SYSTEM,
                action="snapshots.expired",
                object_type="sitting",
                object_id=str(sitting_id),
                details={"pictures": erased, "retention_days": kept.retention_days},
                now=now,
            )
    return len(due)


@asynccontextmanager
async def erasing_rounds(app: FastAPI) -> AsyncIterator[None]:
    """Erase what is overdue, at once and every ten minutes."""

    async def rounds() -> None:
        while True:
            try:
                await erase_overdue(app.state.database, utc_now())
            except Exception:
                log.exception("snapshot_erasing_failed")
            await asyncio.sleep(ROUND_SECONDS)

    task = asyncio.create_task(rounds())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
