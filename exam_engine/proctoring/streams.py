"""What a room's event stream shows: each seat that has changed, as the room board shows it.

All proctors of a room share one reading of it. The id of an event is a tag of the whole room: whoever comes back with
the tag that the room has now has missed nothing; anybody else is told to fetch the board.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import FastAPI, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.bus import Bus, Hint
from exam_engine.core.db import Database
from exam_engine.core.event_stream import EventStream, Keeper, encode_event
from exam_engine.core.stream_hub import StreamHub
from exam_engine.core.time import utc_now
from exam_engine.delivery import instruction_queries
from exam_engine.delivery import seats as delivery_seats
from exam_engine.delivery.seats import SeatProgress
from exam_engine.proctoring import event_views, service
from exam_engine.sittings import service as sittings
from exam_engine.sittings.hints import INSTRUCTION, PROGRESS, SEAT
from exam_engine.sittings.lockdown_rules import USUAL
from exam_engine.sittings.service import RegistrationFacts

PAUSE_SECONDS = 1.0
"""Rooms whose candidates save answers are read together once in so many seconds; other news is read at once."""

# Browsers count the clocks down by themselves: what only ticks is no change.
_TICKING = {"remaining_ms", "offline_ms", "last_seen_at"}
_FETCH_BOARD = b"{}"

RoomKey = tuple[UUID, UUID]
"""A sitting and a room of it."""


class RoomStream(EventStream):
    """A stream to one browser of a proctor."""

    kind = "room"
    __slots__ = ("actor_id", "key", "known_tag")

    def __init__(
        self,
        keeper: Keeper,
        feed: "RoomFeed",
        *,
        login_session_id: UUID,
        actor_id: UUID,
        key: RoomKey,
        last_event_id: str | None,
    ) -> None:
        super().__init__(keeper, feed, login_session_id)
        self.actor_id = actor_id
        self.key = key
        # What the browser had when it came; None from the moment on at which it is known to have everything.
        self.known_tag: str | None = last_event_id or ""


class _Room:
    """A room that somebody watches from this process, as it was last read."""

    def __init__(self, key: RoomKey) -> None:
        self.key = key
        self.streams: list[RoomStream] = []
        self.registrations: dict[UUID, RegistrationFacts] = {}
        # Of each seat its row and the number of its last message, without what ticks.
        self.seats: dict[UUID, tuple[str, int]] = {}
        # How grave events of the exam's window are here, as read with the room as a whole.
        self.rules = USUAL
        self.tag: str | None = None
        self.changed: set[UUID] = set()
        self.read_at = -PAUSE_SECONDS
        self.read_whole_at: float | None = None
        self.is_waiting = False


@dataclass(frozen=True, slots=True)
class _Read:
    """Seats as they were read at one moment, with the number of messages of each."""

    seats: Sequence[SeatProgress]
    messages: Mapping[UUID, int]
    at: datetime


class RoomFeed:
    """Reads rooms that are watched and sends what has changed to those who watch them.

    Parameters
    ----------
    whole : seconds after which a room is read as a whole again, at somebody's heartbeat; what a lost hint hid, and a
        browser that fell silent, are found then.
    """

    def __init__(self, database: Database, hub: StreamHub, *, whole: float, pause: float = PAUSE_SECONDS) -> None:
        self._database = database
        self._hub = hub
        self._whole = whole
        self._pause = pause
        self._rooms: dict[RoomKey, _Room] = {}
        self._room_of: dict[str, _Room] = {}
        self._totals: dict[UUID | None, int] = {}
        self._waiting: list[_Room] = []

    def open(
        self, *, login_session_id: UUID, actor_id: UUID, sitting_id: UUID, room_id: UUID, last_event_id: str | None
    ) -> RoomStream:
        """Return a stream for a proctor of a room.

        Raises
        ------
        ServerStoppingError
        """
        self._hub.refuse_when_stopping()
        return RoomStream(
            self,
            self,
            login_session_id=login_session_id,
            actor_id=actor_id,
            key=(sitting_id, room_id),
            last_event_id=last_event_id,
        )

    def opened(self, stream: EventStream) -> None:
        """Take in a stream whose headers are out."""
        if isinstance(stream, RoomStream):
            self._rooms.setdefault(stream.key, _Room(stream.key)).streams.append(stream)
        self._hub.opened(stream)

    def closed(self, stream: EventStream) -> None:
        """Forget a stream, and its room when nobody else watches it."""
        if isinstance(stream, RoomStream) and (room := self._rooms.get(stream.key)) is not None:
            room.streams = [other for other in room.streams if other is not stream]
            if not room.streams:
                del self._rooms[room.key]
                for registration_id in room.registrations:
                    self._room_of.pop(registration_id.hex, None)
        self._hub.closed(stream)

    def hear(self, hint: Hint | None) -> None:
        """Note in which room there is news."""
        if hint is None:
            for room in self._rooms.values():
                room.read_whole_at = None
            self._hub.mark_all(self)
            return
        found = self._room_of.get(hint.subject)
        if found is None:
            return
        found.changed.add(UUID(hint.subject))
        loop = asyncio.get_running_loop()
        rest = found.read_at + self._pause - loop.time()
        if hint.topic != PROGRESS or rest <= 0:
            self._hub.mark(found.streams, hint.topic)
        elif not found.is_waiting:
            found.is_waiting = True
            self._waiting.append(found)
            if len(self._waiting) == 1:
                # At the same instants for all rooms, so that one reading serves them.
                loop.call_later(self._pause - loop.time() % self._pause, self._end_wait)

    def _end_wait(self) -> None:
        rooms, self._waiting = self._waiting, []
        for room in rooms:
            room.is_waiting = False
            self._hub.mark(room.streams, PROGRESS)

    async def barred(self, streams: Sequence[RoomStream]) -> Collection[RoomStream]:
        """Return the streams of proctors who are no longer assigned to their room."""
        async with self._database.read() as session:
            return [
                stream for stream in streams if not await sittings.may_proctor(session, stream.actor_id, *stream.key)
            ]

    async def refresh(self, streams: Sequence[RoomStream], topics: Collection[str]) -> None:
        """Read the rooms of these streams, each once, and send what has changed to all who watch them."""
        now = asyncio.get_running_loop().time()
        changed = []
        for key in dict.fromkeys(stream.key for stream in streams):
            room = self._rooms.get(key)
            if room is None:
                continue
            if room.read_whole_at is None or (not topics and now - room.read_whole_at >= self._whole):
                await self._read_whole(room)
            elif room.changed:
                changed.append(room)
            else:
                self._send(room, room.tag, [])
        if changed:
            await self._read_changed(changed)

    async def _read_whole(self, room: _Room) -> None:
        """Read all seats.

        Who sits in the room is read, and noted, first: a change that comes between the two readings leaves a hint
        that is heard.
        """
        sitting_id, room_id = room.key
        async with self._database.read() as session:
            found = await sittings.registrations_of_room(session, sitting_id, room_id)
            if found:
                room.rules = await event_views.rules_of_sitting(session, sitting_id)
        for registration_id in room.registrations:
            self._room_of.pop(registration_id.hex, None)
        left = room.registrations.keys() - {facts.registration_id for facts in found}
        room.registrations = {facts.registration_id: facts for facts in found}
        for facts in found:
            self._room_of[facts.registration_id.hex] = room
        room.changed.clear()
        before = room.tag
        async with self._database.read() as session:
            read = await self._read_seats(session, found)
        events = self._take(room, read.seats, read)
        for registration_id in left:
            room.seats.pop(registration_id, None)
        if left:
            room.tag = _tag(room.seats)
            events = [encode_event("board", _FETCH_BOARD, id_=room.tag)]
        room.read_whole_at = asyncio.get_running_loop().time()
        self._send(room, before, events)

    async def _read_changed(self, rooms: Sequence[_Room]) -> None:
        """Read the changed seats of rooms, all together: a hall has twenty rooms with news at any moment."""
        room_of = {registration_id: room for room in rooms for registration_id in room.changed}
        for room in rooms:
            room.changed = set()
        async with self._database.read() as session:
            # The time that a candidate has is part of the registration, so it is read anew.
            registrations = await sittings.registrations_among(session, room_of)
            here = [one for one in registrations if (one.sitting_id, one.room_id) == room_of[one.registration_id].key]
            read = await self._read_seats(session, here)
        for room in rooms:
            before = room.tag
            mine = [one for one in read.seats if room_of[one.facts.registration_id] is room]
            self._send(room, before, self._take(room, mine, read))

    async def _read_seats(self, session: AsyncSession, registrations: Sequence[RegistrationFacts]) -> "_Read":
        now = utc_now()
        seats = await service.board(session, registrations)
        ids = [facts.registration_id for facts in registrations]
        messages = await instruction_queries.instruction_counts(session, ids)
        for form_id in {facts.form_id for facts in registrations} - self._totals.keys():
            self._totals[form_id] = await delivery_seats.item_count(session, form_id)
        return _Read(seats, messages, now)

    def _take(self, room: _Room, seats: Sequence[SeatProgress], read: "_Read") -> list[bytes]:
        """Keep seats of a room as they were read and return the events for those that have changed."""
        room.read_at = asyncio.get_running_loop().time()
        rows: list[bytes] = []
        must_fetch = False
        for progress in seats:
            registration_id = progress.facts.registration_id
            total = self._totals[progress.facts.form_id]
            row = service.seat_row(progress, total=total, rules=room.rules, now=read.at)
            steady = (row.model_dump_json(exclude=_TICKING), read.messages.get(registration_id, 0))
            known = room.seats.get(registration_id)
            room.seats[registration_id] = steady
            if known is None or known[1] != steady[1]:
                # Somebody new in the room, or a message, which the board shows among its events.
                must_fetch = True
            elif known != steady:
                rows.append(row.model_dump_json().encode())
        room.tag = _tag(room.seats)
        if must_fetch:
            return [encode_event("board", _FETCH_BOARD, id_=room.tag)]
        # The tag is that of the room after all of them, so only the last may carry it.
        return [
            encode_event("seat", row, id_=room.tag if number == len(rows) else None)
            for number, row in enumerate(rows, start=1)
        ]

    def _send(self, room: _Room, before: str | None, events: Sequence[bytes]) -> None:
        for stream in room.streams:
            if stream.known_tag is not None and stream.known_tag not in {before, room.tag}:
                stream.push(encode_event("board", _FETCH_BOARD, id_=room.tag))
            elif stream.known_tag is None or stream.known_tag == before:
                for event in events:
                    stream.push(event)
            stream.known_tag = None


def _tag(seats: Mapping[UUID, tuple[str, int]]) -> str:
    digest = hashlib.sha256()
    for registration_id in sorted(seats):
        row, messages = seats[registration_id]
        digest.update(f"{row}\n{messages}\n".encode())
    return digest.hexdigest()[:16]


@asynccontextmanager
async def room_streams(app: FastAPI) -> AsyncIterator[None]:
    """Listen for news of rooms while the application runs."""
    bus: Bus = app.state.bus
    whole = app.state.settings.stream_heartbeat.total_seconds() / 2
    feed = RoomFeed(app.state.database, app.state.streams, whole=whole)
    app.state.room_feed = feed
    ends = [bus.subscribe(topic, feed.hear) for topic in (SEAT, INSTRUCTION, PROGRESS)]
    try:
        yield
    finally:
        for end in ends:
            end()


def room_feed_of(request: Request) -> RoomFeed:
    """Return what the streams of rooms show."""
    feed: RoomFeed = request.app.state.room_feed
    return feed
