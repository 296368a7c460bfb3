"""Table of item imports."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class ItemImport(Table, table=True):
    """A file that was read and checked, waiting to be applied by the one who brought it.

    ``drafts`` holds the items with their keys; it is emptied when the import is applied or grows old.
    """

    id: UUID = id_field()
    file_name: str = Field(max_length=200)
    file_hash: str = Field(max_length=64)
    sheet_name: str = Field(max_length=64)
    rows_read: int
    rows_with_errors: int
    drafts: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    created_by: UUID = Field(index=True)
    created_at: datetime = instant_field(index=True)
    applied_at: datetime | None = instant_field(nullable=True)
