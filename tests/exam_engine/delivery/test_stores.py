"""The journal's own ways to both databases: the same rows as the models read, under concurrency and after absence."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.delivery.engine import journal_store
from exam_engine.delivery.errors import BusyError
from exam_engine.delivery.journal import Refusal, genesis_hash
from exam_engine.delivery.models import Attempt, Instruction, JournalEntry, JournalRefusal, SealedPaper
from exam_engine.delivery.postgresql_store import PostgresqlJournalStore
from exam_engine.delivery.sqlite_store import SqliteJournalStore
from exam_engine.delivery.writer import JournalStore, JournalWriter
from exam_engine.sittings.models import Registration
from load_tests.prepared_sitting import prepare_sitting
from tests.exam_engine.delivery.requests import DURING, START, make_operations, make_request

SESSION = new_id()
MOMENT = DURING + timedelta(microseconds=123_456)


@dataclass(frozen=True, slots=True)
class Running:
    """A running attempt."""

    id: UUID
    registration_id: UUID


@pytest.fixture
async def attempts(database: Database, settings: Settings) -> list[Running]:
    """Return four running attempts of one sitting."""
    sitting = await prepare_sitting(
        database, settings, candidates=4, now=START, rng=random.Random(3), item_count=2, opens_at=START
    )
    made = []
    async with database.write() as session:
        paper = (await session.exec(select(SealedPaper))).first()
        assert paper is not None
        for registered in sitting.registered:
            attempt = Attempt(
                registration_id=registered.registration_id,
                sitting_id=sitting.sitting_id,
                form_id=paper.form_id,
                paper_id=paper.id,
                holder_session_id=SESSION,
                opens_at=START,
                closes_at=START + timedelta(hours=2),
                started_at=START,
                duration_ms=45 * 60_000,
                grace_ms=120_000,
                chain_head="",
                last_seen_at=START,
            )
            attempt.chain_head = genesis_hash(attempt.id)
            session.add(attempt)
            made.append(Running(attempt.id, registered.registration_id))
    return made


@pytest.fixture
async def store(database: Database) -> AsyncIterator[JournalStore]:
    """Return the journal's own way to the database."""
    opened = journal_store(database)
    yield opened
    await opened.close()


async def entries_of(database: Database, attempt_id: UUID) -> list[JournalEntry]:
    async with database.read() as session:
        statement = select(JournalEntry).where(JournalEntry.attempt_id == attempt_id).order_by(col(JournalEntry.seq))
        return list((await session.exec(statement)).all())


async def attempt_of(database: Database, attempt_id: UUID) -> Attempt:
    async with database.read() as session:
        attempt = await session.get(Attempt, attempt_id)
    assert attempt is not None
    return attempt


async def test_rows_written_by_the_store_read_back_equal_through_the_models(
    database: Database, store: JournalStore, attempts: list[Running]
) -> None:
    [one, *_] = attempts
    operations = make_operations(one.id, 3, option="Đáp án ")
    await store.commit(
        [make_request(one.id, operations, session_id=SESSION, registration_id=one.registration_id, arrived_at=MOMENT)]
    )
    rows = await entries_of(database, one.id)
    assert [row.model_dump() for row in rows] == [
        {
            "attempt_id": one.id,
            "seq": operation.seq,
            "kind": "answer",
            "item_ref": "q01",
            "body": operation.body,
            "hash": operation.hash,
            "at_ms": operation.seq,
            "epoch": 1,
            "received_at": MOMENT,
        }
        for operation in operations
    ]
    attempt = await attempt_of(database, one.id)
    assert (attempt.last_seq, attempt.chain_head, attempt.last_seen_at) == (3, operations[-1].hash, MOMENT)


async def test_instants_of_the_store_and_of_the_models_compare_in_the_database(
    database: Database, store: JournalStore, attempts: list[Running]
) -> None:
    [one, *_] = attempts
    # A full second is where text forms of instants tend to differ.
    for arrived_at in (DURING, MOMENT):
        await store.commit(
            [make_request(one.id, session_id=SESSION, registration_id=one.registration_id, arrived_at=arrived_at)]
        )
        async with database.read() as session:
            same = select(sa.func.count()).where(col(Attempt.id) == one.id, col(Attempt.last_seen_at) == arrived_at)
            later = select(sa.func.count()).where(
                col(Attempt.id) == one.id, col(Attempt.last_seen_at) > arrived_at - timedelta(microseconds=1)
            )
            assert ((await session.exec(same)).one(), (await session.exec(later)).one()) == (1, 1)


