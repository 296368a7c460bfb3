"""Wire types of proctoring."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from exam_engine.delivery.reasons import DoubtReason, PauseReason
from exam_engine.delivery.unlock_rules import UnlockObstacle, Verdict
from exam_engine.lockdown.schemas import SeatBrowserView
from exam_engine.sittings.lockdown_rules import LockdownEvent, Severity

SeatCondition = Literal[
    "absent", "logged_in", "confirmed", "unlocked", "running", "paused", "offline", "submitted", "ended", "closed"
]


RoomEventKind = Literal[
    "logged_in", "unlocked", "started", "submitted", "time_over", "ended", "fault_reported", "offline",
    "identity_doubted", "browser_misfits", "moved", "message", "pause", "resume", "credit", "end", "reopen",
]  # fmt: skip
"""What happens in a room; from ``message`` on what a proctor told candidates."""


class ProctorRoomRow(BaseModel):
    """A room that this proctor invigilates."""

    sitting_id: UUID
    sitting_name: str
    room_id: UUID
    room_name: str
    opens_at: datetime
    closes_at: datetime
    status: str


class ProctorRoomList(BaseModel):
    """The proctor's rooms, the nearest sitting first."""

    items: list[ProctorRoomRow]
    total: int


class BoardSittingView(BaseModel):
    """The sitting on a room board."""

    id: UUID
    name: str
    exam_name: str
    opens_at: datetime
    closes_at: datetime
    duration_minutes: int
    unlock_needs_identity: bool


class BoardRoomView(BaseModel):
    """The room on a room board."""

    id: UUID
    name: str
    seat_count: int


class IdentityView(BaseModel):
    """What a proctor found on comparing the person with the identity paper."""

    verdict: Verdict
    reason: DoubtReason | None
    note: str
    checked_at: datetime
    checked_by: str


class SeatEvents(BaseModel):
    """How often an event of the exam's window was told from a seat, and how often since a proctor marked it as seen."""

    event: LockdownEvent
    severity: Severity = Field(description="By the rule-set, after so many times.")
    count: int
    unseen: int
    last_seq: int = Field(description="The operation that told it last; what is marked as seen goes up to one.")


class SeatRow(BaseModel):
    """One seat as the proctor sees it."""

    registration_id: UUID
    seat_number: int
    candidate_number: str
    full_name: str
    birth_date: str
    state: SeatCondition
    needs_unlock: bool
    unlock_obstacle: UnlockObstacle | None = Field(description="What is missing before the unlock that is waited for.")
    has_confirmed_data: bool
    identity: IdentityView | None
    browser: SeatBrowserView | None = Field(description="None where any browser will do.")
    is_moving: bool = Field(description="On the way to another computer; the old browser is fenced already.")
    leftovers: int = Field(description="Operations that came from a browser which had lost the seat.")
    waiting: list[Literal["credit", "recovery"]] = Field(description="What waits for a second signature.")
    reported_fault: str | None
    answered: int
    total: int
    flagged: int
    remaining_ms: int | None
    last_seen_at: datetime | None
    offline_ms: int | None
    events: list[SeatEvents] = Field(description="What the browser told of its window; none of it is a proof.")
    extra_minutes: int
    credit_ms: int = Field(description="Time given back so far.")
    paused_since: datetime | None
    can_reopen: bool = Field(description="The attempt was ended, and that can still be taken back.")


class RoomEvent(BaseModel):
    """Something that happened in the room."""

    at: datetime
    seat_number: int | None
    kind: RoomEventKind
    text: str


class RoomPause(BaseModel):
    """A pause of the room, or of the whole sitting, that goes on."""

    is_of_sitting: bool
    reason: PauseReason
    note: str
    started_at: datetime
    started_by: str


class RoomBoard(BaseModel):
    """A room at one instant."""

    sitting: BoardSittingView
    room: BoardRoomView
    access_code: str | None
    awaits_release: bool = Field(description="At a test site: the papers are not released, so nobody can start.")
    server_time: datetime
    pauses: list[RoomPause]
    seats: list[SeatRow]
    events: list[RoomEvent]


class SeatSelection(BaseModel):
    """Which seats an act is for: some by registration, or all of the room."""

    model_config = ConfigDict(extra="forbid")

    registration_ids: list[UUID] = Field(default=[], max_length=1000)
    all: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> "SeatSelection":
        if self.all == bool(self.registration_ids):
            raise PydanticCustomError("seats_ambiguous", "name registration_ids or say all, not both")
        return self


class MessageToSeats(SeatSelection):
    """A message to candidates."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)] = Field(
        examples=["Còn 15 phút, các anh chị kiểm tra lại bài."]
    )


class EventTotal(BaseModel):
    """How often one event was told in a sitting; ``severity`` is that of the seat where it is gravest."""

    event: LockdownEvent
    severity: Severity
    count: int
    seats: int
    serious_seats: int


class EventTotals(BaseModel):
    """Events of the exam's window in a sitting; none of them is a proof."""

    items: list[EventTotal]
    total: int


class SeenEvents(BaseModel):
    """Up to which operation the events of one seat were seen."""

    model_config = ConfigDict(extra="forbid")

    registration_id: UUID
    up_to_seq: int = Field(ge=1, lt=2**53)


class EventsReview(BaseModel):
    """Events that the proctor has seen: those that the page showed, and none that came meanwhile."""

    model_config = ConfigDict(extra="forbid")

    seats: list[SeenEvents] = Field(min_length=1, max_length=1000)


class ActResult(BaseModel):
    """To how many seats an act applied."""

    seats: int
