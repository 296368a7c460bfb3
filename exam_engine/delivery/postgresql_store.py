"""The journal on PostgreSQL: one asyncpg connection, rows locked in order, entries by COPY."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from exam_engine.core.postgresql_links import CONNECT_SECONDS, SERVER_SETTINGS, watch_link
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

# Locked in the order of their ids: two workers with overlapping batches wait for each other instead of dead-locking.
# Extra time is read from the registration at every save: an accommodation granted late counts at once.
_HEADS = """
SELECT a.id, a.registration_id, a.holder_session_id, a.epoch, a.last_seq, a.chain_head, a.opens_at, a.closes_at,
       a.started_at, a.duration_ms, a.grace_ms, r.extra_minutes, r.extra_percent, a.paused_ms, a.paused_since,
       a.credit_ms, a.ended_at, a.last_seen_at, a.closed_at IS NOT NULL AS is_closed
FROM attempt a JOIN registration r ON r.id = a.registration_id
WHERE a.id = ANY($1::uuid[]) ORDER BY a.id FOR UPDATE OF a
"""
_HASHES = """
SELECT e.attempt_id, e.seq, e.hash FROM unnest($1::uuid[], $2::bigint[]) AS wanted(attempt_id, seq)
JOIN journal_entry e ON e.attempt_id = wanted.attempt_id AND e.seq = wanted.seq
"""
_INSTRUCTIONS = """
SELECT registration_id, id, kind, text, created_at FROM instruction
WHERE registration_id = ANY($1::uuid[]) AND confirmed_at IS NULL ORDER BY created_at
"""
_ENTRY_COLUMNS = ("attempt_id", "seq", "kind", "item_ref", "body", "hash", "at_ms", "epoch", "received_at")
_REFUSAL = """
INSERT INTO journal_refusal (attempt_id, seq, hash, reason, body, epoch, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
"""
_SILENCE = "INSERT INTO silence (attempt_id, since, until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_HEAD = """
UPDATE attempt a SET last_seq = moved.last_seq, chain_head = moved.chain_head, last_seen_at = moved.seen_at
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[]) AS moved(id, last_seq, chain_head, seen_at)
WHERE a.id = moved.id
"""
_CONFIRM = "UPDATE instruction SET confirmed_at = $1 WHERE id = $2 AND registration_id = $3 AND confirmed_at IS NULL"

_PATIENCE = 10.0
"""Seconds that one statement may take."""
_LONGEST = 30.0
"""Seconds that a whole batch may take."""


class PostgresqlJournalStore:
    """Runs batches on PostgreSQL over a connection of its own; reconnects after the server was away."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: Any = None

    async def commit(self, requests: Sequence[AppendRequest]) -> Decision:
        """Run one batch as one durable transaction."""
        connection = await self._open()
        try:
            async with asyncio.timeout(_LONGEST):
                await connection.execute("BEGIN")
                decision = await self._run(connection, requests)
                await connection.execute("COMMIT")
        except BaseException:
            # The server takes back what was not committed by itself. Asking it to, over a line that may be dead, would
            # let everybody wait as long again.
            self._connection = None
            connection.terminate()
            raise
        return decision

    async def _run(self, connection: Any, requests: Sequence[AppendRequest]) -> Decision:
        heads = await _load_heads(connection, {request.attempt_id for request in requests})
        wanted = numbers_to_look_up(requests, heads)
        stored = await _load_hashes(connection, wanted) if wanted else {}
        instructions = await _load_instructions(connection, [head.registration_id for head in heads.values()])
        decision = decide(requests, heads, stored, instructions)
        await _write(connection, decision.changes)
        return decision

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None and not self._connection.is_closed():
            # A database that says nothing must not keep the server from ending.
            with contextlib.suppress(TimeoutError):
                await self._connection.close(timeout=_PATIENCE)

    async def _open(self) -> Any:
        if self._connection is None or self._connection.is_closed():
            # A server that vanished without a word must not hold up everybody: a browser comes back by itself.
            self._connection = await asyncpg.connect(
                self._dsn, timeout=CONNECT_SECONDS, command_timeout=_PATIENCE, server_settings=SERVER_SETTINGS
            )
            watch_link(self._connection)
            # A durable acknowledgement is the product's promise; the server's default must not weaken it.
            await self._connection.execute("SET synchronous_commit = on")
        return self._connection


