"""Wire types of the versions of blueprints."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from item_bank.blueprints.statement import BlueprintName


class BlueprintVersionOrigin(BaseModel):
    """The version that a statement was taken over from; ``name`` is null when that is of the same blueprint."""

    blueprint_id: UUID
    number: int
    name: str | None


class BlueprintVersionView(BaseModel):
    """One save of a blueprint; ``is_current`` when the blueprint states just this now."""

    number: int
    name: str
    form_length: int
    note: str
    origin: BlueprintVersionOrigin | None
    saved_by: str
    saved_at: datetime
    is_current: bool


class BlueprintVersionList(BaseModel):
    """All versions of a blueprint, newest first."""

    items: list[BlueprintVersionView]


class BlueprintDifference(BaseModel):
    """What two versions state otherwise; null where one of them does not state it."""

    group: Literal["general", "cells", "totals", "topics", "parts", "further"]
    subject: str = Field(examples=["Ô IU01 × NB"])
    before: str | None = Field(examples=["2–4"])
    after: str | None


class BlueprintComparison(BaseModel):
    """Two versions of a blueprint held against each other."""

    before: int
    after: int
    differences: list[BlueprintDifference]


class RestorationInput(BaseModel):
    """Why a version is brought back."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field(default="", max_length=500)


class NewFromVersion(BaseModel):
    """The name of a blueprint to make from a version."""

    model_config = ConfigDict(extra="forbid")

    name: BlueprintName


class MadeBlueprint(BaseModel):
    """A blueprint as it is after a version was used again."""

    id: UUID
    number: int
