"""Who passed and may be given a certificate."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


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


@dataclass(frozen=True, slots=True)
class ApprovedSitting:
    """A sitting whose results a second person approved, and how many passed."""

    sitting_id: UUID
    name: str
    standard_level: str
    passed: int
