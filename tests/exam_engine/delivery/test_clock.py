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
ORDER = [Phase.BEFORE, Phase.OPEN, Phase.RUNNING, Phase.PAUSED, Phase.GRACE, Phase.CLOSED]


@given(
    started=st.none() | moments,
    paused_since=st.none() | moments,
    ended_at=st.none() | moments,
    lengths=st.tuples(spans, spans, spans, spans, spans),
    first=moments,
    second=moments,
)
def test_time_only_moves_an_attempt_forward(
    started: datetime | None,
    paused_since: datetime | None,
    ended_at: datetime | None,
    lengths: tuple[timedelta, ...],
    first: datetime,
    second: datetime,
) -> None:
    names = ("extra_time", "grace", "duration", "paused", "credit")
    timing = make_timing(
        started_at=started, paused_since=paused_since, ended_at=ended_at, **dict(zip(names, lengths, strict=True))
    )
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


TEN_PAST = NINE + timedelta(minutes=10)
"""When the attempt of these tests starts."""


@pytest.mark.parametrize(
    ("moment", "phase", "left"),
    [
        (NINE + timedelta(minutes=30) - TICK, Phase.RUNNING, timedelta(minutes=25) + TICK),
        (NINE + timedelta(minutes=30), Phase.PAUSED, timedelta(minutes=25)),
        (NINE + timedelta(hours=30), Phase.PAUSED, timedelta(minutes=25)),
    ],
)
def test_the_clock_stands_still_from_the_instant_of_the_pause(moment: datetime, phase: Phase, left: timedelta) -> None:
    timing = make_timing(paused_since=NINE + timedelta(minutes=30))
    assert (timing.phase(moment), timing.remaining(moment)) == (phase, left)


@pytest.mark.parametrize(("since", "phase"), [(DEADLINE, Phase.PAUSED), (DEADLINE + TICK, Phase.GRACE)])
def test_a_pause_after_the_deadline_stops_nothing(since: datetime, phase: Phase) -> None:
    assert make_timing(paused_since=since).phase(DEADLINE + timedelta(seconds=60)) is phase


@pytest.mark.parametrize(
    ("moment", "phase"),
    [(NINE - TICK, Phase.BEFORE), (NINE, Phase.PAUSED), (ELEVEN + timedelta(hours=1), Phase.PAUSED)],
)
def test_a_pause_before_the_start_keeps_the_window_open_and_closes_the_door(moment: datetime, phase: Phase) -> None:
    assert make_timing(started_at=None, paused_since=NINE - timedelta(minutes=5)).phase(moment) is phase


def test_a_pause_that_comes_when_the_window_has_closed_opens_it_for_nobody() -> None:
    assert make_timing(started_at=None, paused_since=ELEVEN).phase(ELEVEN + TICK) is Phase.CLOSED


def test_an_end_by_the_proctor_leaves_the_grace_for_what_was_captured_before() -> None:
    ended = NINE + timedelta(minutes=20)
    timing = make_timing(ended_at=ended, paused_since=NINE + timedelta(minutes=15))
    assert [
        timing.phase(ended + wait) for wait in (timedelta(0), TICK, timedelta(seconds=120), timedelta(seconds=121))
    ] == [
        Phase.RUNNING,
        Phase.GRACE,
        Phase.GRACE,
        Phase.CLOSED,
    ]
    assert timing.was_captured_in_time(timedelta(minutes=10))
    assert not timing.was_captured_in_time(timedelta(minutes=10, milliseconds=1))


def test_an_end_after_the_deadline_gives_no_time() -> None:
    assert make_timing(ended_at=DEADLINE + timedelta(hours=1)).deadline == DEADLINE


def test_pauses_credit_and_accommodation_run_past_the_window() -> None:
    timing = make_timing(
        started_at=ELEVEN - timedelta(minutes=1),
        extra_time=timedelta(minutes=2),
        paused=timedelta(minutes=3),
        credit=timedelta(minutes=4),
    )
    assert timing.deadline == ELEVEN + timedelta(minutes=9)


@given(
    pauses=st.lists(st.tuples(st.integers(0, 3_000), st.integers(1, 900)), max_size=4),
    credit=st.integers(0, 600),
    second=st.integers(0, 9_000),
)
def test_work_counts_as_long_as_the_seconds_in_which_the_clock_ran_are_not_used_up(
    pauses: list[tuple[int, int]], credit: int, second: int
) -> None:
    """A judge that knows nothing of deadlines counts the seconds one by one."""
    stood = {at for since, length in pauses for at in range(since, since + length)}
    worked = sum(at not in stood for at in range(second))
    over = {at for at in stood if at < second}
    is_standing = second in stood
    since = second
    while since - 1 in stood:
        since -= 1
    ended = {at for at in over if not is_standing or at < since}
    timing = make_timing(
        credit=timedelta(seconds=credit),
        paused=timedelta(seconds=len(ended)),
        paused_since=TEN_PAST + timedelta(seconds=since) if is_standing else None,
    )
    now = TEN_PAST + timedelta(seconds=second)
    allowed = 45 * 60 + credit
    if worked <= allowed:
        assert timing.phase(now) is (Phase.PAUSED if is_standing else Phase.RUNNING)
        assert timing.remaining(now) == timedelta(seconds=allowed - worked)
