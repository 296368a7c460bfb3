"""Issuing the certificates of a sitting: one transaction, all or nothing."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel.ext.asyncio.session import AsyncSession

from certificates.errors import (
    IssueDateError,
    NothingToIssueError,
)
from certificates.issuing.passes import PassToCertify
from certificates.issuing.printable import check_printable
from certificates.names import normalise_name
from certificates.public_id import BYTES, encode_public_id
from certificates.qr_payload import SPECIMEN_BOARD, CertificateFacts, Level, sign_payload, verification_url
from certificates.registry import authorities, keys, numbers, queries
from certificates.registry.models import Certificate, IssuingAuthority, RegisterEvent
from certificates.registry.snapshot import to_snapshot
from certificates.rendering.content import CertificateContent, PaperMark
from certificates.verification.status_list import SMALLEST_SIZE
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.text import search_key
from exam_engine.core.time import VIETNAM


@dataclass(frozen=True, slots=True)
class Office:
    """What issuing needs to know of the installation."""

    data_dir: Path
    public_url: str

    @property
    def lookup_address(self) -> str:
        """Where a typed id is looked up, as printed: host and path."""
        return f"{urlsplit(self.public_url).netloc}/c"


async def issue_for_sitting(
    session: AsyncSession,
    *,
    passes: Sequence[PassToCertify],
    issued_on: date,
    office: Office,
    actor: Actor,
    now: datetime,
    rng: random.Random,
) -> list[Certificate]:
    """Enter a certificate for everyone who passed and has none yet.

    Register numbers and blanks follow the order of ``passes``. Either all are entered or none; a second call adds only
    who was missing.

    Raises
    ------
    NothingToIssueError, IssueDateError, NoAuthorityError, BlankShortageError, SigningKeyError
    CertificateDataError
        With one fault for every candidate whose data cannot be printed.
    """
    if not passes:
        raise NothingToIssueError
    _check_issue_date(issued_on, max(entry.decision_date for entry in passes), now)
    authority = await authorities.authority_on(session, issued_on)
    level = passes[0].standard_level
    series = await numbers.lock_series(session, standard_level=level, year=issued_on.year)
    # Asked after the lock: another job for the same sitting has either committed or waits behind it.
    issued = await queries.registrations_with_certificate(session, [entry.registration_id for entry in passes])
    due = [entry for entry in passes if entry.registration_id not in issued]
    if not due:
        raise NothingToIssueError
    check_printable(due, authority)
    await keys.ensure_key(session, data_dir=office.data_dir, issued_on=issued_on, actor=actor, now=now)
    kid, key = await keys.signer_for(session, data_dir=office.data_dir, issued_on=issued_on)
    sequence = await numbers.take_register_numbers(session, series, len(due))
    serials = await numbers.take_blanks(session, standard_level=level, count=len(due), now=now)
    places = await _draw_places(session, len(due), rng)
    made = [
        _enter(
            session,
            entry,
            _Slot(number, serial, place, rng.randbytes(BYTES)),
            _Seal(authority, office, kid, key),
            issued_on=issued_on,
            now=now,
        )
        for entry, number, serial, place in zip(due, sequence, serials, places, strict=True)
    ]
    await session.flush()
    for certificate, entry in zip(made, due, strict=True):
        add_event(session, certificate, "issued", entry.decision_number, entry.decision_date, actor=actor, now=now)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="certificates.issued",
        object_type="sitting",
        object_id=str(passes[0].sitting_id),
        after={certificate.register_number: certificate.printed for certificate in made},
        details={"count": len(made), "first": made[0].register_number, "last": made[-1].register_number},
        now=now,
    )
    return made


def add_event(
    session: AsyncSession,
    certificate: Certificate,
    kind: str,
    decision_number: str,
    decision_date: date,
    *,
    actor: Actor,
    now: datetime,
    reason_code: str | None = None,
    note: str = "",
) -> None:
    """Add an act to the register's history of a certificate."""
    session.add(
        RegisterEvent(
            certificate_id=certificate.id,
            kind=kind,
            at=now,
            actor_id=actor.id,
            actor_name=actor.display_name,
            decision_number=decision_number,
            decision_date=decision_date,
            reason_code=reason_code,
            note=note,
        )
    )


