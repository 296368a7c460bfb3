"""Writers of SQLite take turns: who fails, is cancelled, forgotten or killed leaves the file to the next."""

import asyncio
import gc
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from exam_engine.core.db import Database
from exam_engine.core.sqlite_turns import WriterTurn

ADD = sa.text("INSERT INTO note VALUES (1)")
PATIENCE = 20.0

OTHER_PROCESS = """
import asyncio, sys
import sqlalchemy as sa
from exam_engine.core.db import Database

async def main():
    async with Database(sys.argv[1]).write() as session:
        await session.exec(sa.text("INSERT INTO note VALUES (1)"))
        print("writing", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'exam.db'}")
    async with database.write() as session:
        await session.exec(sa.text("CREATE TABLE note (number INTEGER)"))  # type: ignore[call-overload]
    yield database
    await database.close()


async def _add(database: Database) -> None:
    async with asyncio.timeout(PATIENCE), database.write() as session:
        await session.exec(ADD)  # type: ignore[call-overload]


async def _count(database: Database) -> int:
    async with database.read() as session:
        count: int = (await session.exec(sa.text("SELECT count(*) FROM note"))).scalar_one()  # type: ignore[call-overload]
    return count


async def test_many_writers_at_once_all_write(embedded: Database) -> None:
    await asyncio.gather(*(_add(embedded) for _ in range(60)))
    assert await _count(embedded) == 60


async def test_readers_do_not_wait_for_a_writer(embedded: Database) -> None:
    async with embedded.write() as session:
        await session.exec(ADD)  # type: ignore[call-overload]
        async with asyncio.timeout(PATIENCE):
            assert await _count(embedded) == 0


async def test_a_writer_that_fails_leaves_its_turn(embedded: Database) -> None:
    async def fail() -> None:
        async with embedded.write() as session:
            await session.exec(ADD)  # type: ignore[call-overload]
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    await _add(embedded)
    assert await _count(embedded) == 1


async def test_a_writer_that_is_cancelled_leaves_its_turn(embedded: Database) -> None:
    is_writing = asyncio.Event()

    async def write() -> None:
        async with embedded.write() as session:
            await session.exec(ADD)  # type: ignore[call-overload]
            is_writing.set()
            await asyncio.sleep(PATIENCE * 10)

    writing = asyncio.create_task(write())
    await is_writing.wait()
    waiting = asyncio.create_task(_add(embedded))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    writing.cancel()
    await waiting
    assert await _count(embedded) == 1


@pytest.mark.filterwarnings("ignore")
async def test_a_writer_that_is_forgotten_leaves_its_turn(embedded: Database) -> None:
    forgotten = embedded.write()
    session = await forgotten.__aenter__()
    await session.exec(ADD)  # type: ignore[call-overload]
    del forgotten, session
    gc.collect()
    await _add(embedded)
    assert await _count(embedded) == 1


async def test_a_process_that_is_killed_leaves_its_turn(embedded: Database) -> None:
    url = embedded.url.set(drivername="sqlite").render_as_string()
    with subprocess.Popen(  # noqa: ASYNC220 - a process that is killed needs no waiting
        [sys.executable, "-c", OTHER_PROCESS, url], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert await asyncio.to_thread(other.stdout.readline) == b"writing\n"
        waiting = asyncio.create_task(_add(embedded))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        other.send_signal(signal.SIGKILL)
        await waiting
    assert await _count(embedded) == 1


async def test_a_program_that_takes_no_turns_is_waited_for_all_the_same(embedded: Database) -> None:
    stranger = sqlite3.connect(str(embedded.url.database), isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(_add(embedded))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    stranger.execute("COMMIT")
    stranger.close()
    await waiting
    assert await _count(embedded) == 1


def test_a_turn_that_is_forgotten_is_given_up(tmp_path: Path) -> None:
    one, other = WriterTurn(tmp_path / "exam.db"), WriterTurn(tmp_path / "exam.db")
    one.take()
    del one
    gc.collect()
    other.take()
    other.leave()
    other.leave()
    other.close()
