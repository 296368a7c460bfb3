"""Wire types of blueprints."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from item_bank.items.schemas import LevelCode, ModuleCode

CutTheta = Annotated[float, Field(ge=-4.0, le=4.0, allow_inf_nan=False, description="Logits.", examples=[-0.3])]

BlueprintName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(examples=["CNTT cơ bản, 40 câu"]),
]


class CellView(BaseModel):
    """How many items of one module and level each form has."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    module_code: ModuleCode
    cognitive_level: LevelCode
    count: int = Field(ge=1, le=200, examples=[3])


class SupplyView(BaseModel):
    """How many items of one module and level forms may be made of: approved, with parameters in force."""

    module_code: str
    cognitive_level: LevelCode
    available: int


class BlueprintInput(BaseModel):
    """A blueprint to store; the counts of the cells add up to the length of the form."""

    model_config = ConfigDict(extra="forbid")

    name: BlueprintName
    form_length: int = Field(ge=1, le=200, examples=[40])
    duration_minutes: int = Field(ge=1, le=600, examples=[45])
    cut_theta: CutTheta
    cells: list[CellView] = Field(min_length=1, max_length=200)


class BlueprintView(BaseModel):
    """A stored blueprint."""

    id: UUID
    name: str
    form_length: int
    duration_minutes: int
    cut_theta: float
    cells: list[CellView]
    supply: list[SupplyView]
    updated_at: datetime
    changed_by: str


class BlueprintList(BaseModel):
    """A page of blueprints by name."""

    items: list[BlueprintView]
    total: int
