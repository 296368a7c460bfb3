"""A site of one's own to load: a fresh database, a prepared sitting, a server process; gone when the run is over."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from exam_engine.app import bring_up_to_date
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery.models import Attempt
from load_tests.audit import Audit, audit_database
from load_tests.known_certificates import issue_specimens
from load_tests.options import Choice
from load_tests.plan import Plan, ProctorPlan, RoomDuty, Wave
from load_tests.prepared_sitting import PROCTOR_PASSWORD, PreparedSitting, prepare_sitting
from load_tests.protocol import Acknowledged
from load_tests.sample_forms import sample_forms, sections_of
from load_tests.server import ServerProcess, free_port
from load_tests.timetable import arrival_seconds, lead_seconds

GRACE_SECONDS = 30
PREPARING_SECONDS_EACH = 0.012
_CLOSING_SECONDS = 90.0


Auditing = Callable[[list[Acknowledged]], Awaitable[Audit]]
"""Holds receipts against what is stored."""


@dataclass(frozen=True, slots=True)
class Site:
    """Something to load: its plan, and which processes are the server and its database, where they are on this machine.

    ``database_kind`` is ``sqlite``, ``postgresql`` or empty where it is not known.
    """

    plan: Plan
    database_kind: str
    server_pids: Sequence[int]
    database_pids: Sequence[int]
    audit: Auditing


class DatabaseAuditing:
    """Holds receipts against the database of the site, once all attempts are closed."""

    def __init__(self, database: Database, sitting_ids: Sequence[str]) -> None:
        self._database = database
        self._sitting_ids = sitting_ids

    async def __call__(self, receipts: list[Acknowledged]) -> Audit:
        """Return what the comparison found."""
        await self._all_closed()
        return await audit_database(self._database, receipts)

    async def _all_closed(self) -> None:
        """Wait until the server has closed every attempt, so that nothing moves while it is read."""
        statement = (
            sa.select(sa.func.count())
            .select_from(Attempt)
            .where(
                col(Attempt.sitting_id).in_([UUID(id_) for id_ in self._sitting_ids]), col(Attempt.marked_at).is_(None)
            )
        )
        until = time.monotonic() + _CLOSING_SECONDS
        while time.monotonic() < until:
            async with self._database.read() as session:
                if not (await (await session.connection()).execute(statement)).scalar_one():
                    return
            await asyncio.sleep(0.5)


@asynccontextmanager
async def database_of_choice(choice: Choice, folder: Path) -> AsyncIterator[tuple[str, list[int]]]:
    """Yield the URL of an empty database and the first process of its server, where this run started one."""
    if choice.database == "sqlite":
        yield f"sqlite:///{folder / 'exam.db'}", []
    elif choice.database == "postgresql":
        # The embedded server is there for development and tests; an installation names a database of its own.
        from tests.database_server import own_database  # noqa: PLC0415

        # It waits for its server, and runs an event loop of its own: not in this thread.
        owning = own_database()
        own = await asyncio.to_thread(owning.__enter__)
        try:
            yield own.url, [own.server_pid] if own.server_pid is not None else []
        finally:
            await asyncio.to_thread(owning.__exit__, None, None, None)
    else:
        yield choice.database, []


@asynccontextmanager
async def local_site(choice: Choice, folder: Path) -> AsyncIterator[Site]:
    """Start a server and prepare what ``choice`` asks for; stop it at the end."""
    async with database_of_choice(choice, folder) as (url, database_pids):
        port = free_port()
        settings = Settings(
            database_url=url,
            data_dir=folder / "data",
            packages=("exam_engine", "certificates"),
            public_url=f"http://127.0.0.1:{port}",
            login_attempts=10_000,
        )
        await asyncio.to_thread(bring_up_to_date, settings)
        server = ServerProcess(settings, port=port, log_file=folder / "server.log", workers=choice.workers)
        database = Database(url)
        server.start()
        try:
            await server.wait_until_ready()
            plan = await prepare(choice, settings, database)
            kind = "sqlite" if settings.is_sqlite else "postgresql"
            auditing = DatabaseAuditing(database, [wave.sitting_id for wave in plan.waves])
            yield Site(plan, kind, [server.pid], database_pids, auditing)
        finally:
            await database.close()
            server.stop()


async def prepare(choice: Choice, settings: Settings, database: Database) -> Plan:
    """Store the sittings of a run and return its plan; with waves, each size adds a sitting that starts later."""
    rng = random.Random(choice.seed)
    most = choice.ramp[-1] if choice.waves else choice.ramp[0]
    sizes = [choice.ramp[0], *(b - a for a, b in zip(choice.ramp, choice.ramp[1:], strict=False))]
    sizes = sizes if choice.waves else [most]
    working = timedelta(minutes=choice.working_minutes)
    first_start = time.time() + lead_seconds(most) + most * PREPARING_SECONDS_EACH
    waves, proctors = [], list[ProctorPlan]()
    certificates: list[str] = []
    for number, size in enumerate(sizes):
        opens_at = first_start + number * choice.minutes * 60.0 / choice.speed / 2
        sitting = await prepare_sitting(
            database,
            settings,
            candidates=size,
            now=utc_now(),
            rng=rng,
            duration=working,
            opens_at=datetime.fromtimestamp(opens_at, UTC),
            window=working + timedelta(minutes=1),
            grace=timedelta(seconds=GRACE_SECONDS),
            specs=sample_forms(choice.items, choice.working_minutes, with_task=choice.practical),
            sections=sections_of(choice.working_minutes) if choice.practical else (),
            room_size=choice.room_size,
        )
        waves.append(wave_of(sitting, opens_at, working.total_seconds(), choice.minutes * 60.0, choice.speed))
        proctors += proctors_of(sitting, number)
        if number == 0 and choice.verifiers:
            async with database.write() as session:
                certificates = await issue_specimens(session, settings, sitting, now=utc_now(), rng=rng)
    return Plan(
        url=settings.public_url,
        seed=choice.seed,
        waves=waves,
        proctors=proctors,
        arrival_seconds=arrival_seconds(max(sizes)),
        verifiers=choice.verifiers,
        certificates=certificates,
        verified_share=choice.verified_share,
        streams=choice.streams,
    )


def wave_of(
    sitting: PreparedSitting,
    opens_at: float,
    working_seconds: float,
    exam_seconds: float,
    speed: float,
    *,
    grace_seconds: float = GRACE_SECONDS,
    extra_seconds: float = 0.0,
) -> Wave:
    """Return a prepared sitting as a plan names it."""
    return Wave(
        sitting_id=str(sitting.sitting_id),
        access_code=sitting.access_code,
        opens_at=opens_at,
        working_seconds=working_seconds,
        exam_seconds=exam_seconds,
        speed=speed,
        grace_seconds=grace_seconds,
        extra_seconds=extra_seconds,
        candidates=[(one.candidate_number, one.person.identity_suffix) for one in sitting.registered],
    )


def proctors_of(sitting: PreparedSitting, wave: int) -> list[ProctorPlan]:
    """Return the proctors of a sitting: each leads the room of their number and signs in the one before."""
    rooms, count = sitting.room_ids, len(sitting.proctor_names)
    plans = []
    for number, name in enumerate(sitting.proctor_names):
        before = (number - 1) % count
        duties = [RoomDuty(wave, str(rooms[number]), leads=True)] if number < len(rooms) else []
        duties += [RoomDuty(wave, str(rooms[before]), leads=False)] if before < len(rooms) else []
        plans.append(ProctorPlan(name, PROCTOR_PASSWORD, duties))
    return plans
