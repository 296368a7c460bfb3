"""Wire types of assemblies."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from item_bank.blueprints.schemas import CellView

AssemblyStatus = Literal["running", "assembled", "infeasible", "published", "failed"]


class AssemblyInput(BaseModel):
    """What to make; another seed finds other forms that are equally good."""

    model_config = ConfigDict(extra="forbid")

    blueprint_id: UUID
    form_count: int = Field(ge=1, le=20, examples=[2])
    seed: int = Field(default=1, ge=0, le=2**31 - 1)


class AssemblyStarted(BaseModel):
    """Where to ask how far the assembly is."""

    assembly_id: UUID
    job_id: UUID


class AssembledItemView(BaseModel):
    """An item's place in a form, with the parameters it was chosen by."""

    position: int
    item_id: UUID
    code: str
    stem_text: str
    module_code: str
    cognitive_level: str
    a: float
    b: float
    c: float | None = Field(description="Lower asymptote; null for an item without one.")


class AssembledFormView(BaseModel):
    """One form: curves over ``theta`` of the assembly, counts and items."""

    form_code: str = Field(examples=["101"])
    information: list[float]
    expected_score: list[float]
    information_at_cut: float
    cells: list[CellView]
    items: list[AssembledItemView]


class ConflictView(BaseModel):
    """A requirement that cannot be met, or not together with the others named."""

    code: str
    message: str
    data: dict[str, Any]


class BlueprintStatement(BaseModel):
    """What the blueprint stated when the forms were made."""

    id: UUID
    name: str
    form_length: int
    duration_minutes: int
    cut_theta: float
    cells: list[CellView]


class AssemblyRow(BaseModel):
    """An assembly in a list."""

    id: UUID
    status: AssemblyStatus
    blueprint: BlueprintStatement
    form_count: int
    seed: int
    cut_theta: float
    tolerance: float
    pool_size: int | None
    is_simulated: bool
    max_relative_difference: float | None = Field(description="At the cut score, largest over smallest minus 1.")
    objective: float | None = Field(description="Information at the cut score of the least informative form.")
    bound: float | None = Field(description="Proved upper bound of the objective.")
    gap: float | None
    job_id: UUID
    created_at: datetime
    created_by: str
    published_form_ids: list[UUID]
    published_by: str | None
    published_at: datetime | None


class AssemblyList(BaseModel):
    """A page of assemblies, newest first."""

    items: list[AssemblyRow]
    total: int


class AssemblyView(AssemblyRow):
    """An assembly with its forms, or with the conflict that left it without."""

    theta: list[float]
    forms: list[AssembledFormView]
    overlap: list[list[int]] = Field(description="Items that two forms share; the diagonal is the form's length.")
    conflict: list[ConflictView]


class Publication(BaseModel):
    """The published forms."""

    form_ids: list[UUID]
