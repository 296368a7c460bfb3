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
    PAUSED = "paused"
    """The clock stands still. Nobody starts; what a browser captures before it hears of the pause counts."""
    GRACE = "grace"
    """The deadline has passed; only work captured before it may still arrive."""
    CLOSED = "closed"
    """Nothing may arrive any more."""


@dataclass(frozen=True, slots=True)
class AttemptTiming:
    """The facts that decide an attempt's time.

    Attributes
    ----------
    opens_at, closes_at : window of the sitting, pauses before the start included; nobody starts outside it.
    duration : working time of the paper.
    started_at : when the server released the paper's key; None before the start.
    extra_time : accommodation of this candidate; it also runs past ``closes_at``.
    grace : how long work captured before the deadline may take to arrive.
    paused : length of all pauses since the start that are over, each instant counted once.
    paused_since : when the pause that goes on began; None without one.
    credit : time given back for what was lost.
    ended_at : when a proctor ended the attempt; None as a rule.
    """

    opens_at: datetime
    closes_at: datetime
    duration: timedelta
    started_at: datetime | None = None
    extra_time: timedelta = timedelta(0)
    grace: timedelta = timedelta(0)
    paused: timedelta = timedelta(0)
    paused_since: datetime | None = None
    credit: timedelta = timedelta(0)
    ended_at: datetime | None = None

    @property
    def working_time(self) -> timedelta:
        """Return the time that the candidate has when the window does not cut it."""
        return self.duration + self.extra_time + self.credit

    @property
    def deadline(self) -> datetime | None:
        """Return the last instant at which work counts; None before the start.

        A late start is cut at the closing of the window; accommodation, credit and pauses are kept whole. While a
        pause goes on it moves on with it, and is here what it would be had the pause been over at once.
        """
        if self.started_at is None:
            return None
        given = min(self.started_at + self.duration, self.closes_at) + self.extra_time + self.paused + self.credit
        return given if self.ended_at is None else min(given, self.ended_at)

    @property
    def last_arrival(self) -> datetime | None:
        """Return the last instant at which captured work may arrive; None before the start."""
        deadline = self.deadline
        return None if deadline is None else deadline + self.grace

    def phase(self, now: datetime) -> Phase:
        """Return the phase at an instant; the deadline itself still counts, the closing of the window does not."""
        deadline, last_arrival = self.deadline, self.last_arrival
        if deadline is None or last_arrival is None:
            if now < self.opens_at:
                return Phase.BEFORE
            if self._is_paused(now) and self._instant(now) < self.closes_at:
                return Phase.PAUSED
            return Phase.OPEN if now < self.closes_at else Phase.CLOSED
        if self._is_paused(now) and self._instant(now) <= deadline:
            return Phase.PAUSED
        if now <= deadline:
            return Phase.RUNNING
        return Phase.GRACE if now <= last_arrival else Phase.CLOSED

    def remaining(self, now: datetime) -> timedelta:
        """Return the working time left, never negative; the whole time before the start."""
        if self.deadline is None:
            return self.working_time
        return max(timedelta(0), self.deadline - self._instant(now))

    def was_captured_in_time(self, captured_after: timedelta) -> bool:
        """Whether work captured this long after the start lies before the deadline."""
        if self.started_at is None or self.deadline is None:
            return False
        return self.started_at + captured_after <= self.deadline

    def _is_paused(self, now: datetime) -> bool:
        return self.paused_since is not None and self.ended_at is None and self.paused_since <= now

    def _instant(self, now: datetime) -> datetime:
        """The instant at which the attempt's own clock stands."""
        return self.paused_since if self.paused_since is not None and self._is_paused(now) else now
