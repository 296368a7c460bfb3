"""What is published and what is delivered; the delivered view has no field for a key, a mapping or a parameter."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from exam_engine.interactions import content
from exam_engine.interactions.keys import ItemKey

FormDesign = Literal["linear", "multistage", "adaptive"]


class DeskTools(BaseModel):
    """Which tools a form allows beside its questions; what is done with them stays on the candidate's computer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    calculator: bool = Field(default=False, description="Four functions, per cent and a memory.")
    notes: bool = Field(default=True, description="Notes on each question and on the whole.")
    highlighter: bool = Field(default=True, description="Marking text of stems and passages.")
    strike_through: bool = Field(default=True, description="Striking out options.")
    zoom: bool = Field(default=True, description="Enlarging pictures.")


ItemsPerPage = Annotated[
    int,
    Field(ge=1, le=20, description="Items that a page shows at most; those of one stimulus stay together if they fit."),
]
"""How many items stand on one page of the candidate's; 1 is one item at a time."""


class ModuleView(BaseModel):
    """The syllabus module an item belongs to."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(examples=["IU04"])
    name: str = Field(examples=["Sử dụng bảng tính cơ bản"])


class StimulusView(BaseModel):
    """What several items are about; items of one stimulus carry the same."""

    model_config = ConfigDict(extra="forbid")

    ref: str = Field(max_length=8, examples=["s01"])
    title: str = Field(max_length=200)
    language: str = "vi"
    content: str = Field(description="Sanitised HTML.")


class _Delivered(BaseModel):
    """What every item has when it is delivered to a browser, besides its content."""

    ref: str = Field(examples=["q07"])
    module: ModuleView
    points: str = Field(examples=["1"])
    stimulus: StimulusView | None = None


class SingleChoiceView(content.SingleChoice, _Delivered):
    """A single choice as it is delivered."""


class MultipleResponseView(content.MultipleResponse, _Delivered):
    """A multiple response as it is delivered."""


class TrueFalseTableView(content.TrueFalseTable, _Delivered):
    """A true/false table as it is delivered."""


class MatchView(content.Match, _Delivered):
    """A match as it is delivered."""


class OrderView(content.Order, _Delivered):
    """An order as it is delivered."""


class GapMatchView(content.GapMatch, _Delivered):
    """A gap match as it is delivered."""


class InlineChoiceView(content.InlineChoice, _Delivered):
    """An inline choice as it is delivered."""


class TextEntryView(content.TextEntry, _Delivered):
    """A text entry as it is delivered."""


class NumericEntryView(content.NumericEntry, _Delivered):
    """A numeric entry as it is delivered."""


class HotTextView(content.HotText, _Delivered):
    """A hot text as it is delivered."""


class HotspotChoiceView(content.HotspotChoice, _Delivered):
    """A hotspot as it is delivered."""


class SelectPointView(content.SelectPoint, _Delivered):
    """A select point as it is delivered."""


class SliderView(content.Slider, _Delivered):
    """A slider as it is delivered."""


class ExtendedTextView(content.ExtendedText, _Delivered):
    """An extended text as it is delivered."""


class FileUploadView(content.FileUpload, _Delivered):
    """A practical task as it is delivered."""


ItemView = Annotated[
    SingleChoiceView
    | MultipleResponseView
    | TrueFalseTableView
    | MatchView
    | OrderView
    | GapMatchView
    | InlineChoiceView
    | TextEntryView
    | NumericEntryView
    | HotTextView
    | HotspotChoiceView
    | SelectPointView
    | SliderView
    | ExtendedTextView
    | FileUploadView,
    Field(discriminator="interaction"),
]
"""One item as it is delivered to a browser."""

ITEM_VIEW: TypeAdapter[ItemView] = TypeAdapter(ItemView)
"""Reads a delivered item."""


class PublishedStimulus(BaseModel):
    """A stimulus handed over for publication; items with the same id share it."""

    model_config = ConfigDict(extra="forbid")

    stimulus_version_id: UUID
    title: str = Field(max_length=200)
    language: str = "vi"
    content: str


class PublishedItem(BaseModel):
    """One item handed over for publication."""

    model_config = ConfigDict(extra="forbid")

    item_code: str = Field(max_length=32)
    item_version_id: UUID
    module_code: str = Field(max_length=16)
    module_name: str
    cognitive_level: str = Field(max_length=8)
    points: Decimal = Decimal(1)
    content: content.ItemContent
    key: ItemKey
    stimulus: PublishedStimulus | None = None


class RoutingSpec(BaseModel):
    """How the items of a multistage or adaptive form follow each other, in terms of the items' codes.

    ``length`` is the number of items that a candidate gets at most; ``rules`` are those of the design and hold the
    items' response functions; ``scale`` gives the points reported for an ability, as pairs that rise in both, between
    which is interpolated.
    """

    model_config = ConfigDict(extra="forbid")

    design: Literal["multistage", "adaptive"]
    length: int = Field(ge=1, le=200)
    rules: dict[str, Any]
    scale: list[tuple[float, float]] = Field(min_length=2)


class FormSetSpec(BaseModel):
    """What forms that are published together are called."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=16)
    title: str = Field(min_length=1, max_length=200)
    source: dict[str, Any] = {}


class FormSpec(BaseModel):
    """A form to publish; ``source`` says where it comes from (blueprint, assembly, information figures)."""

    model_config = ConfigDict(extra="forbid")

    form_code: str = Field(min_length=1, max_length=16)
    title: str = Field(min_length=1, max_length=200)
    duration_minutes: int = Field(ge=1, le=600)
    items: list[PublishedItem] = Field(min_length=1)
    routing: RoutingSpec | None = None
    tools: DeskTools = DeskTools()
    items_per_page: ItemsPerPage = 1
    source: dict[str, Any] = {}


class FormRow(BaseModel):
    """A published form in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    form_code: str
    title: str
    design: FormDesign
    item_count: int = Field(description="Items that a candidate gets, at most.")
    duration_minutes: int
    published_at: datetime
    published_by_name: str
    content_hash: str
    tools: DeskTools
    items_per_page: ItemsPerPage


class FormList(BaseModel):
    """Published forms, newest first."""

    items: list[FormRow]
    total: int


class FormSetRow(BaseModel):
    """Forms that were published together, one for each candidate."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    code: str
    title: str
    form_count: int
    duration_minutes: int
    published_at: datetime
    published_by_name: str


class FormSetList(BaseModel):
    """Sets of forms, newest first."""

    items: list[FormSetRow]
    total: int


class FormItemView(BaseModel):
    """One item of a form for the board: no key."""

    position: int
    ref: str
    item_code: str
    module_code: str
    cognitive_level: str
    view: ItemView


class FormDetail(FormRow):
    """A published form with its items."""

    contents: list[FormItemView]
