"""What the minutes of a room say, as a value: what is signed is the digest of its canonical text."""

import hashlib
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from exam_engine.sitting_log.rows import canonical


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Person(_Part):
    """A candidate of the room."""

    candidate_number: str
    full_name: str
    birth_date: str
    seat_number: int | None


class PaperUse(_Part):
    """How many candidates worked on a form."""

    form_code: str
    candidates: int


class PauseLine(_Part):
    """A pause of the sitting, the room or one seat."""

    whom: str
    reason: str
    started_at: datetime
    ended_at: datetime | None


class CreditLine(_Part):
    """Time that was given back to a candidate."""

    candidate_number: str
    seconds: int
    reason: str
    proposed_by: str
    decided_by: str


class MoveLine(_Part):
    """A candidate who was moved to another computer."""

    candidate_number: str
    at: datetime
    from_seat: int
    to_seat: int
    reason: str


class IncidentLine(_Part):
    """A matter as it was last reported."""

    at: datetime
    category: str
    candidate_number: str | None
    seat_number: int | None
    description: str
    measures: str
    witnesses: str
    reported_by: str
    attachments: int
    was_corrected: bool


class ViolationLine(_Part):
    """A step of the ladder; ``state`` is waiting, confirmed, rejected or withdrawn."""

    candidate_number: str
    full_name: str
    step: str
    deduction_percent: str
    statement: str
    state: str
    decided_by: str | None


class DoubtLine(_Part):
    """A person of whom a proctor doubted the identity."""

    candidate_number: str
    reason: str
    note: str


class MinutesContent(_Part):
    """Everything that the minutes say; times are instants, texts as people typed them.

    ``drawn_up_at`` is None until the first signature fixes it.
    """

    version: int
    council_name: str
    place: str
    centre_name: str
    administration_name: str
    exam_name: str
    sitting_name: str
    room_name: str
    opens_at: datetime
    closes_at: datetime
    duration_minutes: int
    drawn_up_at: datetime | None
    proctors: tuple[str, ...]
    registered: int
    absent: tuple[Person, ...]
    first_started_at: datetime | None
    last_finished_at: datetime | None
    submitted: int
    timed_out: int
    ended: int
    papers: tuple[PaperUse, ...]
    pauses: tuple[PauseLine, ...]
    credits: tuple[CreditLine, ...]
    moves: tuple[MoveLine, ...]
    doubts: tuple[DoubtLine, ...]
    incidents: tuple[IncidentLine, ...]
    has_ladder: bool
    violations: tuple[ViolationLine, ...]
    remarks: str

    @property
    def present(self) -> int:
        """How many sat the exam."""
        return self.registered - len(self.absent)


def digest(content: MinutesContent) -> str:
    """Return the SHA-256 of the canonical text without the instant of drawing up, which comes with the signature."""
    return hashlib.sha256(canonical(content.model_dump(mode="json", exclude={"drawn_up_at"})).encode()).hexdigest()
