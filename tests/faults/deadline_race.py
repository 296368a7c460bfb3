"""Hundreds of saves within milliseconds of the end, while clocks are moved and stopped and papers handed in and closed.

Real clock, real writer, real transactions beside each other; virtual are only the browsers, and the hand that sets the
machine's clock to and fro all the time.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from structlog.testing import capture_logs

from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.core.time import CLOCK, utc_now
from exam_engine.delivery import ending, pausing, service
from exam_engine.delivery.batch import AppendRequest, Outcome
from exam_engine.delivery.clock_keeping import ClockKeeper
from exam_engine.delivery.engine import journal_store, master_key
from exam_engine.delivery.handing_in import HandIn, hand_in
from exam_engine.delivery.models import Attempt, JournalEntry
from exam_engine.delivery.pausing import Scope
from exam_engine.delivery.writer import JournalWriter
from exam_engine.sittings.models import Registration
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting, seat
from tests.faults.browser import Tab

AROUND = 0.05
"""Seconds before and after the end within which saves are sent."""


@dataclass(slots=True)
class Racing:
    """An attempt whose time is about to end."""

    registration_id: UUID
    session_id: UUID
    tab: Tab
    started_at: datetime
    is_extended: bool = False
    ended: tuple[datetime, datetime] | None = None
    """When a proctor ended the attempt, and when that was stored."""


@dataclass(frozen=True, slots=True)
class RaceVerdict:
    """What the race came to; each of ``lost``, ``late`` and ``wrong`` must be 0.

    ``late`` counts stored operations that arrived after the end without having been captured before it, ``wrong``
    those that arrived in time and were refused.
    """

    saves: int
    stored: int
    refused: int
    lost: int
    late: int
    wrong: int


async def race(database: Database, settings: Settings, *, attempts: int, saves: int, seed: int) -> RaceVerdict:
    """Let attempts run to their end under saves, extensions, submissions and closing rounds."""
    rng = random.Random(seed)
    minutes = 45
    began = utc_now() - timedelta(minutes=minutes - 5)
    sitting = await prepare_sitting(
        database,
        settings,
        candidates=attempts,
        now=began,
        rng=rng,
        item_count=2,
        duration=timedelta(minutes=minutes),
        opens_at=began,
        grace=timedelta(0),
    )
    racing = [await _start(database, settings, one.registration_id, began) for one in sitting.registered]
    end = await _let_time_end(database, racing)
    outcomes: list[tuple[Racing, datetime, Outcome]] = []
    async with JournalWriter(journal_store(database)).running() as writer, _clock_set_all_the_time(database, rng):
        sending = [
            _save(writer, racing[number % attempts], end, rng.uniform(-AROUND, AROUND), outcomes)
            for number in range(saves)
        ]
        await asyncio.gather(
            *sending,
            _extend(database, racing[::6], end),
            _hand_in(database, racing[1::6], end),
            _pause(database, sitting, racing[2::6], end),
            _end(database, racing[3::6], end),
        )
        await asyncio.gather(*(_close(database, one) for one in racing))
    return await _judge(database, racing, outcomes, end)


async def _start(database: Database, settings: Settings, registration_id: UUID, now: datetime) -> Racing:
    session_id = new_id()
    async with database.write() as session:
        await seat(session, registration_id, session_id, now)
        started = await service.start(
            session,
            registration_id=registration_id,
            login_session_id=session_id,
            master_key=master_key(settings),
            now=now,
        )
    tab = Tab(started.attempt.id, started.attempt.epoch)
    tab.resume(started.attempt.epoch, [])
    return Racing(registration_id, session_id, tab, started.attempt.started_at)


async def _let_time_end(database: Database, racing: list[Racing]) -> datetime:
    """Set the working time so that it ends for all in a moment, however long the preparations took; return when."""
    end = utc_now() + timedelta(seconds=2)
    async with database.write() as session:
        for one in racing:
            statement = sa.update(Attempt).where(col(Attempt.id) == one.tab.attempt_id)
            await session.exec(statement.values(duration_ms=(end - one.started_at) // timedelta(milliseconds=1)))
    # All began at one instant, and the working time is whole milliseconds.
    return racing[0].started_at + (end - racing[0].started_at) // timedelta(milliseconds=1) * timedelta(milliseconds=1)


@asynccontextmanager
async def _clock_set_all_the_time(database: Database, rng: random.Random) -> AsyncIterator[None]:
    """Set the machine's clock by up to an hour every few milliseconds, with the rounds that decide whom to follow."""
    shift = 0.0

    async def set_it(keeper: ClockKeeper) -> None:
        nonlocal shift
        while True:
            shift = rng.uniform(-3600, 3600)
            await keeper.look(database)
            await asyncio.sleep(0.005)

    CLOCK.wall = lambda: time.time() + shift
    try:
        # Each step is an entry in the log.
        with tempfile.TemporaryDirectory() as folder, capture_logs():
            setting = asyncio.create_task(set_it(ClockKeeper(CLOCK, Path(folder), "a run")))
            try:
                yield
            finally:
                setting.cancel()
                await asyncio.wait([setting])
    finally:
        CLOCK.wall = time.time
        CLOCK.offset = CLOCK.wall_offset()


