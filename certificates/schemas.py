"""Wire types of certificates."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

LevelCode = Literal["basic", "advanced"]
StatusCode = Literal["valid", "revoked", "superseded"]
ReasonCode = Literal["fraud", "not_qualified", "no_authority", "altered", "lent", "issued_in_error"]
DecisionNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), Field(examples=["12/QĐ-TTSH"])
]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class CertificateRow(BaseModel):
    """One line of the register in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    public_id: str = Field(examples=["7QK4M2XR9VTB3C"])
    register_number: str = Field(examples=["0123/2026-CB"])
    serial_number: str = Field(examples=["CB 0012345"])
    holder_name: str = Field(examples=["Nguyễn Thị Thuỳ Dương"])
    birth_date: str = Field(examples=["05/03/1990", "1968"])
    standard_level: LevelCode
    issued_on: date
    status: StatusCode
    sitting_id: UUID
    sitting_name: str


class CertificateList(BaseModel):
    """A page of the register."""

    items: list[CertificateRow]
    total: int


class PaperMarkView(BaseModel):
    """The mark of one paper."""

    paper: str = Field(examples=["trắc nghiệm"])
    mark: str = Field(examples=["7.25"])


class RegisterEventView(BaseModel):
    """One act on a certificate."""

    model_config = ConfigDict(from_attributes=True)

    kind: Literal["issued", "revoked", "superseded"]
    at: datetime
    actor_name: str
    decision_number: str
    decision_date: date
    reason_code: ReasonCode | None
    reason: str | None = None
    note: str


class CertificateDetail(CertificateRow):
    """One line of the register with everything that stands on the certificate and what happened to it."""

    birth_place: str
    sex: str
    exam_date: date
    council_name: str
    marks: list[PaperMarkView]
    decision_number: str
    decision_date: date
    issuer_title: str
    place: str
    signatory_title: list[str]
    signatory_name: str
    is_specimen: bool
    verification_url: str
    replaced_by: UUID | None
    pdf_sha256: str | None
    events: list[RegisterEventView]


class IssuableSitting(BaseModel):
    """A sitting with approved results: how many passed and how many have their certificate."""

    sitting_id: UUID
    name: str
    standard_level: LevelCode
    passed: int
    issued: int


class IssuableList(BaseModel):
    """All sittings with approved results."""

    items: list[IssuableSitting]
    total: int


class IssueRequest(BaseModel):
    """Which sitting's certificates to issue; dated today unless told otherwise."""

    model_config = ConfigDict(extra="forbid")

    sitting_id: UUID
    issued_on: date | None = None


class JobReference(BaseModel):
    """The long work that was queued."""

    job_id: UUID


class RevocationRequest(BaseModel):
    """The decision that takes a certificate back; dated today unless told otherwise."""

    model_config = ConfigDict(extra="forbid")

    reason_code: ReasonCode
    decision_number: DecisionNumber
    decision_date: date | None = None
    note: Note = ""


class ReplacementRequest(BaseModel):
    """The decision that orders a replacement, and what is corrected; absent data stay as printed."""

    model_config = ConfigDict(extra="forbid")

    decision_number: DecisionNumber
    decision_date: date | None = None
    issued_on: date | None = None
    holder_name: Annotated[str, StringConstraints(min_length=1, max_length=120)] | None = None
    birth_date: Annotated[str, StringConstraints(pattern=r"^(\d{2}/\d{2}/)?\d{4}$")] | None = None
    birth_place: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None
    note: Note = ""


class AuthorityInput(BaseModel):
    """Who issues and signs from a day on."""

    model_config = ConfigDict(extra="forbid")

    board_code: Annotated[str, StringConstraints(pattern=r"^[A-ZĐ0-9][A-ZĐ0-9-]{0,11}$")] = Field(examples=["LD"])
    issuer_title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=240)]
    place: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    signatory_title: list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]] = (
        Field(min_length=1, max_length=3, examples=[["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]])
    )
    signatory_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    legal_basis: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    register_template: str = Field(default="{seq:04}/{year}-{kind}", max_length=48)
    is_specimen: bool = False
    valid_from: date
    valid_to: date | None = None


class AuthorityView(AuthorityInput):
    """An issuing authority as entered; ``valid_to`` is the first day on which it no longer issues."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")

    id: UUID


class AuthorityList(BaseModel):
    """All issuing authorities, the earliest first."""

    items: list[AuthorityView]
    total: int


class BlankRangeInput(BaseModel):
    """A delivery of numbered blanks."""

    model_config = ConfigDict(extra="forbid")

    standard_level: LevelCode
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-ZĐ0-9][A-ZĐ0-9 ./-]{0,11}$")] = Field(examples=["CB "])
    first_number: int = Field(ge=0, le=99_999_999)
    last_number: int = Field(ge=0, le=99_999_999)
    digits: int = Field(default=7, ge=1, le=8)
    received_on: date
    note: Note = ""


class BlankRangeView(BaseModel):
    """A delivery and what became of its blanks; the four counts add up to its size."""

    id: UUID
    standard_level: LevelCode
    first_serial: str
    last_serial: str
    received_on: date
    note: str
    available: int
    used: int
    spoiled: int
    lost: int


class BlankLedger(BaseModel):
    """All deliveries of blanks, the latest first."""

    items: list[BlankRangeView]
    total: int


class BlankWriteOff(BaseModel):
    """A blank that will never become a certificate, and why."""

    model_config = ConfigDict(extra="forbid")

    serial_number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]
    outcome: Literal["spoiled", "lost"]
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class BlankView(BaseModel):
    """One blank of the ledger."""

    model_config = ConfigDict(from_attributes=True)

    serial_number: str
    status: Literal["available", "used", "spoiled", "lost"]
    note: str


class PublicKeyView(BaseModel):
    """A key that checkers know; dates bound the issue dates it vouches for, ``not_after`` excluded."""

    kid: str = Field(examples=["a1b2c3d4"])
    public_key: str = Field(description="Raw Ed25519 public key, base64.")
    not_before: date
    not_after: date
    revoked_at: datetime | None


class PublicKeyList(BaseModel):
    """Every key that ever signed."""

    issued_at: datetime
    keys: list[PublicKeyView]


class StatusListView(BaseModel):
    """The signed status list.

    ``bits`` is base64 of gzip of ``size / 4`` bytes, two bits a place, lowest first. The signature covers the text
    ``VNITCERT-STATUS-v1``, kid, issued_at, ttl_seconds, size and the SHA-256 (hex) of the gzip bytes, joined by line
    feeds.
    """

    kid: str
    issued_at: str
    ttl_seconds: int
    size: int
    bits: str
    signature: str


class RegisterAnswerView(BaseModel):
    """What the register says of a typed id; ``unknown`` for every id that names no certificate."""

    model_config = ConfigDict(from_attributes=True)

    state: Literal["valid", "revoked", "superseded", "unknown"]
    public_id: str | None = None
    holder_name: str | None = None
    standard_level: LevelCode | None = None
    serial_number: str | None = None
    register_number: str | None = None
    issued_on: date | None = None
    issuer_title: str | None = None
    decision_number: str | None = None
    decided_on: date | None = None
    is_specimen: bool = False
