"""The audit record: no gap and no double under concurrency, acts and records together, tampering found at its place."""

import asyncio
import hashlib
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.models import LoginFailure
from exam_engine.audit import service as audit
from exam_engine.audit.models import AuditEntry, AuditHead
from exam_engine.core.db import Database
from tests.conftest import NINE, make_actor

# Where only the rules are tested, one kind of database is enough.
embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def record_acts(database: Database, count: int) -> None:
    for number in range(1, count + 1):
        async with database.write() as session:
            await record_one(session, f"object-{number}")


async def record_one(session: Any, object_id: str) -> None:
    await audit.record(
        session,
        actor=make_actor("board_member"),
        action="item.approved",
        object_type="item",
        object_id=object_id,
        before={"status": "draft"},
        after={"status": "approved"},
        details={"note": "Câu đã duyệt", "count": 3},
        now=NINE,
    )


async def verdict_of(database: Database) -> audit.ChainVerdict:
    async with database.read() as session:
        return await audit.verify(session)


def entry(seq: int) -> Any:
    return sa.update(AuditEntry).where(col(AuditEntry.seq) == seq)


async def test_an_empty_record_is_intact(database: Database) -> None:
    assert await verdict_of(database) == audit.ChainVerdict(0, True, None)


async def test_many_writers_at_once_leave_no_gap_and_no_double(database: Database) -> None:
    async def act(number: int) -> None:
        async with database.write() as session:
            await record_one(session, f"object-{number}")

    await asyncio.gather(*(act(number) for number in range(40)))
    async with database.read() as session:
        rows = (await session.exec(select(AuditEntry.seq, AuditEntry.object_id))).all()
    assert sorted(seq for seq, _ in rows) == list(range(1, 41))
    assert {object_id for _, object_id in rows} == {f"object-{number}" for number in range(40)}
    assert await verdict_of(database) == audit.ChainVerdict(40, True, None)


async def test_a_check_beside_running_writers_raises_no_false_alarm(database: Database) -> None:
    is_over = asyncio.Event()

    async def check() -> list[audit.ChainVerdict]:
        verdicts = []
        while not is_over.is_set():
            verdicts.append(await verdict_of(database))
        return verdicts

    checking = asyncio.create_task(check())
    await asyncio.gather(record_acts(database, 25), record_acts(database, 25))
    is_over.set()
    verdicts = await checking
    assert len(verdicts) > 3
    assert all(verdict.is_intact for verdict in verdicts)
    assert await verdict_of(database) == audit.ChainVerdict(50, True, None)


async def test_several_acts_in_one_transaction_are_chained_in_their_order(database: Database) -> None:
    async with database.write() as session:
        await record_one(session, "first")
        await record_one(session, "second")
    async with database.read() as session:
        rows = (await session.exec(select(AuditEntry).order_by(col(AuditEntry.seq)))).all()
    assert [(row.seq, row.object_id) for row in rows] == [(1, "first"), (2, "second")]
    assert rows[1].previous_hash == rows[0].hash
    assert (await verdict_of(database)).is_intact


class PowerCutError(Exception):
    pass


async def cut_off_after_recording(database: Database) -> None:
    async with database.write() as session:
        session.add(LoginFailure(subject="user:thuy", at=NINE))
        await record_one(session, "undone")
        raise PowerCutError


async def test_an_act_that_fails_leaves_no_record(database: Database) -> None:
    await record_acts(database, 2)
    with pytest.raises(PowerCutError):
        await cut_off_after_recording(database)
    async with database.read() as session:
        assert (await session.exec(select(LoginFailure))).all() == []
    assert await verdict_of(database) == audit.ChainVerdict(2, True, None)
    await record_acts(database, 1)
    assert await verdict_of(database) == audit.ChainVerdict(3, True, None)


async def act_without_head(database: Database) -> None:
    async with database.write() as session:
        await session.exec(sa.delete(AuditHead))
        session.add(LoginFailure(subject="user:thuy", at=NINE))
        await session.flush()
        await record_one(session, "undone")


async def test_a_record_that_cannot_be_written_undoes_the_act(database: Database) -> None:
    with pytest.raises(sa.exc.NoResultFound):
        await act_without_head(database)
    async with database.read() as session:
        assert (await session.exec(select(LoginFailure))).all() == []


FIELDS: dict[str, Any] = {
    "at": NINE.replace(hour=3),
    "actor_id": uuid4(),
    "actor_kind": "system",
    "actor_name": "Người khác",
    "action": "item.retired",
    "object_type": "form",
    "object_id": "object-9",
    "before_hash": "0" * 64,
    "after_hash": None,
    "details": {"note": "Câu đã duyệt", "count": 4},
    "previous_hash": "1" * 64,
    "hash": "2" * 64,
}


