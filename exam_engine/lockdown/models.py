"""Tables of the browsers that sittings ask for, of those that candidates came with, and of events that were seen."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, instant_field


class SafeExamBrowser(Table, table=True):
    """That a sitting is taken in Safe Exam Browser, and with which settings; no row where any browser will do.

    The keys of ``browser_exam_keys`` are dictionaries with ``key`` and ``note``. ``quit_password_sha256`` is kept as
    the browser wants it in its file: without a salt. ``server_url`` is the address under which the file opens the
    exam; ``quit_code`` makes the quit link one that nobody guesses. ``handed_out_key`` is the Config Key of the file
    that was last downloaded: while it is not ``config_key``, new files are due.
    """

    sitting_id: UUID = Field(foreign_key="sitting.id", primary_key=True)
    server_url: str = Field(max_length=300)
    allowed_addresses: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    quit_password_sha256: str | None = Field(default=None, max_length=64)
    quit_code: str = Field(max_length=43)
    exam_key_salt: bytes = Field(sa_type=sa.LargeBinary)
    takes_files: bool
    browser_exam_keys: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    accepts_config_key: bool = True
    config_key: str = Field(max_length=64)
    changed_at: datetime = instant_field()
    handed_out_key: str | None = Field(default=None, max_length=64)
    handed_out_at: datetime | None = instant_field(nullable=True)


class BrowserCheck(Table, table=True):
    """What browser a candidate last came with, and whether a proctor lets them go on without the one asked for.

    ``verdict`` is one of :class:`exam_engine.lockdown.seb.sent_hashes.Verdict`, None before the first look.
    ``exempted_at`` is None while no exemption holds.
    """

    registration_id: UUID = Field(foreign_key="registration.id", primary_key=True)
    verdict: str | None = Field(default=None, max_length=16)
    checked_at: datetime | None = instant_field(nullable=True)
    exempted_at: datetime | None = instant_field(nullable=True)
    exempted_by_name: str | None = Field(default=None, max_length=120)
    exemption_reason: str | None = Field(default=None, max_length=16)
    exemption_note: str = Field(default="", max_length=500)


class EventReview(Table, table=True):
    """Up to which operation of an attempt a proctor has seen the events of its window; the last one who looked."""

    attempt_id: UUID = Field(foreign_key="attempt.id", primary_key=True)
    up_to_seq: int = Field(sa_type=sa.BigInteger)
    reviewed_at: datetime = instant_field()
    reviewed_by_name: str = Field(max_length=120)
