"""Wire types of imports."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.keys import ItemKey
from item_bank.exchange.completion import ImportOptions, RowChanges
from item_bank.items.schemas import LevelCode, StimulusBrief

RunState = Literal["reading", "checking", "ready", "failed", "applying", "applied", "dropped"]
RowComparison = Literal["", "new", "changed", "unchanged", "retired", "published", "duplicate"]


class FormatView(BaseModel):
    """A format that files are brought in."""

    code: str = Field(examples=["sheet"])
    title: str
    help: str
    endings: list[str] = Field(examples=[[".xlsx", ".csv"]])
    has_example: bool


class FormatList(BaseModel):
    """All formats."""

    items: list[FormatView]


class NoticeView(BaseModel):
    """Something noticed, in the reader's language; ``place`` is where in the file, ``part`` which part of the item."""

    severity: Literal["error", "warning", "left_out"]
    code: str = Field(examples=["key_missing"])
    place: str = Field(examples=["I5"])
    place_text: str = Field(examples=["ô I5"])
    part: str = Field(examples=["key"])
    message: str
    fix: str
    resembles: str | None = Field(default=None, description="The code of the item of the bank that this one resembles.")


class ProblemGroup(NoticeView):
    """A problem that some items of a run have; texts and place are those of the first."""

    count: int
    numbers: list[int] = Field(description="The first items that have it.")


class ImportCounts(BaseModel):
    """How many items there are of each sort; those left out count as such only."""

    all: int = 0
    errors: int = 0
    warnings: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicate: int = 0
    left_out: int = 0


class ImportOutcome(BaseModel):
    """What applying did."""

    created: int
    new_versions: int
    unchanged: int
    skipped: int
    submitted: int = Field(description="Handed in for review.")


class SavedItemView(BaseModel):
    """An item that applying left in the bank as the file says."""

    id: UUID
    code: str
    stem: str
    comparison: Literal["new", "changed", "unchanged"]


class ImportSummary(BaseModel):
    """A run in a list."""

    id: UUID
    file_name: str
    format: str
    format_title: str
    size_bytes: int
    state: RunState
    counts: ImportCounts
    outcome: ImportOutcome | None
    created_at: datetime
    applied_at: datetime | None


class ImportList(BaseModel):
    """One's own runs, newest first."""

    items: list[ImportSummary]
    total: int


class ImportedStimulusView(BaseModel):
    """A stimulus of the file and the code that it has or gets."""

    ref: str
    code: str
    title: str
    state: Literal["new", "changed", "unchanged"]
    place_text: str
    language: str
    content: str


class ImportedMediaView(BaseModel):
    """A picture, sound or file that the items of a run show."""

    sha256: str
    content_type: str
    original_name: str
    size_bytes: int


class ImportView(ImportSummary):
    """A run: what applying it would do, what is wrong, what is set for all items."""

    options: ImportOptions
    problems: list[ProblemGroup]
    notices: list[NoticeView] = Field(description="About the file as a whole.")
    stimuli: list[ImportedStimulusView]
    media: list[ImportedMediaView]
    saved: list[SavedItemView] = Field(description="The first items of an applied run, at most 500.")
    job_id: UUID | None


class ImportRowView(BaseModel):
    """An item of a run; key and explanation are null for those who may not read keys."""

    number: int
    place: str
    place_text: str
    code: str | None
    interaction: str
    stem: str
    comparison: RowComparison
    has_errors: bool
    has_warnings: bool
    is_left_out: bool
    is_other_item: bool = Field(description="The author has said that it is none of those that it resembles.")
    notices: list[NoticeView]
    content: ItemContent | None
    key: ItemKey | None
    has_key: bool
    explanation: str | None
    reference_code: str | None
    cognitive_level: LevelCode | None
    points: str | None
    tags: list[str]
    stimulus: StimulusBrief | None


class ImportRowList(BaseModel):
    """A page of items of a run."""

    items: list[ImportRowView]
    total: int
    numbers: list[int] = Field(description="The first 1,000 items that the filter leaves, for acts on several.")


class ImportProblem(NoticeView):
    """Something wrong or doubtful about one item; ``number`` is null when it is about the file as a whole."""

    number: int | None
    item_place_text: str
    item_code: str | None = Field(description="The code that the item has or gets.")
    stem: str


class ImportProblemList(BaseModel):
    """All that is wrong or doubtful, in the order of the file."""

    items: list[ImportProblem]
    total: int = Field(description="All of them; the list ends after 5,000.")


class RowUpdate(BaseModel):
    """What the author says of an item, or of several."""

    model_config = ConfigDict(extra="forbid")

    changes: RowChanges | None = None
    is_left_out: bool | None = None


class RowsUpdate(RowUpdate):
    """What the author says of several items."""

    numbers: Annotated[list[int], Field(min_length=1, max_length=1000)]


class ImportApplication(BaseModel):
    """How to apply an import."""

    model_config = ConfigDict(extra="forbid")

    skip_rows_with_errors: bool = False
    submit_for_review: bool = Field(default=False, description="Hand the items in for review at once.")
