"""Time that does not jump while people work: a server's clock that is set is followed only when nobody does.

Somebody corrects the clock of the server in the middle of an exam, or a time service does. Candidates must neither
lose nor gain by it: the processes of this machine go on by the clock they had
(:class:`exam_engine.core.time.SteadyClock`), also over a restart, because what they agreed on is kept in a file with
the name of this run of the machine. Once no attempt is open, they follow the machine's clock.

After a power cut a machine with an empty battery may believe in a time long before the last thing it stored. Then time
goes on from there.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
import structlog
from fastapi import FastAPI
from sqlmodel import col, select

from exam_engine.core.absence import is_database_away
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.metrics import CLOCK_STEP_SECONDS
from exam_engine.core.time import CLOCK, SteadyClock
from exam_engine.delivery.models import Attempt

log = structlog.get_logger()

ROUND_SECONDS = 1.0
TOLERANCE = 0.1
"""Seconds by which two readings of one clock may differ before it counts as set."""
FILE_NAME = "clock.json"
_RUN_OF_MACHINE = Path("/proc/sys/kernel/random/boot_id")


def run_of_machine() -> str:
    """Return a name for the time since this machine was started; empty where the system gives none."""
    try:
        return _RUN_OF_MACHINE.read_text(encoding="ascii").strip()
    except OSError:
        return ""


async def last_heard_of_open_attempts(database: Database) -> datetime | None:
    """Return when something was last stored of an attempt that is still open; None when none is."""
    statement = select(sa.func.max(col(Attempt.last_seen_at))).where(col(Attempt.finish_kind).is_(None))
    async with database.read() as session:
        return (await session.exec(statement)).one()


class ClockKeeper:
    """Decides for the processes of one machine when their clock follows the machine's.

    Parameters
    ----------
    folder : the data folder, which all processes of the machine share.
    run : the name of this run of the machine; with an empty one nothing is kept over a restart.
    """

    def __init__(self, clock: SteadyClock, folder: Path, run: str) -> None:
        self._clock = clock
        self._file = folder / FILE_NAME
        self._run = run
        self._told = 0.0

    def begin(self, last_heard: datetime | None) -> None:
        """Choose the time to begin with.

        Parameters
        ----------
        last_heard : when something was last stored of an attempt that is still open; None when nobody works.
        """
        kept = self._kept()
        if last_heard is None:
            self._follow()
        elif kept is not None:
            self._clock.offset = kept
        else:
            self._follow()
            behind = last_heard.timestamp() - self._clock.now()
            if behind > TOLERANCE:
                log.error("clock_behind_records", seconds=round(behind, 3), last_heard=last_heard.isoformat())
                self._clock.go_on_from(last_heard)
                self._keep()

    async def look(self, database: Database) -> None:
        """Notice a clock that was set; follow it if nobody works, otherwise go on and say so once."""
        kept = self._kept()
        if kept is not None and abs(kept - self._clock.offset) > TOLERANCE:
            # Another process of this machine has decided.
            self._clock.offset = kept
        step = self._clock.wall_offset() - self._clock.offset
        CLOCK_STEP_SECONDS.set(step)
        if abs(step) <= TOLERANCE:
            self._told = 0.0
        elif await last_heard_of_open_attempts(database) is None:
            self._follow()
            log.warning("clock_followed", seconds=round(step, 3))
            CLOCK_STEP_SECONDS.set(0.0)
        elif abs(step - self._told) > TOLERANCE:
            self._told = step
            log.error("clock_was_set", seconds=round(step, 3))

    def _follow(self) -> None:
        self._clock.offset = self._clock.wall_offset()
        self._keep()

    def _kept(self) -> float | None:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            return float(found["offset"]) if self._run and found["run"] == self._run else None
        except (OSError, ValueError, KeyError, TypeError):
            # Not there, or cut off by a crash of the machine, whose next run it would not concern.
            return None

    def _keep(self) -> None:
        if not self._run:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_name(f"{FILE_NAME}.{os.getpid()}")
        new.write_text(json.dumps({"run": self._run, "offset": self._clock.offset}), encoding="utf-8")
        new.replace(self._file)


async def _begun(keeper: ClockKeeper, database: Database) -> bool:
    try:
        last_heard = await last_heard_of_open_attempts(database)
    except Exception as error:
        # A server may start before its database; whether somebody works is known only then.
        log.info("clock_waits_for_database", reason=type(error).__name__)
        return False
    keeper.begin(last_heard)
    return True


async def _rounds(keeper: ClockKeeper, database: Database, *, has_begun: bool) -> None:
    while True:
        await asyncio.sleep(ROUND_SECONDS)
        if not has_begun:
            has_begun = await _begun(keeper, database)
            continue
        try:
            await keeper.look(database)
        except Exception as error:
            # Whether somebody works cannot be known, so nothing changes.
            if not is_database_away(error):
                log.exception("clock_round_failed")


@asynccontextmanager
async def steady_time(app: FastAPI) -> AsyncIterator[None]:
    """Keep this process's clock while the application runs."""
    settings: Settings = app.state.settings
    database: Database = app.state.database
    keeper = ClockKeeper(CLOCK, settings.data_dir, run_of_machine())
    has_begun = await _begun(keeper, database)
    task = asyncio.create_task(_rounds(keeper, database, has_begun=has_begun))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
