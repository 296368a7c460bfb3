"""Receipts against what is stored: after a run, everything that was acknowledged must be there, once, unchanged.

Stored journals are read from the database where it is within reach, else from the export of the sitting's log, which
the board downloads over HTTP.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from uuid import UUID

import msgspec
import sqlalchemy as sa

from exam_engine.core.db import Database, table_of
from exam_engine.delivery.journal import chain_hash, genesis_hash
from exam_engine.delivery.models import Attempt, JournalEntry
from exam_engine.evidence.file_format import ATTEMPTS, OPERATIONS, AttemptLine, OperationLine
from exam_engine.evidence.reading import open_export
from load_tests.protocol import Acknowledged


@dataclass(frozen=True, slots=True)
class StoredJournal:
    """The journal of an attempt as it is stored, and the end that is kept with the attempt."""

    attempt_id: UUID
    operations: tuple[tuple[int, str, str], ...]
    """Number, text and hash of each."""
    last_seq: int
    chain_head: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What came out: operations, counted."""

    attempts: int
    acknowledged: int
    stored: int
    lost: int
    doubled: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost or doubled, and something was acknowledged at all."""
        return self.lost == 0 and self.doubled == 0 and self.acknowledged > 0


def hold_against(receipts: Iterable[Acknowledged], journals: Iterable[StoredJournal]) -> Audit:
    """Hold what was acknowledged against what is stored.

    A receipt is honoured when the journal has its number, under the very hash that was signed, every stored hash
    follows from the one before and the stored text, and the end kept with the attempt is the end of the journal.
    """
    stored = {journal.attempt_id: journal for journal in journals}
    total = Audit(0, 0, 0, 0, 0)
    for receipt in receipts:
        one = _one(receipt, stored.get(receipt.attempt_id))
        total = Audit(
            total.attempts + 1,
            total.acknowledged + receipt.last_seq,
            total.stored + one.stored,
            total.lost + one.lost,
            total.doubled + one.doubled,
        )
    return total


def _one(receipt: Acknowledged, journal: StoredJournal | None) -> Audit:
    if journal is None:
        return Audit(1, receipt.last_seq, 0, max(1, receipt.last_seq), 0)
    lost = 0
    chain, hashes = genesis_hash(receipt.attempt_id), {}
    seen = [seq for seq, _, _ in journal.operations]
    for seq, body, stored_hash in journal.operations:
        chain = chain_hash(chain, body)
        lost += chain != stored_hash
        hashes[seq] = chain
    doubled = len(seen) - len(set(seen))
    missing = set(range(1, receipt.last_seq + 1)) - set(seen)
    lost += len(missing)
    if receipt.last_seq and not missing and hashes.get(receipt.last_seq) != receipt.chain_head:
        lost += 1
    if journal.last_seq != len(journal.operations) or journal.chain_head != chain:
        lost += 1
    return Audit(1, receipt.last_seq, len(journal.operations), lost, doubled)


async def journals_in_database(database: Database, attempt_ids: Iterable[UUID]) -> AsyncIterator[StoredJournal]:
    """Yield the stored journals of attempts."""
    entry, attempt = table_of(JournalEntry), table_of(Attempt)
    async with database.read() as session:
        connection = await session.connection()
        for attempt_id in attempt_ids:
            kept = (
                await connection.execute(
                    sa.select(attempt.c.last_seq, attempt.c.chain_head).where(attempt.c.id == attempt_id)
                )
            ).one_or_none()
            if kept is None:
                continue
            rows = (
                await connection.execute(
                    sa.select(entry.c.seq, entry.c.body, entry.c.hash)
                    .where(entry.c.attempt_id == attempt_id)
                    .order_by(entry.c.seq)
                )
            ).all()
            operations = tuple((row.seq, row.body, row.hash) for row in rows)
            yield StoredJournal(attempt_id, operations, kept.last_seq, kept.chain_head)


async def audit_database(database: Database, receipts: list[Acknowledged]) -> Audit:
    """Hold receipts against the journals in a database."""
    journals = [journal async for journal in journals_in_database(database, [r.attempt_id for r in receipts])]
    return hold_against(receipts, journals)


def journals_in_export(file: Path) -> list[StoredJournal]:
    """Return the journals in the export of a sitting's log.

    Raises
    ------
    exam_engine.evidence.reading.NotAnExportError, DamagedMemberError
    """
    read_attempt, read_operation = msgspec.json.Decoder(AttemptLine).decode, msgspec.json.Decoder(OperationLine).decode
    with open_export(file) as export:
        attempts = [read_attempt(line) for line in export.lines(ATTEMPTS) if line]
        lines = (read_operation(line) for line in export.lines(OPERATIONS) if line)
        journals = {
            attempt: tuple((line.seq, line.body, line.hash) for line in own)
            for attempt, own in groupby(lines, key=attrgetter("attempt"))
        }
    return [
        StoredJournal(UUID(one.attempt), journals.get(one.attempt, ()), one.last_seq, one.chain_head)
        for one in attempts
    ]