async def _load_heads(connection: Any, attempt_ids: Iterable[UUID]) -> dict[UUID, Head]:
    heads = {}
    for row in await connection.fetch(_HEADS, list(attempt_ids)):
        duration = timedelta(milliseconds=row["duration_ms"])
        timing = AttemptTiming(
            opens_at=row["opens_at"],
            closes_at=row["closes_at"],
            started_at=row["started_at"],
            duration=duration,
            grace=timedelta(milliseconds=row["grace_ms"]),
            extra_time=extra_time(duration, minutes=row["extra_minutes"], percent=row["extra_percent"]),
            paused=timedelta(milliseconds=row["paused_ms"]),
            paused_since=row["paused_since"],
            credit=timedelta(milliseconds=row["credit_ms"]),
            ended_at=row["ended_at"],
        )
        heads[row["id"]] = Head(
            attempt_id=row["id"],
            registration_id=row["registration_id"],
            holder_session_id=row["holder_session_id"],
            epoch=row["epoch"],
            last_seq=row["last_seq"],
            chain_head=row["chain_head"],
            timing=timing,
            seen_at=row["last_seen_at"],
            is_closed=row["is_closed"],
        )
    return heads


async def _load_hashes(connection: Any, wanted: dict[UUID, set[int]]) -> dict[UUID, dict[int, str]]:
    pairs = [(attempt_id, seq) for attempt_id, numbers in wanted.items() for seq in numbers]
    stored: dict[UUID, dict[int, str]] = defaultdict(dict)
    for row in await connection.fetch(_HASHES, [pair[0] for pair in pairs], [pair[1] for pair in pairs]):
        stored[row["attempt_id"]][row["seq"]] = row["hash"]
    return stored


async def _load_instructions(connection: Any, registration_ids: Sequence[UUID]) -> dict[UUID, list[WaitingInstruction]]:
    waiting: dict[UUID, list[WaitingInstruction]] = defaultdict(list)
    for row in await connection.fetch(_INSTRUCTIONS, registration_ids):
        waiting[row["registration_id"]].append(
            WaitingInstruction(row["id"], row["kind"], row["text"], row["created_at"])
        )
    return waiting


async def _write(connection: Any, changes: Changes) -> None:
    if changes.entries:
        await connection.copy_records_to_table(
            "journal_entry",
            columns=_ENTRY_COLUMNS,
            records=[
                (
                    e.attempt_id,
                    e.seq,
                    e.parsed.kind.value,
                    e.parsed.item_ref,
                    e.body,
                    e.hash,
                    e.parsed.at_ms,
                    e.epoch,
                    e.received_at,
                )
                for e in changes.entries
            ],
        )
    if changes.refused:
        await connection.executemany(
            _REFUSAL,
            [(r.attempt_id, r.seq, r.hash, r.reason.value, r.body, r.epoch, r.received_at) for r in changes.refused],
        )
    heads = changes.heads
    if heads:
        await connection.execute(
            _HEAD,
            [head.attempt_id for head in heads],
            [head.last_seq for head in heads],
            [head.chain_head for head in heads],
            [changes.seen_at[head.attempt_id] for head in heads],
        )
    if changes.silences:
        await connection.executemany(_SILENCE, [(one.attempt_id, one.since, one.until) for one in changes.silences])
    if changes.confirmed:
        now = max(changes.seen_at.values())
        await connection.executemany(
            _CONFIRM, [(now, instruction_id, registration_id) for registration_id, instruction_id in changes.confirmed]
        )
