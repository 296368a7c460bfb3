"""Issuing authorities: who may sign on which day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certificates.errors import AuthorityOverlapError, BoardCodeError, NoAuthorityError, RegisterTemplateError
from certificates.qr_payload import SPECIMEN_BOARD
from certificates.registry.models import IssuingAuthority
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor

KIND_CODES = {"basic": "CB", "advanced": "NC"}
"""How register numbers tell the standard: cơ bản, nâng cao."""


@dataclass(frozen=True, slots=True)
class AuthorityTerms:
    """Who issues and signs from ``valid_from`` on, up to the day before ``valid_to`` where one is set."""

    board_code: str
    issuer_title: str
    place: str
    signatory_title: Sequence[str]
    signatory_name: str
    legal_basis: str
    register_template: str
    valid_from: date
    valid_to: date | None = None
    is_specimen: bool = False


async def add_authority(
    session: AsyncSession, *, terms: AuthorityTerms, actor: Actor, now: datetime
) -> IssuingAuthority:
    """Enter an authority; an open-ended one before it ends on the day the new one begins.

    Raises
    ------
    AuthorityOverlapError, RegisterTemplateError, BoardCodeError
    """
    check_template(terms.register_template)
    if terms.board_code == SPECIMEN_BOARD:
        raise BoardCodeError(board_code=terms.board_code)
    for other in await all_authorities(session, lock=True):
        if other.valid_to is None and other.valid_from < terms.valid_from:
            other.valid_to = terms.valid_from
            session.add(other)
        elif _overlap(other, terms):
            raise AuthorityOverlapError(signatory=other.signatory_name, valid_from=f"{other.valid_from:%d/%m/%Y}")
    authority = IssuingAuthority(
        board_code=terms.board_code,
        issuer_title=terms.issuer_title,
        place=terms.place,
        signatory_title=list(terms.signatory_title),
        signatory_name=terms.signatory_name,
        legal_basis=terms.legal_basis,
        register_template=terms.register_template,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        is_specimen=terms.is_specimen,
        created_at=now,
    )
    session.add(authority)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="certificate_authority.added",
        object_type="issuing_authority",
        object_id=str(authority.id),
        after=authority.model_dump(mode="json"),
        details={"signatory": terms.signatory_name, "valid_from": terms.valid_from.isoformat()},
        now=now,
    )
    return authority


async def all_authorities(session: AsyncSession, *, lock: bool = False) -> list[IssuingAuthority]:
    """Return all authorities, the earliest first."""
    statement = select(IssuingAuthority).order_by(col(IssuingAuthority.valid_from))
    return list((await session.exec(statement.with_for_update() if lock else statement)).all())


async def authority_on(session: AsyncSession, day: date) -> IssuingAuthority:
    """Return who issues on a day.

    Raises
    ------
    NoAuthorityError
    """
    statement = select(IssuingAuthority).where(
        col(IssuingAuthority.valid_from) <= day,
        sa.or_(col(IssuingAuthority.valid_to).is_(None), col(IssuingAuthority.valid_to) > day),
    )
    authority = (await session.exec(statement)).first()
    if authority is None:
        raise NoAuthorityError(day=f"{day:%d/%m/%Y}")
    return authority


def register_number(template: str, *, sequence: int, year: int, standard_level: str) -> str:
    """Return the printed register number, for example ``0123/2026-CB`` from ``{seq:04}/{year}-{kind}``."""
    return template.format(seq=sequence, year=year, kind=KIND_CODES[standard_level])


def check_template(template: str) -> None:
    """Refuse a template that leaves out what makes a register number unique.

    Raises
    ------
    RegisterTemplateError
    """
    try:
        fields = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
        sample = register_number(template, sequence=1, year=2026, standard_level="basic")
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise RegisterTemplateError(template=template) from error
    if fields != {"seq", "year", "kind"} or len(sample) > 40:
        raise RegisterTemplateError(template=template)


def _overlap(other: IssuingAuthority, terms: AuthorityTerms) -> bool:
    starts_before_other_ends = other.valid_to is None or terms.valid_from < other.valid_to
    ends_after_other_starts = terms.valid_to is None or terms.valid_to > other.valid_from
    return starts_before_other_ends and ends_after_other_starts
