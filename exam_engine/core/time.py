"""The only place that reads the wall clock; everything else takes ``now`` as an argument."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Vietnam has kept UTC+7 without daylight saving since 1975, so no time-zone database is needed."""

_READINGS = 5


def seconds_since_boot() -> float:
    """Return the seconds since the machine was started, those in which it slept included; nobody can set them."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class SteadyClock:
    """Wall time that runs evenly: read once, then carried on by the clock that counts since the machine was started.

    While the system corrects its time little by little, both run faster or slower together. Only a clock that is *set*
    parts them: then this one goes on as if nothing had happened, until it is told to follow.

    Attributes
    ----------
    wall : the machine's clock, in seconds since 1970.
    offset : seconds from the start of the machine's count to this clock's time.
    """

    def __init__(
        self, wall: Callable[[], float] = time.time, elapsed: Callable[[], float] = seconds_since_boot
    ) -> None:
        self.wall = wall
        self._elapsed = elapsed
        self.offset = self.wall_offset()

    def now(self) -> float:
        """Return the seconds since 1970 by this clock."""
        return self.offset + self._elapsed()

    def wall_offset(self) -> float:
        """Return what ``offset`` is by the machine's clock at present."""
        # Two clocks cannot be read at one instant; of some readings the one that took least time errs least.
        readings = []
        for _ in range(_READINGS):
            before, wall, after = self._elapsed(), self.wall(), self._elapsed()
            readings.append((after - before, wall - (before + after) / 2))
        return min(readings)[1]

    def go_on_from(self, instant: datetime) -> None:
        """Let it be that instant now."""
        self.offset = instant.timestamp() - self._elapsed()


CLOCK = SteadyClock()
"""The clock of this process; :mod:`exam_engine.delivery.clock_keeping` decides when it follows the machine's."""


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.fromtimestamp(CLOCK.now(), UTC)


def iso_utc(instant: datetime) -> str:
    """Return an aware instant as ``2026-12-12T01:00:00.123Z``: milliseconds, always UTC.

    Receipts are signed over this text, so its form is part of the delivery protocol.
    """
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
