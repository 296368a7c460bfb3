"""The sample exam over HTTP."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from exam_engine.delivery.schemas import PackedMedium
from exam_engine.forms.schemas import DeskTools, ItemsPerPage, ItemView
from exam_engine.interactions.responses import ScoreFlag

Entry = Annotated[str, Field(max_length=2_000)]


class PracticePaper(BaseModel):
    """The sample exam as an opened paper; nothing in it is secret."""

    form_code: str
    title: str
    duration_ms: int
    design: Literal["linear"]
    item_count: int
    tools: DeskTools
    items_per_page: ItemsPerPage
    items: list[ItemView]
    media: dict[str, PackedMedium]


class PracticeResponses(BaseModel):
    """What was answered, by item."""

    model_config = ConfigDict(extra="forbid")

    responses: dict[Annotated[str, Field(max_length=8)], Annotated[list[Entry], Field(max_length=64)]] = Field(
        max_length=40
    )


class PracticeItemMark(BaseModel):
    """What one item earned."""

    ref: str
    points: Decimal
    max_points: Decimal
    is_correct: bool
    flag: ScoreFlag | None


class PracticeMark(BaseModel):
    """What the sample exam earned; items that people mark count in neither sum."""

    points: Decimal
    max_points: Decimal
    items: list[PracticeItemMark]
