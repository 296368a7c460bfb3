"""Wire types of sittings."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from exam_engine.core.problems import FaultView
from exam_engine.forms.schemas import FormDesign
from exam_engine.sittings.section_plan import PlannedSection
from exam_engine.sittings.sitting_time import SittingStatus

StandardLevel = Literal["basic", "advanced"]
Sex = Literal["male", "female"]
Minutes = Annotated[int, Field(ge=1, le=600)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Sections = Annotated[
    list[PlannedSection],
    Field(max_length=12, description="Timed parts one after another; empty when the paper is one piece."),
]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Row(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class NewExam(_Input):
    """An exam to create."""

    code: str = Field(pattern=r"^[A-Za-z0-9._-]{1,32}$", examples=["CNTT-CB"])
    name: Name = Field(examples=["Ứng dụng công nghệ thông tin cơ bản"])
    standard_level: StandardLevel
    duration_minutes: Minutes = Field(examples=[45])


class ExamView(_Row):
    """A qualification test."""

    id: UUID
    code: str
    name: str
    standard_level: StandardLevel
    duration_minutes: int


class ExamList(BaseModel):
    """All exams by code."""

    items: list[ExamView]
    total: int


class RuleSetView(_Row):
    """How results are decided for exams held between two dates."""

    code: str = Field(examples=["TTLT17-2016-basic"])
    standard_level: StandardLevel
    legal_basis: str
    valid_from: date
    valid_to: date | None
    rule: dict[str, Any]


class RuleSetList(BaseModel):
    """All rule-sets by level, the latest first."""

    items: list[RuleSetView]
    total: int


class NewAdministration(_Input):
    """An exam round to create; ``rule_set_code`` only where the board decided on a rule-set of its own."""

    exam_id: UUID
    name: Name = Field(examples=["Kỳ thi tháng 12 năm 2026"])
    council_name: Name = Field(examples=["Hội đồng thi Trung tâm Tin học Lâm Đồng"])
    place: str = Field(min_length=1, max_length=120, examples=["Lâm Đồng"])
    number_template: str = Field(
        default="{site}{seq:04}",
        min_length=1,
        max_length=64,
        description="Fields {seq} with an optional width, {site} (centre code), {room} (room name).",
    )
    rule_set_code: str | None = Field(default=None, max_length=48)


class AdministrationView(_Row):
    """One exam round of one council."""

    id: UUID
    exam_id: UUID
    name: str
    council_name: str
    place: str
    number_template: str
    rule_set_code: str | None = Field(description="Null: each sitting follows the rule-set in force on its day.")


class AdministrationList(BaseModel):
    """All exam rounds, the newest first."""

    items: list[AdministrationView]
    total: int


class NewRoom(_Input):
    """A room to add to a centre."""

    name: str = Field(min_length=1, max_length=64, examples=["Phòng máy 1"])
    seat_count: int = Field(ge=1, le=500, examples=[40])
    row_width: int | None = Field(default=None, ge=1, le=100, description="Seats in a row, when they stand in rows.")


class RoomView(_Row):
    """A room of a centre."""

    id: UUID
    name: str
    seat_count: int
    row_width: int | None


class NewCentre(_Input):
    """A test centre to create."""

    code: str = Field(pattern=r"^[A-Za-z0-9._-]{1,16}$", examples=["LD01"])
    name: Name = Field(examples=["Trung tâm Tin học Lâm Đồng"])
    address: str = Field(default="", max_length=300)
    rooms: list[NewRoom] = Field(default=[], max_length=200)


class CentreView(BaseModel):
    """A test centre with its rooms."""

    id: UUID
    code: str
    name: str
    address: str
    rooms: list[RoomView]


class CentreList(BaseModel):
    """All centres by code."""

    items: list[CentreView]
    total: int


class NewSitting(_Input):
    """A sitting to create; without a duration it lasts as long as its exam."""

    administration_id: UUID
    name: Name = Field(examples=["Ca 1 sáng 12/12/2026"])
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    duration_minutes: Minutes | None = None
    grace_seconds: int = Field(default=60, ge=0, le=900)
    unlock_needs_identity: bool = Field(
        default=True,
        description="Seats are unlocked only after the candidate has confirmed their data and a proctor the person.",
    )
    credit_needs_second: bool = Field(default=True, description="Time given back needs a second signature.")
    sections: Sections = []

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.closes_at <= self.opens_at:
            raise PydanticCustomError("closes_before_opens", "closes_at must come after opens_at")
        return self


class SittingChange(_Input):
    """What changes about a draft sitting; absent fields stay."""

    name: Name | None = None
    opens_at: AwareDatetime | None = None
    closes_at: AwareDatetime | None = None
    duration_minutes: Minutes | None = None
    grace_seconds: int | None = Field(default=None, ge=0, le=900)
    unlock_needs_identity: bool | None = None
    credit_needs_second: bool | None = None
    sections: Sections | None = None


class ProctorView(BaseModel):
    """A proctor of a room."""

    id: UUID
    name: str


class SittingRoomView(BaseModel):
    """A room of a sitting."""

    id: UUID
    name: str
    centre_code: str
    seat_count: int
    registered: int
    proctors: list[ProctorView]


class SittingFormView(BaseModel):
    """A form that rotates in a sitting."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    form_code: str
    design: FormDesign
    item_count: int


