"""Wire types of accounts."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class ActorView(BaseModel):
    """Who is logged in and what they may do."""

    id: UUID
    kind: Literal["user", "candidate", "system"]
    display_name: str = Field(examples=["Nguyễn Thị Thuỳ Dương"])
    roles: list[str] = Field(examples=[["board_member"]])
    permissions: list[str] = Field(examples=[["item.read"]])


class SessionView(BaseModel):
    """The login session of this browser; ``actor`` is null when nobody is logged in."""

    actor: ActorView | None
    csrf_token: str | None
    expires_at: datetime | None
    server_time: datetime


class Credentials(BaseModel):
    """Login name and password of a member of staff."""

    model_config = ConfigDict(extra="forbid")

    username: str = Field(min_length=1, max_length=64, examples=["hoidong1"])
    password: str = Field(min_length=1, max_length=256, examples=["mat-khau-that-dai"])


class PasswordChange(BaseModel):
    """The present password and the new one."""

    model_config = ConfigDict(extra="forbid")

    current_password: str = Field(min_length=1, max_length=256)
    new_password: str = Field(min_length=1, max_length=256)


class NewUser(BaseModel):
    """A member of staff to create."""

    model_config = ConfigDict(extra="forbid")

    username: str = Field(pattern=r"^[a-zA-Z0-9._-]{3,64}$", examples=["coithi1"])
    display_name: str = Field(min_length=1, max_length=120, examples=["Trần Văn Hoà"])
    password: str = Field(min_length=1, max_length=256)
    roles: list[str] = Field(min_length=1, examples=[["proctor"]])


class UserChange(BaseModel):
    """What changes about a user; absent fields stay."""

    model_config = ConfigDict(extra="forbid")

    display_name: str | None = Field(default=None, min_length=1, max_length=120)
    roles: list[str] | None = None
    is_active: bool | None = None
    password: str | None = Field(default=None, min_length=1, max_length=256)


class UserView(BaseModel):
    """A member of staff as the administrator sees them."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    username: str
    display_name: str
    roles: list[str]
    is_active: bool
    created_at: datetime
    last_login_at: datetime | None


class UserList(BaseModel):
    """All users."""

    items: list[UserView]
    total: int


class ProctorView(BaseModel):
    """A member of staff who may invigilate."""

    id: UUID
    display_name: str = Field(examples=["Trần Văn Hoà"])


class ProctorList(BaseModel):
    """Everybody who may invigilate, by login name."""

    items: list[ProctorView]
    total: int
