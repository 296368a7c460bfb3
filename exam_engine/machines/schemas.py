"""Wire types of checks of computers."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, field_validator
from pydantic_core import PydanticCustomError

Subject = Literal[
    "browser",
    "secure",
    "storage",
    "offline",
    "clock",
    "network",
    "stream",
    "screen",
    "screens",
    "seb",
    "typing",
    "sound",
]
"""What is looked at. ``stream``: news arrive one by one and not all at the end; ``screens``: a second one is there."""

Verdict = Literal["good", "warning", "bad"]


class Finding(BaseModel):
    """What one look found; ``untried`` where somebody has to take part and nobody did."""

    model_config = ConfigDict(extra="forbid")

    subject: Subject
    verdict: Literal["good", "warning", "bad", "untried"]
    value: Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)] | None = Field(
        default=None, description="clock: ms ahead of the server; network: ms there and back; storage: free MB."
    )
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = Field(
        default="", examples=["Chrome 109", "1024×768"]
    )


def _each_once(findings: list[Finding]) -> list[Finding]:
    if len({finding.subject for finding in findings}) < len(findings):
        raise PydanticCustomError("finding_repeated", "each subject once")
    return findings


class OwnCheck(BaseModel):
    """What the page of a candidate who waits has found."""

    model_config = ConfigDict(extra="forbid")

    findings: list[Finding] = Field(min_length=1, max_length=12)

    @field_validator("findings")
    @classmethod
    def _each_subject_once(cls, findings: list[Finding]) -> list[Finding]:
        return _each_once(findings)


class AccessCode(BaseModel):
    """The code of a sitting, as candidates type it."""

    model_config = ConfigDict(extra="forbid")

    access_code: str = Field(min_length=1, max_length=16, examples=["H7KQ2MNP"])


class SeatCheck(OwnCheck, AccessCode):
    """What somebody found who tried the computer of a seat before the exam."""

    room_id: UUID
    seat_number: int = Field(ge=1, le=10_000)


class CheckableRoom(BaseModel):
    """A room whose computers can be checked."""

    id: UUID
    name: str
    seat_count: int


class CheckableSitting(BaseModel):
    """A sitting and its rooms, for whoever checks their computers."""

    name: str
    exam_name: str
    opens_at: datetime
    rooms: list[CheckableRoom]


class MachineView(BaseModel):
    """The last check of the computer at one seat."""

    seat_number: int
    verdict: Verdict
    findings: list[Finding]
    is_own: bool = Field(description="Sent by the candidate's page, not by somebody before.")
    checked_at: datetime


class RoomMachines(BaseModel):
    """The computers of a room that were checked, by seat."""

    seat_count: int
    items: list[MachineView]
    total: int


class RoomReadiness(BaseModel):
    """How many computers of one room were checked, and with what outcome."""

    room_id: UUID
    room_name: str
    seat_count: int
    good: int
    warning: int
    bad: int
    last_checked_at: datetime | None


class SittingReadiness(BaseModel):
    """The rooms of a sitting and how far their computers are checked."""

    items: list[RoomReadiness]
    total: int


FINDINGS: TypeAdapter[list[Finding]] = TypeAdapter(list[Finding])
