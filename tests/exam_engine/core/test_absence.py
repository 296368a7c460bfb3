"""What counts as a database that is away, and what as a fault of the program."""

import errno
import os
import sqlite3

import asyncpg
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from exam_engine.core.absence import is_database_away
from exam_engine.core.db import Database, ReadSessionDep
from tests.exam_engine.core.small_app import small_app
from tests.exam_engine.core.test_db import client_of


def of_sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("said by the driver")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "is_away"),
    [
        (ConnectionRefusedError(), True),
        (ConnectionResetError(), True),
        (TimeoutError(), True),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), True),
        (OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH)), True),
        (OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH)), True),
        (FileNotFoundError(errno.ENOENT, "no socket"), True),
        (FileNotFoundError(errno.ENOENT, "no file", "certificate.pdf"), False),
        (PermissionError(errno.EACCES, "no right", "keys"), False),
        (asyncpg.CannotConnectNowError("starting up"), True),
        (asyncpg.DiskFullError("no room"), True),
        (asyncpg.AdminShutdownError("ended"), True),
        (asyncpg.UndefinedTableError("no such table"), False),
        (asyncpg.DataError("too large"), False),
        (of_sqlite(sqlite3.SQLITE_FULL), True),
        (of_sqlite(sqlite3.SQLITE_IOERR | 3 << 8), True),
        (of_sqlite(sqlite3.SQLITE_ERROR), False),
        (sqlite3.OperationalError("without a code"), False),
        (ValueError(), False),
    ],
)
def test_what_may_succeed_a_little_later_is_told_from_faults(error: Exception, is_away: bool) -> None:
    assert is_database_away(error) is is_away
    wrapped = sa.exc.DBAPIError("SELECT", {}, error) if isinstance(error, sqlite3.Error) else RuntimeError()
    wrapped.__cause__ = error
    assert is_database_away(wrapped) is is_away


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_route_whose_database_goes_away_says_so_and_works_again(database: Database) -> None:
    app: FastAPI = small_app()
    app.state.database = database

    @app.get("/kill")
    async def kill(session: ReadSessionDep) -> None:
        await session.exec(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))  # type: ignore[call-overload]

    @app.get("/read")
    async def read(session: ReadSessionDep) -> int:
        found: int = (await session.exec(sa.text("SELECT 1"))).one()[0]  # type: ignore[call-overload]
        return found

    async with client_of(app) as client:
        away = await client.get("/kill")
        assert (away.status_code, away.json()["code"], away.headers["retry-after"]) == (503, "database_away", "5")
        assert (await client.get("/read")).json() == 1
