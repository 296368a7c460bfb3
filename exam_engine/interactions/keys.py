"""What earns the points of an item: the key and the rule that turns a response into a share of the points."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, WithJsonSchema

from exam_engine.interactions.content import Coordinates, NumberText, PartId, Shape

Share = Annotated[str, Field(pattern=r"^-?[01](\.[0-9]{1,4})?$")]
"""Part of an item's points, from -1 to 1, as text: ``0.25``."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AllOrNothing(_Strict):
    """All points for the whole right response, none for anything else."""

    rule: Literal["all_or_nothing"] = "all_or_nothing"


class PerPart(_Strict):
    """Each part answered right earns the same share; wrong ones cost nothing."""

    rule: Literal["per_part"] = "per_part"


class PerOption(_Strict):
    """Each right choice earns the same share, each wrong one costs ``penalty`` of that share; never below nought."""

    rule: Literal["per_option"] = "per_option"
    penalty: Share = "1"


class ByCount(_Strict):
    """The share follows the number of parts answered right: entry n of ``shares`` for n of them, from 0."""

    rule: Literal["by_count"] = "by_count"
    shares: tuple[Share, ...] = Field(min_length=2, max_length=31)


class Mapped(_Strict):
    """Each choice or pair has a share of its own; the sum is held between ``lower`` and ``upper``."""

    rule: Literal["mapped"] = "mapped"
    shares: dict[str, Share] = Field(description='By option id, or by pair as in responses ("A B").')
    default: Share = "0"
    lower: Share = "0"
    upper: Share = "1"


TRUE_FALSE_2025 = ByCount(shares=("0", "0.1", "0.25", "0.5", "1"))
"""The rule of the 2025 upper-secondary graduation examination for four statements."""


class ChoiceKey(_Strict):
    """The right options, hotspots or marked words."""

    form: Literal["choice"] = "choice"
    correct: tuple[PartId, ...] = Field(min_length=1)
    scoring: AllOrNothing | PerOption | Mapped = Field(default=AllOrNothing(), discriminator="rule")


class TrueFalseKey(_Strict):
    """Which statements are true."""

    form: Literal["true_false"] = "true_false"
    values: dict[PartId, bool] = Field(min_length=1)
    scoring: AllOrNothing | PerPart | ByCount = Field(default=TRUE_FALSE_2025, discriminator="rule")


# Clients are told of a list of two: their generators of types handle tuples in different ways.
Pair = Annotated[
    tuple[PartId, PartId],
    WithJsonSchema({"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}),
]


class PairKey(_Strict):
    """The right pairs: source and target, text and gap, or gap and option, in the order of responses."""

    form: Literal["pairs"] = "pairs"
    pairs: tuple[Pair, ...] = Field(min_length=1)
    scoring: AllOrNothing | PerPart | PerOption | ByCount | Mapped = Field(default=AllOrNothing(), discriminator="rule")


class OrderKey(_Strict):
    """The right order."""

    form: Literal["order"] = "order"
    order: tuple[PartId, ...] = Field(min_length=2)
    scoring: AllOrNothing | PerPart | ByCount = Field(default=AllOrNothing(), discriminator="rule")


class AcceptedText(_Strict):
    """A text that is accepted, for all or a share of the gap's points."""

    text: str = Field(min_length=1, max_length=500)
    share: Share = "1"


class TextComparison(_Strict):
    """What counts as the same text; white space at the ends and Unicode forms never matter."""

    is_case_sensitive: bool = False
    is_tone_placement_sensitive: bool = Field(default=False, description="Whether hoà and hòa differ.")
    are_marks_required: bool = Field(default=True, description="Whether may tinh fails where máy tính is asked.")
    are_spaces_ignored: bool = False


class TextGapKey(_Strict):
    """What one gap takes."""

    accepted: tuple[AcceptedText, ...] = Field(min_length=1, max_length=50)
    comparison: TextComparison = TextComparison()


class TextKey(_Strict):
    """What the gaps of a text entry take."""

    form: Literal["text"] = "text"
    gaps: dict[PartId, TextGapKey] = Field(min_length=1)
    scoring: AllOrNothing | PerPart | ByCount = Field(default=PerPart(), discriminator="rule")


class NumberKey(_Strict):
    """A number with what may be off, for numeric entries and sliders.

    ``tolerance`` is in the number's own unit, or in per cent of it. ``unit`` is the id of the right unit where one is
    chosen; ``share_with_wrong_unit`` is what the right number earns beside a wrong one.
    """

    form: Literal["number"] = "number"
    value: NumberText
    tolerance: NumberText = "0"
    tolerance_in: Literal["units", "percent"] = "units"
    unit: PartId | None = None
    share_with_wrong_unit: Share = "0"


class Area(_Strict):
    """An area of the picture in which a point earns a share."""

    shape: Shape
    coordinates: Coordinates
    share: Share = "1"


class AreaKey(_Strict):
    """Where points are to be set; each area counts once, a point outside all costs ``penalty``."""

    form: Literal["areas"] = "areas"
    areas: tuple[Area, ...] = Field(min_length=1, max_length=20)
    penalty: Share = "0"


class Criterion(_Strict):
    """One line of a rubric."""

    id: PartId
    title: str = Field(min_length=1, max_length=300)
    description: str = Field(default="", max_length=2000)
    points: NumberText = Field(description="At most; the rubric's sum is scaled to the item's points.")


class RubricKey(_Strict):
    """How people mark: criteria, and a model answer for them."""

    form: Literal["rubric"] = "rubric"
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=40)
    model_answer: str = Field(default="", max_length=50_000, description="Sanitised HTML, for markers.")


ItemKey = Annotated[
    ChoiceKey | TrueFalseKey | PairKey | OrderKey | TextKey | NumberKey | AreaKey | RubricKey,
    Field(discriminator="form"),
]

KEY: TypeAdapter[ItemKey] = TypeAdapter(ItemKey)
"""Reads a stored key."""

KEY_FORMS: dict[str, type[BaseModel]] = {
    "single_choice": ChoiceKey,
    "multiple_response": ChoiceKey,
    "true_false_table": TrueFalseKey,
    "match": PairKey,
    "order": OrderKey,
    "gap_match": PairKey,
    "inline_choice": PairKey,
    "text_entry": TextKey,
    "numeric_entry": NumberKey,
    "hot_text": ChoiceKey,
    "hotspot": ChoiceKey,
    "select_point": AreaKey,
    "slider": NumberKey,
    "extended_text": RubricKey,
    "file_upload": RubricKey,
}
"""The kind of key that each interaction has."""
