"""The time of registrations and attempts, made of the rows that hold its facts."""

from collections.abc import Sequence
from datetime import timedelta

from exam_engine.delivery.clock import AttemptTiming
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.pauses import PauseSpan, closing_after, paused_since
from exam_engine.delivery.seat_rows import SeatRow
from exam_engine.sittings.service import RegistrationFacts
from exam_engine.sittings.sitting_time import extra_time


def timing_of(attempt: Attempt, extra: timedelta) -> AttemptTiming:
    """Return an attempt's timing; extra time is read from the registration, so that a late grant counts."""
    return AttemptTiming(
        opens_at=attempt.opens_at,
        closes_at=attempt.closes_at,
        started_at=attempt.started_at,
        duration=timedelta(milliseconds=attempt.duration_ms),
        grace=timedelta(milliseconds=attempt.grace_ms),
        extra_time=extra,
        paused=timedelta(milliseconds=attempt.paused_ms),
        paused_since=attempt.paused_since,
        credit=timedelta(milliseconds=attempt.credit_ms),
        ended_at=attempt.ended_at,
    )


def planned_timing(facts: RegistrationFacts, pauses: Sequence[PauseSpan]) -> AttemptTiming:
    """Return the timing of a registration whose attempt has not started.

    Parameters
    ----------
    pauses : those of its sitting, whatever they are for.
    """
    own = [pause for pause in pauses if pause.holds(facts.room_id, facts.registration_id)]
    return AttemptTiming(
        opens_at=facts.opens_at,
        closes_at=closing_after(own, facts.opens_at, facts.closes_at),
        duration=facts.duration,
        grace=facts.grace,
        extra_time=facts.extra_time,
        paused_since=paused_since(own),
    )


def timing_of_row(row: SeatRow) -> AttemptTiming:
    """Return the timing of a registration, started or not, from the row of its seat."""
    if row.started_at is None or row.duration_ms is None or row.grace_ms is None:
        duration = timedelta(minutes=row.duration_minutes)
        return AttemptTiming(
            opens_at=row.opens_at,
            closes_at=closing_after(row.pauses, row.opens_at, row.closes_at),
            duration=duration,
            grace=timedelta(seconds=row.grace_seconds),
            extra_time=extra_time(duration, minutes=row.extra_minutes, percent=row.extra_percent),
            paused_since=paused_since(row.pauses),
        )
    duration = timedelta(milliseconds=row.duration_ms)
    return AttemptTiming(
        opens_at=row.attempt_opens_at or row.opens_at,
        closes_at=row.attempt_closes_at or row.closes_at,
        started_at=row.started_at,
        duration=duration,
        grace=timedelta(milliseconds=row.grace_ms),
        extra_time=extra_time(duration, minutes=row.extra_minutes, percent=row.extra_percent),
        paused=timedelta(milliseconds=row.paused_ms or 0),
        paused_since=row.paused_since,
        credit=timedelta(milliseconds=row.credit_ms or 0),
        ended_at=row.ended_at,
    )
