"""Wire types about the life of an item: differences, what may be done with it, its steps, its use."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from item_bank.items.workflow import ItemStatus
from item_bank.reviewing.differences import PartChange, Value
from item_bank.reviewing.permits import ItemAct
from item_bank.reviewing.text_differences import Change


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
    before: Value
    after: Value


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


class TimesUsedView(BaseModel):
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
    exposure: TimesUsedView | None = Field(description="Null for an item that stands in no published form.")


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
    model: str | None
    steps: list[float] | None = Field(description="Thresholds of an item with several score categories.")
    se_steps: list[float | None] | None
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
