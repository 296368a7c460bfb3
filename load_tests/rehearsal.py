"""``exam-engine rehearse``: a sitting's own schedule on this very machine, the evening before, with a go or no-go page.

The real sitting is only read. What runs is a copy in a database of its own, on the same disk or the same database
server: its forms sealed anew under keys of its own, its candidates made up, its name saying what it is. Nothing of it
can show up among results, certificates or registers, because it never was in their database; at the end it is deleted,
and the report stays.
"""

import asyncio
import random
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from uuid import UUID

import asyncpg
import sqlalchemy as sa

from exam_engine.app import bring_up_to_date
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.i18n import Language
from exam_engine.core.time import utc_now
from exam_engine.forms.copying import copy_forms
from load_tests.criteria import Thresholds, is_go
from load_tests.local_site import PREPARING_SECONDS_EACH, DatabaseAuditing, Site, proctors_of, wave_of
from load_tests.plan import Plan
from load_tests.prepared_sitting import store_sitting
from load_tests.report.words import milliseconds, number, say, share
from load_tests.reporting import page_of, report_run
from load_tests.running import GeneratorFailedError, by_locust, run_on, run_until_told_to_end, stamp
from load_tests.server import ServerDiedError, ServerProcess, free_port
from load_tests.sitting_copy import (
    NobodyRegisteredError,
    PlayedTime,
    Schedule,
    planned_copy,
    played_time,
    read_schedule,
)
from load_tests.timetable import arrival_seconds, lead_seconds

_LONGEST_GRACE_SECONDS = 30.0
GO, NO_GO, NOT_RUN = 0, 1, 2


class NoDatabaseError(Exception):
    """The account of the installation may not create a database for the copy."""


@dataclass(frozen=True, slots=True)
class RehearsalChoice:
    """How a rehearsal is played: how fast, with how many server processes, played by how many processes."""

    speed: float = 10.0
    workers: int = 1
    generators: int = 1
    seed: int = 1
    language: Language = "vi"


def rehearse(settings: Settings, sitting_id: UUID, choice: RehearsalChoice) -> int:
    """Rehearse a sitting; returns 0 for go, 1 for no go, 2 when it could not be run.

    Parameters
    ----------
    settings : of the installation whose sitting it is.

    Raises
    ------
    NotFoundError
        There is no such sitting.
    """
    if find_spec("locust") is None:
        print(say("say.no_locust", choice.language))
        return NOT_RUN
    try:
        return run_until_told_to_end(_rehearse(settings, sitting_id, choice))
    except asyncio.CancelledError:
        return NOT_RUN
    except NobodyRegisteredError:
        code, params = "nobody", {}
    except NoDatabaseError as error:
        code, params = "no_database", {"reason": str(error)}
    except (GeneratorFailedError, ServerDiedError) as error:
        code, params = "generator_failed", {"reason": str(error)}
    print(say(f"say.{code}", choice.language, **params))
    return NOT_RUN


async def _rehearse(settings: Settings, sitting_id: UUID, choice: RehearsalChoice) -> int:
    language = choice.language
    folder = await asyncio.to_thread(_fresh_folder, settings)
    source = Database(settings.database_url)
    try:
        async with source.read() as session:
            schedule = await read_schedule(session, sitting_id)
        count = number(len(schedule.places), language)
        print(say("say.rehearsing", language, sitting=schedule.name, candidates=count), flush=True)
        async with _copy_running(settings, source, schedule, choice, folder) as site:
            wave = site.plan.waves[0]
            minutes = number((site.plan.ends_at - time.time()) / 60, language, 1)
            print(say("say.takes", language, minutes=minutes, speed=number(wave.speed, language, 1)), flush=True)
            part, audit = await run_on(site, folder, by_locust(folder, choice.generators))
    finally:
        await source.close()
    summary, criteria = report_run(site, part, audit, folder, limits=Thresholds(), rehearsed=schedule.name)
    save = summary.figures_of("save")
    print(
        say(
            "say.over",
            language,
            verdict=say("go" if is_go(criteria) else "no_go", language),
            candidates=number(summary.candidates, language),
            save=milliseconds(save.p95_ms, language) if save is not None else "–",
            failed=share(summary.failed_share, language),
            acknowledged=number(summary.acknowledged, language),
            lost=summary.lost,
            doubled=summary.doubled,
        )
    )
    print(say("say.report", language, file=page_of(folder, language)))
    return GO if is_go(criteria) else NO_GO


