"""Table of forensic reports."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class ForensicReport(Table, table=True):
    """One look at a finished sitting; ``content`` is null until the computation has ended.

    The content names candidates by their registrations only, and holds neither answers nor keys.
    """

    id: UUID = id_field()
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    job_id: UUID = Field(foreign_key="job.id")
    version: int
    content: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    created_by: UUID
    created_by_name: str = Field(max_length=120)
    created_at: datetime = instant_field()
    finished_at: datetime | None = instant_field(nullable=True)
