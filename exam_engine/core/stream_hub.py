"""All event streams of one process: news, heartbeats and ends, by one task and without a timer for each stream."""

import asyncio
import contextlib
import random
import signal
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from types import FrameType
from typing import Any
from uuid import UUID

import structlog
from fastapi import Request

from exam_engine.core.errors import DomainError
from exam_engine.core.event_stream import EventStream, Feed

log = structlog.get_logger()

TURNS = 15
"""Into so many groups streams are put; the groups take turns, so that not all heartbeats come at once."""

LARGEST_PER_SESSION = 4
"""Streams that one login session may hold: some pages side by side. A further one ends the oldest."""


class ServerStoppingError(DomainError):
    """The server is about to stop; another one, or the next, takes the stream."""

    status = 503
    code = "server_stopping"


class StreamHub:
    """Keeps the streams of a process.

    Parameters
    ----------
    heartbeat : seconds in which every stream is read anew and shows that it lives.
    ended_logins : returns which of the given login sessions have ended.
    """

    def __init__(self, *, heartbeat: float, ended_logins: Callable[[Collection[UUID]], Awaitable[set[UUID]]]) -> None:
        self._heartbeat = heartbeat
        self._ended_logins = ended_logins
        self._turns: list[dict[EventStream, None]] = [{} for _ in range(TURNS)]
        self._turn_of: dict[EventStream, int] = {}
        self._of_session: dict[UUID, list[EventStream]] = defaultdict(list)
        self._news: dict[Feed, dict[EventStream, set[str]]] = defaultdict(dict)
        self._stirred = asyncio.Event()
        self._is_stopping = False

    def __len__(self) -> int:
        return len(self._turn_of)

    def refuse_when_stopping(self) -> None:
        """Refuse a stream that would be ended at once.

        Raises
        ------
        ServerStoppingError
        """
        if self._is_stopping:
            raise ServerStoppingError(retry_after=2)

    def opened(self, stream: EventStream) -> None:
        """Take in a stream; it gets what it does not have yet."""
        turn = random.randrange(TURNS)
        self._turns[turn][stream] = None
        self._turn_of[stream] = turn
        siblings = self._of_session[stream.login_session_id]
        siblings.append(stream)
        if self._is_stopping:
            stream.end("stopped")
            return
        if len(siblings) > LARGEST_PER_SESSION:
            siblings[0].end("replaced")
        self.mark([stream])

    def closed(self, stream: EventStream) -> None:
        """Forget a stream."""
        self._news[stream.feed].pop(stream, None)
        turn = self._turn_of.pop(stream, None)
        if turn is None:
            return
        del self._turns[turn][stream]
        siblings = self._of_session[stream.login_session_id]
        siblings.remove(stream)
        if not siblings:
            del self._of_session[stream.login_session_id]

    def mark(self, streams: Collection[EventStream], topic: str | None = None) -> None:
        """Note that there is news for streams: of a topic, or perhaps of anything."""
        for stream in streams:
            if stream not in self._turn_of:
                continue
            marked = self._news[stream.feed]
            if topic is None:
                marked[stream] = set()
            elif stream not in marked:
                marked[stream] = {topic}
            elif marked[stream]:
                # An empty set stands for everything and stays.
                marked[stream].add(topic)
        self._stirred.set()

    def mark_all(self, feed: Feed) -> None:
        """Note that there may be news of anything for all streams of a feed."""
        self.mark([stream for stream in self._turn_of if stream.feed is feed])

    def stop(self) -> None:
        """End all streams and let no new ones in."""
        self._is_stopping = True
        for stream in tuple(self._turn_of):
            stream.end("stopped")

    @asynccontextmanager
    async def running(self) -> AsyncIterator["StreamHub"]:
        """Serve until the block is left or the process is asked to end; then all streams are ended."""
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(self._work())
        with _before_exit(lambda: loop.call_soon_threadsafe(self.stop)):
            try:
                yield self
            finally:
                self.stop()
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        pause = self._heartbeat / TURNS
        number, next_turn = 0, loop.time() + pause
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(next_turn):
                    await self._stirred.wait()
            self._stirred.clear()
            await self._tell_news()
            if loop.time() >= next_turn:
                await self._take_turn(tuple(self._turns[number]))
                number = (number + 1) % TURNS
                # After a pause of the whole process no turns are made up for.
                next_turn = max(next_turn + pause, loop.time() + pause / 2)

    async def _tell_news(self) -> None:
        news, self._news = self._news, defaultdict(dict)
        for feed, marked in news.items():
            # Streams with the same news are read together.
            groups: dict[frozenset[str], list[EventStream]] = defaultdict(list)
            for stream, topics in marked.items():
                groups[frozenset(topics)].append(stream)
            for same, streams in groups.items():
                await self._refresh(feed, streams, same)

    async def _take_turn(self, streams: Sequence[EventStream]) -> None:
        if not streams:
            return
        ended: Collection[UUID]
        try:
            ended = await self._ended_logins({stream.login_session_id for stream in streams})
        except Exception:
            # The database is away: who is logged in is asked again at the next heartbeat.
            log.warning("stream_logins_not_read", exc_info=True)
            ended = frozenset()
        for stream in streams:
            if stream.login_session_id in ended:
                stream.end("logged_out")
        by_feed: dict[Feed, list[EventStream]] = defaultdict(list)
        for stream in streams:
            if not stream.is_ended:
                by_feed[stream.feed].append(stream)
        for feed, shown in by_feed.items():
            await self._bar(feed, shown)
            await self._refresh(feed, shown, ())
        for stream in streams:
            stream.beat()

    async def _bar(self, feed: Feed, streams: Sequence[EventStream]) -> None:
        try:
            for stream in await feed.barred(streams):
                stream.end("not_allowed")
        except Exception:
            log.warning("stream_rights_not_read", exc_info=True)

    async def _refresh(self, feed: Feed, streams: Sequence[EventStream], topics: Collection[str]) -> None:
        live = [stream for stream in streams if not stream.is_ended]
        try:
            if live:
                await feed.refresh(live, topics)
        except Exception:
            # What was not read now is read at the next heartbeat.
            log.warning("stream_not_read", streams=len(live), exc_info=True)


def hub_of(request: Request) -> StreamHub:
    """Return the application's streams."""
    hub: StreamHub = request.app.state.streams
    return hub


@contextmanager
def _before_exit(tell: Callable[[], object]) -> Iterator[None]:
    """Call ``tell`` when the process is asked to end, before whoever else handles the signal.

    A server waits for open answers before it ends the application, and a stream is an answer that does not end by
    itself.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers: dict[int, Any] = {}

    def handle(number: int, frame: FrameType | None) -> None:
        tell()
        handlers[number](number, frame)

    for number in (signal.SIGINT, signal.SIGTERM):
        handler = signal.getsignal(number)
        # Without a server around, as in tests, signals do what they always do.
        if callable(handler) and handler is not signal.default_int_handler:
            handlers[number] = handler
            signal.signal(number, handle)
    try:
        yield
    finally:
        for taken, handler in handlers.items():
            if signal.getsignal(taken) is handle:
                signal.signal(taken, handler)
