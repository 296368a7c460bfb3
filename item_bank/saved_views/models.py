"""Table of saved views."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class SavedView(Table, table=True):
    """A list of items as its owner wants to see it again; ``query`` is what stands in the page's address."""

    __table_args__ = (sa.UniqueConstraint("owner_id", "name"),)

    id: UUID = id_field()
    owner_id: UUID
    owner_name: str = Field(max_length=120)
    name: str = Field(max_length=80)
    query: str = Field(max_length=2000)
    columns: list[str] = Field(sa_type=sa.JSON)
    is_shared: bool
    created_at: datetime = instant_field()
    updated_at: datetime = instant_field()
