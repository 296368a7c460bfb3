"""The bus on PostgreSQL: LISTEN and NOTIFY over one connection of the process."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import structlog

from exam_engine.core.bus.hints import Frames, Hint, Listener, Subscribers
from exam_engine.core.bus.outbox import Outbox
from exam_engine.core.postgresql_links import SERVER_SETTINGS, watch_link

log = structlog.get_logger()

CHANNEL = "exam_engine_hints"
_AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_NOTIFY = "SELECT pg_notify($1, frame) FROM unnest($2::text[]) AS frame"
_SETTINGS = SERVER_SETTINGS | {"application_name": "exam-engine bus"}
_PATIENCE = 10.0
"""Seconds that connecting or one statement may take."""


class PostgresqlBus:
    """Sends what waits as one transaction of its own; connects again when the database was away.

    A NOTIFY in the transaction of an act would let all such transactions commit one after another, several times
    slower; here the hints of many acts share one.

    Parameters
    ----------
    dsn : address of the database itself; a pool between that shares connections cannot carry LISTEN.
    check_seconds : after so much silence the connection is tried, because a server may vanish without a word.
    retry_seconds : pause before connecting again.
    """

    def __init__(self, dsn: str, *, check_seconds: float = 10.0, retry_seconds: float = 0.5) -> None:
        self._dsn = dsn
        self._check_seconds = check_seconds
        self._retry_seconds = retry_seconds
        self._subscribers = Subscribers()
        self._outbox = Outbox()
        self._frames = Frames(uuid4().hex[:12])
        self._is_away = False

    def publish(self, hints: Iterable[Hint]) -> None:
        """Hand hints to the listeners of this process and let them be sent to the others."""
        listed = list(hints)
        self._subscribers.deliver(listed)
        self._outbox.add(listed)

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Call the listener with every hint of a topic, and with None after an absence; returns what ends that."""
        return self._subscribers.subscribe(topic, listener)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Stay connected while the block runs."""
        task = asyncio.create_task(self._work())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _work(self) -> None:
        while True:
            try:
                connection = await asyncpg.connect(
                    self._dsn, timeout=_PATIENCE, command_timeout=_PATIENCE, server_settings=_SETTINGS
                )
                watch_link(connection)
                try:
                    await self._serve(connection)
                finally:
                    connection.terminate()
            except _AWAY as error:
                if not self._is_away:
                    log.warning("bus_away", error=type(error).__name__)
                self._is_away = True
            await asyncio.sleep(self._retry_seconds * random.uniform(0.5, 1.5))

    async def _serve(self, connection: Any) -> None:
        connection.add_termination_listener(lambda _connection: self._outbox.stir())
        await connection.add_listener(CHANNEL, self._receive)
        self._is_away = False
        # From here on nothing is missed; before it, something may have been.
        self._subscribers.deliver_gap()
        while not connection.is_closed():
            if await self._outbox.wait(self._check_seconds):
                await self._send(connection)
            else:
                await connection.execute("SELECT 1")

    async def _send(self, connection: Any) -> None:
        hints = self._outbox.take()
        if not hints:
            return
        try:
            await connection.execute(_NOTIFY, CHANNEL, list(self._frames.write(hints)))
        except BaseException:
            self._outbox.put_back(hints)
            raise

    def _receive(self, _connection: Any, _process: int, _channel: str, frame: str) -> None:
        self._subscribers.deliver(self._frames.read(frame))
