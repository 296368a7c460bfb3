"""Wire types of reviewing."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from item_bank.items.schemas import ActRequest
from item_bank.items.workflow import ItemStatus
from item_bank.reviewing.checklists import MOST_QUESTIONS, Answer, Question, QuestionCode, Verdict
from item_bank.reviewing.differences import PartChange
from item_bank.reviewing.permits import ItemAct
from item_bank.reviewing.text_differences import Change

CommentText = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
ValueView = str | int | bool | list[str] | None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewComment(_Strict):
    """A comment on a part of a version; with ``parent_id`` an answer, which stands where that comment stands."""

    version_number: int = Field(ge=1)
    place: str = Field(default="", max_length=64, examples=["options/B"])
    text: CommentText
    parent_id: UUID | None = None


class ChangedComment(_Strict):
    """New words of an own comment."""

    text: CommentText


class CommentSettlement(_Strict):
    """Whether what a comment asked for is done."""

    is_resolved: bool


class CommentView(BaseModel):
    """A comment; answers name the comment that they answer."""

    id: UUID
    version_number: int
    parent_id: UUID | None
    place: str
    text: str
    author_name: str
    is_own: bool
    is_editable: bool = Field(description="Whether the reader may still change its words.")
    created_at: datetime
    edited_at: datetime | None
    is_struck: bool = Field(description="Struck out by its author; it stays readable.")
    resolved_by_name: str | None
    resolved_at: datetime | None


class CommentList(BaseModel):
    """Comments on an item, oldest first; ``open`` counts those that nobody has settled or struck out."""

    items: list[CommentView]
    total: int
    open: int


class ChecklistView(BaseModel):
    """A version of the checklist."""

    number: int
    questions: list[Question]
    note: str
    created_by_name: str
    created_at: datetime


class ChecklistList(BaseModel):
    """All versions of the checklist; the first is in force."""

    items: list[ChecklistView]
    total: int


class NewChecklist(_Strict):
    """What reviewers are asked from now on."""

    questions: list[Question] = Field(min_length=1, max_length=MOST_QUESTIONS)
    note: str = Field(default="", max_length=500)


class NewReviewBody(_Strict):
    """A reviewer's answers and verdict about the version that they had before them."""

    version_number: int = Field(ge=1)
    checklist_number: int = Field(ge=1)
    answers: list[Answer] = Field(max_length=MOST_QUESTIONS)
    verdict: Verdict
    note: str = Field(default="", max_length=2000)


class AnswerView(BaseModel):
    """An answer; the remark is null for those who may not read keys, since it may tell one."""

    code: QuestionCode
    answer: Literal["yes", "no", "not_applicable"]
    remark: str | None


class ReviewView(BaseModel):
    """A review; the note is null for those who may not read keys."""

    id: UUID
    version_number: int
    checklist_number: int
    answers: list[AnswerView]
    verdict: Verdict
    note: str | None
    reviewer_name: str
    created_at: datetime


class ReviewList(BaseModel):
    """Reviews of an item, latest first."""

    items: list[ReviewView]
    total: int


class AssigneeView(BaseModel):
    """Somebody who may get items."""

    id: UUID
    display_name: str
    may_write: bool
    may_review: bool
    assigned: int = Field(description="Items that they have already, retired ones left aside.")


class AssigneeList(BaseModel):
    """Staff that write or review items, by name."""

    items: list[AssigneeView]
    total: int


class AssignmentRequest(ActRequest):
    """Items to give to one person; to nobody when ``assignee_id`` is null."""

    assignee_id: UUID | None


class AssignmentRefusalView(BaseModel):
    """An item that was left as it is, and why."""

    code: str
    reason_code: str = Field(examples=["assignee_wrote_item"])
    reason: str


class AssignmentOutcome(BaseModel):
    """What assigning did."""

    done: int
    unchanged: int
    refused: list[AssignmentRefusalView]


class NewEnemy(_Strict):
    """Another item that must not stand in a form with this one."""

    code: str = Field(min_length=1, max_length=32, examples=["IU04-017"])
    reason: str = Field(min_length=1, max_length=300, pattern=r"\S")


class EnemyView(BaseModel):
    """An enemy of an item."""

    id: UUID
    code: str
    status: ItemStatus
    stem_text: str
    reason: str
    created_by_name: str
    created_at: datetime


