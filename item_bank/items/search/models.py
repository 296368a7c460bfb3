"""Tables of the search index: of each item a narrow row that filters, counts and orders read."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, instant_field


class ItemFacet(Table, table=True):
    """A combination of what lists count; items share few of them, so that one pass over numbers counts all facets."""

    __table_args__ = (
        sa.UniqueConstraint(
            "module_code", "cognitive_level", "status", "interaction", "has_key", name="uq_item_facet_values"
        ),
    )

    id: int = Field(primary_key=True)
    module_code: str = Field(max_length=16)
    cognitive_level: str = Field(max_length=4)
    status: str = Field(max_length=16)
    interaction: str = Field(max_length=24)
    has_key: bool


class ItemIndex(Table, table=True):
    """What lists and counts need of an item and of its parameters in force.

    Triggers of the database keep it, and the words of each item beside it under the same ``number`` in ``item_words``,
    so that no way of changing an item can forget to.
    """

    number: int = Field(primary_key=True)
    facet_id: int = Field(index=True)
    item_id: UUID = Field(foreign_key="item.id", unique=True, ondelete="CASCADE")
    code: str = Field(max_length=32, index=True)
    code_key: str = Field(max_length=32, index=True)
    module_code: str = Field(max_length=16)
    section_code: str | None = Field(default=None, max_length=24)
    reference_code: str = Field(max_length=32)
    cognitive_level: str = Field(max_length=4)
    status: str = Field(max_length=16)
    interaction: str = Field(max_length=24)
    author_id: UUID
    assignee_id: UUID | None = None
    has_key: bool
    is_published: bool
    stimulus_id: UUID | None = None
    expected_seconds: int | None = None
    tag_keys: str = Field(sa_type=sa.Text)
    updated_at: datetime = instant_field()
    a: float | None = None
    b: float | None = None
    p: float | None = None
    item_rest: float | None = None
    is_simulated: bool | None = None
