"""Tables of the minutes of rooms."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class RoomMinutes(Table, table=True):
    """Minutes of one room of a sitting; ``version`` counts from 1, a later one came of a reopening.

    ``content`` and ``content_sha256`` are set with the first signature: everybody signs the same. ``pdf`` is set with
    the last one and never changes. ``reopened_at`` says that a later version is the one that holds.
    """

    id: UUID = id_field()
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    room_id: UUID = Field(foreign_key="room.id")
    version: int
    remarks: str = Field(default="", max_length=4000)
    content: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    content_sha256: str | None = Field(default=None, max_length=64)
    sealed_at: datetime | None = instant_field(nullable=True)
    pdf: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    pdf_sha256: str | None = Field(default=None, max_length=64)
    reopened_at: datetime | None = instant_field(nullable=True)
    reopened_by_name: str | None = Field(default=None, max_length=120)
    reopening_reason: str | None = Field(default=None, max_length=500)

    __table_args__ = (sa.UniqueConstraint("sitting_id", "room_id", "version"),)


class MinutesSignature(Table, table=True):
    """A proctor's signature under minutes: strokes drawn on the screen, or the name typed; always with the password.

    ``strokes`` are lines of points in thousandths of the field's width, counted from its upper left corner.
    """

    minutes_id: UUID = Field(foreign_key="room_minutes.id", primary_key=True)
    user_id: UUID = Field(primary_key=True)
    signer_name: str = Field(max_length=120)
    strokes: list[list[tuple[int, int]]] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    signed_at: datetime = instant_field()


class MinutesAddendum(Table, table=True):
    """Something said after the minutes were sealed; never changed."""

    id: UUID = id_field()
    minutes_id: UUID = Field(foreign_key="room_minutes.id", index=True)
    text: str = Field(max_length=2000)
    added_at: datetime = instant_field()
    added_by: UUID
    added_by_name: str = Field(max_length=120)
