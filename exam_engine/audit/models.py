"""Tables of the audit record."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, instant_field


class AuditEntry(Table, table=True):
    """One act: who, what, when, on what; chained to the one before by its hash."""

    seq: int = Field(sa_type=sa.BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = instant_field(index=True)
    actor_id: UUID = Field(index=True)
    actor_kind: str = Field(max_length=16)
    actor_name: str = Field(max_length=120)
    action: str = Field(max_length=64, index=True)
    object_type: str = Field(max_length=32)
    object_id: str = Field(max_length=64, index=True)
    before_hash: str | None = Field(default=None, max_length=64)
    after_hash: str | None = Field(default=None, max_length=64)
    details: dict[str, object] = Field(sa_type=sa.JSON)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64, unique=True)


class AuditHead(Table, table=True):
    """The end of the chain; one row, locked while an entry is added."""

    id: int = Field(primary_key=True)
    seq: int = Field(sa_type=sa.BigInteger)
    hash: str = Field(max_length=64)
