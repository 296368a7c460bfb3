"""Registering candidates: lists read, reported on and applied; later corrections."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.core.errors import Fault, InvalidInputError, NotFoundError
from exam_engine.core.text import clean_line, search_key
from exam_engine.core.time import VIETNAM
from exam_engine.sittings import planning, queries
from exam_engine.sittings.birth_dates import parse_birth_date, shown_birth_date
from exam_engine.sittings.candidate_list import CandidateList, CandidateRow, ListFault, name_faults
from exam_engine.sittings.errors import (
    ImportAlreadyAppliedError,
    ImportHasErrorsError,
    ImportOutdatedError,
    RoomAtSiteError,
    SittingSettledError,
)
from exam_engine.sittings.hints import SEAT
from exam_engine.sittings.identity_papers import clean_number, paper_kind
from exam_engine.sittings.models import Candidate, CandidateImport, Registration, Sitting
from exam_engine.sittings.queries import RegistrationRow
from exam_engine.sittings.vietnamese_names import name_sort_key

_OF_TIME = frozenset({"extra_minutes", "extra_percent"})
_OF_REGISTRATION = _OF_TIME | {"organisation"}
_PERSON_FIELDS = ("full_name", "birth_date", "sex", "birth_place")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What reading a list found; nothing is registered yet."""

    stored: CandidateImport
    sheet_name: str
    new: int
    already_registered: int
    errors: Sequence[ListFault]
    warnings: Sequence[ListFault]


async def exam_day(session: AsyncSession, sitting_id: UUID) -> date:
    """Return the day of a sitting in Vietnam.

    Raises
    ------
    NotFoundError
    """
    sitting = await queries.sitting(session, sitting_id)
    if sitting is None:
        raise NotFoundError
    return sitting.opens_at.astimezone(VIETNAM).date()


async def store_import(
    session: AsyncSession,
    sitting_id: UUID,
    *,
    file_name: str,
    content: bytes,
    read: CandidateList,
    actor: Actor,
    now: datetime,
) -> ImportReport:
    """Compare a list that was read with what is registered, and keep it for applying.

    Raises
    ------
    NotFoundError, SittingNotDraftError
    """
    sitting = await planning.lock_draft(session, sitting_id)
    compared = await _compare(session, sitting, read.rows)
    errors = sorted([*read.errors, *compared.errors], key=lambda fault: fault.row)
    stored = CandidateImport(
        sitting_id=sitting_id,
        file_name=clean_line(file_name)[:200],
        file_hash=hashlib.sha256(content).hexdigest(),
        rows_read=read.rows_read,
        rows=[row.to_json() for row in compared.new],
        has_errors=bool(errors),
        created_at=now,
        created_by=actor.id,
    )
    session.add(stored)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="candidate_import.read",
        object_type="candidate_import",
        object_id=str(stored.id),
        details={"sitting": str(sitting_id), "file_hash": stored.file_hash, "rows": read.rows_read},
        now=now,
    )
    warnings = sorted([*read.warnings, *compared.already_registered], key=lambda fault: fault.row)
    return ImportReport(stored, read.sheet_name, len(compared.new), len(compared.already_registered), errors, warnings)


