"""Wire types of blueprints."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from item_bank.blueprints.statement import BlueprintStatement
from item_bank.items.schemas import LevelCode


class SupplyView(BaseModel):
    """How many items of one module and level forms may be made of: approved, with parameters in force."""

    module_code: str
    cognitive_level: LevelCode
    available: int


class SupplyList(BaseModel):
    """What the bank holds for new forms."""

    cells: list[SupplyView]


class BlueprintInput(BlueprintStatement):
    """A blueprint to store."""


class BlueprintView(BlueprintStatement):
    """A stored blueprint with the supply of the bank beside it."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    supply: list[SupplyView]
    updated_at: datetime
    changed_by: str


class BlueprintList(BaseModel):
    """A page of blueprints by name."""

    items: list[BlueprintView]
    total: int


class BindingRow(BaseModel):
    """A requirement that limits how many forms the bank can supply."""

    code: str
    message: str
    data: dict[str, Any]


class CellToWrite(BaseModel):
    """Items to write so that more forms become possible."""

    module_code: str | None
    cognitive_level: str | None
    items: int
    theta: float | None = Field(description="About where they should be difficult, logits.")
    message: str


class ForecastSitting(BaseModel):
    """How many forms a coming sitting can still have."""

    sitting: int
    forms_needed: int = Field(description="In use at once: of this sitting and of those whose items still rest.")
    forms_possible: float
    is_supplied: bool
    grown_items: int = Field(description="Items that have joined by then.")
    items_to_write: int | None = Field(description="Fewest items that must have joined; null when none would help.")


class BankHealthView(BaseModel):
    """How many more forms the bank supplies at a blueprint, what binds and what to write."""

    pool_size: int
    forms_bound: float = Field(description="No more forms than this can be made; proved.")
    forms_possible: int = Field(description="Whole forms by that bound.")
    wanted_forms: int = Field(description="What the advice on writing aims at.")
    binding: list[BindingRow]
    to_write: list[CellToWrite]
    forecast: list[ForecastSitting]
    runs_dry_at_sitting: int | None = Field(description="First coming sitting that lacks forms; null for none.")
