"""The table of long work."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class Job(Table, table=True):
    """One piece of long work; survives a restart of the server.

    ``status`` is queued, running, succeeded, failed or cancelled.
    """

    id: UUID = id_field()
    kind: str = Field(max_length=64)
    status: str = Field(default="queued", max_length=16, index=True)
    parameters: dict[str, Any] = Field(sa_type=sa.JSON)
    progress: float = 0.0
    message_code: str | None = Field(default=None, max_length=64)
    message_params: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    result: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    error: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    created_by: UUID
    created_by_name: str = Field(max_length=120)
    created_at: datetime = instant_field(index=True)
    started_at: datetime | None = instant_field(nullable=True)
    heartbeat_at: datetime | None = instant_field(nullable=True)
    cancel_requested_at: datetime | None = instant_field(nullable=True)
    finished_at: datetime | None = instant_field(nullable=True)
    tries: int = 0
