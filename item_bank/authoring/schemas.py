"""Wire types of authoring."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from exam_engine.core.problems import FaultView
from exam_engine.interactions.content import ItemContent, RichText
from exam_engine.interactions.keys import ItemKey
from item_bank.items.schemas import LevelCode
from item_bank.items.workflow import ItemStatus
from item_bank.quality.schemas import FindingView

ItemCode = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9._/-]{0,31}$", examples=["IU04-025"])]
Note = Annotated[str, Field(max_length=500)]
Tag = Annotated[str, Field(min_length=1, max_length=60)]
LanguageCode = Annotated[str, Field(max_length=16, pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ItemBody(_Strict):
    """All that an author says of an item; texts are HTML, formulas in them ``<span data-latex="…">`` or MathML.

    A draft may be incomplete; what is missing is found by a check and before it is handed in for review.
    """

    content: ItemContent
    key: ItemKey | None = Field(description="Null while nobody has said what is right.")
    explanation: RichText = ""
    reference_code: str = Field(max_length=32, examples=["IU04.5"], description="Module or part of one.")
    cognitive_level: LevelCode
    points: Decimal = Field(default=Decimal(1), gt=0, le=100, decimal_places=2)
    expected_seconds: int | None = Field(default=None, ge=5, le=36_000)
    source: str = Field(default="", max_length=500)
    tags: list[Tag] = Field(default=[], max_length=20)
    stimulus_code: ItemCode | None = None


class NewItem(ItemBody):
    """An item to create; without a code it gets the next number of its module."""

    code: ItemCode | None = None
    supersedes: UUID | None = Field(default=None, description="The published item in whose place it is to come.")
    note: Note = ""


class ChangedItem(ItemBody):
    """A new version of an item; ``version_number`` is the one that the author had before them."""

    version_number: int
    note: Note = ""


class RemovedFormatting(BaseModel):
    """What a text could not keep."""

    place: str = Field(examples=["options/A"])
    removed: list[str] = Field(examples=[["font", "onclick"]])


class SavedItem(BaseModel):
    """What saving did."""

    id: UUID
    code: str
    version_number: int
    status: ItemStatus
    is_changed: bool
    removed: list[RemovedFormatting]


class EditableItem(ItemBody):
    """An item as the authoring page opens it: formulas are ``<span data-latex="…">``."""

    id: UUID
    code: str
    status: ItemStatus
    version_number: int
    is_published: bool = Field(description="Whether it can only be superseded.")
    author_name: str
    updated_at: datetime


class Draft(_Strict):
    """What is being written; nothing is stored."""

    content: ItemContent
    key: ItemKey | None


class DraftToCheck(Draft):
    """A draft with what else the rules of item writing look at."""

    explanation: RichText = ""
    cognitive_level: LevelCode | None = None
    has_stimulus: bool = False


class CheckReport(BaseModel):
    """What a draft looks like once saved, and what is wrong with it."""

    content: ItemContent
    faults: list[FaultView] = Field(description="What stands in the way of handing it in.")
    findings: list[FindingView] = Field(description="Flaws of writing, errors first; none of them stands in the way.")
    removed: list[RemovedFormatting]


class ResponseToTry(Draft):
    """A draft with a response, as the preview gives it."""

    key: ItemKey
    response: list[Annotated[str, Field(max_length=10_100)]] = Field(max_length=64)
    points: Decimal = Field(default=Decimal(1), gt=0, le=100)


class TriedPart(BaseModel):
    """How far a part was right."""

    id: str
    share: float


class TriedResponse(BaseModel):
    """What the response earns."""

    points: str
    max_points: str
    is_correct: bool
    flag: str | None
    parts: list[TriedPart]


class StimulusBody(_Strict):
    """What a stimulus says."""

    title: str = Field(min_length=1, max_length=200)
    language: LanguageCode = "vi"
    content: RichText


class NewStimulus(StimulusBody):
    """A stimulus to create; without a code it gets the next number of the prefix."""

    code: ItemCode | None = None
    prefix: str = Field(default="S", pattern=r"^[A-Z0-9][A-Z0-9.-]{0,20}$", examples=["IU04-S"])


class ChangedStimulus(StimulusBody):
    """A new version of a stimulus."""

    version_number: int


class StimulusItem(BaseModel):
    """An item about a stimulus."""

    id: UUID
    code: str
    status: ItemStatus
    stem_text: str


class StimulusRow(BaseModel):
    """A stimulus in a list."""

    id: UUID
    code: str
    title: str
    version_number: int
    item_count: int
    updated_at: datetime


class StimulusList(BaseModel):
    """Stimuli by code."""

    items: list[StimulusRow]
    total: int


class StimulusDetail(StimulusRow):
    """A stimulus with its items; ``editable_content`` has formulas as ``<span data-latex="…">``."""

    language: str
    content: str
    editable_content: str
    is_published: bool = Field(description="Whether items of it stand in published forms; then it is not edited.")
    about: list[StimulusItem]


class SavedStimulus(BaseModel):
    """What saving did; its items have a new version each and go through review again."""

    id: UUID
    code: str
    version_number: int
    new_item_versions: int
    removed: list[RemovedFormatting]
