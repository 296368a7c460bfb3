"""Tables of reviews."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class ItemComment(Table, table=True):
    """A remark about one version of an item, or an answer to one (``parent_id``); never removed, only struck out.

    ``place`` names the part that it is about, such as ``options/B``; empty for the whole item.
    """

    id: UUID = id_field()
    item_id: UUID = Field(foreign_key="item.id", index=True)
    item_version_id: UUID = Field(foreign_key="item_version.id", index=True)
    parent_id: UUID | None = Field(default=None, foreign_key="item_comment.id", index=True)
    place: str = Field(default="", max_length=64)
    text: str = Field(sa_type=sa.Text)
    author_id: UUID
    author_name: str = Field(max_length=120)
    created_at: datetime = instant_field()
    edited_at: datetime | None = instant_field(nullable=True)
    struck_at: datetime | None = instant_field(nullable=True)
    resolved_by: UUID | None = None
    resolved_by_name: str | None = Field(default=None, max_length=120)
    resolved_at: datetime | None = instant_field(nullable=True)


class ReviewChecklist(Table, table=True):
    """One version of what reviewers are asked about an item; the highest number is in force, none is ever changed."""

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    questions: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    note: str = Field(default="", max_length=500)
    created_by: UUID
    created_by_name: str = Field(max_length=120)
    created_at: datetime = instant_field()


class ItemReview(Table, table=True):
    """What one reviewer found about one version of an item, with the verdict; never changed after it is written."""

    id: UUID = id_field()
    item_id: UUID = Field(foreign_key="item.id", index=True)
    item_version_id: UUID = Field(foreign_key="item_version.id", index=True)
    checklist_number: int = Field(foreign_key="review_checklist.number")
    answers: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    verdict: str = Field(max_length=16)
    note: str = Field(default="", sa_type=sa.Text)
    reviewer_id: UUID = Field(index=True)
    reviewer_name: str = Field(max_length=120)
    created_at: datetime = instant_field()
