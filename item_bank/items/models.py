"""Tables of items."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class Item(Table, table=True):
    """The identity of a question under its code, with what lists and filters need of the current version.

    Once a version has been published in a form the item is not edited any more (``first_published_at``): another item
    supersedes it, so that its statistics and its history stay about one thing.
    """

    id: UUID = id_field()
    code: str = Field(max_length=32, unique=True)
    interaction: str = Field(default="single_choice", max_length=24, index=True)
    module_code: str = Field(foreign_key="syllabus_module.code", max_length=16, index=True)
    section_code: str | None = Field(default=None, foreign_key="syllabus_section.code", max_length=24)
    reference_code: str = Field(max_length=32)
    cognitive_level: str = Field(max_length=4, index=True)
    language: str = Field(default="vi", max_length=16)
    expected_seconds: int | None = None
    tags: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    stimulus_id: UUID | None = Field(default=None, foreign_key="stimulus.id", index=True)
    status: str = Field(default="draft", max_length=16, index=True)
    version_number: int
    has_key: bool = True
    stem_text: str = Field(sa_type=sa.Text)
    search_text: str = Field(sa_type=sa.Text)
    tag_keys: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": ""})
    stem_digest: str = Field(max_length=64, index=True)
    word_count: int = 0
    author_id: UUID = Field(index=True)
    author_name: str = Field(max_length=120)
    assignee_id: UUID | None = Field(default=None, index=True)
    assignee_name: str = Field(default="", max_length=120)
    supersedes_id: UUID | None = Field(default=None, foreign_key="item.id")
    first_published_at: datetime | None = instant_field(nullable=True)
    created_at: datetime = instant_field()
    updated_at: datetime = instant_field(index=True)


class ItemVersion(Table, table=True):
    """What an item said at one time; never changed after it is written.

    ``key_author_id`` is who wrote the key that the version has: its own author, unless the key stayed as it was.
    """

    __table_args__ = (sa.UniqueConstraint("item_id", "version_number"),)

    id: UUID = id_field()
    item_id: UUID = Field(foreign_key="item.id", index=True)
    version_number: int
    module_code: str = Field(max_length=16)
    reference_code: str = Field(max_length=32)
    cognitive_level: str = Field(max_length=4)
    points: str = Field(max_length=12)
    expected_seconds: int | None = None
    source: str = Field(default="", max_length=500)
    tags: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    stimulus_version_id: UUID | None = Field(default=None, foreign_key="stimulus_version.id", index=True)
    content: dict[str, Any] = Field(sa_type=sa.JSON)
    content_hash: str = Field(max_length=64)
    author_id: UUID
    author_name: str = Field(max_length=120)
    key_author_id: UUID
    note: str = Field(default="", max_length=500)
    created_at: datetime = instant_field()


class Stimulus(Table, table=True):
    """The identity of a passage, picture or table that several items share."""

    id: UUID = id_field()
    code: str = Field(max_length=32, unique=True)
    title: str = Field(max_length=200)
    version_number: int
    search_text: str = Field(sa_type=sa.Text)
    created_at: datetime = instant_field()
    updated_at: datetime = instant_field()


class StimulusVersion(Table, table=True):
    """What a stimulus said at one time; never changed after it is written."""

    __table_args__ = (sa.UniqueConstraint("stimulus_id", "version_number"),)

    id: UUID = id_field()
    stimulus_id: UUID = Field(foreign_key="stimulus.id", index=True)
    version_number: int
    title: str = Field(max_length=200)
    language: str = Field(default="vi", max_length=16)
    content: str = Field(sa_type=sa.Text)
    content_hash: str = Field(max_length=64)
    author_id: UUID
    author_name: str = Field(max_length=120)
    created_at: datetime = instant_field()


class ItemEnemy(Table, table=True):
    """Two items that never stand in the same form, because one gives the other away; the lower id stands first."""

    __table_args__ = (sa.CheckConstraint("item_id <> enemy_id", name="two_items"),)

    item_id: UUID = Field(primary_key=True, foreign_key="item.id")
    enemy_id: UUID = Field(primary_key=True, foreign_key="item.id", index=True)
    reason: str = Field(default="", max_length=300)
    created_by_name: str = Field(max_length=120)
    created_at: datetime = instant_field()


class ItemApproval(Table, table=True):
    """Who let a version into use; the database itself refuses that a writer of the version or of its key did."""

    __table_args__ = (
        sa.CheckConstraint("approved_by <> author_id", name="second_person"),
        sa.CheckConstraint("approved_by <> key_author_id", name="second_person_for_key"),
    )

    item_version_id: UUID = Field(primary_key=True, foreign_key="item_version.id")
    author_id: UUID
    key_author_id: UUID
    approved_by: UUID
    approved_by_name: str = Field(max_length=120)
    approved_at: datetime = instant_field()


class ItemParameters(Table, table=True):
    """The approved parameters in force for an item, and the classical figures behind them.

    ``c`` is the lower asymptote of an item calibrated under the 3PL and null for one without. ``steps`` are the
    thresholds of an item with several score categories, ``b`` is then their mean; ``model`` is null in rows of earlier
    versions, which are of items that are right or wrong. The row goes when a new version asks something else or has
    another key.
    """

    item_id: UUID = Field(primary_key=True, foreign_key="item.id")
    # The run lies in a slice above this one, so the database holds no foreign key for it.
    calibration_id: UUID = Field(index=True)
    a: float
    b: float
    se_a: float
    se_b: float
    c: float | None = None
    se_c: float | None = None
    model: str | None = Field(default=None, max_length=8)
    steps: list[float] | None = Field(default=None, sa_type=sa.JSON)
    se_steps: list[float | None] | None = Field(default=None, sa_type=sa.JSON)
    p: float
    item_rest: float | None
    n: int
    is_simulated: bool
