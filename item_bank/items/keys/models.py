"""Table of answer keys."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table


class BankKey(Table, table=True):
    """The key of one item version; the explanation stands here because it gives the key away."""

    item_version_id: UUID = Field(primary_key=True, foreign_key="item_version.id", ondelete="CASCADE")
    correct: list[str] = Field(sa_type=sa.JSON)
    explanation: str = Field(sa_type=sa.Text)
