"""The working time is as long as it is, in every time zone and on every odd day, to the millisecond."""

import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.delivery import service
from exam_engine.delivery.batch import AppendRequest
from exam_engine.delivery.clock import AttemptTiming, Phase
from exam_engine.delivery.engine import journal_store, master_key
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.receipts import remaining_ms
from load_tests.prepared_sitting import prepare_sitting, seat
from tests.faults.browser import Tab

MINUTES = 45

ODD_DAYS = {
    # The zone of the server, and a start 20 minutes before something happens to its clocks or its calendar. Written as
    # rules, because not every machine has a table of zones.
    "clocks go forward": ("CET-1CEST,M3.5.0,M10.5.0/3", datetime(2027, 3, 28, 0, 40, tzinfo=UTC)),
    "clocks go back": ("EST5EDT,M3.2.0,M11.1.0", datetime(2027, 11, 7, 5, 40, tzinfo=UTC)),
    "a leap day begins": ("<+07>-7", datetime(2028, 2, 28, 16, 40, tzinfo=UTC)),
    "a leap day ends": ("UTC0", datetime(2028, 2, 29, 23, 40, tzinfo=UTC)),
    "a year ends": ("<+14>-14", datetime(2027, 12, 31, 9, 40, tzinfo=UTC)),
}


@pytest.fixture
def odd_day(request: pytest.FixtureRequest) -> Iterator[datetime]:
    zone, start = ODD_DAYS[request.param]
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    yield start
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize("odd_day", ODD_DAYS, indirect=True)
async def test_an_attempt_on_an_odd_day_ends_to_the_millisecond(
    odd_day: datetime, database: Database, settings: Settings
) -> None:
    now, session_id = odd_day, new_id()
    sitting = await prepare_sitting(
        database,
        settings,
        candidates=1,
        now=now,
        rng=random.Random(1),
        item_count=2,
        duration=timedelta(minutes=MINUTES),
        opens_at=now - timedelta(minutes=1),
        grace=timedelta(0),
    )
    registration_id = sitting.registered[0].registration_id
    async with database.write() as session:
        await seat(session, registration_id, session_id, now)
        started = await service.start(
            session,
            registration_id=registration_id,
            login_session_id=session_id,
            master_key=master_key(settings),
            now=now,
        )
    attempt_id = started.attempt.id
    tab = Tab(attempt_id, started.attempt.epoch)
    tab.resume(started.attempt.epoch, [])
    store = journal_store(database)
    minute, milli = timedelta(minutes=1), timedelta(milliseconds=1)
    try:
        for after, is_taken in (
            (minute, True),
            (MINUTES * minute - milli, True),
            (MINUTES * minute, True),
            (MINUTES * minute + milli, False),
        ):
            operation = tab.note("q01", "A", after // milli).operation
            asked = AppendRequest(
                attempt_id, registration_id, session_id, tab.epoch, (operation,), (), arrived_at=now + after
            )
            (outcome,) = (await store.commit([asked])).outcomes
            assert outcome.admission is not None
            assert (outcome.admission.head.last_seq == operation.seq) is is_taken, f"{after} after the start"
            left = remaining_ms(outcome.admission.head.timing, now + after)
            assert left == max(0, (MINUTES * minute - after) // milli)
    finally:
        await store.close()
    assert not await _closed(database, attempt_id, now + MINUTES * minute)
    assert await _closed(database, attempt_id, now + MINUTES * minute + milli)
    async with database.read() as session:
        finished_at = (await session.get_one(Attempt, attempt_id)).finished_at
    assert finished_at == now + MINUTES * minute


async def _closed(database: Database, attempt_id: UUID, now: datetime) -> bool:
    async with database.write() as session:
        return await service.close_overdue(session, [attempt_id], now=now) == 1


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(2024, 2, 28), datetime(2032, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.integers(0, 5 * 3_600_000).map(lambda ms: timedelta(milliseconds=ms))


@given(instants, spans, spans, spans, st.lists(offsets, min_size=4, max_size=4))
def test_the_offset_in_which_an_instant_is_written_changes_nothing(
    start: datetime, duration: timedelta, extra: timedelta, later: timedelta, written: list[timezone]
) -> None:
    window = timedelta(hours=3)
    plain = AttemptTiming(start, start + window, duration, started_at=start, extra_time=extra)
    elsewhere = AttemptTiming(
        start.astimezone(written[0]),
        (start + window).astimezone(written[1]),
        duration,
        started_at=start.astimezone(written[2]),
        extra_time=extra,
    )
    now = start + later
    there = now.astimezone(written[3])
    assert elsewhere.deadline == plain.deadline == start + min(duration, window) + extra
    assert elsewhere.phase(there) is plain.phase(now)
    assert elsewhere.remaining(there) == plain.remaining(now)
    assert (plain.phase(now) is Phase.RUNNING) == (later <= min(duration, window) + extra)


@given(instants, spans, st.lists(st.timedeltas(timedelta(hours=-1), timedelta(hours=1)), max_size=6))
def test_a_server_clock_that_is_set_moves_what_is_left_by_as_much_and_never_the_deadline(
    start: datetime, duration: timedelta, steps: list[timedelta]
) -> None:
    timing = AttemptTiming(start, start + timedelta(hours=6), duration, started_at=start)
    now, deadline = start, timing.deadline
    for step in steps:
        now += step
        assert timing.deadline == deadline
        assert timing.remaining(now) == max(timedelta(0), start + duration - now)
