"""Wire types of the audit record."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class AuditEntryView(BaseModel):
    """One act as the inspector sees it."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    at: datetime
    actor_kind: str
    actor_name: str
    action: str
    object_type: str
    object_id: str
    before_hash: str | None
    after_hash: str | None
    details: dict[str, object]
    hash: str


class AuditList(BaseModel):
    """A page of the audit record, newest first."""

    items: list[AuditEntryView]
    total: int


class AuditVerification(BaseModel):
    """Whether the chain of the audit record is whole."""

    rows: int
    intact: bool
    first_broken_seq: int | None