async def test_what_arrives_again_is_acknowledged_again_and_stored_once(
    database: Database, store: JournalStore, attempts: list[Running]
) -> None:
    [one, *_] = attempts
    operations = make_operations(one.id, 5)
    await store.commit([make_request(one.id, operations[:3], session_id=SESSION, registration_id=one.registration_id)])
    decision = await store.commit(
        [make_request(one.id, operations, session_id=SESSION, registration_id=one.registration_id)]
    )
    admission = decision.outcomes[0].admission
    assert admission is not None
    assert (admission.head.last_seq, admission.refused) == (5, ())
    assert [row.seq for row in await entries_of(database, one.id)] == [1, 2, 3, 4, 5]


async def test_a_different_operation_under_a_stored_number_never_replaces_it(
    database: Database, store: JournalStore, attempts: list[Running]
) -> None:
    [one, *_] = attempts
    kept, other = make_operations(one.id, 1), make_operations(one.id, 1, option="bbbb")
    await store.commit([make_request(one.id, kept, session_id=SESSION, registration_id=one.registration_id)])
    for _ in range(2):
        decision = await store.commit(
            [make_request(one.id, other, session_id=SESSION, registration_id=one.registration_id)]
        )
        admission = decision.outcomes[0].admission
        assert admission is not None
        assert [refused.reason for refused in admission.refused] == [Refusal.DIFFERENT_OPERATION]
    assert [row.body for row in await entries_of(database, one.id)] == [kept[0].body]
    async with database.read() as session:
        refused = (await session.exec(select(JournalRefusal))).all()
    assert [(row.attempt_id, row.seq, row.body, row.reason, row.received_at) for row in refused] == [
        (one.id, 1, other[0].body, "different_operation", DURING)
    ]


async def test_work_of_a_fenced_browser_is_kept_once_however_often_it_comes(
    database: Database, store: JournalStore, attempts: list[Running]
) -> None:
    [one, *_] = attempts
    operations = make_operations(one.id, 2)
    request = make_request(one.id, operations, session_id=new_id(), registration_id=one.registration_id)
    decision = await store.commit([request, request])
    assert [outcome.is_fenced for outcome in decision.outcomes] == [True, True]
    await store.commit([request])
    async with database.read() as session:
        refused = (await session.exec(select(JournalRefusal).order_by(col(JournalRefusal.seq)))).all()
    assert [(row.seq, row.hash, row.reason) for row in refused] == [(o.seq, o.hash, "fenced") for o in operations]
    attempt = await attempt_of(database, one.id)
    assert (attempt.last_seq, attempt.last_seen_at) == (0, START)


async def test_an_attempt_that_does_not_exist_is_unknown(store: JournalStore, attempts: list[Running]) -> None:
    stranger, [one, *_] = new_id(), attempts
    decision = await store.commit(
        [
            make_request(stranger, make_operations(stranger, 1)),
            make_request(one.id, session_id=SESSION, registration_id=one.registration_id),
        ]
    )
    assert [outcome.is_unknown for outcome in decision.outcomes] == [True, False]


async def test_a_message_is_confirmed_by_the_candidate_it_was_for_and_by_nobody_else(
    database: Database, store: JournalStore, attempts: list[Running]
) -> None:
    one, two, *_ = attempts
    message = Instruction(
        registration_id=one.registration_id,
        number=1,
        kind="message",
        text="Còn 15 phút.",
        created_at=START,
        created_by_name="Trần Văn Hoà",
    )
    async with database.write() as session:
        session.add(message)
    decision = await store.commit(
        [
            make_request(one.id, session_id=SESSION, registration_id=one.registration_id),
            make_request(two.id, session_id=SESSION, registration_id=two.registration_id),
        ]
    )
    assert [[(i.id, i.text, i.created_at) for i in o.instructions] for o in decision.outcomes] == [
        [(message.id, "Còn 15 phút.", START)],
        [],
    ]
    for who, confirmed_at in ((two, None), (one, MOMENT)):
        await store.commit(
            [
                make_request(
                    who.id,
                    session_id=SESSION,
                    registration_id=who.registration_id,
                    confirmed=(message.id,),
                    arrived_at=MOMENT,
                )
            ],
        )
        async with database.read() as session:
            stored = await session.get(Instruction, message.id)
        assert stored is not None
        assert stored.confirmed_at == confirmed_at


