"""The bus on Redis or Valkey: publish and subscribe on one channel."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from exam_engine.core.bus.hints import Frames, Hint, Listener, Subscribers
from exam_engine.core.bus.outbox import Outbox

log = structlog.get_logger()

_AWAY = (OSError, TimeoutError, RedisError)
_PATIENCE = 5.0
"""Seconds that connecting or one command may take."""


class RedisBus:
    """Two connections, one that listens and one that sends; each connects again when the server was away.

    Channels of Redis are the same in all its databases; the number of the database in the address is part of the
    channel's name, so that two installations on one server do not hear each other.

    Parameters
    ----------
    url : ``redis://host:6379/0``, ``rediss://`` over TLS, ``unix://``.
    check_seconds : after so much silence the connection is tried.
    retry_seconds : pause before connecting again.
    """

    def __init__(self, url: str, *, check_seconds: float = 10.0, retry_seconds: float = 0.5) -> None:
        # The library would connect and subscribe again without a word, and nobody would know what was missed.
        self._client = Redis.from_url(
            url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE
        )
        database = self._client.connection_pool.connection_kwargs.get("db") or 0
        self._channel = f"exam_engine_hints:{database}"
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
        tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._send())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            await self._client.aclose()

    async def _listen(self) -> None:
        while True:
            try:
                async with self._client.pubsub() as pubsub:
                    await pubsub.subscribe(self._channel)
                    while True:
                        message = await pubsub.get_message(timeout=self._check_seconds)
                        if message is None:
                            await pubsub.ping()
                        elif message["type"] == "subscribe":
                            self._is_away = False
                            # From here on nothing is missed; before it, something may have been.
                            self._subscribers.deliver_gap()
                        elif message["type"] == "message":
                            self._subscribers.deliver(self._frames.read(message["data"]))
            except _AWAY as error:
                self._note_absence(error)
            await self._pause()

    async def _send(self) -> None:
        while True:
            if not await self._outbox.wait(self._check_seconds):
                continue
            hints = self._outbox.take()
            try:
                async with self._client.pipeline(transaction=False) as pipeline:
                    for frame in self._frames.write(hints):
                        pipeline.publish(self._channel, frame)
                    await pipeline.execute()
            except _AWAY as error:
                self._note_absence(error)
                self._outbox.put_back(hints)
                await self._pause()

    def _note_absence(self, error: Exception) -> None:
        if not self._is_away:
            log.warning("bus_away", error=type(error).__name__)
        self._is_away = True

    async def _pause(self) -> None:
        await asyncio.sleep(self._retry_seconds * random.uniform(0.5, 1.5))
