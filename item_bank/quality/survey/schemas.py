"""Wire types of surveys."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from item_bank.items.schemas import ModuleCode
from item_bank.items.workflow import ItemStatus
from item_bank.quality.duplicates import Reason


class SurveyStarted(BaseModel):
    """Where to ask how far the survey is."""

    job_id: UUID
    items: int


class FoundFlaw(BaseModel):
    """One finding about one item."""

    id: UUID
    code: str
    place: str
    message: str
    fix: str


class BrokenRuleView(BaseModel):
    """The findings of one rule; at most 200 of them are listed."""

    rule: str
    severity: Literal["error", "warning", "hint"]
    title: str = Field(description="What the rule looks for.")
    source: str
    total: int
    found: list[FoundFlaw]


class PairItem(BaseModel):
    """An item of a pair, as far as it is still in the bank."""

    id: UUID
    code: str
    status: ItemStatus
    module_code: ModuleCode
    stem_text: str


class PairView(BaseModel):
    """Two items that resemble each other."""

    first: PairItem
    second: PairItem
    similarity: float
    reason: Reason
    reason_text: str


class SetFindingView(BaseModel):
    """What shows only over several items; ``code`` names an item, or is empty when it is about the module."""

    rule: str
    severity: Literal["error", "warning", "hint"]
    code: str
    message: str
    fix: str


class SurveyedModule(BaseModel):
    """Figures of the surveyed items of one module."""

    module_code: ModuleCode
    items: int
    negative_stems: int
    key_positions: list[int] = Field(description="How often the key stands at A, B, C …; empty without keys.")
    p_value: float | None = Field(description="Of chi-square for equal chances; null with too few items.")
    findings: list[SetFindingView]


class SurveyView(BaseModel):
    """What a survey found."""

    asked_at: datetime
    is_key_read: bool
    items: int
    flawed: int = Field(description="Items with an error or a warning.")
    rules: list[BrokenRuleView]
    pairs: list[PairView] = Field(description="At most 500, most alike first.")
    pairs_total: int
    modules: list[SurveyedModule]
