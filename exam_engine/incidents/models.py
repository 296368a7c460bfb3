"""Tables of incident reports and of violations."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class Incident(Table, table=True):
    """A report of something that went wrong in a room, or at one seat of it; never changed, never deleted.

    Whoever has more to say, or said it wrongly, adds a report that ``corrects`` this one; each is corrected once, so
    the reports of one matter form a line. No foreign key leads from one to the other, because a test site sends its
    rows home in the order of their ids.
    """

    id: UUID = id_field()
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    room_id: UUID = Field(foreign_key="room.id")
    registration_id: UUID | None = Field(default=None, foreign_key="registration.id", index=True)
    category: str = Field(max_length=20)
    occurred_at: datetime = instant_field()
    description: str = Field(max_length=2000)
    measures: str = Field(default="", max_length=1000)
    witnesses: str = Field(default="", max_length=300)
    corrects: UUID | None = Field(default=None, unique=True)
    reported_at: datetime = instant_field()
    reported_by: UUID
    reported_by_name: str = Field(max_length=120)


class IncidentAttachment(Table, table=True):
    """A picture, scan or PDF that belongs to a report; looked through before it is stored."""

    id: UUID = id_field()
    incident_id: UUID = Field(foreign_key="incident.id", index=True)
    file_name: str = Field(max_length=120)
    content_type: str = Field(max_length=40)
    sha256: str = Field(max_length=64)
    size_bytes: int = Field(sa_type=sa.BigInteger)
    content: bytes = Field(sa_type=sa.LargeBinary)
    added_at: datetime = instant_field()
    added_by_name: str = Field(max_length=120)

    __table_args__ = (sa.UniqueConstraint("incident_id", "sha256"),)


class Violation(Table, table=True):
    """A step of the ladder that a proctor proposed for a candidate; it counts once a second person confirmed it.

    ``ladder`` is the ladder as it stood then, ``step`` the code of the step in it. ``decision`` is None while it
    waits, then ``confirmed`` or ``rejected``; a confirmed one counts no more once it is withdrawn.
    """

    id: UUID = id_field()
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    room_id: UUID = Field(foreign_key="room.id")
    registration_id: UUID = Field(foreign_key="registration.id", index=True)
    incident_id: UUID | None = Field(default=None, foreign_key="incident.id")
    rule_set_code: str = Field(max_length=48)
    ladder: dict[str, Any] = Field(sa_type=sa.JSON)
    step: str = Field(max_length=24)
    statement: str = Field(max_length=2000)
    proposed_at: datetime = instant_field()
    proposed_by: UUID
    proposed_by_name: str = Field(max_length=120)
    decision: str | None = Field(default=None, max_length=10)
    decision_note: str = Field(default="", max_length=500)
    decided_at: datetime | None = instant_field(nullable=True)
    decided_by: UUID | None = None
    decided_by_name: str | None = Field(default=None, max_length=120)
    withdrawn_at: datetime | None = instant_field(nullable=True)
    withdrawn_by_name: str | None = Field(default=None, max_length=120)
    withdrawal_reason: str | None = Field(default=None, max_length=500)
