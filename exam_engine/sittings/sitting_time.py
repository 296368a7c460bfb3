"""Where a sitting stands in time: one pure function of what was decided and the clock."""

from datetime import datetime, timedelta
from typing import Literal

SittingStatus = Literal["draft", "ready", "running", "closed", "marked", "approved"]


def extra_time(duration: timedelta, *, minutes: int, percent: int) -> timedelta:
    """Return the time that an accommodation adds: a share of the working time, and minutes besides."""
    return duration * percent / 100 + timedelta(minutes=minutes)


def last_end(
    closes_at: datetime, *, grace: timedelta, longest_extra_time: timedelta, paused: timedelta = timedelta(0)
) -> datetime:
    """Return the instant after which no answer of the sitting can count any more.

    ``paused`` is the length of all its pauses together, an upper bound of what they put off for anybody.
    """
    return closes_at + paused + longest_extra_time + grace


def sitting_status(stored: str, *, opens_at: datetime, ends_at: datetime, now: datetime) -> SittingStatus:
    """Return the status people see: a ready sitting runs from its opening and is closed after its last end."""
    match stored:
        case "draft" | "marked" | "approved":
            return stored
        case "ready":
            if now > ends_at:
                return "closed"
            return "running" if now >= opens_at else "ready"
        case _:
            raise ValueError(f"a sitting is not stored as {stored!r}")
