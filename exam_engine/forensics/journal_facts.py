"""What a journal says beyond the final answers: time on each item, first answers, departures from the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exam_engine.delivery.journal import Kind, ParsedBody

Milliseconds = tuple[int, int]
"""From and until, counted from the start of the attempt."""


@dataclass(frozen=True, slots=True)
class JournalFacts:
    """What one candidate did.

    Attributes
    ----------
    seconds : time with each item in sight, by ref, over all visits; pauses and time away from the page left out.
    first : the first answer to each item.
    departures : how often the page lost the focus.
    away_seconds : how long it was without, up to the last operation.
    """

    seconds: dict[str, float]
    first: dict[str, tuple[str, ...]]
    departures: int
    away_seconds: float


def journal_facts(
    operations: Iterable[ParsedBody], shown_first: str | None, pauses: Sequence[Milliseconds] = ()
) -> JournalFacts:
    """Read a journal in the order of its operations.

    The item in sight is the one that was last navigated to or answered; before the first of these it is
    ``shown_first``. The time after the last operation belongs to no item, because nobody knows when the candidate left.

    Parameters
    ----------
    shown_first : ref of the item that the page opens with; None when unknown.
    pauses : disjoint intervals in which the exam stood still for the candidate.
    """
    spent: dict[str, float] = {}
    first: dict[str, tuple[str, ...]] = {}
    in_sight, since = shown_first, 0
    departures, away, left_at = 0, 0.0, None
    for operation in operations:
        now = max(operation.at_ms, since)
        lasted = _lasted(since, now, pauses)
        if left_at is not None:
            away += lasted
        elif in_sight is not None:
            spent[in_sight] = spent.get(in_sight, 0.0) + lasted
        since = now
        if operation.kind in {Kind.NAVIGATE, Kind.ANSWER, Kind.CLEAR}:
            in_sight = operation.item_ref
            # Whoever works on an item is back, even if the browser did not say so.
            left_at = None
        if operation.kind is Kind.ANSWER and operation.value and operation.item_ref is not None:
            first.setdefault(operation.item_ref, operation.value)
        elif operation.kind is Kind.FOCUS_LOST and left_at is None:
            departures += 1
            left_at = now
        elif operation.kind is Kind.FOCUS_GAINED:
            left_at = None
    return JournalFacts(spent, first, departures, away)


def _lasted(since: int, until: int, pauses: Sequence[Milliseconds]) -> float:
    """Return the seconds of an interval that lie outside the pauses."""
    paused = sum(max(0, min(until, end) - max(since, start)) for start, end in pauses)
    return max(0, until - since - paused) / 1000.0
