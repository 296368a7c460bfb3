"""What an item asks, by kind of interaction: everything that a candidate may see, and nothing of the key.

All ``content``, ``stem`` and ``passage`` texts are HTML of the subset that ``rich_text`` keeps. Places in a text where
something is to be filled in or chosen are ``<span data-gap="g1"></span>`` and ``<span data-hottext="h1">…</span>``.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

PartId = Annotated[str, Field(pattern="^[A-Za-z0-9]{1,8}$")]
"""Name of an option, a gap, a hotspot … within its item."""

RichText = Annotated[str, Field(max_length=50_000)]
MediaHash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
NumberText = Annotated[str, Field(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,9})?$")]
"""A decimal number as text, so that no digit is lost on the way through JSON."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(_Strict):
    """One thing to choose, to place or to pair."""

    id: PartId = Field(examples=["A"])
    content: RichText = Field(description="Sanitised HTML.", examples=["=SUM(A1:A5)"])
    is_fixed: bool = Field(default=False, description="Stays at its place when options are shuffled.")


class Statement(_Strict):
    """One line of a true/false table."""

    id: PartId
    content: RichText


class Gap(_Strict):
    """A place in the text that is filled with one of the texts offered for all gaps."""

    id: PartId


class ChoiceGap(_Strict):
    """A place in the text with a list of its own to choose from."""

    id: PartId
    options: tuple[Option, ...] = Field(min_length=2, max_length=20)


class TextGap(_Strict):
    """A place in the text where something is typed."""

    id: PartId
    expected_length: int = Field(default=12, ge=1, le=60, description="Width of the field in characters.")
    is_numeric: bool = Field(default=False, description="Opens the keyboard for numbers.")


Coordinates = Annotated[tuple[int, ...], Field(min_length=3, max_length=64)]
"""Pixels of the stored picture: rectangle left, top, right, bottom; circle x, y, radius; polygon x1, y1, x2, y2, …"""

Shape = Literal["rectangle", "circle", "polygon"]


class Picture(_Strict):
    """The picture that is pointed at."""

    media: MediaHash
    alternative_text: str = Field(min_length=1, max_length=500)
    width: int = Field(ge=1, le=10_000, description="Pixels.")
    height: int = Field(ge=1, le=10_000, description="Pixels.")


class Hotspot(_Strict):
    """An area of a picture that can be chosen; the label is what a screen reader says."""

    id: PartId
    shape: Shape
    coordinates: Coordinates
    label: str = Field(min_length=1, max_length=200)


class StartingFile(_Strict):
    """A file that a practical task begins with."""

    name: str = Field(min_length=1, max_length=120, pattern=r"^[^/\\:*?\"<>|\x00-\x1f]+$")
    media: MediaHash
    content_type: str = Field(max_length=120)
    size_bytes: int = Field(ge=0)


