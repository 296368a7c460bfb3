"""Wire types of what people do to candidates' time."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from exam_engine.delivery.crediting import LONGEST_CREDIT
from exam_engine.delivery.reasons import CreditReason, EndReason, PauseReason
from exam_engine.proctoring.schemas import SeatSelection

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class Reasoned(BaseModel):
    """An act with a reason from a list."""

    model_config = ConfigDict(extra="forbid")

    note: Note = Field(default="", description="Needed with the reason other. Candidates read it on a pause or an end.")

    @model_validator(mode="after")
    def _says_which_other(self) -> "Reasoned":
        if getattr(self, "reason", None) == "other" and not self.note:
            raise PydanticCustomError("note_needed", "say in note what the reason is")
        return self


class PauseOfSitting(Reasoned):
    """A pause of everybody in a sitting."""

    reason: PauseReason


class PauseOfSeats(Reasoned, SeatSelection):
    """A pause of seats; of all, it holds for those as well who start later."""

    reason: PauseReason


class EndOfSeats(Reasoned, SeatSelection):
    """An end of attempts."""

    reason: EndReason


class CreditOfSeats(Reasoned, SeatSelection):
    """Time to give back to each of these seats."""

    reason: CreditReason
    seconds: int = Field(ge=1, le=int(LONGEST_CREDIT.total_seconds()), examples=[600])


class CreditDecision(BaseModel):
    """A second signature, or a rejection."""

    model_config = ConfigDict(extra="forbid")

    is_granted: bool


class CreditView(BaseModel):
    """Time proposed for, given to or refused a candidate."""

    id: UUID
    registration_id: UUID
    seat_number: int | None
    room_name: str | None
    candidate_number: str
    full_name: str
    seconds: int
    silent_seconds: int = Field(description="How long the server itself had heard nothing when it was proposed.")
    reason: CreditReason
    note: str
    proposed_at: datetime
    proposed_by: str
    is_own: bool = Field(description="Proposed by whoever asks, who cannot sign it.")
    decision: Literal["granted", "rejected"] | None
    decided_at: datetime | None
    decided_by: str | None


class CreditList(BaseModel):
    """Credits in the order in which they were proposed."""

    items: list[CreditView]
    total: int


class PauseView(BaseModel):
    """A pause with its reason; without a room of the whole sitting, without a seat of the whole room."""

    room_name: str | None
    seat_number: int | None
    reason: PauseReason
    note: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    ended_by: str | None


class PauseList(BaseModel):
    """Pauses in the order in which they began."""

    items: list[PauseView]
    total: int


class SilenceView(BaseModel):
    """A time in which the server heard nothing of a candidate whose clock ran."""

    since: datetime
    until: datetime


class SeatTime(BaseModel):
    """All that decides, or should, about one candidate's time."""

    server_time: datetime
    started_at: datetime | None
    deadline: datetime | None
    remaining_ms: int
    phase: str
    extra_ms: int
    paused_ms: int
    credit_ms: int
    silences: list[SilenceView]
    silent_ms: int
    captured_in_pauses: int = Field(description="Operations that the browser captured while the clock stood still.")
    pauses: list[PauseView]
    credits: list[CreditView]
