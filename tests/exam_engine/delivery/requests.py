"""Makers of journal requests for the tests of batches, writer and stores."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from exam_engine.delivery.batch import AppendRequest
from exam_engine.delivery.clock import AttemptTiming
from exam_engine.delivery.journal import Head, Operation, chain_hash, genesis_hash

START = datetime(2026, 12, 12, 2, 0, tzinfo=UTC)
DURING = START + timedelta(minutes=5)
SESSION = UUID(int=2)


def registration_of(attempt_id: UUID) -> UUID:
    """Return the registration of a made-up attempt."""
    return UUID(int=(attempt_id.int + 1_000_000) % 2**128)


def make_head(attempt_id: UUID, **changes: Any) -> Head:
    """Return the end of an empty journal whose attempt started at START."""
    timing = AttemptTiming(
        opens_at=START,
        closes_at=START + timedelta(hours=2),
        duration=timedelta(minutes=45),
        started_at=START,
        grace=timedelta(seconds=60),
    )
    facts: dict[str, Any] = {
        "attempt_id": attempt_id,
        "registration_id": registration_of(attempt_id),
        "holder_session_id": SESSION,
        "epoch": 1,
        "last_seq": 0,
        "chain_head": genesis_hash(attempt_id),
        "timing": timing,
        "seen_at": START,
        "is_closed": False,
    }
    return Head(**(facts | changes))


def make_operations(attempt_id: UUID, count: int, *, option: str = "aaaa") -> list[Operation]:
    """Return the first operations of an attempt: answers to one item, chained."""
    previous, operations = genesis_hash(attempt_id), []
    for seq in range(1, count + 1):
        body = json.dumps({"seq": seq, "kind": "answer", "item": "q01", "value": [f"{option}{seq}"], "at_ms": seq})
        previous = chain_hash(previous, body)
        operations.append(Operation(seq, previous, body))
    return operations


def make_request(
    attempt_id: UUID,
    operations: Sequence[Operation] = (),
    *,
    epoch: int = 1,
    session_id: UUID = SESSION,
    registration_id: UUID | None = None,
    confirmed: tuple[UUID, ...] = (),
    arrived_at: datetime = DURING,
) -> AppendRequest:
    """Return one browser's request."""
    owner = registration_of(attempt_id) if registration_id is None else registration_id
    return AppendRequest(attempt_id, owner, session_id, epoch, tuple(operations), confirmed, arrived_at)
