"""What leaves the server about a report."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from exam_engine.accounts.jobs_api import JobView
from exam_engine.forensics.kinds import Kind


class NotedCandidateView(BaseModel):
    """A candidate named in a report, with the seat."""

    registration_id: UUID
    candidate_number: str
    full_name: str
    room: str
    seat: int | None


class NotedItemView(BaseModel):
    """An item by its code, and what is to be seen there; neither the answer nor the key."""

    code: str
    sign: Literal[
        "same_right", "same_wrong", "different_wrong", "one_right", "hard_right", "easy_wrong", "fast_right", "gained"
    ]


class UnusualView(BaseModel):
    """Something unusual about one candidate or a pair. It is not evidence."""

    candidates: list[NotedCandidateView]
    p: float = Field(description="Probability of at least this, were the work honest and the model right.")
    q: float = Field(description="The same, adjusted for the number of candidates or pairs that were looked at.")
    figures: dict[str, float]
    items: list[NotedItemView]


class FalseAlarmsView(BaseModel):
    """What the same look lists in simulated sittings of honest candidates like these."""

    replications: int
    listed: float | None = Field(description="Mean number of candidates or pairs listed.")
    any: float | None = Field(description="Share of the simulated sittings that list anybody.")


class ForensicKindView(BaseModel):
    """One kind of look."""

    kind: Kind
    state: Literal["done", "not_enough_data"]
    reason: str | None
    params: dict[str, float]
    tested: int
    false_alarms: FalseAlarmsView | None
    findings: list[UnusualView]


class ForensicParametersView(BaseModel):
    """Where the item parameters came from."""

    source: Literal["bank", "sitting", "none"]
    n_items: int
    models: list[str]


class ForensicReportView(BaseModel):
    """A report; nothing in it is evidence, and nothing follows from it by itself."""

    id: UUID
    version: int
    level: float
    seed: int
    created_by: str
    created_at: datetime
    finished_at: datetime
    n_candidates: int
    n_items: int
    parameters: ForensicParametersView
    kinds: list[ForensicKindView]


class ForensicsView(BaseModel):
    """What is there for a sitting: the work that is going on, the newest report."""

    sitting_id: UUID
    sitting_name: str
    exam_name: str
    opens_at: datetime
    can_start: bool
    job: JobView | None
    report: ForensicReportView | None
