"""Table of what computers found of themselves."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, instant_field


class MachineCheck(Table, table=True):
    """The last check of the computer at one seat.

    ``findings`` are read by :data:`exam_engine.machines.schemas.FINDINGS`; ``verdict`` is the worst of theirs.
    ``is_own`` says that the candidate's page sent it while waiting, not somebody who tried the computer before.
    """

    sitting_id: UUID = Field(primary_key=True)
    room_id: UUID = Field(primary_key=True)
    seat_number: int = Field(primary_key=True)
    verdict: str = Field(max_length=8)
    findings: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    is_own: bool
    checked_at: datetime = instant_field()

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["sitting_id", "room_id"], ["sitting_room.sitting_id", "sitting_room.room_id"], ondelete="CASCADE"
        ),
    )