async def test_extra_minutes_granted_during_the_attempt_reach_the_store(
    database: Database, store: JournalStore, attempts: list[Running]
) -> None:
    [one, *_] = attempts
    # Captured and arriving within the accommodation, long after the plain end and its grace.
    after = START + timedelta(minutes=50)
    late = make_request(
        one.id, make_operations(one.id, 1), session_id=SESSION, registration_id=one.registration_id, arrived_at=after
    )
    before = (await store.commit([late])).outcomes[0].admission
    assert before is not None
    assert [refused.reason for refused in before.refused] == [Refusal.CLOSED]
    async with database.write() as session:
        await session.exec(
            sa.update(Registration).where(col(Registration.id) == one.registration_id).values(extra_minutes=15)
        )
    granted = (await store.commit([late])).outcomes[0].admission
    assert granted is not None
    assert granted.head.last_seq == 1


async def test_a_batch_that_fails_leaves_nothing_behind_and_the_store_goes_on(
    database: Database, store: JournalStore, attempts: list[Running]
) -> None:
    one, two, *_ = attempts
    # A row that the journal's head knows nothing of: the second entry of the batch collides with it.
    operations = make_operations(two.id, 1)
    async with database.write() as session:
        session.add(
            JournalEntry(
                attempt_id=two.id, seq=1, kind="online", body="{}", hash="0" * 64, at_ms=0, epoch=1, received_at=START
            )
        )
    batch = [
        make_request(one.id, make_operations(one.id, 2), session_id=SESSION, registration_id=one.registration_id),
        make_request(two.id, operations, session_id=SESSION, registration_id=two.registration_id),
    ]
    with pytest.raises(Exception, match=r"(?i)unique"):
        await store.commit(batch)
    assert await entries_of(database, one.id) == []
    assert (await attempt_of(database, one.id)).last_seq == 0
    await store.commit(batch[:1])
    assert len(await entries_of(database, one.id)) == 2


async def test_two_stores_with_overlapping_batches_neither_block_each_other_for_ever_nor_double_anything(
    database: Database, store: JournalStore, attempts: list[Running]
) -> None:
    other = journal_store(database)
    operations = {attempt.id: make_operations(attempt.id, 30) for attempt in attempts}

    async def save(through: JournalStore, order: list[Running]) -> None:
        for upto in range(1, 31):
            await through.commit(
                [
                    make_request(a.id, operations[a.id][:upto], session_id=SESSION, registration_id=a.registration_id)
                    for a in order
                ]
            )

    try:
        async with asyncio.timeout(60):
            await asyncio.gather(save(store, attempts), save(other, attempts[::-1]))
    finally:
        await other.close()
    for attempt in attempts:
        rows = await entries_of(database, attempt.id)
        assert [(row.seq, row.hash) for row in rows] == [(o.seq, o.hash) for o in operations[attempt.id]]
        assert (await attempt_of(database, attempt.id)).chain_head == operations[attempt.id][-1].hash


async def test_a_store_without_its_database_refuses_and_works_once_it_is_back(
    database: Database, settings: Settings, attempts: list[Running], tmp_path: Path
) -> None:
    away: JournalStore
    if database.is_sqlite:
        away = SqliteJournalStore(tmp_path / "away" / "exam.db")
    else:
        away = PostgresqlJournalStore(settings.database_url.rsplit("/", 1)[0] + "/away")
    [one, *_] = attempts
    request = make_request(one.id, make_operations(one.id, 1), session_id=SESSION, registration_id=one.registration_id)
    async with JournalWriter(away).running() as writer:
        with pytest.raises(BusyError):
            await writer.append(request)
        if isinstance(away, SqliteJournalStore):
            (tmp_path / "away").mkdir()
            (tmp_path / "away" / "exam.db").symlink_to(tmp_path / "exam.db")
        else:
            assert isinstance(away, PostgresqlJournalStore)
            away._dsn = settings.database_url
        assert (await writer.append(request)).admission is not None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_connection_cut_by_the_server_is_opened_anew(
    database: Database, store: JournalStore, attempts: list[Running]
) -> None:
    assert isinstance(store, PostgresqlJournalStore)
    [one, *_] = attempts
    operations = make_operations(one.id, 2)
    async with JournalWriter(store).running() as writer:
        await writer.append(
            make_request(one.id, operations[:1], session_id=SESSION, registration_id=one.registration_id)
        )
        cut = sa.select(sa.func.pg_terminate_backend(store._connection.get_server_pid()))
        async with database.read() as session:
            assert (await (await session.connection()).execute(cut)).scalar_one()
        outcome = None
        while outcome is None:
            # As a browser does: hold the work and come back.
            with contextlib.suppress(BusyError):
                outcome = await writer.append(
                    make_request(one.id, operations, session_id=SESSION, registration_id=one.registration_id)
                )
    assert outcome.admission is not None
    assert outcome.admission.head.last_seq == 2
    assert [row.seq for row in await entries_of(database, one.id)] == [1, 2]
