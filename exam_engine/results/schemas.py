"""Wire types of results; marks and points are strings with a dot."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Decision = Literal["pass", "fail", "absent"]
ResultStatus = Literal["running", "marking", "ready", "proposed", "approved"]


class ResultSummaryView(BaseModel):
    """One sitting in the list of results; counts follow the status."""

    sitting_id: UUID
    name: str
    exam_name: str
    opens_at: datetime
    status: ResultStatus
    counts: dict[str, int] = Field(examples=[{"registered": 40, "started": 39, "closed": 39, "marked": 39}])


class ResultSummaryList(BaseModel):
    """Sittings that have opened, the latest first."""

    items: list[ResultSummaryView]
    total: int


class ResultSittingView(BaseModel):
    """The sitting that results belong to."""

    id: UUID
    name: str
    exam_name: str
    council_name: str
    opens_at: datetime
    closes_at: datetime


class AppliedRuleSetView(BaseModel):
    """The rule-set that decides, with its rule in words."""

    code: str = Field(examples=["TTLT17-2016-basic"])
    legal_basis: str
    valid_from: date
    rule_text: str = Field(examples=["Đạt khi bài Trắc nghiệm từ 5,00 điểm trở lên."])


class PenaltyView(BaseModel):
    """What violations took off a mark: ``mark_before`` less ``deducted`` is the mark."""

    step: str
    name_vi: str = Field(examples=["Cảnh cáo"])
    name_en: str
    percent: str = Field(examples=["50"])
    mark_before: str | None = Field(examples=["7.25"])
    deducted: str = Field(examples=["3.62"])
    legal_basis: str


class ResultRowView(BaseModel):
    """One candidate's result; ``decision`` is null while the attempt is open or unmarked."""

    registration_id: UUID
    candidate_number: str
    full_name: str
    birth_date: str
    form_code: str | None
    raw: str | None = Field(examples=["29"])
    max: str | None = Field(examples=["40"])
    mark: str | None = Field(examples=["7.25"])
    mark_in_words: str | None = Field(examples=["Bảy phẩy hai mươi lăm"])
    decision: Decision | None
    finish_kind: str | None = Field(examples=["submitted", "time_over", "absent"])
    penalty: PenaltyView | None


class LogRootView(BaseModel):
    """The signed root that closed the sitting's log, as the minutes state it."""

    rows: int
    closed_at: datetime
    root: str
    fingerprint: str = Field(examples=["3F0A-91C4-77DE-0B52-A8C1-66E9-10FD-42B7"])


class SittingResultsView(BaseModel):
    """A sitting's results and how far the board is with them."""

    sitting: ResultSittingView
    status: ResultStatus
    rule_set: AppliedRuleSetView | None
    proposed_by: str | None
    proposed_by_id: UUID | None
    proposed_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    decision_number: str | None
    decided_on: date | None
    returned_by: str | None
    return_reason: str | None
    snapshot_hash: str | None
    log_root: LogRootView | None
    rows: list[ResultRowView]
    counts: dict[str, int] = Field(examples=[{"pass": 31, "fail": 7, "absent": 2, "open": 0}])


class Approval(BaseModel):
    """Number and date of the decision that recognises the results; today when no date is given."""

    model_config = ConfigDict(extra="forbid")

    decision_number: str = Field(min_length=1, max_length=64, examples=["125/QĐ-SGDĐT"])
    decided_on: date | None = None


class Return(BaseModel):
    """Why proposed results go back."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=1000)


class OwnResult(BaseModel):
    """A candidate's own result; everything is null until it is released."""

    decision: Decision | None
    mark: str | None
    mark_in_words: str | None
    raw: str | None
    max: str | None
    penalty_text: str | None = Field(description="What violations took off the mark, in one line.")
    released_at: datetime | None
