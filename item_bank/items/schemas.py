"""Wire types of items."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from exam_engine.interactions.content import Interaction, ItemContent
from exam_engine.interactions.keys import ItemKey
from item_bank.items.workflow import ItemStatus

LevelCode = Literal["NB", "TH", "VD", "VDC"]
ModuleCode = Annotated[str, Field(max_length=16, examples=["IU04"])]
ReferenceCode = Annotated[str, Field(max_length=32, examples=["IU04.5"])]
SearchText = Annotated[str, Field(max_length=200)]
TagText = Annotated[str, Field(max_length=64)]


class ParametersView(BaseModel):
    """The parameters in force; logits, no 1.7 scaling."""

    model_config = ConfigDict(from_attributes=True)

    a: float = Field(examples=[1.12])
    b: float = Field(examples=[-0.35])
    p: float = Field(description="Share of right answers.", examples=[0.62])
    item_rest: float | None = Field(description="Correlation with the rest score.", examples=[0.41])
    se_a: float
    se_b: float
    c: float | None = Field(description="Lower asymptote; null for an item without one.", examples=[0.21])
    se_c: float | None
    model: str | None = Field(description="PCM, GPCM or GRM for an item with several score categories.")
    steps: list[float] | None = Field(description="Thresholds of such an item; b is their mean.")
    calibration_id: UUID
    is_simulated: bool = Field(description="Whether they rest on simulated answers, not on people's.")


class StatisticsView(BaseModel):
    """Classical figures from the calibration in force."""

    model_config = ConfigDict(from_attributes=True)

    p: float = Field(description="Share of right answers.", examples=[0.62])
    item_rest: float | None = Field(description="Correlation with the rest score.", examples=[0.41])
    n: int = Field(description="Answers counted.")


class ItemRow(BaseModel):
    """An item in a list."""

    id: UUID
    code: str = Field(examples=["IU04-025"])
    interaction: Interaction
    module_code: ModuleCode
    section_code: str | None
    cognitive_level: LevelCode
    status: ItemStatus
    stem_text: str
    language: str
    expected_seconds: int | None
    tags: list[str]
    has_key: bool
    version_number: int
    author_id: UUID
    author_name: str
    assignee_id: UUID | None
    assignee_name: str
    is_published: bool = Field(description="Whether it stands in a published form; then it is superseded, not edited.")
    calibration: ParametersView | None
    updated_at: datetime


class Facets(BaseModel):
    """How many items each value has when its own restriction is lifted."""

    module: dict[str, int]
    level: dict[str, int]
    status: dict[str, int]
    kind: dict[str, int]
    has_key: dict[Literal["yes", "no"], int]


class ItemList(BaseModel):
    """A page of items."""

    items: list[ItemRow]
    total: int
    facets: Facets
    unknown: list[str] = Field(description="Filters typed in `q` whose value nobody knows; then nothing is found.")


class PersonCount(BaseModel):
    """Somebody who wrote items or is to work on them."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    items: int


class TagCount(BaseModel):
    """A tag and how many items have it."""

    tag: str
    items: int


class SearchVocabulary(BaseModel):
    """What filters by person and tag can name."""

    authors: list[PersonCount]
    assignees: list[PersonCount]
    tags: list[TagCount]


class StimulusBrief(BaseModel):
    """The stimulus that an item is about."""

    code: str
    title: str
    version_number: int
    language: str
    content: str


class VersionView(BaseModel):
    """One version of an item; the hash covers what candidates see, never the key."""

    model_config = ConfigDict(from_attributes=True)

    version_number: int
    created_at: datetime
    author_name: str
    content_hash: str
    note: str
    approved_by_name: str | None
    approved_at: datetime | None


class ItemDetailView(ItemRow):
    """An item with its content; key and explanation are null for those who may not read keys."""

    reference_code: str
    content: ItemContent
    key: ItemKey | None
    explanation: str | None
    source: str
    stimulus: StimulusBrief | None
    supersedes: str | None = Field(description="Code of the item in whose place this one came.")
    superseded_by: str | None = Field(description="Code of the item that came in this one's place.")
    points: str = Field(examples=["1"])
    versions: list[VersionView]
    statistics: StatisticsView | None


class ItemSelection(BaseModel):
    """Which items of the bank are meant: as the list asks for them; an empty list means any."""

    model_config = ConfigDict(extra="forbid")

    module: list[ModuleCode] = Field(default_factory=list, max_length=100)
    reference: list[ReferenceCode] = Field(
        default_factory=list, max_length=100, description="Entries of the syllabus, each with all that lies in it."
    )
    level: list[LevelCode] = Field(default_factory=list, max_length=4)
    status: list[ItemStatus] = Field(default_factory=list, max_length=9)
    kind: list[Interaction] = Field(default_factory=list, max_length=20)
    has_key: bool | None = None
    author: list[UUID] = Field(default_factory=list, max_length=100)
    assignee: list[UUID | Literal["none"]] = Field(default_factory=list, max_length=100)
    tag: list[TagText] = Field(default_factory=list, max_length=20)
    q: SearchText | None = None


class ActRequest(BaseModel):
    """Items to act on: by id, or all that match; exactly one of the two."""

    model_config = ConfigDict(extra="forbid")

    item_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=1000)
    all_matching: ItemSelection | None = None
    note: str = Field(default="", max_length=2000)


class SubmissionRequest(ActRequest):
    """Hand drafts in for review, or take them back."""

    act: Literal["submit", "withdraw"] = "submit"


class UseRequest(ActRequest):
    """Take approved items into use or out of it."""

    act: Literal["pretest", "release", "suspend", "resume"]


class RefusalView(BaseModel):
    """An item that was left as it is, and why."""

    code: str
    reason_code: str = Field(examples=["own_item"])
    reason: str


class UndoStepView(BaseModel):
    """An act that takes back a part of another."""

    act: Literal["submit", "withdraw", "pretest", "release", "suspend", "resume"]
    item_ids: list[UUID]


class ActOutcome(BaseModel):
    """What an act did; the steps of ``undo`` in order lead items back to where they were, if they can go back."""

    done: int
    refused: list[RefusalView]
    undo: list[UndoStepView] = Field(default_factory=list)
