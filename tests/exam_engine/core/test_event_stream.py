"""One stream by itself and the hub of a process, with a server in the test's hand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from uuid import UUID

import pytest
from starlette.types import Message

from exam_engine.core.db import new_id
from exam_engine.core.event_stream import LARGEST_BACKLOG, EventStream, encode_event
from exam_engine.core.metrics import REGISTRY
from exam_engine.core.stream_hub import LARGEST_PER_SESSION, ServerStoppingError, StreamHub


class Connection:
    """A server's side of one request: takes what is sent, may stop taking, may lose its browser."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.takes = asyncio.Event()
        self.takes.set()
        self._gone = asyncio.Event()
        self._news = asyncio.Event()

    async def receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        await self.takes.wait()
        self.messages.append(message)
        self._news.set()

    def leave(self) -> None:
        self._gone.set()

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.messages).decode()

    @property
    def is_complete(self) -> bool:
        return bool(self.messages) and self.messages[-1].get("more_body") is False

    async def until(self, holds: Callable[["Connection"], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds(self):
                self._news.clear()
                await self._news.wait()


class Numbers:
    """A feed that shows a number, anew when it has become another one, and remembers what it was asked."""

    def __init__(self) -> None:
        self.number = 0
        self.shown: dict[EventStream, int] = {}
        self.asked: list[tuple[int, frozenset[str]]] = []
        self.not_allowed: set[EventStream] = set()
        self.is_broken = False

    async def refresh(self, streams: Sequence[EventStream], topics: Collection[str]) -> None:
        self.asked.append((len(streams), frozenset(topics)))
        if self.is_broken:
            raise ConnectionError("the database is away")
        for stream in streams:
            if self.shown.get(stream) != self.number:
                self.shown[stream] = self.number
                stream.push(encode_event("number", str(self.number).encode(), id_=str(self.number)))

    async def barred(self, streams: Sequence[EventStream]) -> Collection[EventStream]:
        return self.not_allowed & set(streams)


class Ended:
    """Login sessions that have ended."""

    def __init__(self) -> None:
        self.ids: set[UUID] = set()

    async def __call__(self, ids: Collection[UUID]) -> set[UUID]:
        return self.ids & set(ids)


@pytest.fixture
def feed() -> Numbers:
    return Numbers()


@pytest.fixture
def ended() -> Ended:
    return Ended()


HEARTBEAT = 0.3


@pytest.fixture
async def hub(ended: Ended) -> AsyncIterator[StreamHub]:
    """Return a running hub whose heartbeats are fast."""
    async with StreamHub(heartbeat=HEARTBEAT, ended_logins=ended).running() as running:
        yield running


Opened = tuple[EventStream, Connection, "asyncio.Task[None]"]


def opened(hub: StreamHub, feed: Numbers, login_session_id: UUID | None = None) -> Opened:
    stream, connection = EventStream(hub, feed, login_session_id or new_id()), Connection()
    return stream, connection, asyncio.create_task(stream.serve(connection.receive, connection.send, connection.send))


async def test_a_stream_opens_with_what_the_feed_shows_and_says_when_to_come_back(
    hub: StreamHub, feed: Numbers
) -> None:
    _, connection, serving = opened(hub, feed)
    await connection.until(lambda c: "data: 0\n\n" in c.text)
    start = connection.messages[0]
    assert (start["status"], dict(start["headers"])[b"content-type"]) == (200, b"text/event-stream; charset=utf-8")
    assert connection.text.startswith("retry: ")
    assert "event: number\nid: 0\ndata: 0\n\n" in connection.text
    connection.leave()
    await serving
    assert len(hub) == 0


async def test_news_of_many_are_read_together_and_by_topic(hub: StreamHub, feed: Numbers) -> None:
    streams = [opened(hub, feed) for _ in range(5)]
    for _, connection, _ in streams:
        await connection.until(lambda c: "data: 0" in c.text)
    feed.asked.clear()
    feed.number = 7
    hub.mark([stream for stream, _, _ in streams[:3]], "seat")
    hub.mark([streams[0][0]], "instruction")
    for _, connection, _ in streams[:3]:
        await connection.until(lambda c: "data: 7" in c.text)
    assert set(feed.asked[:2]) == {(1, frozenset({"seat", "instruction"})), (2, frozenset({"seat"}))}


async def test_a_lost_hint_costs_one_heartbeat_and_each_heartbeat_shows_that_the_stream_lives(
    hub: StreamHub, feed: Numbers
) -> None:
    _, connection, _ = opened(hub, feed)
    await connection.until(lambda c: "data: 0" in c.text)
    feed.number = 1
    await connection.until(lambda c: "data: 1" in c.text)
    await connection.until(lambda c: c.text.count("\n:\n\n") >= 2)


async def test_a_feed_that_fails_is_asked_again_at_the_next_heartbeat(hub: StreamHub, feed: Numbers) -> None:
    _, connection, _ = opened(hub, feed)
    await connection.until(lambda c: "data: 0" in c.text)
    feed.is_broken = True
    await connection.until(lambda c: c.text.count("\n:\n\n") >= 1)
    feed.is_broken, feed.number = False, 2
    await connection.until(lambda c: "data: 2" in c.text)


async def test_the_end_of_a_login_session_ends_its_streams_and_says_why(
    hub: StreamHub, feed: Numbers, ended: Ended
) -> None:
    leaving, staying = opened(hub, feed), opened(hub, feed)
    for _, connection, _ in (leaving, staying):
        await connection.until(lambda c: "data: 0" in c.text)
    ended.ids.add(leaving[0].login_session_id)
    async with asyncio.timeout(20):
        await leaving[2]
    assert 'event: end\ndata: {"reason":"logged_out"}\n\n' in leaving[1].text
    assert leaving[1].is_complete
    assert not staying[2].done()


async def test_who_may_no_longer_see_it_is_told_and_ended(hub: StreamHub, feed: Numbers) -> None:
    stream, connection, serving = opened(hub, feed)
    feed.not_allowed.add(stream)
    async with asyncio.timeout(20):
        await serving
    assert '{"reason":"not_allowed"}' in connection.text


async def test_one_stream_too_many_of_a_session_ends_its_oldest(hub: StreamHub, feed: Numbers) -> None:
    session_id = new_id()
    streams = [opened(hub, feed, session_id) for _ in range(LARGEST_PER_SESSION)]
    for _, connection, _ in streams:
        await connection.until(lambda c: "data: 0" in c.text)
    _, further, _ = opened(hub, feed, session_id)
    await further.until(lambda c: "data: 0" in c.text)
    async with asyncio.timeout(20):
        await streams[0][2]
    assert '{"reason":"replaced"}' in streams[0][1].text
    assert [serving.done() for _, _, serving in streams] == [True] + [False] * (LARGEST_PER_SESSION - 1)


async def test_a_reader_that_takes_nothing_is_cut_off_and_holds_up_nobody(hub: StreamHub, feed: Numbers) -> None:
    _, slow, slow_serving = opened(hub, feed)
    _, quick, _ = opened(hub, feed)
    for connection in (slow, quick):
        await connection.until(lambda c: "data: 0" in c.text)
    slow.takes.clear()
    feed.number = 5
    await quick.until(lambda c: "data: 5" in c.text)
    async with asyncio.timeout(20):
        await slow_serving
    assert not slow.is_complete
    assert len(hub) == 1


async def test_a_reader_with_news_at_every_heartbeat_is_not_taken_for_a_slow_one(hub: StreamHub, feed: Numbers) -> None:
    _, connection, serving = opened(hub, feed)
    for number in range(8):
        feed.number = number
        await connection.until(lambda c, number=number: f"data: {number}\n" in c.text)  # type: ignore[misc]
    assert not serving.done()


async def test_a_backlog_has_an_end(hub: StreamHub, feed: Numbers) -> None:
    stream, slow, serving = opened(hub, feed)
    await slow.until(lambda c: "data: 0" in c.text)
    slow.takes.clear()
    event = encode_event("number", b"1" * 1000)
    for _ in range(LARGEST_BACKLOG // len(event) + 2):
        stream.push(event)
    assert (stream.is_ended, stream.reason) == (True, "slow")
    async with asyncio.timeout(20):
        await serving


async def test_stopping_ends_all_streams_at_once_and_lets_no_new_ones_in(hub: StreamHub, feed: Numbers) -> None:
    streams = [opened(hub, feed) for _ in range(50)]
    for _, connection, _ in streams:
        await connection.until(lambda c: "data: 0" in c.text)
    hub.stop()
    async with asyncio.timeout(20):
        await asyncio.gather(*(serving for _, _, serving in streams))
    # No word of an end: these browsers are to come back, to the next server.
    assert all(connection.is_complete and "event: end" not in connection.text for _, connection, _ in streams)
    with pytest.raises(ServerStoppingError):
        hub.refuse_when_stopping()


async def test_open_streams_and_their_ends_are_counted(hub: StreamHub, feed: Numbers) -> None:
    def value(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(name, labels) or 0.0

    before = value("exam_event_streams", kind="events")
    gone = value("exam_event_stream_ends_total", kind="events", reason="gone")
    _, connection, serving = opened(hub, feed)
    await connection.until(lambda c: "data: 0" in c.text)
    assert value("exam_event_streams", kind="events") == before + 1
    connection.leave()
    await serving
    assert value("exam_event_streams", kind="events") == before
    assert value("exam_event_stream_ends_total", kind="events", reason="gone") == gone + 1
