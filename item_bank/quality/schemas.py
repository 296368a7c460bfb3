"""Wire types of item quality."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from item_bank.items.schemas import ModuleCode
from item_bank.items.workflow import ItemStatus
from item_bank.quality.duplicates import DEFAULT_MINIMUM, Reason

MOST_CHARACTERS = 200_000
"""Characters of a text that is searched for items of the bank, some 60 printed pages."""

Minimum = Annotated[float, Field(ge=0.6, le=1.0, description="Similarity from which items are given.")]
Limit = Annotated[int, Field(ge=1, le=50)]


class FindingView(BaseModel):
    """One flaw of an item: where it is and what to do about it."""

    rule: str = Field(examples=["flaw_negative_unmarked"])
    severity: Literal["error", "warning", "hint"]
    place: str = Field(description="Place of the text, such as `stem`, `options/A` or `gaps/g1`.", examples=["stem"])
    message: str
    fix: str
    source: str = Field(description="Where the rule comes from.", examples=["Haladyna, Downing & Rodriguez 2002: 17"])


class FindingList(BaseModel):
    """All findings about the current version of an item, errors first."""

    version_number: int
    is_key_read: bool = Field(description="Whether rules about the key were held against the item.")
    items: list[FindingView]
    total: int


class SimilarQuery(BaseModel):
    """An item being written, as plain text."""

    stem: str = Field(min_length=1, max_length=50_000)
    options: list[Annotated[str, Field(max_length=10_000)]] = Field(default=[], max_length=60)
    besides: str = Field(default="", max_length=32, description="Code of the item itself, which is left out.")
    minimum: Minimum = DEFAULT_MINIMUM
    limit: Limit = 10


class SimilarView(BaseModel):
    """An item of the bank that resembles the text."""

    id: UUID
    code: str
    status: ItemStatus
    module_code: ModuleCode
    stem_text: str
    similarity: float = Field(description="From 0 to 1; 1 means the same but for case, marks, order of options …")
    reason: Reason
    reason_text: str


class SimilarList(BaseModel):
    """Items that resemble a text, best first."""

    items: list[SimilarView]
    total: int


class LeakQuery(BaseModel):
    """A text copied from a page or a file."""

    text: str = Field(min_length=1, max_length=MOST_CHARACTERS)


class LeakView(BaseModel):
    """An item of the bank that stands in the text."""

    id: UUID
    code: str
    status: ItemStatus
    module_code: ModuleCode
    stem_text: str
    coverage: float = Field(description="Share of the item's words, by weight, that stand there.")
    line: int = Field(description="Line of the text where the passage begins, from 1.")
    start: int = Field(description="First character of the passage, from 0, in Unicode code points.")
    end: int = Field(description="Character after the passage.")
    passage: str = Field(description="What stands there, at most 600 characters.")
    with_options: bool = Field(description="Whether the options stand there too.")


class LeakList(BaseModel):
    """Items of the bank in the text, in the order of their passages."""

    items: list[LeakView]
    total: int