@dataclass(frozen=True, slots=True)
class _Slot:
    """What belongs to one certificate alone."""

    sequence: int
    serial_number: str
    status_index: int
    public_id: bytes


@dataclass(frozen=True, slots=True)
class _Seal:
    """What all certificates of one issue share."""

    authority: IssuingAuthority
    office: Office
    kid: bytes
    key: Ed25519PrivateKey


def _enter(
    session: AsyncSession, entry: PassToCertify, slot: _Slot, seal: _Seal, *, issued_on: date, now: datetime
) -> Certificate:
    authority = seal.authority
    name = normalise_name(entry.full_name)
    register_number = authorities.register_number(
        authority.register_template,
        sequence=slot.sequence,
        year=issued_on.year,
        standard_level=entry.standard_level,
    )
    level = Level[entry.standard_level.upper()]
    facts = CertificateFacts(
        kid=seal.kid,
        public_id=slot.public_id,
        status_index=slot.status_index,
        level=level,
        issued_on=issued_on,
        board=SPECIMEN_BOARD if authority.is_specimen else authority.board_code,
        serial_number=slot.serial_number,
        name=name,
    )
    content = CertificateContent(
        issuer_title=authority.issuer_title,
        level=level,
        holder_name=name,
        birth_date=entry.birth_date,
        birth_place=entry.birth_place,
        exam_date=entry.exam_date,
        council_name=entry.council_name,
        marks=tuple(PaperMark(paper, mark) for paper, mark in entry.marks),
        decision_number=entry.decision_number,
        decision_date=entry.decision_date,
        place=authority.place,
        issued_on=issued_on,
        signatory_title=tuple(authority.signatory_title),
        signatory_name=authority.signatory_name,
        serial_number=slot.serial_number,
        register_number=register_number,
        public_id=encode_public_id(slot.public_id),
        qr_text=verification_url(seal.office.public_url, sign_payload(facts, seal.key)),
        lookup_address=seal.office.lookup_address,
        is_specimen=authority.is_specimen,
    )
    certificate = Certificate(
        public_id=content.public_id,
        status_index=slot.status_index,
        kid=seal.kid.hex(),
        authority_id=authority.id,
        registration_id=entry.registration_id,
        sitting_id=entry.sitting_id,
        sitting_name=entry.sitting_name,
        standard_level=entry.standard_level,
        register_year=issued_on.year,
        register_sequence=slot.sequence,
        register_number=register_number,
        serial_number=slot.serial_number,
        holder_name=name,
        search_key=search_key(name),
        birth_date=entry.birth_date,
        birth_place=entry.birth_place,
        sex=entry.sex,
        issued_on=issued_on,
        issued_at=now,
        printed=to_snapshot(content),
    )
    session.add(certificate)
    return certificate


def _check_issue_date(issued_on: date, decision_date: date, now: datetime) -> None:
    today = now.astimezone(VIETNAM).date()
    # No date before the decision: pre-dated certificates are how hoarded blanks were once sold.
    if not decision_date <= issued_on <= today:
        raise IssueDateError(
            issued_on=f"{issued_on:%d/%m/%Y}", earliest=f"{decision_date:%d/%m/%Y}", latest=f"{today:%d/%m/%Y}"
        )


async def _draw_places(session: AsyncSession, count: int, rng: random.Random) -> list[int]:
    """Return ``count`` unused places of the status list, drawn at random over a list kept at most half full."""
    taken = await queries.taken_status_places(session)
    size = SMALLEST_SIZE
    while size < 2 * (len(taken) + count):
        size *= 2
    places: list[int] = []
    while len(places) < count:
        place = rng.randrange(size)
        if place not in taken:
            taken.add(place)
            places.append(place)
    return places
