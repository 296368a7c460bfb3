"""Table of marked attempts."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, instant_field


class MarkedAttempt(Table, table=True):
    """What an attempt earned, item by item; points are decimals kept as text, so that no digit is lost.

    ``attempt_id`` is no foreign key: attempts belong to delivery, which stands above marking.
    """

    attempt_id: UUID = Field(primary_key=True)
    form_id: UUID = Field(foreign_key="form.id", index=True)
    raw: str = Field(max_length=16)
    max_points: str = Field(max_length=16)
    items: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    answers_hash: str = Field(max_length=64)
    marked_at: datetime = instant_field()