async def apply_import(session: AsyncSession, sitting_id: UUID, import_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Register everybody of a list that had no errors, all or nobody; returns how many were registered.

    Raises
    ------
    NotFoundError, SittingNotDraftError, ImportHasErrorsError, ImportAlreadyAppliedError
    ImportOutdatedError
        Since the list was read somebody of it was registered elsewhere or is known by other data.
    """
    sitting = await planning.lock_draft(session, sitting_id)
    stored = await session.get(CandidateImport, import_id)
    if stored is None or stored.sitting_id != sitting_id:
        raise NotFoundError
    if stored.applied_at is not None:
        raise ImportAlreadyAppliedError
    if stored.has_errors:
        raise ImportHasErrorsError
    compared = await _compare(session, sitting, [CandidateRow(**row) for row in stored.rows])
    if compared.errors:
        raise ImportOutdatedError(faults=[fault.fault for fault in compared.errors])
    people = [(compared.known.get(row.identity_number) or _new_candidate(row, now), row) for row in compared.new]
    session.add_all(candidate for candidate, _ in people)
    try:
        await session.flush()
    except IntegrityError as error:
        # Another sitting registered one of them at this moment.
        raise ImportOutdatedError from error
    session.add_all(
        Registration(
            sitting_id=sitting.id,
            administration_id=sitting.administration_id,
            candidate_id=candidate.id,
            organisation=row.organisation,
        )
        for candidate, row in people
    )
    stored.applied_at, stored.rows = now, []
    session.add(stored)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="candidate_import.applied",
        object_type="candidate_import",
        object_id=str(stored.id),
        details={"sitting": str(sitting_id), "registered": len(compared.new)},
        now=now,
    )
    return len(compared.new)


async def change_registration(
    session: AsyncSession, registration_id: UUID, *, changes: Mapping[str, Any], actor: Actor, now: datetime
) -> RegistrationRow:
    """Correct a registration: extra time, organisation, and the person's data as their papers say.

    ``changes`` holds only what changes: extra_minutes, extra_percent, organisation, full_name, sort_name (None takes
    it away), birth_date (as people write it), sex, birth_place, identity_number. Possible until the results are
    settled.

    Raises
    ------
    NotFoundError, SittingSettledError
    RoomAtSiteError
        Time cannot be given here to whoever sits the exam at a site.
    InvalidInputError
        A value that cannot be; an identity number that somebody else has.
    """
    row = await queries.registration(session, registration_id)
    if row is None:
        raise NotFoundError
    sitting = await queries.sitting(session, row.sitting.id, for_change=True)
    if sitting is None or sitting.status not in {"draft", "ready"}:
        raise SittingSettledError
    is_at_site = row.room is not None and await queries.is_room_at_site(session, sitting.id, row.room.id)
    if is_at_site and _OF_TIME & changes.keys():
        raise RoomAtSiteError
    before = _facts(row)
    values = await _checked(session, row, changes)
    for field, value in values.items():
        setattr(row.registration if field in _OF_REGISTRATION else row.candidate, field, value)
    candidate = row.candidate
    candidate.sort_key = name_sort_key(candidate.sort_name or candidate.full_name)
    candidate.search_key = search_key(candidate.full_name)
    session.add_all((row.registration, candidate))
    await session.flush()
    hint_after_commit(session, SEAT, [registration_id])
    await audit.record(
        session,
        actor=actor,
        action="registration.changed",
        object_type="registration",
        object_id=str(registration_id),
        before=before,
        after=_facts(row),
        details={"fields": sorted(values)} | {k: v for k, v in values.items() if k in _OF_TIME},
        now=now,
        sitting_id=sitting.id if sitting.status == "ready" else None,
    )
    return row


async def remove_registration(session: AsyncSession, registration_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take a candidate out of a draft sitting; a person without any other registration is forgotten.

    Raises
    ------
    NotFoundError, SittingNotDraftError
    """
    row = await queries.registration(session, registration_id)
    if row is None:
        raise NotFoundError
    await planning.lock_draft(session, row.sitting.id)
    before = _facts(row)
    await session.delete(row.registration)
    await session.flush()
    if not await queries.is_registered_anywhere(session, row.candidate.id):
        await session.delete(row.candidate)
        await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="registration.removed",
        object_type="registration",
        object_id=str(registration_id),
        before=before,
        details={"sitting": str(row.sitting.id)},
        now=now,
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    """The rows of a list against what is stored."""

    new: list[CandidateRow]
    known: dict[str, Candidate]
    errors: list[ListFault]
    already_registered: list[ListFault]


async def _compare(session: AsyncSession, sitting: Sitting, rows: Sequence[CandidateRow]) -> _Compared:
    known = await queries.candidates_by_number(session, [row.identity_number for row in rows])
    sitting_of = await queries.sittings_of_people(session, sitting.administration_id)
    compared = _Compared([], known, [], [])
    for row in rows:
        candidate = known.get(row.identity_number)
        other = sitting_of.get(candidate.id) if candidate is not None else None
        if candidate is not None and (differing := _differing(candidate, row)):
            # The number decides who it is. Which of the two is right only people can tell.
            compared.errors.append(_fault(row, "candidate_differs", known="; ".join(differing)))
        elif other is None:
            compared.new.append(row)
        elif other.id == sitting.id:
            compared.already_registered.append(_fault(row, "candidate_already_registered"))
        else:
            compared.errors.append(_fault(row, "candidate_in_other_sitting", sitting=other.name))
    return compared


def _differing(candidate: Candidate, row: CandidateRow) -> list[str]:
    values = [getattr(candidate, field) for field in _PERSON_FIELDS if getattr(candidate, field) != getattr(row, field)]
    return [shown_birth_date(value) if value == candidate.birth_date else value for value in values]


def _fault(row: CandidateRow, code: str, **params: Any) -> ListFault:
    return ListFault(row.row, "", Fault(code, str(row.row), params))


def _new_candidate(row: CandidateRow, now: datetime) -> Candidate:
    return Candidate(
        full_name=row.full_name,
        sort_name=row.sort_name,
        sort_key=name_sort_key(row.sort_name or row.full_name),
        search_key=search_key(row.full_name),
        birth_date=row.birth_date,
        sex=row.sex,
        birth_place=row.birth_place,
        identity_number=row.identity_number,
        created_at=now,
    )


async def _checked(session: AsyncSession, row: RegistrationRow, changes: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(changes)
    for field in ("full_name", "sort_name", "birth_place", "organisation"):
        if values.get(field) is not None:
            values[field] = clean_line(values[field])
    if values.get("sort_name") == "":
        values["sort_name"] = None
    faults = [
        Fault("value_missing", field) for field in ("full_name", "birth_place") if field in values and not values[field]
    ]
    for field in ("full_name", "sort_name"):
        faults += [Fault(fault.code, field, fault.params) for fault in name_faults(values.get(field) or "")]
    if "birth_date" in values:
        parsed = parse_birth_date(values["birth_date"])
        if parsed is None:
            faults.append(Fault("birth_date_unclear", "birth_date", {"text": values["birth_date"]}))
        values["birth_date"] = parsed
    if "identity_number" in values:
        number = clean_number(values["identity_number"])
        owner = (await queries.candidates_by_number(session, [number])).get(number)
        if paper_kind(number) is None:
            faults.append(Fault("identity_malformed", "identity_number", {"text": number}))
        elif owner is not None and owner.id != row.candidate.id:
            faults.append(Fault("identity_taken", "identity_number", {"name": owner.full_name}))
        values["identity_number"] = number
    if faults:
        raise InvalidInputError(faults=faults)
    return values


def _facts(row: RegistrationRow) -> dict[str, Any]:
    candidate, registration = row.candidate, row.registration
    return {
        "full_name": candidate.full_name,
        "sort_name": candidate.sort_name,
        "birth_date": candidate.birth_date,
        "sex": candidate.sex,
        "birth_place": candidate.birth_place,
        "identity_number": candidate.identity_number,
        "organisation": registration.organisation,
        "extra_minutes": registration.extra_minutes,
        "extra_percent": registration.extra_percent,
    }
