"""Wire types of site mode."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from exam_engine.sites.portions import MOST_ROWS

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]
Signature = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{86}==$")]
DelegationState = Literal["waiting", "pulled", "coming_home", "home", "withdrawn", "expired"]


class NewDelegation(BaseModel):
    """Which rooms of a sitting go to which site."""

    model_config = ConfigDict(extra="forbid")

    centre_id: UUID | None = Field(default=None, description="Centre whose rooms go; all rooms when null.")
    site_name: Line = Field(examples=["Điểm thi THPT Bảo Lộc"])
    valid_hours: int = Field(default=72, ge=1, le=336, description="How long the pull code is taken.")
    release_lead_minutes: int = Field(
        default=0, ge=0, le=60, description="How long before the opening the papers may be released."
    )


class DelegationView(BaseModel):
    """Rooms of a sitting in the hands of a site."""

    id: UUID
    sitting_id: UUID
    centre_id: UUID | None
    site_name: str
    state: DelegationState
    rooms: list[str] = Field(description="Names of the rooms.")
    seats: int
    created_at: datetime
    created_by: str
    code_expires_at: datetime
    releases_at: datetime
    pulled_at: datetime | None
    public_key: str | None = Field(description="With which the site signs receipts and its log; base64.")
    first_pushed_at: datetime | None
    pushed_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawal_reason: str | None


class DelegationList(BaseModel):
    """Delegations of a sitting, the newest first."""

    items: list[DelegationView]
    total: int


class FreshDelegation(DelegationView):
    """A delegation as it is made; the pull code is shown this once."""

    pull_code: str = Field(examples=["K7QM-4XTZ-9HBR-WD2N-EAJ5"])


class Withdrawal(BaseModel):
    """Why a delegation is taken back."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class ReleaseCode(BaseModel):
    """What opens the papers at a site; to be read out to it, or fetched by it."""

    release_code: str = Field(examples=["K7QM-4XTZ-9HBR-WD2N-EAJ5"])


class PullRequest(BaseModel):
    """A site that takes what a pull code stands for."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    public_key: Key = Field(description="Ed25519 key of the site's receipts and logs; raw, base64.")
    signature: Signature = Field(description="Over `site-pull-v1`, the code and the public key, each on a line.")


class PulledData(BaseModel):
    """What a site gets. Rows by table; sealed papers are fetched apart, and their keys are wrapped."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["exam-site-pull"] = "exam-site-pull"
    version: Literal[1] = 1
    delegation_id: UUID
    sitting_id: UUID
    site_name: str
    releases_at: datetime
    token: str = Field(description="Bearer with which the site comes again.")
    tables: dict[str, list[dict[str, Any]]]
    paper_keys: dict[UUID, str] = Field(description="Keys of papers under the release key; base64.")


class PortionBody(BaseModel):
    """Rows of one table that a site brings home."""

    model_config = ConfigDict(extra="forbid")

    push: int = Field(ge=1, lt=2**31, description="Number of the push; a portion of an older one is refused.")
    table: Annotated[str, StringConstraints(max_length=64)]
    rows: list[dict[str, Any]] = Field(max_length=MOST_ROWS)


class TakenView(BaseModel):
    """What became of the rows of a portion."""

    new: int
    changed: int
    already_there: int


class CompletionBody(BaseModel):
    """A push that has sent everything."""

    model_config = ConfigDict(extra="forbid")

    push: int = Field(ge=1, lt=2**31)


class CompletedView(BaseModel):
    """What stands at the central server once a site has come home."""

    attempts: int
    operations: int
    log_rows: int
    root: str = Field(description="Root that the site signed and that was checked; hexadecimal.")
    pushed_at: datetime


class HomeState(BaseModel):
    """How much of a site's work is at the central server, as the site reads it."""

    state: DelegationState
    rows: dict[str, int]
    pushed_at: datetime | None
