"""The crash proof itself: it must find what was lost, doubled or changed, or its clean verdict is worth nothing."""

import random
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.delivery.journal import genesis_hash
from exam_engine.delivery.models import Attempt, JournalEntry, SealedPaper
from load_tests.candidates import Acknowledged, Timings
from load_tests.kill_server import Verdict, compare
from load_tests.prepared_sitting import prepare_sitting
from tests.conftest import NINE
from tests.exam_engine.delivery.requests import make_operations

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def receipts(database: Database, settings: Settings) -> list[Acknowledged]:
    """Return the receipts of three candidates whose journals of five operations are stored."""
    sitting = await prepare_sitting(database, settings, candidates=3, now=NINE, rng=random.Random(5), item_count=2)
    made = []
    async with database.write() as session:
        paper = (await session.exec(select(SealedPaper))).first()
        assert paper is not None
        for registered in sitting.registered:
            attempt_id = new_id()
            operations = make_operations(attempt_id, 5)
            attempt = Attempt(
                id=attempt_id,
                registration_id=registered.registration_id,
                sitting_id=sitting.sitting_id,
                form_id=paper.form_id,
                paper_id=paper.id,
                holder_session_id=new_id(),
                opens_at=NINE,
                closes_at=NINE + timedelta(hours=2),
                started_at=NINE,
                duration_ms=45 * 60_000,
                grace_ms=120_000,
                last_seq=5,
                chain_head=operations[-1].hash,
                last_seen_at=NINE,
            )
            session.add(attempt)
            await session.flush()
            for operation in operations:
                session.add(
                    JournalEntry(
                        attempt_id=attempt_id,
                        seq=operation.seq,
                        kind="answer",
                        item_ref="q01",
                        body=operation.body,
                        hash=operation.hash,
                        at_ms=operation.seq,
                        epoch=1,
                        received_at=NINE,
                    )
                )
            made.append(Acknowledged(attempt_id, 5, operations[-1].hash))
    return made


async def verdict_after(database: Database, receipts: Sequence[Acknowledged], *statements: sa.Executable) -> Verdict:
    async with database.write() as session:
        for statement in statements:
            await (await session.connection()).execute(statement)
    return await compare(database, list(receipts), 1, Timings())


def entry(attempt_id: UUID, seq: int) -> sa.ColumnElement[bool]:
    return sa.and_(col(JournalEntry.attempt_id) == attempt_id, col(JournalEntry.seq) == seq)


async def test_journals_that_hold_all_that_was_acknowledged_are_clean(
    database: Database, receipts: list[Acknowledged]
) -> None:
    verdict = await verdict_after(database, receipts)
    assert (verdict.lost, verdict.doubled, verdict.acknowledged, verdict.stored) == (0, 0, 15, 15)
    assert verdict.is_clean


async def test_more_stored_than_acknowledged_is_clean(database: Database, receipts: list[Acknowledged]) -> None:
    # The receipt for the last operation was on its way when the server died.
    operations = make_operations(receipts[0].attempt_id, 5)
    receipts[0] = Acknowledged(receipts[0].attempt_id, 4, operations[3].hash)
    assert (await verdict_after(database, receipts)).is_clean


@pytest.mark.parametrize("seq", [1, 3, 5])
async def test_a_lost_operation_is_found(seq: int, database: Database, receipts: list[Acknowledged]) -> None:
    gone = sa.delete(JournalEntry).where(entry(receipts[1].attempt_id, seq))
    verdict = await verdict_after(database, receipts, gone)
    assert verdict.lost > 0
    assert not verdict.is_clean


async def test_a_lost_journal_is_found(database: Database, receipts: list[Acknowledged]) -> None:
    attempt_id = receipts[1].attempt_id
    verdict = await verdict_after(
        database,
        receipts,
        sa.delete(JournalEntry).where(col(JournalEntry.attempt_id) == attempt_id),
        sa.update(Attempt).where(col(Attempt.id) == attempt_id).values(last_seq=0, chain_head=genesis_hash(attempt_id)),
    )
    assert verdict.lost >= 5


async def test_a_changed_operation_is_found(database: Database, receipts: list[Acknowledged]) -> None:
    changed = sa.update(JournalEntry).where(entry(receipts[2].attempt_id, 2)).values(body='{"seq":2}')
    assert not (await verdict_after(database, receipts, changed)).is_clean


async def test_a_head_behind_its_journal_is_found(database: Database, receipts: list[Acknowledged]) -> None:
    behind = sa.update(Attempt).where(col(Attempt.id) == receipts[0].attempt_id).values(last_seq=4)
    assert not (await verdict_after(database, receipts, behind)).is_clean


async def test_a_proof_in_which_nothing_was_acknowledged_proves_nothing(database: Database) -> None:
    assert not (await compare(database, [], 1, Timings())).is_clean
