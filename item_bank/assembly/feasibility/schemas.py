"""Wire types of feasibility."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from exam_engine.core.problems import FaultView
from item_bank.assembly.schemas import ConflictView, RepairStep
from item_bank.blueprints.statement import BlueprintStatement, CellRange
from item_bank.items.schemas import LevelCode


class BlueprintDraft(BlueprintStatement):
    """A blueprint while it is written: it need have neither name nor cells yet."""

    name: Annotated[str, Field(max_length=200)] = ""
    cells: Annotated[tuple[CellRange, ...], Field(max_length=200)] = ()


class CellSupplyView(BaseModel):
    """What the bank holds of one module and level, for forms of this blueprint."""

    module_code: str
    cognitive_level: LevelCode
    available: int
    held_back: int = Field(description="Rest, or were used in too many sittings.")
    other_kinds: int = Field(description="Of kinds of interaction that no part takes.")
    in_preparation: int = Field(description="Written, reviewed or tried out; serve no form yet.")
    mean_points: float | None = Field(description="Of what is available; null for nothing.")
    mean_seconds: float | None


class ReferenceSupplyView(BaseModel):
    """What the bank holds of one part of the syllabus that the blueprint names, by level."""

    reference_code: str
    levels: dict[LevelCode, int]


class DemandView(BaseModel):
    """One bound of the blueprint against what the bank holds.

    With side ``minimum`` a form has ``available`` at most, with side ``maximum`` at least. A ``tight`` one allows one
    form, but no second one without repeating items.
    """

    place: str = Field(examples=["cells.3"])
    quantity: Literal["items", "stimuli", "points", "words", "seconds"]
    side: Literal["minimum", "maximum"]
    needed: float
    available: float
    missing: float
    status: Literal["met", "tight", "short"]
    message: str = Field(description="What is missing where, and what to do; empty when nothing is.")
    module_code: str | None
    cognitive_level: LevelCode | None
    reference_code: str | None
    interactions: list[str] | None = Field(description="Kinds of the part that is meant.")


class JointView(BaseModel):
    """Whether one form meets all demands at once.

    ``unknown``: not decided within the time; ``not_asked``: the blueprint contradicts itself or has no cells.
    """

    status: Literal["feasible", "infeasible", "unknown", "not_asked"]
    conflict: list[ConflictView]
    repairs: list[list[RepairStep]]


class FeasibilityView(BaseModel):
    """What the bank holds for a blueprint, what it lacks, and what in the blueprint excludes itself."""

    pool_size: int = Field(description="Items that may stand in a form.")
    cells: list[CellSupplyView]
    references: list[ReferenceSupplyView]
    demands: list[DemandView]
    faults: list[FaultView]
    joint: JointView