def test_every_field_of_an_entry_is_tampered_with_here() -> None:
    assert set(FIELDS) | {"seq"} == set(AuditEntry.model_fields)


async def verdict_after(database: Database, *statements: Any) -> audit.ChainVerdict:
    """Return what a check finds after tampering; the tampering is undone afterwards."""
    async with AsyncSession(database.engine.execution_options(is_writer=True)) as session:
        for statement in statements:
            await session.exec(statement)
        verdict = await audit.verify(session)
        await session.rollback()
    return verdict


@embedded
async def test_a_change_to_any_field_is_named_at_its_entry(database: Database) -> None:
    await record_acts(database, 5)
    for field, value in FIELDS.items():
        found = await verdict_after(database, entry(3).values({field: value}))
        assert found == audit.ChainVerdict(2, False, 3), field
    assert (await verdict_of(database)).is_intact


@embedded
@pytest.mark.parametrize(("seq", "verdict"), [(3, (3, False, 4)), (5, (5, False, 5))])
async def test_an_entry_rewritten_with_a_fitting_hash_is_caught_by_what_follows(
    seq: int, verdict: tuple[int, bool, int], database: Database
) -> None:
    await record_acts(database, 5)
    async with database.write() as session:
        forged = await session.get(AuditEntry, seq)
        assert forged is not None
        forged.actor_name = "Người khác"
        forged.hash = audit.entry_hash(forged)
        session.add(forged)
    assert await verdict_of(database) == audit.ChainVerdict(*verdict)


@embedded
async def test_a_deleted_entry_is_named_where_it_is_missing(database: Database) -> None:
    await record_acts(database, 5)
    for seq in (1, 3, 5):
        found = await verdict_after(database, sa.delete(AuditEntry).where(col(AuditEntry.seq) == seq))
        assert found == audit.ChainVerdict(seq - 1, False, seq)
    assert await verdict_after(database, sa.delete(AuditEntry)) == audit.ChainVerdict(0, False, 1)


def inserted(seq: int, previous: AuditEntry | None) -> AuditEntry:
    actor = make_actor("inspector")
    made = AuditEntry(
        seq=seq,
        at=NINE,
        actor_id=actor.id,
        actor_kind="user",
        actor_name="Người chen vào",
        action="result.approved",
        object_type="sitting",
        object_id="ca-1",
        details={},
        previous_hash=previous.hash if previous else audit.GENESIS,
        hash="",
    )
    made.hash = audit.entry_hash(made)
    return made


@embedded
@pytest.mark.parametrize("seq", [-1, 0, 6])
async def test_an_inserted_entry_is_named_even_if_its_own_hash_fits(seq: int, database: Database) -> None:
    await record_acts(database, 5)
    async with database.write() as session:
        last = await session.get(AuditEntry, 5)
        session.add(inserted(seq, last if seq == 6 else None))
    verdict = await verdict_of(database)
    assert (verdict.is_intact, verdict.first_broken_seq) == (False, seq)


@embedded
async def test_two_swapped_entries_are_named_at_the_first(database: Database) -> None:
    await record_acts(database, 5)
    swapping = entry(2).values(seq=99), entry(4).values(seq=2), entry(99).values(seq=4)
    assert await verdict_after(database, *swapping) == audit.ChainVerdict(1, False, 2)


@embedded
async def test_a_head_that_does_not_fit_is_named(database: Database) -> None:
    await record_acts(database, 5)
    for values, place in (({"hash": "3" * 64}, 5), ({"seq": 6}, 6), ({"seq": 4}, 5)):
        found = await verdict_after(database, sa.update(AuditHead).values(values))
        assert found == audit.ChainVerdict(5, False, place), values
    assert await verdict_after(database, sa.delete(AuditHead)) == audit.ChainVerdict(5, False, 6)


@embedded
async def test_a_record_longer_than_one_batch_is_walked_to_its_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_BATCH", 3)
    await record_acts(database, 7)
    assert await verdict_of(database) == audit.ChainVerdict(7, True, None)
    tampering = entry(7).values(action="item.retired")
    assert await verdict_after(database, tampering) == audit.ChainVerdict(6, False, 7)


FACTS = st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=8) | st.booleans() | st.none())


@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_named_does_not_change_their_digest(facts: dict[str, Any], rng: Any) -> None:
    names = list(facts)
    rng.shuffle(names)
    assert audit.digest({name: facts[name] for name in names}) == audit.digest(facts)


def test_the_digest_is_sha256_of_sorted_json_without_white_space() -> None:
    expected = hashlib.sha256('{"a":"đề","b":[1,2]}'.encode()).hexdigest()
    assert audit.digest({"b": [1, 2], "a": "đề"}) == expected
