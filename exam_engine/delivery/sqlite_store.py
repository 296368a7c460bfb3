"""The journal on SQLite: one connection in one thread, ``synchronous=FULL``, one transaction a batch."""

import asyncio
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from exam_engine.core.sqlite_turns import WriterTurn
from exam_engine.delivery.batch import (
    AppendRequest,
    Changes,
    Decision,
    WaitingInstruction,
    decide,
    numbers_to_look_up,
)
from exam_engine.delivery.clock import AttemptTiming
from exam_engine.delivery.journal import Head
from exam_engine.sittings.sitting_time import extra_time

# Extra time is read from the registration at every save: an accommodation granted late counts at once.
_HEADS = """
SELECT a.id, a.registration_id, a.holder_session_id, a.epoch, a.last_seq, a.chain_head, a.opens_at, a.closes_at,
       a.started_at, a.duration_ms, a.grace_ms, r.extra_minutes, r.extra_percent, a.paused_ms, a.paused_since,
       a.credit_ms, a.ended_at, a.last_seen_at, a.closed_at IS NOT NULL
FROM attempt a JOIN registration r ON r.id = a.registration_id
WHERE a.id IN (SELECT value FROM json_each(?))
"""
_HASHES = """
SELECT e.attempt_id, e.seq, e.hash
FROM json_each(?) AS wanted JOIN journal_entry e
  ON e.attempt_id = json_extract(wanted.value, '$[0]') AND e.seq = json_extract(wanted.value, '$[1]')
"""
_INSTRUCTIONS = """
SELECT registration_id, id, kind, text, created_at FROM instruction
WHERE registration_id IN (SELECT value FROM json_each(?)) AND confirmed_at IS NULL ORDER BY created_at
"""
_ENTRY = """
INSERT INTO journal_entry (attempt_id, seq, kind, item_ref, body, hash, at_ms, epoch, received_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_REFUSAL = """
INSERT OR IGNORE INTO journal_refusal (attempt_id, seq, hash, reason, body, epoch, received_at)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_SILENCE = "INSERT OR IGNORE INTO silence (attempt_id, since, until) VALUES (?, ?, ?)"
_HEAD = "UPDATE attempt SET last_seq = ?, chain_head = ?, last_seen_at = ? WHERE id = ?"
_CONFIRM = "UPDATE instruction SET confirmed_at = ? WHERE id = ? AND registration_id = ? AND confirmed_at IS NULL"


class SqliteJournalStore:
    """Runs batches on the embedded database."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._connection: sqlite3.Connection | None = None
        self._turn: WriterTurn | None = None

    async def commit(self, requests: Sequence[AppendRequest]) -> Decision:
        """Run one batch as one durable transaction."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._commit, requests)

    async def close(self) -> None:
        """Close the connection and end the thread."""

        def close() -> None:
            if self._connection is not None:
                self._connection.close()
            if self._turn is not None:
                self._turn.close()

        await asyncio.get_running_loop().run_in_executor(self._thread, close)
        self._thread.shutdown()

    def _open(self) -> tuple[sqlite3.Connection, WriterTurn]:
        if self._connection is None or self._turn is None:
            connection = sqlite3.connect(self._file, isolation_level=None, timeout=30)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")
            self._connection, self._turn = connection, WriterTurn(self._file)
        return self._connection, self._turn

    def _commit(self, requests: Sequence[AppendRequest]) -> Decision:
        connection, turn = self._open()
        turn.take()
        try:
            connection.execute("BEGIN IMMEDIATE")
            heads = _load_heads(connection, {request.attempt_id for request in requests})
            wanted = numbers_to_look_up(requests, heads)
            stored = _load_hashes(connection, wanted) if wanted else {}
            instructions = _load_instructions(connection, (head.registration_id for head in heads.values()))
            decision = decide(requests, heads, stored, instructions)
            _write(connection, decision.changes)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        finally:
            turn.leave()
        return decision


def _text(instant: datetime) -> str:
    # The same form in which SQLAlchemy stores instants, so that both read each other's rows.
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _load_heads(connection: sqlite3.Connection, attempt_ids: Iterable[UUID]) -> dict[UUID, Head]:
    rows = connection.execute(_HEADS, (json.dumps([attempt_id.hex for attempt_id in attempt_ids]),))
    heads = {}
    for row in rows:
        duration = timedelta(milliseconds=row[9])
        timing = AttemptTiming(
            opens_at=_instant(row[6]),
            closes_at=_instant(row[7]),
            started_at=_instant(row[8]),
            duration=duration,
            grace=timedelta(milliseconds=row[10]),
            extra_time=extra_time(duration, minutes=row[11], percent=row[12]),
            paused=timedelta(milliseconds=row[13]),
            paused_since=_instant(row[14]) if row[14] is not None else None,
            credit=timedelta(milliseconds=row[15]),
            ended_at=_instant(row[16]) if row[16] is not None else None,
        )
        ids = (UUID(row[0]), UUID(row[1]), UUID(row[2]))
        head = Head(*ids, row[3], row[4], row[5], timing, _instant(row[17]), is_closed=bool(row[18]))
        heads[head.attempt_id] = head
    return heads


def _load_hashes(connection: sqlite3.Connection, wanted: dict[UUID, set[int]]) -> dict[UUID, dict[int, str]]:
    pairs = [[attempt_id.hex, seq] for attempt_id, numbers in wanted.items() for seq in numbers]
    stored: dict[UUID, dict[int, str]] = defaultdict(dict)
    for attempt_id, seq, hash_ in connection.execute(_HASHES, (json.dumps(pairs),)):
        stored[UUID(attempt_id)][seq] = hash_
    return stored


def _load_instructions(
    connection: sqlite3.Connection, registration_ids: Iterable[UUID]
) -> dict[UUID, list[WaitingInstruction]]:
    waiting: dict[UUID, list[WaitingInstruction]] = defaultdict(list)
    ids = json.dumps([registration_id.hex for registration_id in registration_ids])
    for registration_id, id_, kind, text, created_at in connection.execute(_INSTRUCTIONS, (ids,)):
        waiting[UUID(registration_id)].append(WaitingInstruction(UUID(id_), kind, text, _instant(created_at)))
    return waiting


def _write(connection: sqlite3.Connection, changes: Changes) -> None:
    connection.executemany(
        _ENTRY,
        [
            (
                e.attempt_id.hex,
                e.seq,
                e.parsed.kind.value,
                e.parsed.item_ref,
                e.body,
                e.hash,
                e.parsed.at_ms,
                e.epoch,
                _text(e.received_at),
            )
            for e in changes.entries
        ],
    )
    connection.executemany(
        _REFUSAL,
        [
            (r.attempt_id.hex, r.seq, r.hash, r.reason.value, r.body, r.epoch, _text(r.received_at))
            for r in changes.refused
        ],
    )
    connection.executemany(
        _HEAD,
        [
            (head.last_seq, head.chain_head, _text(changes.seen_at[head.attempt_id]), head.attempt_id.hex)
            for head in changes.heads
        ],
    )
    connection.executemany(
        _SILENCE, [(one.attempt_id.hex, _text(one.since), _text(one.until)) for one in changes.silences]
    )
    if changes.confirmed:
        now = _text(max(changes.seen_at.values()))
        connection.executemany(
            _CONFIRM,
            [(now, instruction_id.hex, registration.hex) for registration, instruction_id in changes.confirmed],
        )
