"""Wire types of acts on persons and seats, of a seat's timeline, and of what a lost browser still held."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from exam_engine.delivery.leftovers import Judgement
from exam_engine.delivery.reasons import DoubtReason, MoveReason, RecoveryReason
from exam_engine.delivery.swapping import GoesOn
from exam_engine.lockdown.checking import ExemptionReason
from exam_engine.proctoring.schemas import SeatSelection
from exam_engine.proctoring.time_schemas import Reasoned
from exam_engine.sittings.lockdown_rules import LockdownEvent

SeatNumber = Annotated[int, Field(ge=1, le=999)]


class DoubtOfSeats(Reasoned, SeatSelection):
    """A doubt about persons."""

    reason: DoubtReason


class ExemptionOfSeats(Reasoned, SeatSelection):
    """Leave to go on in any browser."""

    reason: ExemptionReason


class SeatSwap(Reasoned):
    """A candidate to move to another seat of the room; whoever sits there comes in return."""

    from_seat: SeatNumber
    to_seat: SeatNumber = Field(description="A number above those of the room's seats is a spare computer.")
    reason: MoveReason


class MovedView(BaseModel):
    """A candidate who was moved."""

    registration_id: UUID
    from_seat: int
    to_seat: int
    goes_on: GoesOn = Field(
        description="Whether the browser at the new place may go on now, will with its login, or needs an unlock."
    )


class SwapResult(BaseModel):
    """Who was moved."""

    moved: list[MovedView]


class TimelineEntry(BaseModel):
    """Something that happened at a seat; ``kind`` is that of the sitting log's row, or of what else is known."""

    at: datetime
    kind: str
    by: str | None
    text: str = Field(description="Words that somebody typed: a message, a note, a reported fault.")
    reason: str | None = None
    seconds: int | None = Field(default=None, description="Time given back, or how long nothing was heard.")
    from_seat: int | None = None
    to_seat: int | None = None
    operations: int | None = Field(default=None, description="How many were put forward.")
    event: LockdownEvent | None = Field(default=None, description="What the browser told of its window.")
    times: int = Field(default=1, description="How many times of it one operation stands for.")


class SeatTimeline(BaseModel):
    """What happened at one seat, newest first."""

    items: list[TimelineEntry]
    total: int


class LeftoverOperation(BaseModel):
    """An operation that a browser which lost its seat still held; what it answers is shown to nobody."""

    seq: int
    hash: str
    kind: str | None = Field(description="None when its text breaks the protocol.")
    item_ref: str | None
    captured_at: datetime | None
    received_at: datetime
    judgement: Judgement
    is_admissible: bool


class RecoveryView(BaseModel):
    """Leftover operations that were put forward to count after all."""

    id: UUID
    seqs: list[int]
    reason: RecoveryReason
    note: str
    proposed_at: datetime
    proposed_by: str
    is_own: bool = Field(description="Put forward by whoever asks, who cannot admit it.")
    decision: Literal["admitted", "rejected"] | None
    decided_at: datetime | None
    decided_by: str | None


class LeftoverView(BaseModel):
    """What came from browsers that had lost one candidate's seat."""

    registration_id: UUID
    seat_number: int | None
    room_name: str | None
    candidate_number: str
    full_name: str
    operations: list[LeftoverOperation]
    recoveries: list[RecoveryView]


class LeftoverList(BaseModel):
    """Candidates of whom a lost browser still held something, by seat."""

    items: list[LeftoverView]
    total: int


class NamedOperation(BaseModel):
    """A leftover operation, by number and hash."""

    model_config = ConfigDict(extra="forbid")

    seq: int = Field(ge=1)
    hash: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class NewRecovery(Reasoned):
    """Leftover operations of one candidate to count after all."""

    registration_id: UUID
    operations: list[NamedOperation] = Field(min_length=1, max_length=1000)
    reason: RecoveryReason


class RecoveryDecision(BaseModel):
    """A second signature, or a rejection."""

    model_config = ConfigDict(extra="forbid")

    is_admitted: bool