def _fresh_folder(settings: Settings) -> Path:
    folder = settings.data_dir.absolute() / "rehearsals" / stamp()
    folder.mkdir(parents=True)
    return folder


@asynccontextmanager
async def _copy_running(
    settings: Settings, source: Database, schedule: Schedule, choice: RehearsalChoice, folder: Path
) -> AsyncIterator[Site]:
    """Make the copy, run a server on it, and delete it at the end, whatever happened."""
    data = folder / "copy"
    async with _own_database(settings, data) as url:
        port = free_port()
        own = settings.model_copy(
            update={
                "database_url": url,
                "data_dir": data,
                "public_url": f"http://127.0.0.1:{port}",
                "login_attempts": 10_000,
                # A bus that both would use would carry news of the copy to the real server.
                "bus_url": "",
                "metrics_token": "",
            }
        )
        server = ServerProcess(own, port=port, log_file=folder / "server.log", workers=choice.workers)
        database = Database(url)
        try:
            await asyncio.to_thread(bring_up_to_date, own)
            server.start()
            await server.wait_until_ready()
            plan = await _store_copy(own, source, database, schedule, choice)
            kind = "SQLite" if own.is_sqlite else "PostgreSQL"
            yield Site(plan, kind, [server.pid], [], DatabaseAuditing(database, [plan.waves[0].sitting_id]))
        finally:
            await database.close()
            server.stop()
            shutil.rmtree(data, ignore_errors=True)


async def _store_copy(
    own: Settings, source: Database, database: Database, schedule: Schedule, choice: RehearsalChoice
) -> Plan:
    played: PlayedTime = played_time(schedule, choice.speed)
    count = len(schedule.places)
    opens_at = time.time() + lead_seconds(count) + count * PREPARING_SECONDS_EACH
    grace = min(schedule.grace.total_seconds(), _LONGEST_GRACE_SECONDS)
    rng = random.Random(choice.seed)
    async with source.read() as reading, database.write() as writing:
        await copy_forms(reading, writing, schedule.form_ids)
        planned = planned_copy(
            schedule,
            played,
            name=say("copy_name", "vi", sitting=schedule.name),
            opens_at=datetime.fromtimestamp(opens_at, UTC),
            grace_seconds=grace,
            speed=choice.speed,
        )
        sitting = await store_sitting(writing, own, planned, proctors_per_room=2, now=utc_now(), rng=rng)
    wave = wave_of(
        sitting,
        opens_at,
        played.working.total_seconds(),
        schedule.duration_minutes * 60.0,
        choice.speed,
        grace_seconds=grace,
        extra_seconds=played.longest_extra.total_seconds(),
    )
    return Plan(
        url=own.public_url,
        seed=choice.seed,
        waves=[wave],
        proctors=proctors_of(sitting, 0),
        arrival_seconds=arrival_seconds(count),
    )


@asynccontextmanager
async def _own_database(settings: Settings, data: Path) -> AsyncIterator[str]:
    """Yield the URL of an empty database beside the real one: a file on the same disk, or one on the same server."""
    url = sa.make_url(settings.database_url)
    if settings.is_sqlite:
        # Beside the real file, so that the copy is written to the same disk.
        beside = await asyncio.to_thread(_file_beside, url.database or "", data.parent.name)
        try:
            yield f"sqlite:///{beside}"
        finally:
            for ending in ("", "-wal", "-shm"):
                beside.with_name(beside.name + ending).unlink(missing_ok=True)
        return
    name = f"{url.database}_rehearsal_{data.parent.name.replace('-', '_')}"
    real = url.set(drivername="postgresql").render_as_string(hide_password=False)
    await _run_sql(real, f'CREATE DATABASE "{name}"')
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        await _run_sql(real, f'DROP DATABASE "{name}" WITH (FORCE)')


def _file_beside(real: str, name: str) -> Path:
    return Path(real).absolute().with_name(f"rehearsal-{name}.db")


async def _run_sql(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError as error:
        raise NoDatabaseError(str(error)) from error
    finally:
        await connection.close()
