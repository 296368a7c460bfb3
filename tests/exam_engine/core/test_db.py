"""Transactions and column types: what was answered is committed, writers wait for each other, instants keep zones."""

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_core import from_json
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only
from sqlmodel import col, select
from starlette.types import Message, Receive, Scope, Send

from exam_engine.accounts.models import LoginFailure
from exam_engine.core.db import Database, ReadSessionDep, SessionDep, async_url, json_text
from exam_engine.delivery.models import Attempt
from tests.conftest import NINE
from tests.exam_engine.core.small_app import small_app

VIETNAM = timezone(timedelta(hours=7))


def client_of(app: FastAPI) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app), base_url="http://exam.test")


async def failures(database: Database) -> list[LoginFailure]:
    async with database.read() as session:
        return list((await session.exec(select(LoginFailure).order_by(col(LoginFailure.at)))).all())


async def test_an_instant_comes_back_aware_and_in_utc(database: Database) -> None:
    instants = [datetime(2026, 12, 12, 9, 0, 0, 123_456, tzinfo=VIETNAM), datetime(2026, 12, 12, 2, 0, 1, tzinfo=UTC)]
    async with database.write() as session:
        session.add_all(LoginFailure(subject="user:thuy", at=at) for at in instants)
    stored = [row.at for row in await failures(database)]
    assert stored == instants
    assert {at.tzinfo for at in stored} == {UTC}


async def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    async def store_naive() -> None:
        async with database.write() as session:
            session.add(LoginFailure(subject="user:thuy", at=NINE.replace(tzinfo=None)))

    with pytest.raises(sa.exc.StatementError, match="time zone"):
        await store_naive()
    assert await failures(database) == []


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON_VALUES)
@example({"tên": "Đặng “Hằng” \u2028 😀", "0": [1e-7, 1e300, -0.0, 2**70]})
def test_stored_json_is_what_any_reader_of_json_reads(value: Any) -> None:
    text = json_text(value)
    assert repr(json.loads(text)) == repr(value)
    assert repr(from_json(text)) == repr(value)


def test_letters_are_stored_as_they_are() -> None:
    assert json_text({"tên": "Hằng"}) == '{"tên":"Hằng"}'


async def test_json_comes_back_as_it_was(database: Database) -> None:
    details = {"tên": "Đặng “Hằng”", "số": [1, 2.5, None, True], "0": {"": []}}
    table = sa.Table("json_kept", sa.MetaData(), sa.Column("details", sa.JSON))
    async with database.write() as session:
        connection = await session.connection()
        await connection.run_sync(table.create)
        await connection.execute(sa.insert(table), [{"details": details}])
    async with database.read() as session:
        stored = (await (await session.connection()).execute(sa.select(table.c.details))).scalar_one()
    assert stored == details


class UndoneError(Exception):
    pass


async def test_a_write_transaction_that_fails_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as session:
            session.add(LoginFailure(subject="user:thuy", at=NINE))
            await session.flush()
            raise UndoneError

    with pytest.raises(UndoneError):
        await fail()
    assert await failures(database) == []


async def test_a_read_transaction_stores_nothing(database: Database) -> None:
    # PostgreSQL refuses the statement, SQLite takes it back.
    with suppress(DBAPIError):
        async with database.read() as session:
            session.add(LoginFailure(subject="user:thuy", at=NINE))
            await session.flush()
    assert await failures(database) == []


async def test_a_reader_sees_one_moment(database: Database) -> None:
    async with database.read() as session:
        before = (await session.exec(select(LoginFailure))).all()
        async with database.write() as writing:
            writing.add(LoginFailure(subject="user:thuy", at=NINE))
        assert (await session.exec(select(LoginFailure))).all() == before
    assert len(await failures(database)) == 1


async def test_a_commit_that_has_begun_comes_to_its_end_though_its_task_is_cancelled(database: Database) -> None:
    has_begun, is_over = asyncio.Event(), asyncio.Event()

    @sa.event.listens_for(database.engine.sync_engine, "commit")
    def commit_slowly(_connection: sa.Connection) -> None:
        has_begun.set()
        await_only(asyncio.sleep(0.05))
        is_over.set()

    async def store() -> None:
        async with database.write() as session:
            session.add(LoginFailure(subject="user:thuy", at=NINE))

    task = asyncio.create_task(store())
    await has_begun.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert is_over.is_set()
    assert len(await failures(database)) == 1


async def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    async with database.write() as session:
        session.add(LoginFailure(subject="user:thuy", at=NINE))
        await session.flush()
        async with asyncio.timeout(5):
            assert await failures(database) == []


async def test_twenty_requests_that_read_and_then_write_all_succeed(database: Database) -> None:
    app = small_app()
    app.state.database = database

    @app.post("/count")
    async def count(session: SessionDep) -> int:
        rows = (await session.exec(select(sa.func.count()).select_from(LoginFailure))).one()
        await asyncio.sleep(0.005)
        session.add(LoginFailure(subject=f"user:{rows}", at=NINE))
        return rows

    async with client_of(app) as client:
        responses = await asyncio.gather(*(client.post("/count") for _ in range(20)))
    assert [response.status_code for response in responses] == [200] * 20
    subjects = [row.subject for row in await failures(database)]
    assert len(subjects) == 20
    if database.is_sqlite:
        # One writer at a time: each has read what the one before wrote.
        assert sorted(response.json() for response in responses) == list(range(20))


