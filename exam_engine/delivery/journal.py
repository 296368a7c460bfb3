"""The response journal as pure rules: chaining, admission of operations, the fold to current answers.

An operation is the exact text that the browser hashed. Its hash covers the hash of the one before, so the end of the
chain vouches for everything in it. Nothing stored is ever overwritten: a different operation under a stored number is
a conflict, recorded beside the journal.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from exam_engine.delivery.clock import AttemptTiming, Phase

LONGEST_BODY = 65_536
"""Bytes of one operation: an essay of ten thousand letters fits, each save of it is one operation."""
MOST_VALUES = 64
LONGEST_VALUE = 10_100
LARGEST_BATCH = 200
_REF = re.compile(r"[a-z0-9]{1,8}")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


class Kind(StrEnum):
    """What an operation says."""

    ANSWER = "answer"
    CLEAR = "clear"
    FLAG = "flag"
    UNFLAG = "unflag"
    NAVIGATE = "navigate"
    FOCUS_LOST = "focus_lost"
    FOCUS_GAINED = "focus_gained"
    OFFLINE = "offline"
    ONLINE = "online"
    LEAVE_SECTION = "leave_section"
    FULLSCREEN_LEFT = "fullscreen_left"
    FULLSCREEN_BACK = "fullscreen_back"
    COPY = "copy"
    PASTE = "paste"
    SECOND_TAB = "second_tab"
    PRINT = "print"
    DRAG = "drag"
    DEVTOOLS = "devtools"
    SCREENS = "screens"
    CONTEXT_MENU = "context_menu"


_KINDS: dict[str, Kind] = {kind.value: kind for kind in Kind}
_KINDS_WITH_ITEM = frozenset({Kind.ANSWER, Kind.CLEAR, Kind.FLAG, Kind.UNFLAG, Kind.NAVIGATE})


class Refusal(StrEnum):
    """Why an operation was recorded beside the journal instead of in it."""

    DIFFERENT_OPERATION = "different_operation"
    BROKEN_CHAIN = "broken_chain"
    MALFORMED = "malformed"
    CAPTURED_LATE = "captured_late"
    CLOSED = "closed"
    FENCED = "fenced"


def genesis_hash(attempt_id: UUID) -> str:
    """Return the hash that the first operation of an attempt is chained to."""
    return hashlib.sha256(f"journal\n{attempt_id}".encode()).hexdigest()


def chain_hash(previous: str, body: str) -> str:
    """Return the hash of an operation: SHA-256 over the previous hash, a line feed and the text, as hex."""
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as it arrived."""

    seq: int
    hash: str
    body: str


@dataclass(frozen=True, slots=True)
class ParsedBody:
    """What an operation's text says."""

    kind: Kind
    item_ref: str | None
    value: tuple[str, ...]
    at_ms: int


def parse_body(body: str, seq: int) -> ParsedBody | None:
    """Return what an operation says, or None when its text breaks the protocol."""
    if len(body.encode()) > LONGEST_BODY:
        return None
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError):
        # Thousands of brackets are no operation either, and must not stop the commit that they share with others.
        return None
    if not isinstance(data, dict) or data.get("seq") != seq:
        return None
    said, item, value, at_ms = data.get("kind"), data.get("item"), data.get("value", []), data.get("at_ms")
    if not isinstance(said, str) or (kind := _KINDS.get(said)) is None:
        return None
    if type(at_ms) is not int or not 0 <= at_ms < 2**53:
        return None
    if kind in _KINDS_WITH_ITEM and not (isinstance(item, str) and _REF.fullmatch(item)):
        return None
    if not isinstance(value, list) or len(value) > MOST_VALUES:
        return None
    if not all(isinstance(v, str) and len(v) <= LONGEST_VALUE for v in value):
        return None
    # Browsers write half of an emoji as it is; no text that is stored or hashed can hold one.
    whole = tuple(_HALF_CHARACTER.sub("\ufffd", v) for v in value)
    return ParsedBody(kind, item if kind in _KINDS_WITH_ITEM else None, whole, at_ms)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of an attempt's journal with what decides about the next operation."""

    attempt_id: UUID
    registration_id: UUID
    holder_session_id: UUID
    epoch: int
    last_seq: int
    chain_head: str
    timing: AttemptTiming
    seen_at: datetime
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation admitted to the journal."""

    attempt_id: UUID
    seq: int
    hash: str
    body: str
    parsed: ParsedBody
    epoch: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """One operation kept beside the journal, with the reason."""

    attempt_id: UUID
    seq: int
    hash: str
    body: str
    epoch: int
    reason: Refusal
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of the operations of one request."""

    head: Head
    entries: tuple[Entry, ...] = ()
    refused: tuple[Refused, ...] = ()
    want_from: int | None = None


