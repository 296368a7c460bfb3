"""Wire types of comments, checklists, verdicts, assignment and enemies."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from item_bank.items.schemas import ActRequest
from item_bank.items.workflow import ItemStatus
from item_bank.reviewing.checklists import MOST_QUESTIONS, Answer, Question, QuestionCode, Verdict

CommentText = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]


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
    based_on: int | None = Field(
        default=None, ge=1, description="The version that was changed; refused when another is in force by now."
    )


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
