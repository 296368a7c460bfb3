"""How pauses and silences lie in time: pure functions of intervals, in which each instant counts once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class PauseSpan:
    """A pause of a whole sitting, of one room of it, or of one seat; ``ended_at`` is None while it goes on."""

    sitting_id: UUID
    room_id: UUID | None
    registration_id: UUID | None
    started_at: datetime
    ended_at: datetime | None

    def holds(self, room_id: UUID | None, registration_id: UUID) -> bool:
        """Whether it holds for a seat in a room of the same sitting."""
        return (self.room_id is None or self.room_id == room_id) and (
            self.registration_id is None or self.registration_id == registration_id
        )


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same instants as disjoint intervals in order."""
    found: list[Interval] = []
    for since, until in sorted(intervals):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        elif since < until:
            found.append((since, until))
    return found


def without(intervals: Iterable[Interval], removed: Iterable[Interval]) -> list[Interval]:
    """Return the instants of some intervals that do not lie in the others."""
    left = merged(intervals)
    for since, until in merged(removed):
        left = [
            part
            for start, end in left
            for part in ((start, min(end, since)), (max(start, until), end))
            if part[0] < part[1]
        ]
    return merged(left)


def within(intervals: Iterable[Interval], since: datetime, until: datetime) -> list[Interval]:
    """Return the instants of some intervals that lie in a period."""
    return merged((max(start, since), min(end, until)) for start, end in intervals)


def length(intervals: Iterable[Interval]) -> timedelta:
    """Return how long some disjoint intervals are together."""
    return sum((until - since for since, until in intervals), timedelta(0))


def paused_since(pauses: Sequence[PauseSpan]) -> datetime | None:
    """Return since when pauses hold up a seat that all of them are for; None when none goes on."""
    return min((pause.started_at for pause in pauses if pause.ended_at is None), default=None)


def closing_after(pauses: Sequence[PauseSpan], opens_at: datetime, closes_at: datetime) -> datetime:
    """Return when a window closes for a seat that has not started, moved on by the pauses that lay in it."""
    over = [(max(pause.started_at, opens_at), pause.ended_at) for pause in pauses if pause.ended_at is not None]
    for since, until in merged(over):
        if since < closes_at:
            closes_at += until - since
    return closes_at
