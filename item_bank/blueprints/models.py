"""Tables of blueprints."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class Blueprint(Table, table=True):
    """What a form must hold; ``cut_theta`` is the ability (logits) at which pass and fail part.

    ``demands`` holds every further part of the statement (see ``BlueprintStatement``) by its name.
    """

    id: UUID = id_field()
    name: str = Field(max_length=200, unique=True)
    form_length: int
    duration_minutes: int
    cut_theta: float
    demands: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    changed_by: UUID
    changed_by_name: str = Field(max_length=120)
    created_at: datetime = instant_field()
    updated_at: datetime = instant_field()


class BlueprintCell(Table, table=True):
    """How many items of one module and level each form has."""

    blueprint_id: UUID = Field(primary_key=True, foreign_key="blueprint.id", ondelete="CASCADE")
    module_code: str = Field(primary_key=True, foreign_key="syllabus_module.code", max_length=16)
    cognitive_level: str = Field(primary_key=True, max_length=4)
    minimum: int
    maximum: int
