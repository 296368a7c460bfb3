"""Rows in the transaction of the act, one chain under concurrency, roots that are signed once."""

import asyncio
import hashlib
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from exam_engine.audit import service as audit
from exam_engine.core.db import Database, new_id
from exam_engine.core.time import iso_utc
from exam_engine.sitting_log import service as sitting_log
from exam_engine.sitting_log.errors import SittingLogBrokenError
from exam_engine.sitting_log.merkle import root_of
from exam_engine.sitting_log.models import SittingLogHead, SittingLogRoot, SittingLogRow
from exam_engine.sitting_log.roots import RootFacts, RootSigner, is_genuine
from exam_engine.sitting_log.rows import genesis_hash, row_hash, row_text
from tests.conftest import NINE, make_actor

SIGNER = RootSigner(bytes(range(32)))


async def rows_in(database: Database, sitting_id: UUID) -> list[SittingLogRow]:
    async with database.read() as session:
        statement = (
            select(SittingLogRow).where(SittingLogRow.sitting_id == sitting_id).order_by(col(SittingLogRow.number))
        )
        return list((await session.exec(statement)).all())


async def add(database: Database, sitting_id: UUID, *kinds: str) -> None:
    async with database.write() as session:
        for kind in kinds:
            await sitting_log.append(session, sitting_id, kind=kind, facts={"b": 1, "a": "ạ"}, now=NINE)


async def close(database: Database, sitting_id: UUID) -> SittingLogRoot | None:
    async with database.write() as session:
        return await sitting_log.close(session, sitting_id, signer=SIGNER, closed_by=new_id(), now=NINE)


async def test_rows_are_chained_in_the_order_in_which_they_were_added(database: Database) -> None:
    sitting_id = new_id()
    await add(database, sitting_id, "one", "two")
    await add(database, sitting_id, "three")
    async with database.write() as session:
        assert await sitting_log.chain(session, sitting_id) == 3
    async with database.write() as session:
        assert await sitting_log.chain(session, sitting_id) == 0
    rows = await rows_in(database, sitting_id)
    assert [(row.number, row.kind) for row in rows] == [(1, "one"), (2, "two"), (3, "three")]
    assert rows[0].body == '{"a":"ạ","b":1}'
    previous = hashlib.sha256(f"sitting-log\n{sitting_id}".encode()).hexdigest()
    for row in rows:
        text = f'{row.number}\n{row.kind}\n2026-12-12T02:00:00.000Z\n{{"a":"ạ","b":1}}'
        previous = hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
        assert row.hash == previous


async def act(database: Database, sitting_id: UUID, *, then: str) -> None:
    """Record an act on a sitting, and then fail in one way or another before the commit."""
    async with database.write() as session:
        await audit.record(
            session,
            actor=make_actor("proctor"),
            action="seat.unlocked",
            object_type="registration",
            object_id="1",
            now=NINE,
            sitting_id=sitting_id,
        )
        if then == "die":
            raise RuntimeError("died before the commit")
        # A row that the database refuses: a hash without a number.
        session.add(SittingLogRow(sitting_id=sitting_id, kind="k", at=NINE, body="{}", hash="0" * 64))


@pytest.mark.parametrize(("then", "error"), [("die", RuntimeError), ("write badly", sa.exc.DBAPIError)])
async def test_an_act_and_its_row_stand_or_fall_together(database: Database, then: str, error: type[Exception]) -> None:
    sitting_id = new_id()
    with pytest.raises(error):
        await act(database, sitting_id, then=then)
    assert await rows_in(database, sitting_id) == []
    async with database.read() as session:
        assert await audit.find_entries(session, q=None, action=None, object_id=None, offset=0, limit=10) == ([], 0)


async def test_an_act_on_a_sitting_names_who_did_it_and_its_place_in_the_audit_record(database: Database) -> None:
    sitting_id, actor = new_id(), make_actor("board_member", name="Nguyễn Thị Tên Riêng")
    async with database.write() as session:
        entry = await audit.record(
            session,
            actor=actor,
            action="registration.changed",
            object_type="registration",
            object_id="7",
            details={"extra_minutes": 15},
            now=NINE,
            sitting_id=sitting_id,
        )
    (row,) = await rows_in(database, sitting_id)
    assert row.kind == "registration.changed"
    assert str(actor.id) in row.body
    assert entry.hash in row.body
    assert '"extra_minutes":15' in row.body
    assert "Tên Riêng" not in row.body


