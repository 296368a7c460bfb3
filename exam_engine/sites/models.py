"""Tables of delegations: what the central server handed over, what came home, and what a site holds."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class SiteDelegation(Table, table=True):
    """Rooms of a sitting in the hands of a server at a test site; kept by the server that handed them over.

    ``centre_id`` is None when the whole sitting was handed over. The pull code is kept as a digest. ``user_id`` and
    ``public_key`` are the site's, known from the pull on. ``push_number`` counts the pushes of the site, the rows of
    an older one no longer count. ``log_rows`` is how many rows of the site's log stand in that of the sitting.
    """

    id: UUID = id_field()
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    centre_id: UUID | None = Field(default=None, foreign_key="test_centre.id")
    site_name: str = Field(max_length=120)
    room_ids: list[str] = Field(sa_type=sa.JSON)
    code_digest: str = Field(max_length=64, unique=True)
    code_expires_at: datetime = instant_field()
    release_lead_minutes: int = 0
    wrapped_release_code: bytes = Field(sa_type=sa.LargeBinary)
    created_at: datetime = instant_field()
    created_by: UUID
    created_by_name: str = Field(max_length=120)
    user_id: UUID | None = Field(default=None, foreign_key="staff_user.id", unique=True)
    public_key: str | None = Field(default=None, max_length=44)
    pulled_at: datetime | None = instant_field(nullable=True)
    push_number: int = 0
    first_pushed_at: datetime | None = instant_field(nullable=True)
    pushed_at: datetime | None = instant_field(nullable=True)
    log_rows: int = Field(default=0, sa_type=sa.BigInteger)
    withdrawn_at: datetime | None = instant_field(nullable=True)
    withdrawn_by_name: str | None = Field(default=None, max_length=120)
    withdrawal_reason: str | None = Field(default=None, max_length=500)


class SiteLogRow(Table, table=True):
    """A chained row of a site's log as the site sent it."""

    delegation_id: UUID = Field(foreign_key="site_delegation.id", primary_key=True)
    number: int = Field(sa_type=sa.BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(max_length=48)
    at: datetime = instant_field()
    body: str = Field(sa_type=sa.Text)
    hash: str = Field(max_length=64)


class SiteLogRoot(Table, table=True):
    """A root that a site signed over its log, as the site sent it."""

    delegation_id: UUID = Field(foreign_key="site_delegation.id", primary_key=True)
    segment: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    rows: int = Field(sa_type=sa.BigInteger)
    root: str = Field(max_length=64)
    previous_root: str | None = Field(default=None, max_length=64)
    closed_at: datetime = instant_field()
    closed_by: UUID
    public_key: str = Field(max_length=44)
    signature: str = Field(max_length=88)


class PulledSitting(Table, table=True):
    """A sitting that this server, at a test site, holds for another one.

    ``central_url`` and ``authority`` (PEM; None for an authority that the machine trusts anyway) lead to that server,
    ``wrapped_token`` lets this one in there. ``paper_keys`` holds the keys of papers under the release key, base64 by
    paper, until they are released. ``taken_home_at`` is when that server last had everything.
    """

    sitting_id: UUID = Field(foreign_key="sitting.id", primary_key=True)
    delegation_id: UUID = Field(unique=True)
    site_name: str = Field(max_length=120)
    central_url: str = Field(max_length=300)
    authority: str | None = Field(default=None, sa_type=sa.Text)
    wrapped_token: bytes = Field(sa_type=sa.LargeBinary)
    paper_keys: dict[str, str] = Field(sa_type=sa.JSON)
    releases_at: datetime = instant_field()
    pulled_at: datetime = instant_field()
    released_at: datetime | None = instant_field(nullable=True)
    push_number: int = 0
    taken_home_at: datetime | None = instant_field(nullable=True)
