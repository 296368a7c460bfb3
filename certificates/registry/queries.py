"""SQL of the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certificates.registry.models import Certificate, RegisterEvent
from exam_engine.core.text import search_key

_BATCH = 500

SORT_FIELDS: dict[str, tuple[Any, ...]] = {
    "register_number": (Certificate.register_year, Certificate.standard_level, Certificate.register_sequence),
    "serial_number": (Certificate.serial_number,),
    "holder_name": (Certificate.search_key, Certificate.register_number),
    "issued_on": (Certificate.issued_on, Certificate.register_sequence),
    "status": (Certificate.status, Certificate.register_number),
}


@dataclass(frozen=True, slots=True)
class CertificateFilter:
    """Which lines of the register are wanted."""

    q: str | None = None
    status: str | None = None
    sitting_id: UUID | None = None


async def find_certificate(session: AsyncSession, certificate_id: UUID, *, lock: bool = False) -> Certificate | None:
    """Return one line of the register."""
    statement = select(Certificate).where(Certificate.id == certificate_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.exec(statement)).first()


async def find_by_public_id(session: AsyncSession, public_id: str) -> Certificate | None:
    """Return the line that a public id names."""
    return (await session.exec(select(Certificate).where(Certificate.public_id == public_id))).first()


async def find_page(
    session: AsyncSession, wanted: CertificateFilter, *, sort: str, offset: int, limit: int
) -> tuple[list[Certificate], int]:
    """Return a page of the register and the number of all lines that match; ``sort`` is a key of SORT_FIELDS."""
    statement = select(Certificate)
    if wanted.status:
        statement = statement.where(Certificate.status == wanted.status)
    if wanted.sitting_id:
        statement = statement.where(Certificate.sitting_id == wanted.sitting_id)
    if wanted.q:
        text = wanted.q.strip()
        statement = statement.where(
            sa.or_(
                col(Certificate.search_key).contains(search_key(text), autoescape=True),
                col(Certificate.register_number).contains(text, autoescape=True),
                col(Certificate.serial_number).contains(text.upper(), autoescape=True),
                col(Certificate.public_id) == text.upper().replace("-", ""),
            )
        )
    total = (await session.exec(select(sa.func.count()).select_from(statement.subquery()))).one()
    columns = [col(column) for column in SORT_FIELDS[sort.removeprefix("-")]]
    ordered = statement.order_by(*(column.desc() if sort.startswith("-") else column for column in columns))
    return list((await session.exec(ordered.offset(offset).limit(limit))).all()), total


async def events_of(session: AsyncSession, certificate_id: UUID) -> list[RegisterEvent]:
    """Return every act on a certificate, the first one first."""
    statement = select(RegisterEvent).where(RegisterEvent.certificate_id == certificate_id)
    return list((await session.exec(statement.order_by(col(RegisterEvent.at), col(RegisterEvent.kind)))).all())


async def last_event(session: AsyncSession, certificate_id: UUID, kind: str) -> RegisterEvent | None:
    """Return the latest act of a kind on a certificate."""
    statement = (
        select(RegisterEvent)
        .where(RegisterEvent.certificate_id == certificate_id, RegisterEvent.kind == kind)
        .order_by(col(RegisterEvent.at).desc())
    )
    return (await session.exec(statement)).first()


async def registrations_with_certificate(session: AsyncSession, registration_ids: Sequence[UUID]) -> set[UUID]:
    """Return which registrations hold a certificate that was not superseded."""
    found: set[UUID] = set()
    for start in range(0, len(registration_ids), _BATCH):
        statement = select(Certificate.registration_id).where(
            col(Certificate.registration_id).in_(registration_ids[start : start + _BATCH]),
            Certificate.status != "superseded",
        )
        found.update((await session.exec(statement)).all())
    return found


async def issued_counts(session: AsyncSession) -> dict[UUID, int]:
    """Return for each sitting how many certificates are in force or revoked."""
    statement = (
        select(Certificate.sitting_id, sa.func.count())
        .where(Certificate.status != "superseded")
        .group_by(col(Certificate.sitting_id))
    )
    return dict((await session.exec(statement)).all())


async def taken_status_places(session: AsyncSession) -> set[int]:
    """Return every place of the status list that belongs to a certificate."""
    return set((await session.exec(select(Certificate.status_index))).all())


async def highest_status_place(session: AsyncSession) -> int:
    """Return the highest place in use; 0 when there is none."""
    return (await session.exec(select(sa.func.max(Certificate.status_index)))).one() or 0


async def exceptional_statuses(session: AsyncSession) -> list[tuple[int, str]]:
    """Return place and status of every certificate that is no longer valid."""
    statement = select(Certificate.status_index, Certificate.status).where(Certificate.status != "valid")
    return [(index, status) for index, status in (await session.exec(statement)).all()]


async def without_file(session: AsyncSession, sitting_id: UUID) -> list[Certificate]:
    """Return the certificates of a sitting whose file was never made."""
    statement = (
        select(Certificate)
        .where(Certificate.sitting_id == sitting_id, col(Certificate.pdf_sha256).is_(None))
        .order_by(col(Certificate.register_sequence))
    )
    return list((await session.exec(statement)).all())


async def set_file_hash(session: AsyncSession, certificate_id: UUID, sha256: str) -> None:
    """Keep the hash of a certificate's file, once."""
    await session.exec(
        sa.update(Certificate)
        .where(col(Certificate.id) == certificate_id, col(Certificate.pdf_sha256).is_(None))
        .values(pdf_sha256=sha256)
    )
