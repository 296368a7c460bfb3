"""Wire types of calibrations."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

CalibrationName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(examples=["Thi thử tháng 3/2026"]),
]


class CalibrationStarted(BaseModel):
    """Where to ask how far the estimation is."""

    calibration_id: UUID
    job_id: UUID


class CalibrationWarning(BaseModel):
    """What makes the whole fit doubtful."""

    code: str
    message: str
    data: dict[str, float]


class CalibrationRow(BaseModel):
    """A calibration in a list."""

    id: UUID
    name: str
    status: Literal["running", "estimated", "approved", "failed"]
    is_simulated: bool
    model: Literal["2PL"] = "2PL"
    file_name: str
    n_candidates: int
    n_items: int
    n_responses: int = Field(description="Presented items in all, blank answers included.")
    n_blank: int = Field(description="Blank answers, counted as wrong.")
    log_likelihood: float | None
    iterations: int | None
    converged: bool | None
    max_gradient: float | None
    marginal_reliability: float | None
    job_id: UUID
    created_at: datetime
    created_by: str
    approved_by: str | None
    approved_at: datetime | None


class CalibrationList(BaseModel):
    """A page of calibrations, newest first."""

    items: list[CalibrationRow]
    total: int


class CalibratedItem(BaseModel):
    """One estimated item; logits, no 1.7 scaling."""

    item_id: UUID
    code: str
    stem_text: str
    module_code: str
    cognitive_level: str
    a: float | None
    se_a: float | None
    b: float | None
    se_b: float | None
    p: float | None
    item_rest: float | None
    n: int | None
    flags: list[str]


class ExcludedItemView(BaseModel):
    """An item that could not be estimated."""

    code: str
    reason_code: str
    reason: str


class CalibrationView(CalibrationRow):
    """A calibration with its items. ``left_out`` names items whose text or key changed before the approval."""

    items: list[CalibratedItem]
    excluded: list[ExcludedItemView]
    warnings: list[CalibrationWarning]
    flag_texts: dict[str, str] = Field(description="What each flag that occurs says.")
    left_out: list[str] = []


class EmpiricalPoint(BaseModel):
    """Share of right answers in a group of candidates of like ability."""

    theta: float
    p: float
    n: int


class ItemCurveView(BaseModel):
    """Curves of one item over ``theta``."""

    code: str
    p: list[float]
    information: list[float]
    empirical: list[EmpiricalPoint]


class CurvesView(BaseModel):
    """Curves over 61 abilities from -3 to 3 logits."""

    theta: list[float]
    test_information: list[float]
    standard_error: list[float]
    items: list[ItemCurveView]