async def test_a_commit_that_fails_is_answered_with_an_error_and_not_with_success(database: Database) -> None:
    app = small_app()
    app.state.database = database

    @app.post("/save")
    async def save(session: SessionDep) -> dict[str, bool]:
        session.add(LoginFailure(subject="user:thuy", at=NINE))
        sa.event.listen(session.sync_session, "before_commit", fail_commit)
        return {"saved": True}

    def fail_commit(_session: object) -> None:
        raise OSError("disk full")

    async with client_of(app) as client:
        response = await client.post("/save")
    assert (response.status_code, response.json()["code"]) == (500, "unexpected")
    assert await failures(database) == []


async def test_what_was_answered_is_visible_to_others_at_once(database: Database) -> None:
    app = small_app()
    app.state.database = database
    seen_at_answer: list[int] = []

    @app.post("/save")
    async def save(session: SessionDep) -> None:
        session.add(LoginFailure(subject="user:thuy", at=NINE))

    @app.get("/saved")
    async def saved(session: ReadSessionDep) -> int:
        return (await session.exec(select(sa.func.count()).select_from(LoginFailure))).one()

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def watching_send(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                seen_at_answer.append(len(await failures(database)))
            await send(message)

        await app(scope, receive, watching_send)

    async with AsyncClient(transport=ASGITransport(watched), base_url="http://exam.test") as client:
        await client.post("/save")
        assert (await client.get("/saved")).json() == 1
    assert seen_at_answer == [1, 1]


async def test_the_values_of_a_failed_statement_stay_out_of_the_error(database: Database) -> None:
    async def store_twice() -> None:
        async with database.write() as session:
            row = LoginFailure(subject="candidate:079300001234", at=NINE)
            session.add_all((row, LoginFailure(id=row.id, subject="candidate:079300001234", at=NINE)))

    with pytest.raises(sa.exc.IntegrityError) as failed:
        await store_twice()
    assert "079300001234" not in str(failed.value)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_text_that_the_database_cannot_hold_is_the_senders_fault_and_not_the_servers(
    database: Database,
) -> None:
    app = small_app()
    app.state.database = database

    @app.get("/search")
    async def search(q: str, session: ReadSessionDep) -> int:
        statement = select(sa.func.count()).select_from(LoginFailure).where(col(LoginFailure.subject) == q)
        return (await session.exec(statement)).one()

    @app.get("/broken")
    async def broken(session: ReadSessionDep) -> None:
        await (await session.connection()).exec_driver_sql("SELECT 1 FROM no_such_table")

    async with client_of(app) as client:
        refused = await client.get("/search", params={"q": "a\0b"})
        assert (refused.status_code, refused.json()["code"]) == (422, "unstorable_text")
        assert (await client.get("/search", params={"q": "thuỷ"})).json() == 0
        assert (await client.get("/broken")).json()["code"] == "unexpected"


async def test_a_number_or_a_text_that_is_too_large_for_its_column_is_the_senders_fault(database: Database) -> None:
    app = small_app()
    app.state.database = database

    @app.get("/kept")
    async def keep(number: int, session: SessionDep) -> None:
        statement = sa.update(Attempt).where(col(Attempt.epoch) == number).values(epoch=number)
        await session.exec(statement)

    async with client_of(app) as client:
        refused = await client.get("/kept", params={"number": 2**70})
        assert (refused.status_code, refused.json()["code"]) == (422, "unstorable_value")
        assert (await client.get("/kept", params={"number": 7})).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_embedded_database_is_durable_and_holds_references(database: Database) -> None:
    async with database.write() as session:
        connection = await session.connection()
        found = {
            pragma: (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one()
            for pragma in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_plain_url_is_given_the_asynchronous_driver() -> None:
    assert async_url("sqlite:///var/exam.db").drivername == "sqlite+aiosqlite"
    url = async_url("postgresql://exam:s3cret@db.local:5433/exam")
    assert (url.drivername, url.host, url.port, url.database) == ("postgresql+asyncpg", "db.local", 5433, "exam")
    assert "s3cret" not in str(url)


@pytest.mark.parametrize("url", ["mysql://root@localhost/exam", "oracle://x"])
def test_another_kind_of_database_is_refused_by_name_and_with_what_works(url: str) -> None:
    with pytest.raises(ValueError, match=r"EXAM_DATABASE_URL names '(mysql|oracle)'; use sqlite:///path or postgresql"):
        async_url(url)


async def test_the_folder_of_an_embedded_database_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'folder' / 'exam.db'}")
    async with database.read() as session:
        assert (await (await session.connection()).exec_driver_sql("SELECT 1")).scalar_one() == 1
    await database.close()
    assert (tmp_path / "new" / "folder" / "exam.db").exists()