class _Asked(_Strict):
    language: str = Field(default="vi", pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", examples=["vi"])
    stem: RichText = Field(description="Sanitised HTML.")


class SingleChoice(_Asked):
    """One option is chosen."""

    interaction: Literal["single_choice"] = "single_choice"
    options: tuple[Option, ...] = Field(min_length=2, max_length=20)
    is_shuffled: bool = True


class MultipleResponse(_Asked):
    """Any number of options within bounds is chosen."""

    interaction: Literal["multiple_response"] = "multiple_response"
    options: tuple[Option, ...] = Field(min_length=2, max_length=20)
    is_shuffled: bool = True
    min_choices: int = Field(default=0, ge=0, le=20)
    max_choices: int | None = Field(default=None, ge=1, le=20)


class TrueFalseTable(_Asked):
    """Each statement is said to be true or false."""

    interaction: Literal["true_false_table"] = "true_false_table"
    statements: tuple[Statement, ...] = Field(min_length=1, max_length=12)
    is_shuffled: bool = True


class Match(_Asked):
    """Sources (rows) are paired with targets (columns)."""

    interaction: Literal["match"] = "match"
    sources: tuple[Option, ...] = Field(min_length=1, max_length=20)
    targets: tuple[Option, ...] = Field(min_length=2, max_length=20)
    is_shuffled: bool = True
    max_per_source: int = Field(default=1, ge=1, le=20)
    max_per_target: int | None = Field(default=None, ge=1, le=20)


class Order(_Asked):
    """Options are put in order."""

    interaction: Literal["order"] = "order"
    options: tuple[Option, ...] = Field(min_length=2, max_length=20)


class GapMatch(_Asked):
    """Texts are placed into the gaps of a passage."""

    interaction: Literal["gap_match"] = "gap_match"
    passage: RichText
    texts: tuple[Option, ...] = Field(min_length=2, max_length=30)
    gaps: tuple[Gap, ...] = Field(min_length=1, max_length=30)
    is_reusable: bool = Field(default=False, description="A text may be used in several gaps.")
    is_shuffled: bool = True


class InlineChoice(_Asked):
    """In each gap of a passage one of the gap's own options is chosen."""

    interaction: Literal["inline_choice"] = "inline_choice"
    passage: RichText
    gaps: tuple[ChoiceGap, ...] = Field(min_length=1, max_length=30)
    is_shuffled: bool = True


class TextEntry(_Asked):
    """Words are typed into the gaps of a passage."""

    interaction: Literal["text_entry"] = "text_entry"
    passage: RichText
    gaps: tuple[TextGap, ...] = Field(min_length=1, max_length=30)


class NumericEntry(_Asked):
    """A number is typed, with a unit that is given or chosen."""

    interaction: Literal["numeric_entry"] = "numeric_entry"
    unit: str = Field(default="", max_length=24, description="Printed after the field.")
    units: tuple[Option, ...] = Field(default=(), max_length=12, description="To choose from; then ``unit`` is empty.")
    expected_length: int = Field(default=8, ge=1, le=24)


class HotText(_Asked):
    """Words marked in a passage are chosen."""

    interaction: Literal["hot_text"] = "hot_text"
    passage: RichText
    hottexts: tuple[PartId, ...] = Field(min_length=2, max_length=60)
    min_choices: int = Field(default=0, ge=0, le=60)
    max_choices: int | None = Field(default=1, ge=1, le=60)


class HotspotChoice(_Asked):
    """Areas of a picture are chosen."""

    interaction: Literal["hotspot"] = "hotspot"
    picture: Picture
    hotspots: tuple[Hotspot, ...] = Field(min_length=2, max_length=40)
    min_choices: int = Field(default=0, ge=0, le=40)
    max_choices: int | None = Field(default=1, ge=1, le=40)


class SelectPoint(_Asked):
    """Points of a picture are marked."""

    interaction: Literal["select_point"] = "select_point"
    picture: Picture
    max_points: int = Field(default=1, ge=1, le=20)


class Slider(_Asked):
    """A value is set on a scale."""

    interaction: Literal["slider"] = "slider"
    lower: NumberText
    upper: NumberText
    step: NumberText = "1"
    unit: str = Field(default="", max_length=24)


class ExtendedText(_Asked):
    """A text is written; people mark it."""

    interaction: Literal["extended_text"] = "extended_text"
    expected_lines: int = Field(default=8, ge=1, le=60)
    max_characters: int = Field(default=4000, ge=1, le=10_000)


class FileUpload(_Asked):
    """Files are made or changed and handed in: a practical task; people mark it."""

    interaction: Literal["file_upload"] = "file_upload"
    starting_files: tuple[StartingFile, ...] = Field(default=(), max_length=10)
    file_types: tuple[Annotated[str, Field(pattern="^[a-z0-9]{1,8}$")], ...] = Field(
        min_length=1, max_length=20, description="Endings of names without the dot.", examples=[["docx", "xlsx"]]
    )
    max_files: int = Field(default=1, ge=1, le=10)
    max_file_bytes: int = Field(default=20_000_000, ge=1, le=100_000_000)


ItemContent = Annotated[
    SingleChoice
    | MultipleResponse
    | TrueFalseTable
    | Match
    | Order
    | GapMatch
    | InlineChoice
    | TextEntry
    | NumericEntry
    | HotText
    | HotspotChoice
    | SelectPoint
    | Slider
    | ExtendedText
    | FileUpload,
    Field(discriminator="interaction"),
]

Interaction = Literal[
    "single_choice",
    "multiple_response",
    "true_false_table",
    "match",
    "order",
    "gap_match",
    "inline_choice",
    "text_entry",
    "numeric_entry",
    "hot_text",
    "hotspot",
    "select_point",
    "slider",
    "extended_text",
    "file_upload",
]

CONTENT: TypeAdapter[ItemContent] = TypeAdapter(ItemContent)
"""Reads stored content."""

MARKED_BY_PEOPLE: frozenset[str] = frozenset({"extended_text", "file_upload"})
"""Interactions whose responses no rule can score."""
