"""What other slices may know and do about sittings and registrations."""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.errors import WrongCredentialsError
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault, NotFoundError
from exam_engine.core.security import constant_time_equal
from exam_engine.core.text import clean_line
from exam_engine.sittings import queries, readiness, rule_sets, sections
from exam_engine.sittings.birth_dates import shown_birth_date
from exam_engine.sittings.errors import (
    RoomAtSiteError,
    SittingNotDraftError,
    SittingNotReadyError,
    SittingNotRunningError,
    SittingSettledError,
)
from exam_engine.sittings.identity_papers import SUFFIX_LENGTH, masked, suffix_of
from exam_engine.sittings.lockdown_rules import lockdown_faults
from exam_engine.sittings.models import Room, Sitting
from exam_engine.sittings.queries import RegistrationRow
from exam_engine.sittings.sitting_time import SittingStatus, extra_time, last_end, sitting_status

ACCESS_CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""No I, L, O, 0, 1: an access code is read from a board and typed."""
ACCESS_CODE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class SittingFacts:
    """A sitting as other slices see it; ``status`` is the stored one (draft, ready, marked, approved).

    ``ends_at`` is the instant after which no answer of the sitting can count: closing time, plus the longest extra
    time granted, plus grace.
    """

    sitting_id: UUID
    name: str
    administration_id: UUID
    administration_name: str
    exam_name: str
    exam_code: str
    standard_level: str
    council_name: str
    place: str
    opens_at: datetime
    closes_at: datetime
    ends_at: datetime
    duration: timedelta
    grace: timedelta
    status: str
    access_code: str | None
    rule_set_code: str | None
    unlock_needs_identity: bool

    def status_at(self, now: datetime) -> SittingStatus:
        """Return the status people see, which also follows the clock."""
        return sitting_status(self.status, opens_at=self.opens_at, ends_at=self.ends_at, now=now)


@dataclass(frozen=True, slots=True)
class RegistrationFacts:
    """A registration with the facts of its candidate and its sitting.

    ``birth_date`` is text as shown (dd/MM/yyyy or yyyy). ``room_id`` to ``variant`` are None until the sitting is
    arranged; a sitting that is ready has them all. ``variant`` counts the shuffles of a form from 0.
    """

    registration_id: UUID
    sitting_id: UUID
    candidate_id: UUID
    candidate_number: str | None
    full_name: str
    birth_date: str
    sex: str
    birth_place: str
    identity_number_masked: str
    organisation: str
    sitting_name: str
    sitting_status: str
    unlock_needs_identity: bool
    exam_name: str
    standard_level: str
    council_name: str
    place: str
    opens_at: datetime
    closes_at: datetime
    duration: timedelta
    grace: timedelta
    extra_time: timedelta
    room_id: UUID | None
    room_name: str | None
    seat_number: int | None
    form_id: UUID | None
    variant: int | None


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """One room of a sitting."""

    sitting_id: UUID
    sitting_name: str
    room_id: UUID
    room_name: str
    seat_count: int
    opens_at: datetime
    closes_at: datetime
    sitting_status: str


@dataclass(frozen=True, slots=True)
class PaperPlan:
    """A form with the shuffles of it that are handed out in a sitting."""

    form_id: UUID
    variants: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RuleSetFacts:
    """A rule-set; what ``rule`` holds is said in :mod:`exam_engine.results.pass_rule`."""

    code: str
    legal_basis: str
    standard_level: str
    valid_from: date
    valid_to: date | None
    rule: Mapping[str, Any]


async def find_registration(session: AsyncSession, registration_id: UUID) -> RegistrationFacts:
    """Return the facts of one registration.

    Raises
    ------
    NotFoundError
    """
    row = await queries.registration(session, registration_id)
    if row is None:
        raise NotFoundError
    return _registration_facts(row)


async def authenticate_candidate(
    session: AsyncSession, *, access_code: str, candidate_number: str, identity_suffix: str
) -> RegistrationFacts:
    """Return the registration that these three belong to; only reads.

    ``identity_suffix`` is the last six characters of the identity number. Case and spaces do not matter.

    Raises
    ------
    WrongCredentialsError
        No such access code, no such number, another suffix, or the sitting is not ready; they are not told apart.
    RoomAtSiteError
        The candidate sits the exam at a site, on the server there.
    """
    row = await queries.registration_by_login(session, _plain_code(access_code), clean_line(candidate_number))
    expected = suffix_of(row.candidate.identity_number) if row else "0" * SUFFIX_LENGTH
    fits = constant_time_equal("".join(identity_suffix.split()).upper(), expected)
    if row is None or not fits or row.sitting.status == "draft":
        raise WrongCredentialsError
    await refuse_room_at_site(session, row.sitting.id, row.registration.room_id)
    return _registration_facts(row)


async def registrations_of_sitting(session: AsyncSession, sitting_id: UUID) -> list[RegistrationFacts]:
    """Return all registrations of a sitting by room and seat, those without a seat last by name."""
    return [_registration_facts(row) for row in await queries.registrations_of_sitting(session, sitting_id)]


async def registrations_of_room(
    session: AsyncSession, sitting_id: UUID, room_id: UUID, *, ids: Collection[UUID] | None = None
) -> list[RegistrationFacts]:
    """Return the registrations of one room of a sitting by seat, or some of them."""
    rows = await queries.registrations_of_sitting(session, sitting_id, room_id, ids=ids)
    return [_registration_facts(row) for row in rows]


async def registrations_among(session: AsyncSession, ids: Collection[UUID]) -> list[RegistrationFacts]:
    """Return the registrations of these ids, of whichever sittings and rooms."""
    return [_registration_facts(row) for row in await queries.registrations_among(session, ids)]


async def registration_ids_of_room(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> list[UUID]:
    """Return who sits in one room of a sitting by seat."""
    return await queries.registration_ids_of_room(session, sitting_id, room_id)


async def registration_ids_held_here(session: AsyncSession, sitting_id: UUID) -> list[UUID]:
    """Return who is registered for a sitting in rooms that no site holds, by candidate number."""
    return await queries.registration_ids_held_here(session, sitting_id)


async def refuse_room_at_site(session: AsyncSession, sitting_id: UUID, room_id: UUID | None) -> None:
    """Refuse an act in a room that a site holds.

    Raises
    ------
    RoomAtSiteError
    """
    if room_id is not None and await queries.is_room_at_site(session, sitting_id, room_id):
        raise RoomAtSiteError


async def rooms_at_sites(session: AsyncSession, sitting_id: UUID) -> list[UUID]:
    """Return the rooms of a sitting that sites hold."""
    return await queries.rooms_at_sites(session, sitting_id)


async def lock_ready(session: AsyncSession, sitting_id: UUID) -> Sitting:
    """Return a sitting that was made ready; until the transaction ends nobody starts in it and nobody else changes it.

    Raises
    ------
    NotFoundError, SittingNotRunningError
    """
    sitting = await queries.sitting(session, sitting_id, for_change=True)
    if sitting is None:
        raise NotFoundError
    if sitting.status != "ready":
        raise SittingNotRunningError
    return sitting


async def refuse_unless_ready(session: AsyncSession, sitting_id: UUID) -> None:
    """Refuse a sitting that was not made ready, or whose results are settled.

    Raises
    ------
    NotFoundError, SittingNotRunningError
    """
    sitting = await queries.sitting(session, sitting_id)
    if sitting is None:
        raise NotFoundError
    if sitting.status != "ready":
        raise SittingNotRunningError


async def lock_room(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> None:
    """Keep others from changing who sits where in a room until the transaction ends."""
    await queries.lock_room(session, sitting_id, room_id)


async def registration_ids_at(
    session: AsyncSession, sitting_id: UUID, room_id: UUID, seat_numbers: Collection[int]
) -> list[UUID]:
    """Return who sits at these seats of a room."""
    return await queries.registration_ids_at(session, sitting_id, room_id, seat_numbers)


async def lock_unsettled(session: AsyncSession, sitting_id: UUID) -> Sitting:
    """Return a sitting whose results are not settled, locked until the transaction ends.

    Raises
    ------
    NotFoundError, SittingSettledError
    """
    sitting = await queries.sitting(session, sitting_id, for_change=True)
    if sitting is None:
        raise NotFoundError
    if sitting.status not in {"draft", "ready"}:
        raise SittingSettledError
    return sitting


async def credit_needs_second(session: AsyncSession, sitting_id: UUID) -> bool:
    """Whether time given back in a sitting needs a second signature."""
    sitting = await queries.sitting(session, sitting_id)
    return sitting is None or sitting.credit_needs_second


async def find_sitting(session: AsyncSession, sitting_id: UUID) -> SittingFacts:
    """Return the facts of one sitting.

    Raises
    ------
    NotFoundError
    """
    found = await queries.sittings_with_administration(session, [sitting_id])
    if not found:
        raise NotFoundError
    return (await _sitting_facts(session, found))[0]


async def list_sittings(session: AsyncSession) -> list[SittingFacts]:
    """Return all sittings, the latest opening first."""
    return await _sitting_facts(session, await queries.sittings_with_administration(session, None))


async def may_proctor(session: AsyncSession, user_id: UUID, sitting_id: UUID, room_id: UUID) -> bool:
    """Whether the user is assigned to that room of that sitting."""
    return await queries.is_proctor(session, user_id=user_id, sitting_id=sitting_id, room_id=room_id)


async def rooms_of_proctor(session: AsyncSession, user_id: UUID) -> list[RoomFacts]:
    """Return every room a user is or was assigned to, by opening time."""
    return [_room_facts(sitting, room) for sitting, room in await queries.rooms_of_proctor(session, user_id)]


async def find_room(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> RoomFacts:
    """Return a room of a sitting.

    Raises
    ------
    NotFoundError
    """
    found = await queries.sitting_room(session, sitting_id, room_id)
    if found is None:
        raise NotFoundError
    return _room_facts(*found)


async def rooms_of(session: AsyncSession, sitting_id: UUID) -> list[Room]:
    """Return the rooms of a sitting in the order in which they are filled."""
    return [room for room, _ in await queries.rooms_of_sitting(session, sitting_id)]


async def sitting_by_code(session: AsyncSession, access_code: str) -> tuple[SittingFacts, list[Room]]:
    """Return the sitting of an access code, and its rooms that are held here. Case and spaces do not matter.

    Raises
    ------
    WrongCredentialsError
        No sitting that is ready has this code.
    """
    id_ = await queries.sitting_id_by_code(session, _plain_code(access_code))
    found = await queries.sittings_with_administration(session, [id_]) if id_ is not None else []
    if not found or found[0].sitting.status == "draft":
        raise WrongCredentialsError
    elsewhere = await queries.rooms_at_sites(session, found[0].sitting.id)
    rooms = [room for room in await rooms_of(session, found[0].sitting.id) if room.id not in elsewhere]
    return (await _sitting_facts(session, found))[0], rooms


async def paper_plan(session: AsyncSession, sitting_id: UUID) -> list[PaperPlan]:
    """Return which shuffles of which forms the seats of an arranged sitting ask for."""
    pairs = await queries.forms_and_variants(session, sitting_id)
    variants: dict[UUID, list[int]] = {}
    for form_id, variant in pairs:
        variants.setdefault(form_id, []).append(variant)
    return [PaperPlan(form_id, tuple(sorted(numbers))) for form_id, numbers in variants.items()]


async def check_ready(session: AsyncSession, sitting_id: UUID) -> list[Fault]:
    """Return everything that is missing before the papers of a sitting can be sealed; empty when nothing is.

    Raises
    ------
    NotFoundError
    """
    found = await queries.sittings_with_administration(session, [sitting_id])
    if not found:
        raise NotFoundError
    row = found[0]
    rooms = await queries.rooms_of_sitting(session, sitting_id)
    proctored = [room_id for room_id, _ in await queries.proctors_of_sitting(session, sitting_id)]
    registrations = await queries.registrations_of_sitting(session, sitting_id)
    form_ids = await queries.form_ids_of_sitting(session, sitting_id)
    rule_set = await rule_sets.find_applicable(session, row)
    preparation = readiness.Preparation(
        opens_at=row.sitting.opens_at,
        closes_at=row.sitting.closes_at,
        duration_minutes=row.sitting.duration_minutes,
        has_rule_set=rule_set is not None,
        rule_faults=lockdown_faults(rule_set.rule) if rule_set is not None else [],
        proctors_by_room={room.name: proctored.count(room.id) for room, _ in rooms},
        room_ids=frozenset(room.id for room, _ in rooms),
        form_ids=frozenset(form_ids),
        seats=[
            readiness.SeatAssignment(r.candidate_number, r.room_id, r.seat_number, r.form_id, r.variant)
            for r in (row.registration for row in registrations)
        ],
        section_faults=await sections.section_faults(session, row.sitting, form_ids),
    )
    return readiness.missing(preparation)


async def mark_ready(
    session: AsyncSession, sitting_id: UUID, *, actor: Actor, now: datetime, rng: random.Random
) -> SittingFacts:
    """Make a draft sitting ready: give it its access code; from here on its seats and papers are fixed.

    ``rng`` should be ``random.SystemRandom`` outside tests: the code is a secret until it is announced.

    Raises
    ------
    NotFoundError, SittingNotDraftError, SittingNotReadyError
    """
    sitting = await queries.sitting(session, sitting_id, for_change=True)
    if sitting is None:
        raise NotFoundError
    if sitting.status != "draft":
        raise SittingNotDraftError
    faults = await check_ready(session, sitting_id)
    if sitting.closes_at <= now:
        faults.append(Fault("sitting_window_over", "closes_at"))
    if faults:
        raise SittingNotReadyError(faults=faults)
    sitting.status = "ready"
    sitting.access_code = await _new_access_code(session, rng)
    session.add(sitting)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="sitting.made_ready",
        object_type="sitting",
        object_id=str(sitting.id),
        before={"status": "draft"},
        after={"status": "ready"},
        details={"sitting": sitting.name},
        now=now,
        sitting_id=sitting.id,
    )
    return await find_sitting(session, sitting_id)


async def rule_set_of(session: AsyncSession, sitting_id: UUID) -> RuleSetFacts | None:
    """Return the rule-set for the results of a sitting: the one its administration names or the one of its day.

    Raises
    ------
    NotFoundError
    """
    found = await queries.sittings_with_administration(session, [sitting_id])
    if not found:
        raise NotFoundError
    rule_set = await rule_sets.find_applicable(session, found[0])
    if rule_set is None:
        return None
    return RuleSetFacts(
        code=rule_set.code,
        legal_basis=rule_set.legal_basis,
        standard_level=rule_set.standard_level,
        valid_from=rule_set.valid_from,
        valid_to=rule_set.valid_to,
        rule=rule_set.rule,
    )


async def lock_sitting(session: AsyncSession, sitting_id: UUID) -> None:
    """Keep everybody else from changing a sitting until the transaction ends.

    Raises
    ------
    NotFoundError
    """
    if await queries.sitting(session, sitting_id, for_change=True) is None:
        raise NotFoundError


async def set_result_status(session: AsyncSession, sitting_id: UUID, status: str) -> None:
    """Note how far the results of a sitting are: back to ``ready``, ``marked`` or ``approved``; results records it.

    Raises
    ------
    NotFoundError
    """
    if status not in {"ready", "marked", "approved"}:
        raise ValueError(f"{status!r} is no status that results may set")
    sitting = await queries.sitting(session, sitting_id, for_change=True)
    if sitting is None:
        raise NotFoundError
    sitting.status = status
    session.add(sitting)
    await session.flush()


def ends_at(sitting: Sitting, longest_extra_time: timedelta) -> datetime:
    """Return the instant after which no answer of a sitting can count."""
    return last_end(
        sitting.closes_at,
        grace=timedelta(seconds=sitting.grace_seconds),
        longest_extra_time=longest_extra_time,
        paused=timedelta(milliseconds=sitting.paused_ms),
    )


def _plain_code(typed: str) -> str:
    return "".join(typed.split()).replace("-", "").upper()


async def _new_access_code(session: AsyncSession, rng: random.Random) -> str:
    while True:
        code = "".join(rng.choices(ACCESS_CODE_ALPHABET, k=ACCESS_CODE_LENGTH))
        if await queries.sitting_id_by_code(session, code) is None:
            return code


async def _sitting_facts(session: AsyncSession, found: list[queries.SittingRow]) -> list[SittingFacts]:
    extra = await queries.longest_extra_time(session, [row.sitting.id for row in found])
    return [_facts_of_sitting(row, extra.get(row.sitting.id, timedelta(0))) for row in found]


def _facts_of_sitting(row: queries.SittingRow, longest_extra_time: timedelta) -> SittingFacts:
    sitting = row.sitting
    return SittingFacts(
        sitting_id=sitting.id,
        name=sitting.name,
        administration_id=row.administration.id,
        administration_name=row.administration.name,
        exam_name=row.exam.name,
        exam_code=row.exam.code,
        standard_level=row.exam.standard_level,
        council_name=row.administration.council_name,
        place=row.administration.place,
        opens_at=sitting.opens_at,
        closes_at=sitting.closes_at,
        ends_at=ends_at(sitting, longest_extra_time),
        duration=timedelta(minutes=sitting.duration_minutes),
        grace=timedelta(seconds=sitting.grace_seconds),
        status=sitting.status,
        access_code=sitting.access_code,
        rule_set_code=row.administration.rule_set_code,
        unlock_needs_identity=sitting.unlock_needs_identity,
    )


def _registration_facts(row: RegistrationRow) -> RegistrationFacts:
    registration, candidate, sitting = row.registration, row.candidate, row.sitting
    duration = timedelta(minutes=sitting.duration_minutes)
    return RegistrationFacts(
        registration_id=registration.id,
        sitting_id=sitting.id,
        candidate_id=candidate.id,
        candidate_number=registration.candidate_number,
        full_name=candidate.full_name,
        birth_date=shown_birth_date(candidate.birth_date),
        sex=candidate.sex,
        birth_place=candidate.birth_place,
        identity_number_masked=masked(candidate.identity_number),
        organisation=registration.organisation,
        sitting_name=sitting.name,
        sitting_status=sitting.status,
        unlock_needs_identity=sitting.unlock_needs_identity,
        exam_name=row.exam.name,
        standard_level=row.exam.standard_level,
        council_name=row.administration.council_name,
        place=row.administration.place,
        opens_at=sitting.opens_at,
        closes_at=sitting.closes_at,
        duration=duration,
        grace=timedelta(seconds=sitting.grace_seconds),
        extra_time=extra_time(duration, minutes=registration.extra_minutes, percent=registration.extra_percent),
        room_id=registration.room_id,
        room_name=row.room.name if row.room is not None else None,
        seat_number=registration.seat_number,
        form_id=registration.form_id,
        variant=registration.variant,
    )


def _room_facts(sitting: Sitting, room: Room) -> RoomFacts:
    return RoomFacts(
        sitting_id=sitting.id,
        sitting_name=sitting.name,
        room_id=room.id,
        room_name=room.name,
        seat_count=room.seat_count,
        opens_at=sitting.opens_at,
        closes_at=sitting.closes_at,
        sitting_status=sitting.status,
    )