def admit(
    head: Head, operations: Sequence[Operation], stored: Mapping[int, str], *, epoch: int, now: datetime
) -> Admission:
    """Decide about the operations of one request, in their order.

    Parameters
    ----------
    head : the journal's end as locked in this transaction.
    operations : as they arrived; numbers may repeat, lie in the past or leave a gap.
    stored : hashes of the stored operations among the numbers given.
    epoch : the seat epoch that the browser believes in; the caller has fenced older ones.
    now : arrival of the request, taken before any work.

    Returns
    -------
    Admission
        The moved head, the entries to store, what is refused, and the first missing number when there is a gap.
    """
    known = dict(stored)
    entries: list[Entry] = []
    refused: list[Refused] = []
    last_seq, chain = head.last_seq, head.chain_head
    want_from: int | None = None
    phase = head.timing.phase(now)

    def refuse(operation: Operation, reason: Refusal) -> None:
        refused.append(Refused(head.attempt_id, operation.seq, operation.hash, operation.body, epoch, reason, now))

    obstacle: Refusal | None = None
    for operation in sorted(operations, key=lambda op: op.seq):
        if obstacle is not None:
            # What is chained to a refused operation is refused with it, and kept for the board like it.
            refuse(operation, obstacle)
            continue
        if operation.seq <= last_seq:
            if known.get(operation.seq) != operation.hash:
                refuse(operation, Refusal.DIFFERENT_OPERATION)
            continue
        if operation.seq > last_seq + 1:
            want_from = last_seq + 1
            break
        if chain_hash(chain, operation.body) != operation.hash:
            obstacle = Refusal.BROKEN_CHAIN
        elif (parsed := parse_body(operation.body, operation.seq)) is None:
            obstacle = Refusal.MALFORMED
        elif head.is_closed or phase in {Phase.BEFORE, Phase.OPEN, Phase.CLOSED}:
            obstacle = Refusal.CLOSED
        elif phase is Phase.GRACE and not head.timing.was_captured_in_time(timedelta(milliseconds=parsed.at_ms)):
            obstacle = Refusal.CAPTURED_LATE
        else:
            entries.append(Entry(head.attempt_id, operation.seq, operation.hash, operation.body, parsed, epoch, now))
            known[operation.seq] = operation.hash
            last_seq, chain = operation.seq, operation.hash
            continue
        refuse(operation, obstacle)
    moved = Head(
        head.attempt_id,
        head.registration_id,
        head.holder_session_id,
        head.epoch,
        last_seq,
        chain,
        head.timing,
        max(head.seen_at, now),
        head.is_closed,
    )
    return Admission(moved, tuple(entries), tuple(refused), want_from)


@dataclass(frozen=True, slots=True)
class Answers:
    """The fold of a journal: what stands on the candidate's sheet."""

    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    flagged: frozenset[str] = frozenset()
    focus_lost_count: int = 0


def fold(bodies: Iterable[ParsedBody]) -> Answers:
    """Return the sheet after operations in order of their numbers; an answer without value is a cleared one."""
    values: dict[str, tuple[str, ...]] = {}
    flagged: set[str] = set()
    focus_lost = 0
    for body in bodies:
        item = body.item_ref or ""
        if body.kind is Kind.ANSWER and body.value:
            values[item] = body.value
        elif body.kind in {Kind.ANSWER, Kind.CLEAR}:
            values.pop(item, None)
        elif body.kind is Kind.FLAG:
            flagged.add(item)
        elif body.kind is Kind.UNFLAG:
            flagged.discard(item)
        elif body.kind is Kind.FOCUS_LOST:
            focus_lost += 1
    return Answers(values, frozenset(flagged), focus_lost)
