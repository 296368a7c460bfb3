"""Wire types of tailored papers; none holds an item's response function or an answer."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from item_bank.blueprints.statement import BlueprintStatement
from item_bank.tailored.options import AdaptiveOptions, MultistageOptions, PersonalOptions, TailoredOptions

TailoredStatus = Literal["running", "made", "infeasible", "failed", "cancelled", "approved", "published"]
TailoredDesign = Literal["personal", "multistage", "adaptive"]


class TailoredInput(BaseModel):
    """What to make."""

    model_config = ConfigDict(extra="forbid")

    blueprint_id: UUID
    options: TailoredOptions


class TailoredStarted(BaseModel):
    """Where to ask how far the work is."""

    paper_id: UUID
    job_id: UUID


class PermitView(BaseModel):
    """Whether the reader may do something now, and why not."""

    act: Literal["approve", "withdraw", "publish", "delete", "cancel"]
    is_allowed: bool
    reason: str | None


class TailoredConflict(BaseModel):
    """What stands in the way of a paper."""

    code: str
    message: str
    data: dict[str, Any]


class TailoredRow(BaseModel):
    """A tailored paper in a list."""

    id: UUID
    number: int
    design: TailoredDesign
    status: TailoredStatus
    blueprint_name: str
    options: PersonalOptions | MultistageOptions | AdaptiveOptions = Field(discriminator="design")
    pool_size: int | None
    is_simulated: bool = Field(description="Whether parameters of simulated answers decided.")
    job_id: UUID
    created_at: datetime
    created_by: str
    approved_by: str | None
    approved_at: datetime | None
    published_by: str | None
    published_at: datetime | None
    published_form_ids: list[UUID]
    published_set_id: UUID | None


class TailoredList(BaseModel):
    """A page of tailored papers, newest first."""

    items: list[TailoredRow]
    total: int


class TailoredView(TailoredRow):
    """A tailored paper with the evidence that the board decides by, or with what stood in its way."""

    blueprint: BlueprintStatement
    blueprint_id: UUID
    figures: dict[str, Any] = Field(description="By design; empty while there is no paper.")
    conflict: list[TailoredConflict]
    permits: list[PermitView]


class TailoredPublication(BaseModel):
    """The published forms."""

    form_ids: list[UUID]
    form_set_id: UUID | None
