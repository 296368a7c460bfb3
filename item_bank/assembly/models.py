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
    of simulated answers decided, at least for some of its items. ``revision`` grows with every change by hand;
    ``violations`` are the requirements that a swap was allowed to break, each with its reason.
    """

    id: UUID = id_field()
    number: int = Field(unique=True)
    blueprint_id: UUID = Field(foreign_key="blueprint.id", index=True)
    blueprint: dict[str, Any] = Field(sa_type=sa.JSON)
    options: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    recent_forms: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    form_count: int
    seed: int
    status: str = Field(default="running", max_length=16)
    revision: int = 0
    pool_size: int | None = None
    is_simulated: bool = False
    max_relative_difference: float | None = None
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    engine: str | None = Field(default=None, max_length=24)
    stop_reason: str | None = Field(default=None, max_length=16)
    conflict: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    repairs: list[list[dict[str, Any]]] = Field(default_factory=list, sa_type=sa.JSON)
    violations: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    job_id: UUID = Field(foreign_key="job.id")
    created_by: UUID
    created_by_name: str = Field(max_length=120)
    created_at: datetime = instant_field(index=True)
    approved_by: UUID | None = None
    approved_by_name: str | None = Field(default=None, max_length=120)
    approved_at: datetime | None = instant_field(nullable=True)
    published_form_ids: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    published_by_name: str | None = Field(default=None, max_length=120)
    published_at: datetime | None = instant_field(nullable=True)


class AssembledItem(Table, table=True):
    """An item's place in a form, with what it was chosen by.

    ``exposure`` is how often it had been used when it came into the form.
    """

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
    words: int = 0
    is_locked: bool = False
    exposure: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)


class AssemblyEdit(Table, table=True):
    """A swap by hand, in order; one that was undone can be redone until another swap takes its place.

    ``status`` is applied, undone or dropped.
    """

    assembly_id: UUID = Field(primary_key=True, foreign_key="assembly.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    form_number: int
    position: int
    old_item_id: UUID = Field(foreign_key="item.id")
    new_item_id: UUID = Field(foreign_key="item.id")
    reason: str = Field(default="", max_length=500)
    violations: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    status: str = Field(default="applied", max_length=8)
    edited_by: UUID
    edited_by_name: str = Field(max_length=120)
    edited_at: datetime = instant_field()
    undone_by: UUID | None = None
