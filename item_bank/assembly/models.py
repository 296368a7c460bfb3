"""Tables of assemblies."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class Assembly(Table, table=True):
    """One attempt to make forms; ``blueprint`` is what the blueprint stated at that time.

    ``number`` begins the codes of its forms: assembly 1 makes 101, 102 and so on. ``is_simulated`` says that parameters
    of simulated answers decided, at least for some of its items.
    """

    id: UUID = id_field()
    number: int = Field(unique=True)
    blueprint_id: UUID = Field(foreign_key="blueprint.id", index=True)
    blueprint: dict[str, Any] = Field(sa_type=sa.JSON)
    form_count: int
    seed: int
    status: str = Field(default="running", max_length=16)
    tolerance: float
    pool_size: int | None = None
    is_simulated: bool = False
    max_relative_difference: float | None = None
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    conflict: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    job_id: UUID = Field(foreign_key="job.id")
    created_by: UUID
    created_by_name: str = Field(max_length=120)
    created_at: datetime = instant_field(index=True)
    published_form_ids: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    published_by_name: str | None = Field(default=None, max_length=120)
    published_at: datetime | None = instant_field(nullable=True)


class AssembledItem(Table, table=True):
    """An item's place in a form, with the parameters it was chosen by."""

    assembly_id: UUID = Field(primary_key=True, foreign_key="assembly.id", ondelete="CASCADE")
    form_number: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    item_id: UUID = Field(foreign_key="item.id", index=True)
    item_version_id: UUID = Field(foreign_key="item_version.id")
    module_code: str = Field(max_length=16)
    cognitive_level: str = Field(max_length=4)
    a: float
    b: float
    c: float | None = None
