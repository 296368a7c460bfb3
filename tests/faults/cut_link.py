"""A line between two programs that can be cut: refused, gone silent in one or both directions, and healed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import StrEnum

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Cut(StrEnum):
    """What is wrong with a line."""

    REFUSED = "refused"
    """Connections end, and new ones are not taken."""
    SILENT = "silent"
    """Nothing arrives any more, and nobody is told."""
    ANSWERS_LOST = "answers lost"
    """What is sent arrives; what comes back does not."""


class Link:
    """A line to a target, as a port of loopback."""

    def __init__(self, connect: Callable[[], Awaitable[Streams]]) -> None:
        self._connect = connect
        self._cut: Cut | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Link"]:
        """Carry what comes until the block is left."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self._server.close()
            self._end_all()

    def cut(self, how: Cut) -> None:
        """Break the line."""
        self._cut = how
        if how is Cut.REFUSED:
            self._end_all()

    def heal(self) -> None:
        """Mend the line. Connections that went silent are ended: what was lost on them does not come back."""
        self._cut = None
        self._end_all()

    def _end_all(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut is Cut.REFUSED:
            writer.transport.abort()
            return
        try:
            there_reader, there_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        ends = (writer, there_writer)
        self._writers.update(ends)
        try:
            await asyncio.gather(
                self._pump(reader, there_writer, {Cut.SILENT}),
                self._pump(there_reader, writer, {Cut.SILENT, Cut.ANSWERS_LOST}),
            )
        finally:
            self._writers.difference_update(ends)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lost_in: set[Cut]) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65_536):
                if self._cut in lost_in:
                    continue
                writer.write(chunk)
                await writer.drain()
        writer.close()


def to_port(port: int) -> Link:
    """Return a line to a port of loopback."""
    return Link(lambda: asyncio.open_connection("127.0.0.1", port))


def to_socket(path: str) -> Link:
    """Return a line to a socket of this machine."""
    return Link(lambda: asyncio.open_unix_connection(path))
