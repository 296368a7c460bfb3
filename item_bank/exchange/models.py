"""Tables of item imports: the run, what was brought, each item of it, its media."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class ItemImport(Table, table=True):
    """A file that somebody brought: read and checked first, applied in one transaction, or dropped.

    ``state`` is ``reading``, ``checking``, ``ready``, ``failed``, ``applying``, ``applied`` or ``dropped``. ``options``
    says what the author set for all items, ``counts`` what applying would do, ``stimuli`` and ``notices`` are those of
    the file, ``outcome`` what applying did.
    """

    id: UUID = id_field()
    file_name: str = Field(max_length=200)
    file_hash: str = Field(max_length=64)
    size_bytes: int
    format: str = Field(max_length=32)
    state: str = Field(max_length=16)
    options: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    notices: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    stimuli: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    outcome: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True), nullable=True)
    job_id: UUID | None = None
    created_by: UUID = Field(index=True)
    created_at: datetime = instant_field(index=True)
    applied_at: datetime | None = instant_field(nullable=True)


class ItemImportFile(Table, table=True):
    """The bytes of a large file while they wait to be read."""

    import_id: UUID = Field(primary_key=True, foreign_key="item_import.id", ondelete="CASCADE")
    content: bytes = Field(sa_type=sa.LargeBinary)


class ItemImportRow(Table, table=True):
    """One item of a file, good or bad; it goes when the import is applied, dropped or grows old.

    ``item`` holds what the file says, key included; ``changes`` what the author said on the page; ``notices`` what the
    reader noticed, ``advice`` what linter and search for duplicates found, ``checks`` what is wrong or doubtful now
    that everything is taken together. ``code`` is the code that the item will have, ``final_metadata`` what the bank
    will know of it, None when the row becomes nothing; ``comparison`` is what applying does.
    """

    import_id: UUID = Field(primary_key=True, foreign_key="item_import.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    place: str = Field(max_length=200)
    stated_code: str | None = Field(default=None, max_length=64)
    code: str | None = Field(default=None, max_length=64)
    interaction: str = Field(default="", max_length=24)
    stem: str = Field(default="", max_length=300)
    content_hash: str = Field(default="", max_length=64)
    stem_digest: str = Field(default="", max_length=64)
    item: dict[str, Any] = Field(sa_type=sa.JSON)
    changes: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    notices: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    advice: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    checks: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    final_metadata: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True), nullable=True)
    comparison: str = Field(default="", max_length=16)
    has_errors: bool = False
    has_warnings: bool = False
    is_left_out: bool = False


class ItemImportMedia(Table, table=True):
    """A picture, sound or file of a run; it becomes a medium of the bank only when the run is applied.

    A dry run leaves the bank as it was: what nobody applies goes with its run, and media in use need not be told from
    media that were only looked at.
    """

    import_id: UUID = Field(primary_key=True, foreign_key="item_import.id", ondelete="CASCADE")
    sha256: str = Field(primary_key=True, max_length=64)
    purpose: str = Field(max_length=16)
    content_type: str = Field(max_length=100)
    content: bytes = Field(sa_type=sa.LargeBinary)
    original_name: str = Field(max_length=200)
    original_sha256: str = Field(max_length=64)
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