class SittingFormSetView(BaseModel):
    """The set out of which every candidate of a sitting gets a form of their own."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    code: str
    form_count: int


class SittingCounts(BaseModel):
    """How many candidates are registered and how many of them have a seat."""

    registered: int
    arranged: int


class SittingView(BaseModel):
    """A sitting as the board sees it."""

    id: UUID
    name: str
    administration: AdministrationView
    exam: ExamView
    rule_set_code: str | None
    opens_at: datetime
    closes_at: datetime
    duration_minutes: int
    grace_seconds: int
    unlock_needs_identity: bool
    credit_needs_second: bool
    sections: Sections
    status: SittingStatus
    access_code: str | None
    rooms: list[SittingRoomView]
    forms: list[SittingFormView] = Field(description="In their order of rotation; empty with a form set.")
    form_set: SittingFormSetView | None
    counts: SittingCounts


class SittingList(BaseModel):
    """A page of sittings, the latest opening first."""

    items: list[SittingView]
    total: int


class RoomAssignment(_Input):
    """A room to use in a sitting, with its proctors."""

    room_id: UUID
    proctor_ids: list[UUID] = Field(default=[], max_length=20)


class FormChoice(_Input):
    """The forms of a sitting in their order of rotation, or the set out of which everybody gets one of their own."""

    form_ids: list[UUID] = Field(default=[], max_length=40)
    form_set_id: UUID | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.form_ids and self.form_set_id is not None:
            raise PydanticCustomError("forms_and_form_set", "give form_ids or form_set_id, not both")
        return self


class RowFaultView(BaseModel):
    """One fault or doubt of an imported row; ``column`` is the spreadsheet's letter."""

    row: int
    column: str
    code: str
    message: str
    fix: str


class CandidateImportView(BaseModel):
    """What reading a list found; nothing is registered before it is applied."""

    id: UUID
    file_name: str
    sheet_name: str
    rows_read: int
    new: int
    already_registered: int
    errors: list[RowFaultView]
    warnings: list[RowFaultView]


class AppliedImport(BaseModel):
    """How many people a list registered."""

    registered: int


class RegistrationView(BaseModel):
    """A registration as the board sees it; the end of the identity number is the candidate's to know."""

    id: UUID
    candidate_number: str | None
    full_name: str
    birth_date: str = Field(examples=["05/03/1987", "1987"])
    sex: Sex
    birth_place: str
    identity_number_masked: str
    organisation: str
    room_name: str | None
    seat_number: int | None
    form_code: str | None
    extra_minutes: int
    extra_percent: int


class RegistrationList(BaseModel):
    """A page of a sitting's registrations."""

    items: list[RegistrationView]
    total: int


class RegistrationChange(_Input):
    """Corrections of a registration; absent fields stay, ``sort_name`` null takes it away."""

    extra_minutes: int | None = Field(default=None, ge=0, le=240)
    extra_percent: int | None = Field(default=None, ge=0, le=200, description="Of the working time, besides minutes.")
    organisation: str | None = Field(default=None, max_length=200)
    full_name: str | None = Field(default=None, min_length=1, max_length=120)
    sort_name: str | None = Field(default=None, max_length=120)
    birth_date: str | None = Field(default=None, max_length=10)
    sex: Sex | None = None
    birth_place: str | None = Field(default=None, min_length=1, max_length=200)
    identity_number: str | None = Field(default=None, max_length=20)


class Arranged(BaseModel):
    """How many candidates got a number, a seat and a form."""

    arranged: int


class ReadinessView(BaseModel):
    """What is still missing before papers can be sealed; empty when nothing is."""

    missing: list[FaultView]
