"""What a file does not say of its items: set by the author for all of them or one by one, never guessed."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from exam_engine.interactions.keys import ItemKey
from item_bank.items.content import CognitiveLevel

Code = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9._/-]{0,31}$", examples=["IU04-025"])]
CodePrefix = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9._/-]{0,24}$", examples=["IU04-"])]
Reference = Annotated[str, Field(max_length=32, examples=["IU04.5"], description="Module or part of one.")]
Points = Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)]
Seconds = Annotated[int, Field(ge=5, le=36_000)]
Tags = Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=20)]


class ImportOptions(BaseModel):
    """What holds for every item of which the file says nothing itself; tags are added to all items."""

    model_config = ConfigDict(extra="forbid")

    code_prefix: CodePrefix | None = Field(
        default=None, description="Begins the codes of items without one; null takes the module and a hyphen."
    )
    reference_code: Reference | None = None
    cognitive_level: CognitiveLevel | None = None
    points: Points | None = None
    expected_seconds: Seconds | None = None
    source: str | None = Field(default=None, max_length=500)
    tags: Tags = []
    language: str | None = Field(default=None, pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    accepts_missing_keys: bool = Field(
        default=False, description="Take items without a key in as drafts; they cannot be reviewed until they have one."
    )


class RowChanges(BaseModel):
    """What the author says of single items; it outdoes the file. Null leaves what is there."""

    model_config = ConfigDict(extra="forbid")

    code: Code | None = None
    reference_code: Reference | None = None
    cognitive_level: CognitiveLevel | None = None
    points: Points | None = None
    expected_seconds: Seconds | None = None
    tags: Tags | None = None
    key: ItemKey | None = None
    accepts_missing_key: bool | None = None
    is_other_item: bool | None = Field(
        default=None, description="The author has compared it with items that it resembles: it is another one."
    )
