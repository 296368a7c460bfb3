"""Tables of the sitting log."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, instant_field


class SittingLogRow(Table, table=True):
    """One thing that happened in a sitting; ``body`` is the exact text that is hashed, canonical JSON.

    ``number`` and ``hash`` are None until the row is chained, at the latest a second after the act. No foreign key
    leads to the sitting: whoever adds a row would otherwise wait for whoever holds the sitting.
    """

    id: int | None = Field(default=None, sa_type=sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)
    sitting_id: UUID
    number: int | None = Field(default=None, sa_type=sa.BigInteger)
    kind: str = Field(max_length=48)
    at: datetime = instant_field()
    body: str = Field(sa_type=sa.Text)
    hash: str | None = Field(default=None, max_length=64)

    __table_args__ = (
        sa.UniqueConstraint("sitting_id", "number"),
        sa.CheckConstraint("(number IS NULL) = (hash IS NULL)", "chained_with_number"),
        sa.Index(
            "ix_sitting_log_row_unchained",
            "sitting_id",
            sqlite_where=sa.text("number IS NULL"),
            postgresql_where=sa.text("number IS NULL"),
        ),
    )


class SittingLogHead(Table, table=True):
    """The end of a sitting's chain, locked while rows are chained; ``rooted`` rows stand under the last root."""

    sitting_id: UUID = Field(primary_key=True)
    rows: int = Field(sa_type=sa.BigInteger)
    hash: str = Field(max_length=64)
    rooted: int = Field(default=0, sa_type=sa.BigInteger)


class SittingLogRoot(Table, table=True):
    """A signed Merkle root over the first ``rows`` rows; the first closes the sitting, later ones what came after."""

    sitting_id: UUID = Field(primary_key=True)
    segment: int = Field(primary_key=True)
    rows: int = Field(sa_type=sa.BigInteger)
    root: str = Field(max_length=64)
    previous_root: str | None = Field(default=None, max_length=64)
    closed_at: datetime = instant_field()
    closed_by: UUID
    public_key: str = Field(max_length=44)
    signature: str = Field(max_length=88)
