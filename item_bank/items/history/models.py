"""Table of the steps of items."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class ItemEvent(Table, table=True):
    """One step in the life of an item, besides its versions: who led it from which state to which, and why.

    ``checklist`` is the number of the checklist that stands behind an approval; null for one without, as when many
    items are approved at once.
    """

    id: UUID = id_field()
    item_id: UUID = Field(foreign_key="item.id", index=True)
    version_number: int
    act: str = Field(max_length=24)
    status_before: str = Field(max_length=16)
    status_after: str = Field(max_length=16)
    checklist: int | None = None
    note: str = Field(default="", sa_type=sa.Text)
    actor_id: UUID
    actor_name: str = Field(max_length=120)
    at: datetime = instant_field()
