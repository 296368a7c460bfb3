"""The table of answer keys, apart from all content."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table


class FormKey(Table, table=True):
    """The right response to one item of a form."""

    form_id: UUID = Field(foreign_key="form.id", primary_key=True)
    ref: str = Field(max_length=8, primary_key=True)
    interaction: str = Field(max_length=32)
    correct: list[str] = Field(sa_type=sa.JSON)
    points: str = Field(max_length=16)
