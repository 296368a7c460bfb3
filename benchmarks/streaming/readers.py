"""Readers of streams that cost the machine as little as a reader can: bytes are counted, not parsed."""

import asyncio
import time
from dataclasses import dataclass, field
from functools import partial
from typing import cast

_INSTRUCTION = b"event: instruction"
_AT_ONCE = 100


@dataclass(slots=True)
class Arrivals:
    """When each reader got the instruction that is measured."""

    times: list[float] = field(default_factory=list)
    lost: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, now: float, count: int) -> None:
        """Note arrivals."""
        self.times.extend([now] * count)
        self._news.set()

    async def until(self, count: int) -> None:
        """Wait for so many arrivals."""
        async with asyncio.timeout(60):
            while len(self.times) < count:
                self._news.clear()
                await self._news.wait()


class Reader(asyncio.Protocol):
    """One open stream."""

    def __init__(self, request: bytes, arrivals: Arrivals) -> None:
        self.opened = asyncio.get_running_loop().create_future()
        self._request = request
        self._arrivals = arrivals
        self._transport: asyncio.Transport | None = None
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        # Not every loop's transports are the standard library's.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Count what arrived."""
        now = time.perf_counter()
        # What an event is called may be cut by the end of a packet.
        seen = self._tail + data
        self._tail = seen[-len(_INSTRUCTION) + 1 :]
        if count := seen.count(_INSTRUCTION):
            self._arrivals.add(now, count)
        # The first event, not the headers, shows that the stream is taken in.
        if not self.opened.done() and b"event: seat" in seen:
            self.opened.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        """Count a stream that ended."""
        self._arrivals.lost += 1
        if not self.opened.done():
            self.opened.set_exception(error or ConnectionError("the server closed the stream"))

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.abort()


async def open_readers(port: int, requests: list[bytes], arrivals: Arrivals) -> list[Reader]:
    """Open all streams, some at a time, and return when each has got its first event."""
    loop = asyncio.get_running_loop()
    readers: list[Reader] = []
    for start in range(0, len(requests), _AT_ONCE):
        opened = [
            (await loop.create_connection(partial(Reader, request, arrivals), "127.0.0.1", port))[1]
            for request in requests[start : start + _AT_ONCE]
        ]
        async with asyncio.timeout(60):
            await asyncio.gather(*(reader.opened for reader in opened))
        readers += opened
    return readers
