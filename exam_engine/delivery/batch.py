"""One group commit as pure rules: what to load, what to decide, what to write."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from exam_engine.delivery.journal import Admission, Entry, Head, Operation, Refusal, Refused, admit

SILENCE = timedelta(seconds=40)
"""A browser sends a heartbeat about every 15 s; after missing two and a half it counts as offline."""


@dataclass(frozen=True, slots=True)
class AppendRequest:
    """One browser's request: operations to append and instructions it has shown."""

    attempt_id: UUID
    registration_id: UUID
    session_id: UUID
    epoch: int
    operations: tuple[Operation, ...]
    confirmed: tuple[UUID, ...]
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingInstruction:
    """An instruction that the browser has not confirmed yet."""

    id: UUID
    kind: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SilentTime:
    """A time in which nothing was heard of an attempt that is heard of again."""

    attempt_id: UUID
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything one group commit writes."""

    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...]
    heads: tuple[Head, ...]
    seen_at: Mapping[UUID, datetime]
    confirmed: tuple[tuple[UUID, UUID], ...]
    silences: tuple[SilentTime, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one request gets back once its batch is committed; ``admission`` is None when it was not let in."""

    admission: Admission | None
    is_fenced: bool = False
    is_unknown: bool = False
    instructions: tuple[WaitingInstruction, ...] = ()


@dataclass(slots=True)
class Decision:
    """The changes of a batch with the outcome of each of its requests, in their order."""

    changes: Changes
    outcomes: list[Outcome] = field(default_factory=list)


def numbers_to_look_up(requests: Sequence[AppendRequest], heads: Mapping[UUID, Head]) -> dict[UUID, set[int]]:
    """Return for each attempt the stored operation numbers whose hashes are needed: those that arrive again."""
    wanted: dict[UUID, set[int]] = defaultdict(set)
    for request in requests:
        head = heads.get(request.attempt_id)
        if head is not None:
            wanted[request.attempt_id].update(op.seq for op in request.operations if op.seq <= head.last_seq)
    return {attempt_id: numbers for attempt_id, numbers in wanted.items() if numbers}


def decide(
    requests: Sequence[AppendRequest],
    heads: Mapping[UUID, Head],
    stored: Mapping[UUID, Mapping[int, str]],
    instructions: Mapping[UUID, Sequence[WaitingInstruction]],
) -> Decision:
    """Admit the operations of all requests of a batch, one after another.

    Two requests of one attempt in the same batch see each other's operations, as if they came one by one.
    """
    current = dict(heads)
    known = {attempt_id: dict(hashes) for attempt_id, hashes in stored.items()}
    entries: list[Entry] = []
    refused: list[Refused] = []
    seen_at: dict[UUID, datetime] = {}
    confirmed: list[tuple[UUID, UUID]] = []
    silences: list[SilentTime] = []
    outcomes: list[Outcome] = []
    for request in requests:
        head = current.get(request.attempt_id)
        # Somebody else's attempt is answered like none at all, and nothing of the request is kept.
        if head is None or head.registration_id != request.registration_id:
            outcomes.append(Outcome(None, is_unknown=True))
            continue
        hashes = known.setdefault(request.attempt_id, {})
        if request.epoch != head.epoch or request.session_id != head.holder_session_id:
            # What a fenced browser still holds is kept for the board, never merged.
            refused.extend(_fenced(request, hashes))
            outcomes.append(Outcome(None, is_fenced=True))
            continue
        admission = admit(head, request.operations, hashes, epoch=request.epoch, now=request.arrived_at)
        if request.arrived_at - head.seen_at > SILENCE:
            silences.append(SilentTime(request.attempt_id, head.seen_at, request.arrived_at))
        entries.extend(admission.entries)
        refused.extend(admission.refused)
        hashes.update((entry.seq, entry.hash) for entry in admission.entries)
        current[request.attempt_id] = admission.head
        seen_at[request.attempt_id] = max(request.arrived_at, seen_at.get(request.attempt_id, request.arrived_at))
        confirmed.extend((head.registration_id, instruction_id) for instruction_id in request.confirmed)
        shown = set(request.confirmed)
        waiting = tuple(i for i in instructions.get(head.registration_id, ()) if i.id not in shown)
        outcomes.append(Outcome(admission, instructions=waiting))
    moved = tuple(head for attempt_id, head in current.items() if attempt_id in seen_at)
    changes = Changes(tuple(entries), tuple(refused), moved, seen_at, tuple(confirmed), tuple(silences))
    return Decision(changes, outcomes)


def _fenced(request: AppendRequest, stored: Mapping[int, str]) -> list[Refused]:
    return [
        Refused(
            request.attempt_id,
            operation.seq,
            operation.hash,
            operation.body,
            request.epoch,
            Refusal.FENCED,
            request.arrived_at,
        )
        for operation in request.operations
        if stored.get(operation.seq) != operation.hash
    ]
