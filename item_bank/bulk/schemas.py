"""Wire types of changing many items."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from item_bank.items.schemas import ItemSelection, LevelCode, RefusalView, TagText

FilledTag = Annotated[TagText, Field(min_length=1)]


class MetadataChange(BaseModel):
    """What is to become of the items' metadata; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    level: LevelCode | None = None
    reference_code: str | None = Field(default=None, max_length=32, examples=["IU04.2"])
    add_tags: list[FilledTag] = Field(default_factory=list, max_length=20)
    remove_tags: list[FilledTag] = Field(default_factory=list, max_length=20)


class ChangeRequest(BaseModel):
    """Drafts to change: by id, or all that match; exactly one of the two."""

    model_config = ConfigDict(extra="forbid")

    item_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=1000)
    all_matching: ItemSelection | None = None
    change: MetadataChange
    note: str = Field(default="", max_length=500)


class ChangeUndo(BaseModel):
    """A change that takes back a part of another, by one more version."""

    change: MetadataChange
    item_ids: list[UUID]


class ChangeReport(BaseModel):
    """How many drafts got a new version, which items were left alone, and what takes it back."""

    done: int
    unchanged: int
    refused: list[RefusalView]
    undo: list[ChangeUndo]
