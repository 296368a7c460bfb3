"""One event stream (server-sent events): a connection that stays open, told apart from the request that opened it.

The route answers with :class:`EventStreamResponse`, which sends nothing: it leaves the stream in the scope, and the
request frame serves it once all layers around the route are done. So a stream holds neither their memory nor their
transactions, nobody compresses it, and its length is not the time of a request.
"""

import asyncio
import random
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any, Literal, Protocol
from uuid import UUID

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from exam_engine.core.metrics import EVENT_STREAM_ENDS, EVENT_STREAM_EVENTS, EVENT_STREAMS

STREAM = "exam_engine.event_stream"
"""Where in the scope a route leaves the stream that it opened."""

LARGEST_BACKLOG = 64 * 1024
"""Bytes that may wait for a slow reader, besides those that the server and the network hold."""

RETRY_MS = (1500, 4500)
"""When a browser comes back after a break: spread, so that not all of them come at once."""

HEARTBEAT = b":\n\n"
"""A comment, which shows that the stream lives and is no event."""

_LAST_WORDS_SECONDS = 1.0
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    # Asks nginx and its like to pass on each event at once.
    (b"x-accel-buffering", b"no"),
]

End = Literal["gone", "slow", "stopped", "replaced", "logged_out", "not_allowed"]
_TOLD: frozenset[End] = frozenset({"replaced", "logged_out", "not_allowed"})


def encode_event(name: str, data: bytes, *, id_: str | None = None) -> bytes:
    """Return an event as it is sent; ``data`` is JSON on one line."""
    head = f"event: {name}\nid: {id_}\ndata: " if id_ is not None else f"event: {name}\ndata: "
    return b"".join((head.encode(), data, b"\n\n"))


class Keeper(Protocol):
    """Who keeps the streams of a process."""

    def opened(self, stream: "EventStream") -> None:
        """Take in a stream whose headers are out."""
        ...

    def closed(self, stream: "EventStream") -> None:
        """Forget a stream."""
        ...


class Feed(Protocol):
    """What the streams of one kind show."""

    async def refresh(self, streams: Sequence[Any], topics: Collection[str]) -> None:
        """Read what these streams show and send them what they do not have yet.

        Parameters
        ----------
        topics : of what there is news; empty means that everything is to be read.
        """
        ...

    async def barred(self, streams: Sequence[Any]) -> Collection["EventStream"]:
        """Return the streams that may no longer see what they show."""
        ...


class EventStream:
    """A stream to one browser.

    Whoever has news calls :meth:`push`, which never waits. A reader that is too slow is cut off; it comes back with
    the id of the last event that it saw and goes on from there.

    Parameters
    ----------
    keeper : of all streams of this process.
    feed : what the stream shows.
    login_session_id : the login session that opened the stream and whose end ends it.
    """

    kind = "events"
    __slots__ = (
        "_keeper",
        "_send",
        "_sent",
        "_sent_before",
        "_serving",
        "_waiting",
        "_waiting_bytes",
        "_writing",
        "feed",
        "is_ended",
        "login_session_id",
        "reason",
    )

    def __init__(self, keeper: Keeper, feed: Feed, login_session_id: UUID) -> None:
        self.feed = feed
        self.login_session_id = login_session_id
        self.is_ended = False
        self.reason: End = "gone"
        self._keeper = keeper
        self._send: Send | None = None
        self._serving: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._sent = 0
        self._sent_before = -1

    def push(self, event: bytes) -> None:
        """Send an event, or several at once, as soon as those before are out."""
        if not self.is_ended:
            EVENT_STREAM_EVENTS.inc()
            self._push(event)

    def beat(self) -> None:
        """Show that the stream lives; one whose reader has taken nothing since the heartbeat before is cut off."""
        if self.is_ended:
            return
        if self._writing is None:
            self._push(HEARTBEAT)
        elif self._sent == self._sent_before:
            self.end("slow")
        self._sent_before = self._sent

    def end(self, reason: End) -> None:
        """End the stream; a browser that should not come back is told why."""
        if self.is_ended:
            return
        if reason in _TOLD:
            self._push(encode_event("end", f'{{"reason":"{reason}"}}'.encode()))
        # The last event may have been one too many for a slow reader, which ended it.
        if self.is_ended:
            return
        self.is_ended, self.reason = True, reason
        if self._serving is not None:
            self._serving.cancel()

    async def serve(self, receive: Receive, send: Send, start: Send) -> None:
        """Hold the connection until the browser leaves or :meth:`end` is called.

        Parameters
        ----------
        start : sends the headers; it may add to them.
        """
        serving = self._serving = asyncio.current_task()
        try:
            await start({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
            self._send = send
            EVENT_STREAMS.labels(self.kind).inc()
            self._push(f"retry: {random.randint(*RETRY_MS)}\n\n".encode())
            self._keeper.opened(self)
            while (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            if not self.is_ended or serving is None:
                self.reason = "stopped"
                raise
            serving.uncancel()
            await self._say_last_words(send)
        finally:
            self.is_ended, self._serving = True, None
            self._keeper.closed(self)
            if self._writing is not None:
                self._writing.cancel()
            if self._send is not None:
                EVENT_STREAMS.labels(self.kind).dec()
                EVENT_STREAM_ENDS.labels(self.kind, self.reason).inc()

    def _push(self, chunk: bytes) -> None:
        self._waiting.append(chunk)
        self._waiting_bytes += len(chunk)
        if self._waiting_bytes > LARGEST_BACKLOG:
            self.end("slow")
        elif self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._send is not None and self._waiting:
                body = self._waiting[0] if len(self._waiting) == 1 else b"".join(self._waiting)
                self._waiting.clear()
                self._waiting_bytes = 0
                await self._send({"type": "http.response.body", "body": body, "more_body": True})
                self._sent += 1
        except OSError:
            # The reader is gone, which the server is about to tell.
            self._waiting.clear()
        finally:
            self._writing = None

    async def _say_last_words(self, send: Send) -> None:
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                if self._writing is not None:
                    await asyncio.wait([self._writing])
                await send({"type": "http.response.body", "body": b"", "more_body": False})


class EventStreamResponse(Response):
    """The answer of a route that opens a stream."""

    media_type = "text/event-stream"

    def __init__(self, stream: EventStream) -> None:
        super().__init__()
        self.stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Leave the stream to the request frame."""
        scope[STREAM] = self.stream
