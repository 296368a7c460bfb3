"""Tables of the register: authorities, blanks, number series, keys, certificates and the acts on them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper
from sqlmodel import Field

from exam_engine.core.db import Table, id_field, instant_field


class IssuingAuthority(Table, table=True):
    """Who issues and signs certificates dated in ``[valid_from, valid_to)``, and how their numbers look."""

    id: UUID = id_field()
    board_code: str = Field(max_length=12)
    issuer_title: str = Field(max_length=240)
    place: str = Field(max_length=80)
    signatory_title: list[str] = Field(sa_type=sa.JSON)
    signatory_name: str = Field(max_length=120)
    legal_basis: str = Field(max_length=500)
    register_template: str = Field(max_length=48)
    is_specimen: bool = False
    valid_from: date
    valid_to: date | None = None
    created_at: datetime = instant_field()

    __table_args__ = (sa.CheckConstraint("valid_to IS NULL OR valid_from < valid_to", "has_days"),)


class CertificateKey(Table, table=True):
    """The public half of a signing key and the issue dates it vouches for."""

    kid: str = Field(primary_key=True, max_length=8)
    public_key: str = Field(max_length=64)
    not_before: date
    not_after: date
    revoked_at: datetime | None = instant_field(nullable=True)
    created_at: datetime = instant_field()


class BlankRange(Table, table=True):
    """A delivery of numbered blanks (phôi) for one standard."""

    id: UUID = id_field()
    standard_level: str = Field(max_length=16, index=True)
    prefix: str = Field(max_length=12)
    first_number: int
    last_number: int
    digits: int
    received_on: date
    note: str = Field(default="", max_length=300)
    created_at: datetime = instant_field()

    __table_args__ = (sa.CheckConstraint("first_number <= last_number", "is_not_empty"),)


class Blank(Table, table=True):
    """One numbered blank; every one is accounted for: available, used, spoiled or lost."""

    serial_number: str = Field(primary_key=True, max_length=24)
    range_id: UUID = Field(foreign_key="blank_range.id", index=True)
    number: int
    status: str = Field(default="available", max_length=12, index=True)
    changed_at: datetime | None = instant_field(nullable=True)
    note: str = Field(default="", max_length=300)

    __table_args__ = (sa.CheckConstraint("status IN ('available', 'used', 'spoiled', 'lost')", "status_is_known"),)


class RegisterSeries(Table, table=True):
    """The last register number given for a standard in a year; its row lock orders all who issue."""

    standard_level: str = Field(primary_key=True, max_length=16)
    year: int = Field(primary_key=True)
    last_sequence: int = 0


class Certificate(Table, table=True):
    """One line of the register; ``printed`` holds everything on the page, so the file can be made again."""

    id: UUID = id_field()
    public_id: str = Field(max_length=14, unique=True)
    status_index: int = Field(unique=True)
    kid: str = Field(max_length=8, foreign_key="certificate_key.kid")
    authority_id: UUID = Field(foreign_key="issuing_authority.id")
    registration_id: UUID = Field(foreign_key="registration.id")
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    sitting_name: str = Field(max_length=200)
    standard_level: str = Field(max_length=16)
    register_year: int
    register_sequence: int
    register_number: str = Field(max_length=64, unique=True)
    serial_number: str = Field(max_length=24, unique=True, foreign_key="blank.serial_number")
    holder_name: str = Field(max_length=120)
    search_key: str = Field(max_length=160, index=True)
    birth_date: str = Field(max_length=10)
    birth_place: str = Field(max_length=200)
    sex: str = Field(max_length=8)
    issued_on: date = Field(index=True)
    issued_at: datetime = instant_field()
    status: str = Field(default="valid", max_length=12, index=True)
    replaced_by: UUID | None = Field(default=None, foreign_key="certificate.id")
    printed: dict[str, Any] = Field(sa_type=sa.JSON)
    pdf_sha256: str | None = Field(default=None, max_length=64)

    __table_args__ = (
        sa.UniqueConstraint("standard_level", "register_year", "register_sequence"),
        sa.CheckConstraint("status IN ('valid', 'revoked', 'superseded')", "status_is_known"),
        # A person gets one certificate for one sitting; a replacement takes the place of the one it supersedes.
        sa.Index(
            "uq_certificate_registration_id_in_force",
            "registration_id",
            unique=True,
            sqlite_where=sa.text("status <> 'superseded'"),
            postgresql_where=sa.text("status <> 'superseded'"),
        ),
    )


class RegisterEvent(Table, table=True):
    """One act on a certificate; rows are only ever added."""

    id: UUID = id_field()
    certificate_id: UUID = Field(foreign_key="certificate.id", index=True)
    kind: str = Field(max_length=16)
    at: datetime = instant_field()
    actor_id: UUID
    actor_name: str = Field(max_length=120)
    decision_number: str = Field(max_length=64)
    decision_date: date
    reason_code: str | None = Field(default=None, max_length=32)
    note: str = Field(default="", max_length=500)


@event.listens_for(RegisterEvent, "before_update")
@event.listens_for(RegisterEvent, "before_delete")
def _refuse_change(_mapper: Mapper[Any], _connection: Connection, target: RegisterEvent) -> None:
    raise RuntimeError(f"register event {target.id} may not be changed")