async def test_a_part_of_the_waiting_rows_may_be_chained_first(database: Database) -> None:
    sitting_id = new_id()
    await add(database, sitting_id, *(f"act-{number}" for number in range(5)))
    chained = []
    for most in (2, 2, 2, 2):
        async with database.write() as session:
            chained.append(await sitting_log.chain(session, sitting_id, most=most))
    assert chained == [2, 2, 1, 0]
    root = await close(database, sitting_id)
    assert root is not None
    assert root.rows == 5


async def test_many_acts_and_rounds_at_once_give_one_unbroken_chain(database: Database) -> None:
    sitting_id = new_id()

    async def acting(number: int) -> None:
        await add(database, sitting_id, f"act-{number}")

    async def chaining() -> None:
        async with database.write() as session:
            await sitting_log.chain(session, sitting_id)

    await asyncio.gather(*(work for number in range(25) for work in (acting(number), chaining())))
    await chaining()
    rows = await rows_in(database, sitting_id)
    assert [row.number for row in rows] == list(range(1, 26))
    assert {row.kind for row in rows} == {f"act-{number}" for number in range(25)}
    root = await close(database, sitting_id)
    assert root is not None
    assert root.rows == 25


async def test_a_root_covers_all_rows_and_is_signed_once(database: Database) -> None:
    sitting_id = new_id()
    await add(database, sitting_id, "one", "two", "three")
    first = await close(database, sitting_id)
    assert first is not None
    leaves = [row_text(n, kind, NINE, '{"a":"ạ","b":1}').encode() for n, kind in enumerate(("one", "two", "three"), 1)]
    assert first.root == root_of(leaves).hex()
    assert (first.segment, first.rows, first.previous_root) == (1, 3, None)
    facts = RootFacts(sitting_id, 1, 3, first.root, None, iso_utc(first.closed_at))
    assert is_genuine(facts, first.signature, SIGNER.public_key)
    assert await close(database, sitting_id) is None
    await add(database, sitting_id, "later")
    second = await close(database, sitting_id)
    assert second is not None
    assert (second.segment, second.rows, second.previous_root) == (2, 4, first.root)


async def test_closing_at_once_from_two_sides_gives_one_root(database: Database) -> None:
    sitting_id = new_id()
    await add(database, sitting_id, "one")
    roots = await asyncio.gather(*(close(database, sitting_id) for _ in range(6)))
    assert sum(root is not None for root in roots) == 1


@pytest.mark.parametrize(
    ("tampering", "number"),
    [
        ("UPDATE sitting_log_row SET body = '{}' WHERE number = 2", 2),
        ("UPDATE sitting_log_row SET kind = 'other' WHERE number = 3", 3),
        ("DELETE FROM sitting_log_row WHERE number = 2", 2),
        ("DELETE FROM sitting_log_row WHERE number = 4", 3),
        ("UPDATE sitting_log_head SET hash = 'x'", 4),
    ],
)
async def test_a_stored_log_that_was_changed_is_not_signed(database: Database, tampering: str, number: int) -> None:
    sitting_id = new_id()
    await add(database, sitting_id, "one", "two", "three", "four")
    async with database.write() as session:
        await sitting_log.chain(session, sitting_id)
    async with database.write() as session:
        await (await session.connection()).execute(sa.text(tampering))
    with pytest.raises(SittingLogBrokenError) as refused:
        await close(database, sitting_id)
    assert refused.value.params == {"number": number}


async def test_a_log_made_anew_does_not_get_past_its_first_root(database: Database) -> None:
    sitting_id = new_id()
    await add(database, sitting_id, "one", "two")
    await close(database, sitting_id)
    async with database.write() as session:
        head = await sitting_log.lock(session, sitting_id)
        previous = genesis_hash(sitting_id)
        for row in (await session.exec(select(SittingLogRow).order_by(col(SittingLogRow.number)))).all():
            row.body = '{"made":"anew"}'
            row.hash = previous = row_hash(previous, row_text(row.number or 0, row.kind, row.at, row.body))
            session.add(row)
        head.hash = previous
        session.add(head)
    await add(database, sitting_id, "three")
    with pytest.raises(SittingLogBrokenError):
        await close(database, sitting_id)


async def test_logs_of_sittings_do_not_mix(database: Database) -> None:
    one, other = new_id(), new_id()
    await add(database, one, "a", "b")
    await add(database, other, "c")
    assert (await close(database, one)).rows == 2  # type: ignore[union-attr]
    async with database.read() as session:
        assert await sitting_log.sittings_with_unchained_rows(session) == [other]
        assert (await session.get(SittingLogHead, other)) is None
