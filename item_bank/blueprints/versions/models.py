"""Table of the versions of blueprints."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, instant_field


class BlueprintVersion(Table, table=True):
    """What a blueprint stated after one save; never changed after it is written.

    ``origin_blueprint_id`` and ``origin_number`` name the version that it was taken over from: of the same blueprint
    when that was brought back, of another when a new blueprint was made from it.
    """

    blueprint_id: UUID = Field(primary_key=True, foreign_key="blueprint.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    statement: dict[str, Any] = Field(sa_type=sa.JSON)
    note: str = Field(default="", max_length=500)
    origin_blueprint_id: UUID | None = None
    origin_number: int | None = None
    saved_by: UUID
    saved_by_name: str = Field(max_length=120)
    saved_at: datetime = instant_field()
