"""Tables of media; rows never change, since their hash is their name."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, instant_field


class Media(Table, table=True):
    """A picture, sound or file as it is kept: re-encoded, or looked through; named by the SHA-256 of its bytes.

    ``width`` and ``height`` are pixels of pictures, ``duration_ms`` milliseconds of sound.
    """

    sha256: str = Field(max_length=64, primary_key=True)
    content_type: str = Field(max_length=100)
    size_bytes: int
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    original_name: str = Field(max_length=200)
    created_by: UUID
    created_by_name: str = Field(max_length=120)
    created_at: datetime = instant_field(index=True)


class MediaContent(Table, table=True):
    """The bytes of a medium, apart from what is known of it, so that lists never load them."""

    sha256: str = Field(foreign_key="media.sha256", primary_key=True, max_length=64, ondelete="CASCADE")
    content: bytes = Field(sa_type=sa.LargeBinary)


class MediaOriginal(Table, table=True):
    """Which medium an upload became, so that the same upload for the same purpose is known without decoding it."""

    original_sha256: str = Field(primary_key=True, max_length=64)
    purpose: str = Field(primary_key=True, max_length=16)
    sha256: str = Field(foreign_key="media.sha256", max_length=64, index=True, ondelete="CASCADE")
