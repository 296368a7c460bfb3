"""What is published and what is delivered; the delivered view has no field for a key, a mapping or a parameter."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

FormDesign = Literal["linear", "multistage", "adaptive"]


class OptionView(BaseModel):
    """One option as the candidate sees it; the id tells nothing about order or correctness."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(examples=["k3f9"])
    content: str = Field(description="Sanitised HTML.", examples=["=SUM(A1:A5)"])


class ModuleView(BaseModel):
    """The syllabus module an item belongs to."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(examples=["IU04"])
    name: str = Field(examples=["Sử dụng bảng tính cơ bản"])


class ItemView(BaseModel):
    """One item as it is delivered to a browser."""

    model_config = ConfigDict(extra="forbid")

    ref: str = Field(examples=["q07"])
    interaction: Literal["single_choice"]
    module: ModuleView
    points: str = Field(examples=["1"])
    language: str = Field(examples=["vi"])
    stem: str = Field(description="Sanitised HTML.")
    options: list[OptionView]


class PublishedItem(BaseModel):
    """One item handed over for publication; ``correct`` are indexes into ``options``."""

    model_config = ConfigDict(extra="forbid")

    item_code: str = Field(max_length=32)
    item_version_id: UUID
    module_code: str = Field(max_length=16)
    module_name: str
    cognitive_level: str = Field(max_length=8)
    points: Decimal = Decimal(1)
    interaction: Literal["single_choice"] = "single_choice"
    language: str = "vi"
    stem: str
    options: list[str] = Field(min_length=2)
    correct: list[int] = Field(min_length=1)


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
