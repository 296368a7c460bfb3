"""The table of answer keys, apart from all content."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table


class FormKey(Table, table=True):
    """The right response to one item of a form."""

    form_id: UUID = Field(foreign_key="form.id", primary_key=True)
    ref: str = Field(max_length=8, primary_key=True)
    key: dict[str, Any] = Field(sa_type=sa.JSON)
    points: str = Field(max_length=16)
