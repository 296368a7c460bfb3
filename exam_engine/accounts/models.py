"""Tables of users and login sessions."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class User(Table, table=True):
    """A member of staff. Candidates are no users: they log in with their registration."""

    # "user" is a reserved word in PostgreSQL; quoting it everywhere would be a trap for whoever writes SQL by hand.
    __tablename__ = "staff_user"

    id: UUID = id_field()
    username: str = Field(max_length=64, unique=True)
    display_name: str = Field(max_length=120)
    password_hash: str = Field(max_length=256)
    roles: list[str] = Field(sa_type=sa.JSON)
    is_active: bool = True
    created_at: datetime = instant_field()
    last_login_at: datetime | None = instant_field(nullable=True)


class LoginSession(Table, table=True):
    """One login on one device; the cookie holds a token of which only the digest is stored."""

    id: UUID = id_field()
    token_digest: str = Field(max_length=64, unique=True)
    csrf_token: str = Field(max_length=64)
    user_id: UUID | None = Field(default=None, foreign_key="staff_user.id", index=True, ondelete="CASCADE")
    registration_id: UUID | None = Field(default=None, index=True)
    display_name: str = Field(max_length=120)
    created_at: datetime = instant_field()
    expires_at: datetime = instant_field(index=True)
    revoked_at: datetime | None = instant_field(nullable=True)


class LoginFailure(Table, table=True):
    """One failed login, counted by the rate limit and forgotten after its window."""

    id: UUID = id_field()
    subject: str = Field(max_length=160, index=True)
    at: datetime = instant_field(index=True)
