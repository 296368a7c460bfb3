"""Who passed and may be given a certificate."""

from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from certificates.errors import AdvancedNotIssuableError, ResultsNotApprovedError
from exam_engine.results import service as results
from exam_engine.sittings import service as sittings


@dataclass(frozen=True, slots=True)
class PassToCertify:
    """An approved result with everything a certificate prints.

    Attributes
    ----------
    candidate_number : names the candidate in reports of faults.
    birth_date : ``dd/MM/yyyy`` or the year alone.
    standard_level : ``basic`` or ``advanced``.
    marks : (name of the paper, mark with a dot) in print order.
    decision_number, decision_date : the decision that recognises the results.
    """

    registration_id: UUID
    candidate_number: str
    full_name: str
    birth_date: str
    birth_place: str
    sex: str
    sitting_id: UUID
    sitting_name: str
    exam_date: date
    council_name: str
    standard_level: str
    marks: tuple[tuple[str, str], ...]
    decision_number: str
    decision_date: date


_FIELDS = tuple(field.name for field in fields(PassToCertify))


async def approved_passes(session: AsyncSession, sitting_id: UUID) -> list[PassToCertify]:
    """Return everyone who passed a sitting, in list order.

    Raises
    ------
    NotFoundError, ResultsNotApprovedError, ResultsChangedError, AdvancedNotIssuableError
    """
    await require_approved(session, sitting_id)
    passed = await results.approved_passes(session, sitting_id)
    return [PassToCertify(**{name: getattr(entry, name) for name in _FIELDS}) for entry in passed]


async def require_approved(session: AsyncSession, sitting_id: UUID) -> None:
    """Refuse a sitting without approved results, or of the advanced standard.

    Raises
    ------
    NotFoundError, ResultsNotApprovedError, AdvancedNotIssuableError
    """
    sitting = await sittings.find_sitting(session, sitting_id)
    if sitting.standard_level == "advanced":
        raise AdvancedNotIssuableError
    if sitting_id not in {sitting.sitting_id for sitting in await results.approved_sittings(session)}:
        raise ResultsNotApprovedError
