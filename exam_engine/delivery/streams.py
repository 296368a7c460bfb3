"""What a candidate's event stream shows: instructions, and where the candidate stands.

The id of each event is ``<number of the last instruction sent>-<tag of the state sent>``. Whoever comes back with it,
on whatever process, gets the instructions with higher numbers, and the state if it has become another one.
"""

import hashlib
import re
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import msgspec
from fastapi import FastAPI, Request

from exam_engine.core.bus import Bus, Hint
from exam_engine.core.db import Database
from exam_engine.core.event_stream import EventStream, Keeper, encode_event
from exam_engine.core.stream_hub import StreamHub
from exam_engine.core.time import iso_utc, utc_now
from exam_engine.delivery import instruction_queries
from exam_engine.delivery.receipts import deadline_text, remaining_ms
from exam_engine.delivery.seat_rows import SeatRow, seat_rows
from exam_engine.delivery.seats import state_of
from exam_engine.delivery.timings import timing_of_row
from exam_engine.sittings.hints import INSTRUCTION, SEAT

READ_AT_ONCE = 500
"""Candidates whose rows are read by one statement; others get a turn between."""

_ID = re.compile(r"([0-9]{1,9})-([0-9a-f]{12})")
_encoder = msgspec.json.Encoder()


class InstructionEvent(msgspec.Struct):
    """An instruction; the same that rides on receipts until it is confirmed there."""

    id: UUID
    number: int
    kind: str
    text: str
    created_at: str


class SeatEvent(msgspec.Struct):
    """Where the candidate stands in this browser and what time there is."""

    state: str
    waiting_for: str | None
    attempt_id: UUID | None
    opens_at: str
    closes_at: str
    deadline: str
    duration_ms: int
    server_time: str
    remaining_ms: int


class CandidateStream(EventStream):
    """A stream to one browser of a candidate, with what that browser has."""

    kind = "candidate"
    __slots__ = ("number", "registration_id", "tag")

    def __init__(
        self,
        keeper: Keeper,
        feed: "CandidateFeed",
        *,
        login_session_id: UUID,
        registration_id: UUID,
        last_event_id: str | None,
    ) -> None:
        super().__init__(keeper, feed, login_session_id)
        self.registration_id = registration_id
        known = _ID.fullmatch(last_event_id or "")
        # What cannot be read is taken as nothing known: a browser that was refused would never come back.
        self.number = int(known[1]) if known else 0
        self.tag = known[2] if known else ""


class CandidateFeed:
    """Reads the rows of many candidates at once and sends each what is new."""

    def __init__(self, database: Database, hub: StreamHub) -> None:
        self._database = database
        self._hub = hub
        self._of_candidate: dict[str, list[CandidateStream]] = {}

    def open(self, *, login_session_id: UUID, registration_id: UUID, last_event_id: str | None) -> CandidateStream:
        """Return a stream for a candidate.

        Raises
        ------
        ServerStoppingError
        """
        self._hub.refuse_when_stopping()
        return CandidateStream(
            self,
            self,
            login_session_id=login_session_id,
            registration_id=registration_id,
            last_event_id=last_event_id,
        )

    def opened(self, stream: EventStream) -> None:
        """Take in a stream whose headers are out."""
        if isinstance(stream, CandidateStream):
            self._of_candidate.setdefault(stream.registration_id.hex, []).append(stream)
        self._hub.opened(stream)

    def closed(self, stream: EventStream) -> None:
        """Forget a stream."""
        if isinstance(stream, CandidateStream):
            subject = stream.registration_id.hex
            left = [other for other in self._of_candidate.pop(subject, ()) if other is not stream]
            if left:
                self._of_candidate[subject] = left
        self._hub.closed(stream)

    def hear(self, hint: Hint | None) -> None:
        """Note of whom there is news."""
        if hint is None:
            self._hub.mark_all(self)
        else:
            self._hub.mark(self._of_candidate.get(hint.subject, ()), hint.topic)

    async def barred(self, streams: Sequence[CandidateStream]) -> Collection[CandidateStream]:
        """Bar nobody: a candidate sees only what is their own."""
        return ()

    async def refresh(self, streams: Sequence[CandidateStream], topics: Collection[str]) -> None:
        """Send each stream the state if it is another one, and the instructions that it has not had."""
        for start in range(0, len(streams), READ_AT_ONCE):
            part = streams[start : start + READ_AT_ONCE]
            ids = {stream.registration_id for stream in part}
            async with self._database.read() as session:
                if not topics or SEAT in topics:
                    rows = {row.registration_id: row for row in await seat_rows(session, ids)}
                    _send_states(part, rows, utc_now())
                if not topics or INSTRUCTION in topics:
                    after = min(stream.number for stream in part)
                    _send_instructions(part, await instruction_queries.waiting_instructions(session, ids, after=after))


