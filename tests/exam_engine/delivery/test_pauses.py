"""Intervals against a judge that counts instants one by one, and windows that pauses move."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.delivery.pauses import PauseSpan, closing_after, length, merged, paused_since, within, without

NINE = datetime(2026, 12, 12, 2, 0, tzinfo=UTC)
ELEVEN = NINE + timedelta(hours=2)
SITTING, ROOM, OTHER_ROOM, SEAT, OTHER_SEAT = (UUID(int=number) for number in range(1, 6))


def at(minute: int) -> datetime:
    return NINE + timedelta(minutes=minute)


intervals = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda pair: (at(pair[0]), at(pair[0] + pair[1]))), max_size=6
)


def minutes_of(found: list[tuple[datetime, datetime]]) -> set[int]:
    """Return each minute that lies in an interval."""
    return {minute for minute in range(-10, 100) if any(since <= at(minute) < until for since, until in found)}


def are_disjoint_and_in_order(found: list[tuple[datetime, datetime]]) -> bool:
    flat = [instant for interval in found for instant in interval]
    return flat == sorted(set(flat))


@given(intervals)
def test_merging_keeps_each_instant_once(some: list[tuple[datetime, datetime]]) -> None:
    found = merged(some)
    assert minutes_of(found) == minutes_of(some)
    assert are_disjoint_and_in_order(found)
    assert length(found) == timedelta(minutes=len(minutes_of(some)))


@given(intervals, intervals)
def test_taking_intervals_away_leaves_the_instants_of_the_others(
    some: list[tuple[datetime, datetime]], removed: list[tuple[datetime, datetime]]
) -> None:
    found = without(some, removed)
    assert minutes_of(found) == minutes_of(some) - minutes_of(removed)
    assert are_disjoint_and_in_order(found)


@given(intervals, st.integers(0, 80), st.integers(0, 80))
def test_a_period_cuts_intervals(some: list[tuple[datetime, datetime]], first: int, second: int) -> None:
    found = within(some, at(min(first, second)), at(max(first, second)))
    assert minutes_of(found) == minutes_of(some) & set(range(min(first, second), max(first, second)))


def span(since: int, until: int | None, *, room: UUID | None = None, seat: UUID | None = None) -> PauseSpan:
    return PauseSpan(SITTING, room, seat, at(since), at(until) if until is not None else None)


@pytest.mark.parametrize(
    ("pause", "held"),
    [
        (span(0, None), (True, True, True)),
        (span(0, None, room=ROOM), (True, True, False)),
        (span(0, None, room=ROOM, seat=SEAT), (True, False, False)),
    ],
)
def test_a_pause_holds_for_the_sitting_the_room_or_the_seat(pause: PauseSpan, held: tuple[bool, ...]) -> None:
    seats = ((ROOM, SEAT), (ROOM, OTHER_SEAT), (OTHER_ROOM, OTHER_SEAT))
    assert tuple(pause.holds(room, seat) for room, seat in seats) == held


def test_the_earliest_pause_that_goes_on_tells_since_when_a_seat_stands_still() -> None:
    assert paused_since([span(0, 5), span(7, None), span(6, None)]) == at(6)
    assert paused_since([span(0, 5)]) is None


@pytest.mark.parametrize(
    ("pauses", "closing"),
    [
        ([], 120),
        ([span(10, 25)], 135),
        # Two that overlap put off what they cover together.
        ([span(10, 25), span(20, 30, room=ROOM)], 140),
        # What lies before the opening is lost by nobody.
        ([span(-30, -10)], 120),
        ([span(-30, 10)], 130),
        # Which one goes on is not known yet.
        ([span(10, None)], 120),
        # A pause that begins when the window has closed opens it for nobody; one moved in by another counts.
        ([span(120, 130)], 120),
        ([span(10, 25), span(130, 140)], 145),
    ],
)
def test_a_window_closes_later_by_the_pauses_in_it(pauses: list[PauseSpan], closing: int) -> None:
    assert closing_after(pauses, NINE, ELEVEN) == at(closing)
