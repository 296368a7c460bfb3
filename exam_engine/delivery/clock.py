"""When an attempt may start, runs, and is over: one pure function of stored facts and the present instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Phase(StrEnum):
    """Where an attempt stands in time."""

    BEFORE = "before"
    """The sitting has not opened."""
    OPEN = "open"
    """The sitting is open and the candidate has not started."""
    RUNNING = "running"
    """Work counts."""
    GRACE = "grace"
    """The deadline has passed; only work captured before it may still arrive."""
    CLOSED = "closed"
    """Nothing may arrive any more."""


@dataclass(frozen=True, slots=True)
class AttemptTiming:
    """The facts that decide an attempt's time.

    Attributes
    ----------
    opens_at, closes_at : window of the sitting; nobody starts outside it.
    duration : working time of the paper.
    started_at : when the server released the paper's key; None before the start.
    extra_time : accommodation of this candidate; it also runs past ``closes_at``.
    grace : how long work captured before the deadline may take to arrive.
    """

    opens_at: datetime
    closes_at: datetime
    duration: timedelta
    started_at: datetime | None = None
    extra_time: timedelta = timedelta(0)
    grace: timedelta = timedelta(0)

    @property
    def deadline(self) -> datetime | None:
        """Return the last instant at which work counts; None before the start.

        A late start is cut at the closing of the window; the accommodation is kept whole.
        """
        if self.started_at is None:
            return None
        return min(self.started_at + self.duration, self.closes_at) + self.extra_time

    @property
    def last_arrival(self) -> datetime | None:
        """Return the last instant at which captured work may arrive; None before the start."""
        deadline = self.deadline
        return None if deadline is None else deadline + self.grace

    def phase(self, now: datetime) -> Phase:
        """Return the phase at an instant; the deadline itself still counts, the closing of the window does not."""
        if self.deadline is None or self.last_arrival is None:
            if now < self.opens_at:
                return Phase.BEFORE
            return Phase.OPEN if now < self.closes_at else Phase.CLOSED
        if now <= self.deadline:
            return Phase.RUNNING
        return Phase.GRACE if now <= self.last_arrival else Phase.CLOSED

    def remaining(self, now: datetime) -> timedelta:
        """Return the working time left, never negative; the whole time before the start."""
        if self.deadline is None:
            return self.duration + self.extra_time
        return max(timedelta(0), self.deadline - now)

    def was_captured_in_time(self, captured_after: timedelta) -> bool:
        """Whether work captured this long after the start lies before the deadline."""
        if self.started_at is None or self.deadline is None:
            return False
        return self.started_at + captured_after <= self.deadline
