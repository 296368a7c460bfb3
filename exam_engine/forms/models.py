"""Tables of published forms."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class FormSet(Table, table=True):
    """Forms published together, one for each candidate of a sitting."""

    id: UUID = id_field()
    code: str = Field(max_length=16, index=True)
    title: str = Field(max_length=200)
    duration_minutes: int
    form_count: int
    source: dict[str, Any] = Field(sa_type=sa.JSON)
    published_at: datetime = instant_field(index=True)
    published_by: UUID
    published_by_name: str = Field(max_length=120)


class Form(Table, table=True):
    """A frozen test form; nothing of it changes after publication.

    ``design`` is linear when everybody gets all its items, else multistage or adaptive: then its items are those that
    may come, and ``item_count`` is how many a candidate gets. ``tools`` says which tools candidates have beside the
    questions; what it does not name is as ``DeskTools`` has it by default. ``items_per_page`` is how many of them stand
    on one page at most; in an adaptive form it is always one.
    """

    id: UUID = id_field()
    form_set_id: UUID | None = Field(default=None, foreign_key="form_set.id", index=True)
    design: str = Field(default="linear", max_length=16)
    form_code: str = Field(max_length=16, index=True)
    title: str = Field(max_length=200)
    duration_minutes: int
    item_count: int
    max_points: str = Field(max_length=16)
    tools: dict[str, bool] = Field(
        default_factory=dict, sa_column=sa.Column(sa.JSON, nullable=False, server_default="{}")
    )
    items_per_page: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    source: dict[str, Any] = Field(sa_type=sa.JSON)
    content_hash: str = Field(max_length=64)
    published_at: datetime = instant_field(index=True)
    published_by: UUID
    published_by_name: str = Field(max_length=120)


class FormRouting(Table, table=True):
    """What decides which items of a form come next: response functions and rules, which no route shows."""

    form_id: UUID = Field(foreign_key="form.id", primary_key=True)
    rules: dict[str, Any] = Field(sa_type=sa.JSON)


class FormItem(Table, table=True):
    """One item of a form: its version in the bank and the view that candidates get."""

    form_id: UUID = Field(foreign_key="form.id", primary_key=True)
    position: int = Field(primary_key=True)
    ref: str = Field(max_length=8)
    item_code: str = Field(max_length=32)
    item_version_id: UUID
    module_code: str = Field(max_length=16)
    cognitive_level: str = Field(max_length=8)
    view: dict[str, Any] = Field(sa_type=sa.JSON)

    __table_args__ = (sa.UniqueConstraint("form_id", "ref"),)