class EnemyList(BaseModel):
    """Enemies of an item, by code."""

    items: list[EnemyView]
    total: int


class RunView(BaseModel):
    """Neighbouring words with the same fate: inline HTML, or the element that begins (``/``: ends) there."""

    model_config = ConfigDict(from_attributes=True)

    change: Change
    html: str
    block: str


class LineView(BaseModel):
    """One line of a compared text."""

    model_config = ConfigDict(from_attributes=True)

    kind: str = Field(description="Element that the line came from.", examples=["p"])
    runs: list[RunView]


class TextChangeView(BaseModel):
    """A compared text; without lines it was and is empty."""

    is_same: bool
    lines: list[LineView]


class FactChangeView(BaseModel):
    """A plain fact that changed; null where there was none."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["correct"])
    before: ValueView
    after: ValueView


class PartChangeView(BaseModel):
    """What became of a part; its place may have another name now, as when an option was put in above it."""

    place_before: str | None = Field(examples=["options/B"])
    place_after: str | None = Field(examples=["options/C"])
    change: PartChange
    is_moved: bool
    was_right: bool = Field(description="Whether it was a right choice; false for those who may not read keys.")
    is_right: bool = Field(description="Whether it is a right choice now; false for those who may not read keys.")
    text: TextChangeView
    facts: list[FactChangeView]


class VersionBrief(BaseModel):
    """Which version is meant."""

    model_config = ConfigDict(from_attributes=True)

    version_number: int
    created_at: datetime
    author_name: str
    note: str


class DifferenceView(BaseModel):
    """What changed from one version to another; key and explanation are null for those who may not read keys."""

    before: VersionBrief
    after: VersionBrief
    is_same: bool
    parts: list[PartChangeView]
    settings: list[FactChangeView]
    metadata: list[FactChangeView]
    stimulus: TextChangeView
    key: list[FactChangeView] | None
    model_answer: TextChangeView | None
    explanation: TextChangeView | None


class ItemPermit(BaseModel):
    """Whether the reader may do something with the item now, and what stands in the way."""

    act: ItemAct
    is_allowed: bool
    reason_code: str | None
    reason: str = Field(description="Empty when allowed.")


class EventView(BaseModel):
    """One step of an item's life."""

    version_number: int
    act: str = Field(examples=["approve"])
    status_before: ItemStatus
    status_after: ItemStatus
    checklist: int | None = Field(description="The checklist behind an approval; null for one without.")
    note: str | None = Field(description="Null for those who may not read keys, since it may tell one.")
    actor_name: str
    at: datetime


class ChainLink(BaseModel):
    """One of the items that came in each other's place."""

    id: UUID
    code: str
    status: ItemStatus
    is_this: bool


class FormUseView(BaseModel):
    """A published form that holds the item."""

    id: UUID
    form_code: str
    title: str
    design: str
    position: int
    version_number: int
    published_at: datetime


class ExposureView(BaseModel):
    """How often the item was handed out."""

    forms: int
    sittings: int
    candidates: int
    last_used: datetime | None


class WhereaboutsView(BaseModel):
    """What is known about an item besides its content."""

    permits: list[ItemPermit]
    events: list[EventView]
    chain: list[ChainLink] = Field(
        description="Oldest first; one link for an item that neither has nor is a successor."
    )
    forms: list[FormUseView]
    exposure: ExposureView | None = Field(description="Null for an item that stands in no published form.")


class PastCalibrationView(BaseModel):
    """What one calibration found about the item."""

    calibration_id: UUID
    name: str
    status: Literal["estimated", "approved"]
    created_at: datetime
    approved_at: datetime | None
    is_simulated: bool
    version_number: int
    excluded_reason: str | None
    is_anchor: bool
    a: float | None
    se_a: float | None
    b: float | None
    se_b: float | None
    c: float | None
    se_c: float | None
    p: float | None
    item_rest: float | None
    n: int | None
    flags: list[str]


class OptionCountsView(BaseModel):
    """How many chose each option in the latest calibration; only for those who may read keys."""

    calibration_id: UUID
    version_number: int
    counts: dict[str, int]
    blank: int


class ItemStatisticsView(BaseModel):
    """What answers have shown about an item."""

    calibrations: list[PastCalibrationView]
    options: OptionCountsView | None
