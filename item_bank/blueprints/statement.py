"""What a blueprint states: kept with it, shown with it, and copied into every assembly that was made to it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from exam_engine.forms.schemas import DeskTools, ItemsPerPage
from exam_engine.interactions.content import Interaction
from item_bank.items.schemas import LevelCode, ModuleCode

MOST_ITEMS = 200
MOST_WORDS = 100_000
MOST_SECONDS = 36_000
KEY_LETTERS = ("A", "B", "C", "D")
"""Letters that a key balance speaks of."""

ItemCount = Annotated[int, Field(ge=0, le=MOST_ITEMS)]
Theta = Annotated[float, Field(ge=-4.0, le=4.0, allow_inf_nan=False, description="Logits.", examples=[-0.3])]
BlueprintName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(examples=["CNTT cơ bản, 40 câu"]),
]


class _Statement(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CellRange(_Statement):
    """How many items of one module and level each form has; equal bounds for an exact count."""

    module_code: ModuleCode
    cognitive_level: LevelCode
    minimum: ItemCount = Field(examples=[2])
    maximum: ItemCount = Field(examples=[4])


class ModuleRange(_Statement):
    """How many items of one module each form has, whatever their level."""

    module_code: ModuleCode
    minimum: ItemCount
    maximum: ItemCount


class LevelRange(_Statement):
    """How many items of one cognitive level each form has, whatever their module."""

    cognitive_level: LevelCode
    minimum: ItemCount
    maximum: ItemCount


class ReferenceRange(_Statement):
    """How many items of one section, topic or can-do statement each form has, with all that lies in it."""

    reference_code: str = Field(max_length=32, examples=["IU04.5"])
    minimum: ItemCount
    maximum: ItemCount


class PartRange(_Statement):
    """A part of each form: the items of some kinds of interaction, together and in a place of their own."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)] = Field(
        examples=["Phần II. Câu trắc nghiệm đúng sai"]
    )
    interactions: Annotated[tuple[Interaction, ...], Field(min_length=1, max_length=15)]
    minimum: ItemCount
    maximum: ItemCount
    minimum_points: int | None = Field(default=None, ge=0, le=10_000, description="Points of the part's items.")
    maximum_points: int | None = Field(default=None, ge=0, le=10_000)


class StimulusRule(_Statement):
    """How many passages, pictures or tables with several items each form has, and how many items each brings."""

    minimum: ItemCount = 0
    maximum: ItemCount = Field(examples=[2])
    items_minimum: int = Field(default=2, ge=1, le=MOST_ITEMS)
    items_maximum: int | None = Field(default=None, ge=1, le=MOST_ITEMS)


class PointsRange(_Statement):
    """Points of a form; null for no bound."""

    minimum: int | None = Field(default=None, ge=0, le=10_000)
    maximum: int | None = Field(default=None, ge=0, le=10_000)


class KeyRange(_Statement):
    """How often each of the letters A to D is the right one in a form, as the bank orders the options."""

    minimum: ItemCount = Field(examples=[8])
    maximum: ItemCount = Field(examples=[12])


class WordRange(_Statement):
    """Words of a form, stems and options; null for no bound."""

    minimum: int | None = Field(default=None, ge=0, le=MOST_WORDS)
    maximum: int | None = Field(default=None, ge=0, le=MOST_WORDS)


class SecondsRange(_Statement):
    """Working time of a form in seconds: what the author of each item expects, else what its level is assumed to take.

    Null for no bound.
    """

    minimum: int | None = Field(default=None, ge=0, le=MOST_SECONDS)
    maximum: int | None = Field(default=None, ge=0, le=MOST_SECONDS)


class SecondsPerItem(_Statement):
    """Working time assumed for an item of each level whose author has stated none. An assumption of the board."""

    NB: int = Field(default=40, ge=1, le=3600)
    TH: int = Field(default=60, ge=1, le=3600)
    VD: int = Field(default=80, ge=1, le=3600)
    VDC: int = Field(default=110, ge=1, le=3600)

    def of(self, level: str) -> int:
        """Return the seconds of one level."""
        return int(getattr(self, level))


class RecentOverlap(_Statement):
    """How many items a new form may share with any form of the sittings of the last months."""

    maximum_items: ItemCount
    months: int = Field(ge=1, le=120)


class MaximinObjective(_Statement):
    """Make the smallest information of any form as large as possible, at the cut score and ``offset`` to either side.

    With ``offset`` 0 at the cut score alone.
    """

    kind: Literal["maximin"] = "maximin"
    offset: float = Field(default=1.0, ge=0.0, le=3.0, allow_inf_nan=False)


class TargetPoint(_Statement):
    """Information wanted at an ability."""

    theta: Theta
    information: float = Field(gt=0.0, le=1000.0, allow_inf_nan=False)


class TargetObjective(_Statement):
    """Bring the information of every form as near as possible to the wanted amounts.

    ``tolerance`` is the largest deviation, as a share of the wanted amount, that is good enough.
    """

    kind: Literal["target"]
    points: Annotated[tuple[TargetPoint, ...], Field(min_length=1, max_length=7)]
    tolerance: float = Field(default=0.01, ge=0.0001, le=0.5, allow_inf_nan=False)


class ClosenessRule(_Statement):
    """How alike the forms must be: the largest information exceeds the smallest by this share at most.

    Held at the cut score and ``offset`` to either side.
    """

    tolerance: float = Field(default=0.05, ge=0.001, le=1.0, allow_inf_nan=False)
    offset: float = Field(default=1.0, ge=0.0, le=3.0, allow_inf_nan=False)


class BlueprintStatement(_Statement):
    """What each form of an exam must hold, and what is to be made as good as possible.

    A module and level that ``cells`` does not name has no item in a form, nor has a kind of interaction that stands in
    no part, once there are parts. ``rest_months`` keeps out items that were
    used in a sitting within that many months, ``maximum_previous_uses`` items that were used in more sittings.
    ``tools`` are those that candidates have beside the questions, ``items_per_page`` how many of these they see at
    once; adaptive forms show one.
    """

    name: BlueprintName
    form_length: int = Field(ge=1, le=MOST_ITEMS, examples=[40])
    duration_minutes: int = Field(ge=1, le=600, examples=[45])
    cut_theta: Theta
    cells: Annotated[tuple[CellRange, ...], Field(min_length=1, max_length=200)]
    module_totals: Annotated[tuple[ModuleRange, ...], Field(max_length=50)] = ()
    level_totals: Annotated[tuple[LevelRange, ...], Field(max_length=4)] = ()
    reference_totals: Annotated[tuple[ReferenceRange, ...], Field(max_length=200)] = ()
    parts: Annotated[tuple[PartRange, ...], Field(max_length=8)] = ()
    stimuli: StimulusRule | None = None
    points: PointsRange | None = None
    key_balance: KeyRange | None = None
    words: WordRange | None = None
    seconds: SecondsRange | None = None
    seconds_per_item: SecondsPerItem = SecondsPerItem()
    rest_months: int | None = Field(default=None, ge=1, le=120)
    maximum_previous_uses: int | None = Field(default=None, ge=0, le=1000)
    recent_overlap: RecentOverlap | None = None
    objective: Annotated[MaximinObjective | TargetObjective, Field(discriminator="kind")] = MaximinObjective()
    closeness: ClosenessRule | None = ClosenessRule()
    tools: DeskTools = DeskTools()
    items_per_page: ItemsPerPage = 1

    def takes(self, interaction: str) -> bool:
        """Whether items of a kind may stand in a form: in one of its parts, once there are parts."""
        return not self.parts or any(interaction in part.interactions for part in self.parts)
