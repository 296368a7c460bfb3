"""Wire types of the sitting log."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class SignedRootView(BaseModel):
    """A signed root; the first closes the sitting, later ones cover what came after as well."""

    segment: int
    rows: int
    root: str
    fingerprint: str = Field(examples=["3F0A-91C4-77DE-0B52-A8C1-66E9-10FD-42B7"])
    previous_root: str | None
    closed_at: datetime
    public_key: str
    signature: str
    minutes: list[str] = Field(description="Lines for the minutes of the rooms, in the language asked for.")


class SittingLogView(BaseModel):
    """The log of a sitting; without roots it is still open."""

    sitting_id: UUID
    rows: int
    roots: list[SignedRootView]
