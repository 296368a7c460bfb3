"""Tables of snapshots: what was decided, who agreed, the pictures, and who looked at them."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class SnapshotSetting(Table, table=True):
    """That pictures are taken in a sitting; no row where there never was such a decision.

    ``is_on`` turns false when the board ends it; what was taken stays until ``retention_days`` after the sitting.
    ``wrapped_key`` is the key of all pictures of the sitting, under the installation's own; None once they are erased,
    so that no copy of the database shows them any more. ``legal_basis`` is what candidates are told.
    """

    sitting_id: UUID = Field(foreign_key="sitting.id", primary_key=True)
    is_on: bool
    camera: bool
    screen: bool
    interval_seconds: int
    retention_days: int
    legal_basis: str = Field(max_length=1000)
    wrapped_key: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    erased_at: datetime | None = instant_field(nullable=True)
    changed_at: datetime = instant_field()


class SnapshotConsent(Table, table=True):
    """What a candidate said to the pictures, and what their browser could do; ``told_sha256`` is of what they read.

    The states are those of :data:`exam_engine.snapshots.schemas.SourceState`; None before the browser said one.
    """

    registration_id: UUID = Field(foreign_key="registration.id", primary_key=True)
    is_agreed: bool
    told_sha256: str = Field(max_length=64)
    decided_at: datetime = instant_field()
    camera_state: str | None = Field(default=None, max_length=8)
    screen_state: str | None = Field(default=None, max_length=8)


class Snapshot(Table, table=True):
    """One picture, encrypted under the key of its sitting; ``content`` is the nonce, then ciphertext with tag."""

    id: UUID = id_field()
    registration_id: UUID = Field(foreign_key="registration.id")
    sitting_id: UUID = Field(foreign_key="snapshot_setting.sitting_id")
    source: str = Field(max_length=8)
    media_type: str = Field(max_length=16)
    content: bytes = Field(sa_type=sa.LargeBinary)
    taken_at: datetime = instant_field()

    __table_args__ = (
        sa.Index("ix_snapshot_registration_source_taken", "registration_id", "source", "taken_at"),
        sa.Index("ix_snapshot_sitting", "sitting_id"),
    )


class SnapshotViewing(Table, table=True):
    """That somebody looked at the pictures of one candidate, and why; kept when the pictures are gone."""

    id: UUID = id_field()
    sitting_id: UUID = Field(foreign_key="snapshot_setting.sitting_id", index=True)
    registration_id: UUID = Field(foreign_key="registration.id")
    viewer_id: UUID
    viewer_name: str = Field(max_length=120)
    reason: str = Field(max_length=500)
    at: datetime = instant_field()