def _send_instructions(
    streams: Sequence[CandidateStream], waiting: dict[UUID, list[instruction_queries.NumberedInstruction]]
) -> None:
    # A message to many has one instant.
    written: dict[datetime, str] = {}
    for stream in streams:
        for instruction in waiting.get(stream.registration_id, ()):
            if instruction.number <= stream.number:
                continue
            stream.number = instruction.number
            at = written.get(instruction.created_at)
            if at is None:
                at = written[instruction.created_at] = iso_utc(instruction.created_at)
            event = InstructionEvent(instruction.id, instruction.number, instruction.kind, instruction.text, at)
            stream.push(encode_event("instruction", _encoder.encode(event), id_=_id(stream)))


def _send_states(streams: Sequence[CandidateStream], rows: dict[UUID, SeatRow], now: datetime) -> None:
    for stream in streams:
        row = rows.get(stream.registration_id)
        if row is None:
            continue
        event, tag = _state(row, stream.login_session_id, now)
        if tag != stream.tag:
            stream.tag = tag
            stream.push(encode_event("seat", _encoder.encode(event), id_=_id(stream)))


def _state(row: SeatRow, login_session_id: UUID, now: datetime) -> tuple[SeatEvent, str]:
    """Return where a candidate stands, with a tag of all that does not merely tick."""
    timing = timing_of_row(row)
    state, waiting_for = state_of(
        timing,
        is_confirmed=row.confirmed_at is not None,
        is_unlocked=row.unlocked_session_id == login_session_id,
        is_started=row.attempt_id is not None,
        has_paper_key=not row.lacks_key,
        finish_kind=row.finish_kind,
        now=now,
    )
    event = SeatEvent(
        state=state,
        waiting_for=waiting_for,
        attempt_id=row.attempt_id,
        opens_at=iso_utc(timing.opens_at),
        closes_at=iso_utc(timing.closes_at),
        deadline=deadline_text(timing),
        duration_ms=int(timing.working_time.total_seconds() * 1000),
        server_time=iso_utc(now),
        remaining_ms=remaining_ms(timing, now),
    )
    steady = f"{state}\n{waiting_for}\n{row.attempt_id}\n{event.opens_at}\n{event.closes_at}\n{event.deadline}\n"
    digest = hashlib.sha256(f"{steady}{event.duration_ms}".encode()).hexdigest()
    return event, digest[:12]


def _id(stream: CandidateStream) -> str:
    return f"{stream.number}-{stream.tag or '0' * 12}"


@asynccontextmanager
async def candidate_streams(app: FastAPI) -> AsyncIterator[None]:
    """Listen for news of candidates while the application runs."""
    bus: Bus = app.state.bus
    feed = CandidateFeed(app.state.database, app.state.streams)
    app.state.candidate_feed = feed
    ends = [bus.subscribe(topic, feed.hear) for topic in (SEAT, INSTRUCTION)]
    try:
        yield
    finally:
        for end in ends:
            end()


def candidate_feed_of(request: Request) -> CandidateFeed:
    """Return what candidates' streams show."""
    feed: CandidateFeed = request.app.state.candidate_feed
    return feed
