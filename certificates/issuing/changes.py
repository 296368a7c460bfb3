"""What may happen to a certificate after its issue: revocation and replacement, each by a decision."""

import random
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from certificates.errors import CertificateNotValidError, DecisionDateError
from certificates.issuing.passes import PassToCertify
from certificates.issuing.service import Office, add_event, issue_for_sitting
from certificates.registry import queries
from certificates.registry.models import Certificate
from certificates.registry.snapshot import from_snapshot
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import NotFoundError
from exam_engine.core.time import VIETNAM

REVOCATION_REASONS = ("fraud", "not_qualified", "no_authority", "altered", "lent", "issued_in_error")
"""Why a certificate is taken back (thu hồi, hủy bỏ); the texts are ``certificate_reason.<code>``."""


@dataclass(frozen=True, slots=True)
class Correction:
    """Data of a replacement that differ from the superseded certificate; None leaves as it was."""

    holder_name: str | None = None
    birth_date: str | None = None
    birth_place: str | None = None


async def revoke(
    session: AsyncSession,
    *,
    certificate_id: UUID,
    reason_code: str,
    decision_number: str,
    decision_date: date,
    note: str,
    actor: Actor,
    now: datetime,
) -> Certificate:
    """Take a certificate back by a decision; the line stays in the register for ever.

    Raises
    ------
    NotFoundError, CertificateNotValidError, DecisionDateError
    """
    certificate = await _lock_valid(session, certificate_id)
    _check_later_decision(certificate, decision_date, now)
    certificate.status = "revoked"
    session.add(certificate)
    add_event(
        session,
        certificate,
        "revoked",
        decision_number,
        decision_date,
        actor=actor,
        now=now,
        reason_code=reason_code,
        note=note,
    )
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="certificate.revoked",
        object_type="certificate",
        object_id=str(certificate.id),
        before={"status": "valid"},
        after={"status": "revoked"},
        details={"register_number": certificate.register_number, "reason": reason_code, "decision": decision_number},
        now=now,
    )
    return certificate


async def replace_certificate(
    session: AsyncSession,
    *,
    certificate_id: UUID,
    correction: Correction,
    decision_number: str,
    decision_date: date,
    note: str,
    issued_on: date,
    office: Office,
    actor: Actor,
    now: datetime,
    rng: random.Random,
) -> Certificate:
    """Issue a new certificate in the place of one that was printed wrongly or by someone without authority.

    The new one has a blank and numbers of its own and names the decision that orders it; the old one is superseded and
    points to it.

    Raises
    ------
    NotFoundError, CertificateNotValidError, DecisionDateError, IssueDateError, CertificateDataError, NoAuthorityError,
    BlankShortageError, SigningKeyError
    """
    old = await _lock_valid(session, certificate_id)
    _check_later_decision(old, decision_date, now)
    entry = _corrected(old, correction, decision_number, decision_date)
    old.status = "superseded"
    session.add(old)
    await session.flush()
    # From here it is an issue like any other, for this one registration.
    [new] = await issue_for_sitting(
        session, passes=[entry], issued_on=issued_on, office=office, actor=actor, now=now, rng=rng
    )
    old.replaced_by = new.id
    session.add(old)
    add_event(session, old, "superseded", decision_number, decision_date, actor=actor, now=now, note=note)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="certificate.superseded",
        object_type="certificate",
        object_id=str(old.id),
        before={"status": "valid"},
        after={"status": "superseded", "replaced_by": str(new.id)},
        details={"register_number": old.register_number, "new": new.register_number, "decision": decision_number},
        now=now,
    )
    return new


async def _lock_valid(session: AsyncSession, certificate_id: UUID) -> Certificate:
    certificate = await queries.find_certificate(session, certificate_id, lock=True)
    if certificate is None:
        raise NotFoundError
    if certificate.status != "valid":
        raise CertificateNotValidError(register_number=certificate.register_number)
    return certificate


def _check_later_decision(certificate: Certificate, decision_date: date, now: datetime) -> None:
    today = now.astimezone(VIETNAM).date()
    if not certificate.issued_on <= decision_date <= today:
        raise DecisionDateError(earliest=f"{certificate.issued_on:%d/%m/%Y}", latest=f"{today:%d/%m/%Y}")


def _corrected(old: Certificate, correction: Correction, decision_number: str, decision_date: date) -> PassToCertify:
    printed = from_snapshot(old.printed)
    return PassToCertify(
        registration_id=old.registration_id,
        candidate_number=old.register_number,
        full_name=correction.holder_name or old.holder_name,
        birth_date=correction.birth_date or old.birth_date,
        birth_place=correction.birth_place or old.birth_place,
        sex=old.sex,
        sitting_id=old.sitting_id,
        sitting_name=old.sitting_name,
        exam_date=printed.exam_date,
        council_name=printed.council_name,
        standard_level=old.standard_level,
        marks=tuple((mark.paper, mark.mark) for mark in printed.marks),
        decision_number=decision_number,
        decision_date=decision_date,
    )
