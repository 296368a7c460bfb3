"""Wire types of incident reports and violations."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from exam_engine.incidents.categories import IncidentCategory

Statement = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class IncidentText(BaseModel):
    """What somebody reports."""

    model_config = ConfigDict(extra="forbid")

    category: IncidentCategory
    occurred_at: AwareDatetime
    description: Statement = Field(examples=["Mất điện toàn phòng, máy chủ vẫn chạy."])
    measures: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    witnesses: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class NewIncident(IncidentText):
    """A report on the room, or on one seat of it."""

    registration_id: UUID | None = None


class AttachmentView(BaseModel):
    """A file that belongs to a report."""

    id: UUID
    file_name: str
    content_type: str
    size_bytes: int
    sha256: str


class IncidentEntry(IncidentText):
    """One report as it was made."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    reported_at: datetime
    reported_by: str
    attachments: list[AttachmentView]


class IncidentView(BaseModel):
    """A matter as it was last reported; ``earlier`` are the reports that it corrects, the latest first."""

    room_id: UUID
    room_name: str
    registration_id: UUID | None
    seat_number: int | None
    candidate_number: str | None
    full_name: str | None
    latest: IncidentEntry
    earlier: list[IncidentEntry]


class IncidentList(BaseModel):
    """Matters reported, the last to happen first."""

    items: list[IncidentView]
    total: int


class StepView(BaseModel):
    """One step of a ladder."""

    code: str
    name_vi: str
    name_en: str
    deduction_percent: str = Field(examples=["25"])
    ends_attempt: bool


class LadderView(BaseModel):
    """The ladder of a sitting's rule-set; without steps where it has none."""

    legal_basis: str
    steps: list[StepView]


class NewViolation(BaseModel):
    """A step of the ladder to propose for a candidate."""

    model_config = ConfigDict(extra="forbid")

    registration_id: UUID
    step: str = Field(max_length=24, examples=["reprimand"])
    statement: Statement
    incident_id: UUID | None = None


class ViolationDecision(BaseModel):
    """A second signature, or a rejection."""

    model_config = ConfigDict(extra="forbid")

    is_confirmed: bool
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class Withdrawal(BaseModel):
    """Why something is taken back."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class ViolationView(BaseModel):
    """A violation; ``step`` is what was proposed, ``reached`` what it has come to, or would on confirmation."""

    id: UUID
    room_name: str
    registration_id: UUID
    seat_number: int | None
    candidate_number: str
    full_name: str
    incident_id: UUID | None
    step: StepView
    reached: StepView
    statement: str
    proposed_at: datetime
    proposed_by: str
    is_own: bool = Field(description="Proposed by whoever asks, who cannot confirm it.")
    decision: Literal["confirmed", "rejected"] | None
    decision_note: str
    decided_at: datetime | None
    decided_by: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawal_reason: str | None


class ViolationList(BaseModel):
    """Violations in the order in which they were proposed."""

    items: list[ViolationView]
    total: int
