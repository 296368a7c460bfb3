"""Table of tailored papers."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class TailoredPaper(Table, table=True):
    """Personal forms, multistage panels or an adaptive test, made to what a blueprint stated at that time.

    ``content`` is what will be published, in item codes, with response functions: no route shows it. ``versions`` are
    the versions of its items when it was made. ``figures`` are the evidence that the board decides by.
    """

    id: UUID = id_field()
    number: int = Field(unique=True)
    design: str = Field(max_length=16)
    blueprint_id: UUID = Field(foreign_key="blueprint.id", index=True)
    blueprint: dict[str, Any] = Field(sa_type=sa.JSON)
    options: dict[str, Any] = Field(sa_type=sa.JSON)
    status: str = Field(default="running", max_length=16)
    pool_size: int | None = None
    is_simulated: bool = False
    content: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    versions: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    conflict: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    job_id: UUID = Field(foreign_key="job.id")
    created_by: UUID
    created_by_name: str = Field(max_length=120)
    created_at: datetime = instant_field(index=True)
    approved_by: UUID | None = None
    approved_by_name: str | None = Field(default=None, max_length=120)
    approved_at: datetime | None = instant_field(nullable=True)
    published_form_ids: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    published_set_id: UUID | None = None
    published_by_name: str | None = Field(default=None, max_length=120)
    published_at: datetime | None = instant_field(nullable=True)
