"""What a browser that lost its seat still held: would it have counted? Pure rules over what is stored.

Nobody who decides about it is shown the answers: whether they would help the candidate must not matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from exam_engine.delivery.clock import AttemptTiming
from exam_engine.delivery.journal import Kind, ParsedBody, chain_hash, parse_body
from exam_engine.delivery.queries import StoredOperation

_ANSWERS = frozenset({Kind.ANSWER, Kind.CLEAR})


class Judgement(StrEnum):
    """What would have become of an operation, had its browser not lost the seat."""

    COUNTS = "counts"
    """Captured in time, and the last word on its item."""
    ARRIVED_LATE = "arrived_late"
    """As above by the browser's own clock, but it came after the grace: nobody but the browser vouches for when."""
    AFTER_MOVE = "after_move"
    """Captured after the attempt went on at the other computer."""
    AFTER_DEADLINE = "after_deadline"
    OUTSIDE_SECTION = "outside_section"
    """Captured before the section of its item began or after it ended."""
    ANSWERED_LATER = "answered_later"
    """The journal has a later word on its item."""
    OVERTAKEN = "overtaken"
    """What the same browser captured later on its item takes its place."""
    NO_ANSWER = "no_answer"
    """It changes no answer: a flag, a visit, the window left."""
    BROKEN_CHAIN = "broken_chain"
    """It does not follow from what came before it."""
    UNREADABLE = "unreadable"

    @property
    def is_admissible(self) -> bool:
        """Whether people may let it count."""
        return self in {Judgement.COUNTS, Judgement.ARRIVED_LATE}


@dataclass(frozen=True, slots=True)
class HeldOperation:
    """A refused operation of a browser that had lost its seat."""

    seq: int
    hash: str
    body: str
    epoch: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class JudgedOperation:
    """An operation with what would have become of it; ``parsed`` is None when its text breaks the protocol."""

    held: HeldOperation
    parsed: ParsedBody | None
    captured_at: datetime | None
    judgement: Judgement


def judge(
    held: Sequence[HeldOperation],
    *,
    timing: AttemptTiming,
    hashes: Mapping[int, str],
    last_answers: Mapping[str, int],
    went_on_at: Mapping[int, datetime],
    section_of: Mapping[str, tuple[datetime, datetime]],
) -> list[JudgedOperation]:
    """Judge all that is held of one attempt, in its order.

    Parameters
    ----------
    hashes : of the journal's operations by number, as far as held ones follow from them.
    last_answers : by item when the journal's last word on it was captured, in milliseconds since the start.
    went_on_at : by epoch when the attempt went on elsewhere; missing while it has not.
    section_of : by item begin and end of its section; empty for a paper without sections.
    """
    parsed = {one: parse_body(one.body, one.seq) for one in held}
    previous: dict[tuple[int, int], set[str]] = {}
    for one in held:
        previous.setdefault((one.epoch, one.seq), set()).add(one.hash)
    last_held = _last_answers(body for body in parsed.values() if body is not None)
    judged = []
    for one in sorted(held, key=lambda one: (one.epoch, one.seq, one.hash)):
        body = parsed[one]
        before = previous.get((one.epoch, one.seq - 1), set()) | {hashes.get(one.seq - 1, "")}
        if body is None:
            judged.append(JudgedOperation(one, None, None, Judgement.UNREADABLE))
            continue
        captured_after = timedelta(milliseconds=body.at_ms)
        captured_at = timing.started_at + captured_after if timing.started_at is not None else None
        follows = any(chain_hash(hash_, one.body) == one.hash for hash_ in before)
        moved_at = went_on_at.get(one.epoch)
        item = body.item_ref or ""
        if not follows:
            judgement = Judgement.BROKEN_CHAIN
        elif body.kind not in _ANSWERS:
            judgement = Judgement.NO_ANSWER
        elif not timing.was_captured_in_time(captured_after):
            judgement = Judgement.AFTER_DEADLINE
        elif moved_at is not None and captured_at is not None and captured_at > moved_at:
            judgement = Judgement.AFTER_MOVE
        elif _is_outside(section_of.get(item), captured_at):
            judgement = Judgement.OUTSIDE_SECTION
        elif body.at_ms <= last_answers.get(item, -1):
            judgement = Judgement.ANSWERED_LATER
        elif body.at_ms < last_held.get(item, 0):
            judgement = Judgement.OVERTAKEN
        elif timing.last_arrival is not None and one.received_at > timing.last_arrival:
            judgement = Judgement.ARRIVED_LATE
        else:
            judgement = Judgement.COUNTS
        judged.append(JudgedOperation(one, body, captured_at, judgement))
    return judged


def with_admitted(journal: Sequence[StoredOperation], admitted: Sequence[StoredOperation]) -> list[StoredOperation]:
    """Return a journal with what was admitted in the place where it was captured, to be counted like any other.

    So a later word of the journal stands, and in a paper with sections each counts in its own.
    """
    merged = list(journal)
    captured = [_at_ms(operation) for operation in merged]
    for operation in sorted(admitted, key=_at_ms):
        at_ms = _at_ms(operation)
        place = next((place for place, other in enumerate(captured) if other >= at_ms), len(merged))
        merged.insert(place, operation)
        captured.insert(place, at_ms)
    return merged


def _at_ms(operation: StoredOperation) -> int:
    body = parse_body(operation.body, operation.seq)
    return body.at_ms if body is not None else 0


def _is_outside(section: tuple[datetime, datetime] | None, captured_at: datetime | None) -> bool:
    return section is not None and captured_at is not None and not section[0] <= captured_at <= section[1]


def _last_answers(bodies: Iterable[ParsedBody]) -> dict[str, int]:
    """By item when the last word on it was captured, in milliseconds since the start."""
    last: dict[str, int] = {}
    for body in bodies:
        if body.kind in _ANSWERS:
            last[body.item_ref or ""] = max(body.at_ms, last.get(body.item_ref or "", 0))
    return last
