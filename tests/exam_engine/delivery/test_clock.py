"""Both sides of every boundary of an attempt's time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.delivery.clock import AttemptTiming, Phase

NINE = datetime(2026, 12, 12, 2, 0, tzinfo=UTC)
ELEVEN = NINE + timedelta(hours=2)
TICK = timedelta(microseconds=1)


def make_timing(**changes: Any) -> AttemptTiming:
    facts: dict[str, Any] = {
        "opens_at": NINE,
        "closes_at": ELEVEN,
        "duration": timedelta(minutes=45),
        "started_at": NINE + timedelta(minutes=10),
        "grace": timedelta(seconds=120),
    }
    return AttemptTiming(**(facts | changes))


def test_a_candidate_who_starts_late_but_in_time_keeps_the_whole_duration() -> None:
    assert make_timing().deadline == NINE + timedelta(minutes=55)


def test_a_late_start_is_cut_at_closing_time_but_keeps_the_accommodation() -> None:
    timing = make_timing(started_at=NINE + timedelta(minutes=100), extra_time=timedelta(minutes=15))
    assert timing.deadline == ELEVEN + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (NINE - TICK, Phase.BEFORE),
        (NINE, Phase.OPEN),
        (ELEVEN - TICK, Phase.OPEN),
        (ELEVEN, Phase.CLOSED),
    ],
)
def test_nobody_starts_outside_the_window(moment: datetime, phase: Phase) -> None:
    assert make_timing(started_at=None).phase(moment) is phase


DEADLINE = NINE + timedelta(minutes=55)


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (NINE + timedelta(minutes=10), Phase.RUNNING),
        (DEADLINE, Phase.RUNNING),
        (DEADLINE + TICK, Phase.GRACE),
        (DEADLINE + timedelta(seconds=120), Phase.GRACE),
        (DEADLINE + timedelta(seconds=120) + TICK, Phase.CLOSED),
    ],
)
def test_the_deadline_still_counts_and_the_grace_ends(moment: datetime, phase: Phase) -> None:
    assert make_timing().phase(moment) is phase


def test_without_grace_the_attempt_closes_right_after_the_deadline() -> None:
    assert make_timing(grace=timedelta(0)).phase(DEADLINE + TICK) is Phase.CLOSED


def test_work_captured_at_the_deadline_is_in_time_and_a_millisecond_later_is_not() -> None:
    timing = make_timing()
    assert timing.was_captured_in_time(timedelta(minutes=45))
    assert not timing.was_captured_in_time(timedelta(minutes=45, milliseconds=1))


def test_nothing_is_captured_before_the_start() -> None:
    assert not make_timing(started_at=None).was_captured_in_time(timedelta(0))


moments = st.integers(-24 * 3600 * 1000, 48 * 3600 * 1000).map(lambda ms: NINE + timedelta(milliseconds=ms))
spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=4))
ORDER = [Phase.BEFORE, Phase.OPEN, Phase.RUNNING, Phase.GRACE, Phase.CLOSED]


@given(started=moments, extra=spans, grace=spans, duration=spans, first=moments, second=moments)
def test_time_only_moves_an_attempt_forward(
    started: datetime, extra: timedelta, grace: timedelta, duration: timedelta, first: datetime, second: datetime
) -> None:
    timing = make_timing(started_at=started, extra_time=extra, grace=grace, duration=duration)
    early, late = sorted((first, second))
    assert ORDER.index(timing.phase(early)) <= ORDER.index(timing.phase(late))
    assert timing.remaining(early) >= timing.remaining(late) >= timedelta(0)


@given(started=moments, extra=spans, duration=spans, now=moments)
def test_time_is_left_exactly_while_work_counts(
    started: datetime, extra: timedelta, duration: timedelta, now: datetime
) -> None:
    timing = make_timing(started_at=started, extra_time=extra, duration=duration, grace=timedelta(0))
    deadline = timing.deadline
    assert deadline is not None
    assert (timing.remaining(now) > timedelta(0)) == (now < deadline)
    assert (timing.phase(now) is Phase.RUNNING) == (now <= deadline)
