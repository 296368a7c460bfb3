"""A load generator that costs little itself: prepared bytes over keep-alive connections."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_SOUND = b"HTTP/1.1 200"


class Connection(asyncio.Protocol):
    """One keep-alive connection that has one request on its way at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bool] | None = None
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take in bytes of an answer; resolve it when it is whole."""
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0 or self._answer is None:
            return
        head = bytes(self._received[:end]).lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        if len(self._received) >= end + 4 + length:
            is_good = self._received.startswith(_SOUND)
            self._received.clear()
            answer, self._answer = self._answer, None
            answer.set_result(is_good)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail what is on its way."""
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(False)

    @property
    def is_open(self) -> bool:
        """Whether the server has not closed it; it does so when nothing was asked for some seconds."""
        return self._transport is not None and not self._transport.is_closing()

    async def send(self, request: bytes) -> bool:
        """Send a request and return whether it was answered with 200."""
        if self._transport is None:
            return False
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()


@dataclass(slots=True)
class Sent:
    """What became of requests: seconds of each, how many failed, seconds of the whole."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    elapsed: float = 0.0

    def percentile_ms(self, share: float) -> float:
        """Return the milliseconds below which that share of the requests lies."""
        ranked = sorted(self.seconds)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))] * 1000 if ranked else 0.0

    def join(self, other: "Sent") -> None:
        """Take in what became of others that were sent at another time."""
        self.seconds += other.seconds
        self.errors += other.errors
        self.elapsed += other.elapsed


async def connected(port: int, count: int) -> list[Connection]:
    """Return open connections to a server of this machine."""
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(count)]


async def closed_loop(connections: Sequence[Connection], requests: Sequence[Sequence[bytes]]) -> Sent:
    """Send the requests of each connection one after another, each when the one before is answered."""
    sent = Sent()

    async def run(connection: Connection, own: Sequence[bytes]) -> None:
        for request in own:
            began = time.perf_counter()
            is_good = await connection.send(request)
            sent.seconds.append(time.perf_counter() - began)
            sent.errors += not is_good

    began = time.perf_counter()
    await asyncio.gather(*(run(*pair) for pair in zip(connections, requests, strict=True)))
    sent.elapsed = time.perf_counter() - began
    return sent


async def open_loop(
    connections: Sequence[Connection], request: Callable[[int], bytes], rate: float, seconds: float, seed: str
) -> Sent:
    """Send requests at random instants (Poisson), whatever has been answered; seconds count from the instant planned.

    Each takes the connection whose turn it is, and waits when that one still has a request on its way: the wait
    counts. ``request`` returns the next request of a connection by its number.
    """
    rng, sent, loop = random.Random(seed), Sent(), asyncio.get_running_loop()
    locks = [asyncio.Lock() for _ in connections]

    async def one(number: int, planned: float) -> None:
        async with locks[number]:
            is_good = await connections[number].send(request(number))
        sent.seconds.append(loop.time() - planned)
        sent.errors += not is_good

    began = loop.time()
    planned, number = began, 0
    tasks: set[asyncio.Task[None]] = set()
    while (planned := planned + rng.expovariate(rate)) < began + seconds:
        if (wait := planned - loop.time()) > 0:
            await asyncio.sleep(wait)
        task = asyncio.create_task(one(number % len(connections), planned))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        number += 1
    await asyncio.gather(*tasks)
    sent.elapsed = loop.time() - began
    return sent
