"""Table of answer keys."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table


class BankKey(Table, table=True):
    """The key of one item version; the explanation stands here because it gives the key away.

    ``key`` is null while nobody has said what is right; it is never guessed.
    """

    item_version_id: UUID = Field(primary_key=True, foreign_key="item_version.id", ondelete="CASCADE")
    key: dict[str, Any] | None = Field(sa_type=sa.JSON(none_as_null=True), nullable=True)
    explanation: str = Field(sa_type=sa.Text)