async def _save(
    writer: JournalWriter,
    one: Racing,
    end: datetime,
    offset: float,
    outcomes: list[tuple[Racing, datetime, Outcome]],
) -> None:
    await asyncio.sleep(max(0.0, (end - utc_now()).total_seconds() + offset))
    at_ms = int((utc_now() - one.started_at).total_seconds() * 1000)
    operation = one.tab.note("q01", "A", at_ms).operation
    arrived_at = utc_now()
    outcome = await writer.append(
        AppendRequest(
            one.tab.attempt_id, one.registration_id, one.session_id, one.tab.epoch, (operation,), (), arrived_at
        )
    )
    outcomes.append((one, arrived_at, outcome))


async def _extend(database: Database, chosen: list[Racing], end: datetime) -> None:
    """Grant a minute to some, one after another across the end."""
    await asyncio.sleep(max(0.0, (end - utc_now()).total_seconds() - AROUND))
    for one in chosen:
        async with database.write() as session:
            statement = sa.update(Registration).where(col(Registration.id) == one.registration_id)
            await session.exec(statement.values(extra_minutes=1))
        one.is_extended = True


async def _pause(database: Database, sitting: PreparedSitting, chosen: list[Racing], end: datetime) -> None:
    """Stop the clocks of some, one after another across the end; whoever ran then has time for ever."""
    await asyncio.sleep(max(0.0, (end - utc_now()).total_seconds() - AROUND))
    for one in chosen:
        scope = Scope(sitting.sitting_id, sitting.room_id, (one.registration_id,))
        async with database.write() as session:
            await pausing.pause(session, scope, reason="power", note="", actor=SYSTEM, now=utc_now())
        async with database.read() as session:
            attempt = await session.get_one(Attempt, one.tab.attempt_id)
        one.is_extended = attempt.paused_since is not None


async def _end(database: Database, chosen: list[Racing], end: datetime) -> None:
    """End some, one after another before and across the end."""
    await asyncio.sleep(max(0.0, (end - utc_now()).total_seconds() - AROUND))
    for one in chosen:
        now = utc_now()
        async with database.write() as session:
            ended = await ending.end(session, [one.registration_id], reason="violation", note="", actor=SYSTEM, now=now)
        if ended:
            one.ended = now, utc_now()


async def _hand_in(database: Database, chosen: list[Racing], end: datetime) -> None:
    """Hand in for some, at the end; refused while operations are missing or when all is over."""
    await asyncio.sleep(max(0.0, (end - utc_now()).total_seconds() - AROUND / 2))
    for one in chosen:
        async with database.read() as session:
            attempt = await session.get_one(Attempt, one.tab.attempt_id)
        async with database.write() as session:
            now = utc_now()
            wish = HandIn(
                attempt_id=attempt.id,
                registration_id=one.registration_id,
                login_session_id=one.session_id,
                epoch=one.tab.epoch,
                last_seq=attempt.last_seq,
                chain_head=attempt.chain_head,
                arrived_at=now,
            )
            await hand_in(session, [wish], now=now)


async def _close(database: Database, one: Racing) -> None:
    async with database.write() as session:
        await service.close_overdue(session, [one.tab.attempt_id], now=utc_now())


async def _judge(
    database: Database, racing: list[Racing], outcomes: list[tuple[Racing, datetime, Outcome]], end: datetime
) -> RaceVerdict:
    stored = lost = late = wrong = refused = 0
    entries: dict[UUID, list[JournalEntry]] = {}
    closed: dict[UUID, datetime | None] = {}
    async with database.read() as session:
        for one in racing:
            statement = select(JournalEntry).where(JournalEntry.attempt_id == one.tab.attempt_id)
            entries[one.tab.attempt_id] = list((await session.exec(statement.order_by(col(JournalEntry.seq)))).all())
            closed[one.tab.attempt_id] = (await session.get_one(Attempt, one.tab.attempt_id)).closed_at
    for one in racing:
        mine = entries[one.tab.attempt_id]
        stored += len(mine)
        # What was stored before an end was stays, though it arrived while the end was on its way.
        last = end if one.ended is None else min(end, one.ended[1])
        if not one.is_extended:
            late += sum(entry.received_at > last for entry in mine)
    for one, arrived_at, outcome in outcomes:
        if outcome.admission is None:
            wrong += 1
            continue
        head, mine = outcome.admission.head, entries[one.tab.attempt_id]
        if head.last_seq > len(mine) or (head.last_seq and mine[head.last_seq - 1].hash != head.chain_head):
            lost += 1
        refused += len(outcome.admission.refused)
        closed_at = closed[one.tab.attempt_id]
        was_open = closed_at is None or arrived_at < closed_at - timedelta(seconds=AROUND)
        reasons = {one.reason.value for one in outcome.admission.refused}
        last = end if one.ended is None else min(end, one.ended[0])
        if was_open and arrived_at <= last and reasons & {"closed", "captured_late"}:
            wrong += 1
    return RaceVerdict(len(outcomes), stored, refused, lost, late, wrong)
