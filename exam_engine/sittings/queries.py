"""SQL of sittings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import among, table_of
from exam_engine.sittings.models import (
    Administration,
    Candidate,
    Exam,
    ProctorAssignment,
    Registration,
    Room,
    RuleSet,
    Sitting,
    SittingForm,
    SittingRoom,
    TestCentre,
)

_REGISTRATION = table_of(Registration)


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """A registration with everything it refers to."""

    registration: Registration
    candidate: Candidate
    sitting: Sitting
    administration: Administration
    exam: Exam
    room: Room | None


def _registrations() -> Any:
    return (
        sa.select(Registration, Candidate, Sitting, Administration, Exam, Room)
        .join(Candidate, col(Candidate.id) == col(Registration.candidate_id))
        .join(Sitting, col(Sitting.id) == col(Registration.sitting_id))
        .join(Administration, col(Administration.id) == col(Sitting.administration_id))
        .join(Exam, col(Exam.id) == col(Administration.exam_id))
        .outerjoin(Room, col(Room.id) == col(Registration.room_id))
    )


# Everybody who logs in or waits is looked up by these two; building them takes longer than running them.
_BY_ID = _registrations().where(col(Registration.id) == sa.bindparam("registration_id"))
_BY_LOGIN = _registrations().where(
    col(Sitting.access_code) == sa.bindparam("access_code"),
    sa.func.upper(col(Registration.candidate_number)) == sa.bindparam("candidate_number"),
)


async def _rows(session: AsyncSession, statement: Any, **values: Any) -> list[RegistrationRow]:
    return [RegistrationRow(*row) for row in (await session.exec(statement, params=values)).all()]


async def registration(session: AsyncSession, registration_id: UUID) -> RegistrationRow | None:
    """Return one registration."""
    rows = await _rows(session, _BY_ID, registration_id=registration_id)
    return rows[0] if rows else None


async def registration_by_login(
    session: AsyncSession, access_code: str, candidate_number: str
) -> RegistrationRow | None:
    """Return the registration of that number in the sitting of that access code."""
    rows = await _rows(session, _BY_LOGIN, access_code=access_code, candidate_number=candidate_number.upper())
    return rows[0] if rows else None


async def registrations_of_sitting(
    session: AsyncSession, sitting_id: UUID, room_id: UUID | None = None, *, ids: Collection[UUID] | None = None
) -> list[RegistrationRow]:
    """Return the registrations of a sitting, or of one room of it, by room and seat; unarranged ones by name.

    ``ids`` leaves out all others.
    """
    statement = (
        _registrations()
        .outerjoin(
            SittingRoom,
            sa.and_(
                col(SittingRoom.sitting_id) == col(Registration.sitting_id),
                col(SittingRoom.room_id) == col(Registration.room_id),
            ),
        )
        .where(col(Registration.sitting_id) == sitting_id)
        .order_by(
            col(SittingRoom.position).nulls_last(),
            col(Registration.seat_number).nulls_last(),
            col(Candidate.sort_key),
            col(Candidate.birth_date),
            col(Candidate.identity_number),
        )
    )
    if room_id is not None:
        statement = statement.where(col(Registration.room_id) == room_id)
    if ids is not None:
        statement = statement.where(col(Registration.id).in_(ids))
    return await _rows(session, statement)


async def registrations_among(session: AsyncSession, ids: Collection[UUID]) -> list[RegistrationRow]:
    """Return the registrations of these ids."""
    return await _rows(session, _registrations().where(among(session, _REGISTRATION.c.id, ids)))


async def registration_ids_of_room(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> list[UUID]:
    """Return the ids of the registrations in one room of a sitting by seat."""
    statement = (
        select(Registration.id)
        .where(Registration.sitting_id == sitting_id, Registration.room_id == room_id)
        .order_by(col(Registration.seat_number).nulls_last(), col(Registration.id))
    )
    return list((await session.exec(statement)).all())


async def lock_room(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> None:
    """Keep others from changing who sits where in a room until the transaction ends."""
    await session.exec(
        select(SittingRoom)
        .where(SittingRoom.sitting_id == sitting_id, SittingRoom.room_id == room_id)
        .with_for_update()
    )


async def lock_registrations_at(
    session: AsyncSession, sitting_id: UUID, room_id: UUID, seat_numbers: Collection[int]
) -> dict[int, Registration]:
    """Return who sits at these seats of a room, locked in the order of their ids."""
    statement = (
        select(Registration)
        .where(
            Registration.sitting_id == sitting_id,
            Registration.room_id == room_id,
            col(Registration.seat_number).in_(seat_numbers),
        )
        .order_by(col(Registration.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.seat_number: row for row in (await session.exec(statement)).all() if row.seat_number is not None}


async def lock_registrations(session: AsyncSession, registration_ids: Collection[UUID]) -> list[Registration]:
    """Return registrations, locked in the order of their ids."""
    statement = (
        select(Registration)
        .where(among(session, _REGISTRATION.c.id, registration_ids))
        .order_by(col(Registration.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list((await session.exec(statement)).all())


async def registration_ids_at(
    session: AsyncSession, sitting_id: UUID, room_id: UUID, seat_numbers: Collection[int]
) -> list[UUID]:
    """Return who sits at these seats of a room."""
    statement = select(Registration.id).where(
        Registration.sitting_id == sitting_id,
        Registration.room_id == room_id,
        col(Registration.seat_number).in_(seat_numbers),
    )
    return list((await session.exec(statement)).all())


async def registration_ids_held_here(session: AsyncSession, sitting_id: UUID) -> list[UUID]:
    """Return the ids of the registrations of a sitting outside rooms at sites, by candidate number."""
    at_site = sa.exists().where(
        col(SittingRoom.sitting_id) == col(Registration.sitting_id),
        col(SittingRoom.room_id) == col(Registration.room_id),
        col(SittingRoom.delegated_to).is_not(None),
    )
    statement = (
        select(Registration.id)
        .where(Registration.sitting_id == sitting_id, ~at_site)
        .order_by(col(Registration.candidate_number).nulls_last(), col(Registration.id))
    )
    return list((await session.exec(statement)).all())


async def is_room_at_site(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> bool:
    """Whether a site holds a room of a sitting."""
    room = await session.get(SittingRoom, (sitting_id, room_id))
    return room is not None and room.delegated_to is not None


async def rooms_at_sites(session: AsyncSession, sitting_id: UUID) -> list[UUID]:
    """Return the rooms of a sitting that sites hold."""
    statement = select(SittingRoom.room_id).where(
        SittingRoom.sitting_id == sitting_id, col(SittingRoom.delegated_to).is_not(None)
    )
    return list((await session.exec(statement)).all())


async def sitting(session: AsyncSession, sitting_id: UUID, *, for_change: bool = False) -> Sitting | None:
    """Return a sitting; ``for_change`` keeps others from changing it until the transaction ends."""
    statement = select(Sitting).where(Sitting.id == sitting_id)
    if for_change:
        statement = statement.with_for_update()
    return (await session.exec(statement)).first()


async def longest_extra_time(session: AsyncSession, sitting_ids: Sequence[UUID]) -> dict[UUID, timedelta]:
    """Return the longest extra time granted in each sitting."""
    minutes, percent = col(Registration.extra_minutes), col(Registration.extra_percent)
    hundredths = sa.func.max(minutes * 100 + percent * col(Sitting.duration_minutes))
    statement = (
        select(Registration.sitting_id, hundredths)
        .join(Sitting, col(Sitting.id) == col(Registration.sitting_id))
        .where(col(Registration.sitting_id).in_(sitting_ids))
        .group_by(col(Registration.sitting_id))
    )
    rows = (await session.exec(statement)).all()
    return {sitting_id: timedelta(minutes=longest / 100) for sitting_id, longest in rows}


async def is_proctor(session: AsyncSession, *, user_id: UUID, sitting_id: UUID, room_id: UUID) -> bool:
    """Whether the user is assigned to that room of that sitting."""
    return await session.get(ProctorAssignment, (sitting_id, room_id, user_id)) is not None


async def rooms_of_proctor(session: AsyncSession, user_id: UUID) -> list[tuple[Sitting, Room]]:
    """Return the rooms a user is assigned to, by opening time and room name."""
    statement = (
        select(Sitting, Room)
        .join(ProctorAssignment, col(ProctorAssignment.sitting_id) == col(Sitting.id))
        .join(Room, col(Room.id) == col(ProctorAssignment.room_id))
        .where(ProctorAssignment.user_id == user_id)
        .order_by(col(Sitting.opens_at), col(Room.name))
    )
    return [(sitting_, room) for sitting_, room in (await session.exec(statement)).all()]


async def sitting_room(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> tuple[Sitting, Room] | None:
    """Return a room of a sitting."""
    statement = (
        select(Sitting, Room)
        .join(SittingRoom, col(SittingRoom.sitting_id) == col(Sitting.id))
        .join(Room, col(Room.id) == col(SittingRoom.room_id))
        .where(Sitting.id == sitting_id, Room.id == room_id)
    )
    row = (await session.exec(statement)).first()
    return (row[0], row[1]) if row else None


async def form_ids_of_sitting(session: AsyncSession, sitting_id: UUID) -> list[UUID]:
    """Return the forms of a sitting in their order of rotation."""
    statement = (
        select(SittingForm.form_id).where(SittingForm.sitting_id == sitting_id).order_by(col(SittingForm.position))
    )
    return list((await session.exec(statement)).all())


@dataclass(frozen=True, slots=True)
class SittingRow:
    """A sitting with its administration and exam."""

    sitting: Sitting
    administration: Administration
    exam: Exam


async def sittings_with_administration(session: AsyncSession, sitting_ids: Sequence[UUID] | None) -> list[SittingRow]:
    """Return the sittings of the given ids, or all for None; the latest opening first."""
    statement = (
        select(Sitting, Administration, Exam)
        .join(Administration, col(Administration.id) == col(Sitting.administration_id))
        .join(Exam, col(Exam.id) == col(Administration.exam_id))
        .order_by(col(Sitting.opens_at).desc(), col(Sitting.name))
    )
    if sitting_ids is not None:
        statement = statement.where(col(Sitting.id).in_(sitting_ids))
    return [SittingRow(*row) for row in (await session.exec(statement)).all()]


async def sitting_id_by_code(session: AsyncSession, access_code: str) -> UUID | None:
    """Return which sitting, past or coming, has that access code."""
    return (await session.exec(select(Sitting.id).where(Sitting.access_code == access_code))).first()


async def forms_and_variants(session: AsyncSession, sitting_id: UUID) -> list[tuple[UUID, int]]:
    """Return the pairs of form and variant that seats of a sitting have, in the order of rotation of the forms."""
    statement = (
        select(Registration.form_id, Registration.variant, SittingForm.position)
        .join(
            SittingForm,
            sa.and_(
                col(SittingForm.sitting_id) == col(Registration.sitting_id),
                col(SittingForm.form_id) == col(Registration.form_id),
            ),
        )
        .where(Registration.sitting_id == sitting_id, col(Registration.variant).is_not(None))
        .distinct()
        .order_by(col(SittingForm.position))
    )
    rows = (await session.exec(statement)).all()
    return [(form_id, variant) for form_id, variant, _ in rows if form_id is not None and variant is not None]


async def rooms_of_sitting(session: AsyncSession, sitting_id: UUID) -> list[tuple[Room, TestCentre]]:
    """Return the rooms of a sitting with their centres, in the order in which they are filled."""
    statement = (
        select(Room, TestCentre)
        .join(SittingRoom, col(SittingRoom.room_id) == col(Room.id))
        .join(TestCentre, col(TestCentre.id) == col(Room.centre_id))
        .where(SittingRoom.sitting_id == sitting_id)
        .order_by(col(SittingRoom.position))
    )
    return [(room, centre) for room, centre in (await session.exec(statement)).all()]


async def proctors_of_sitting(session: AsyncSession, sitting_id: UUID) -> list[tuple[UUID, UUID]]:
    """Return the assignments of a sitting as pairs of room and user."""
    statement = select(ProctorAssignment.room_id, ProctorAssignment.user_id).where(
        ProctorAssignment.sitting_id == sitting_id
    )
    return [(room_id, user_id) for room_id, user_id in (await session.exec(statement)).all()]


async def rule_set_at(session: AsyncSession, *, standard_level: str, day: date) -> RuleSet | None:
    """Return the rule-set in force for a level on a day; the one that began last where several are."""
    statement = (
        select(RuleSet)
        .where(
            RuleSet.standard_level == standard_level,
            col(RuleSet.valid_from) <= day,
            sa.or_(col(RuleSet.valid_to).is_(None), col(RuleSet.valid_to) >= day),
        )
        .order_by(col(RuleSet.valid_from).desc(), col(RuleSet.code))
    )
    return (await session.exec(statement)).first()


async def rule_set_by_code(session: AsyncSession, code: str) -> RuleSet | None:
    """Return a rule-set by its code."""
    return (await session.exec(select(RuleSet).where(RuleSet.code == code))).first()


async def rule_sets(session: AsyncSession) -> list[RuleSet]:
    """Return all rule-sets by level, the latest first."""
    statement = select(RuleSet).order_by(col(RuleSet.standard_level), col(RuleSet.valid_from).desc(), col(RuleSet.code))
    return list((await session.exec(statement)).all())


async def exam_by_code(session: AsyncSession, code: str) -> Exam | None:
    """Return the exam of a code."""
    return (await session.exec(select(Exam).where(Exam.code == code))).first()


async def exams(session: AsyncSession) -> list[Exam]:
    """Return all exams by code."""
    return list((await session.exec(select(Exam).order_by(col(Exam.code)))).all())


async def administrations(session: AsyncSession) -> list[Administration]:
    """Return all administrations, the newest first."""
    statement = select(Administration).order_by(col(Administration.created_at).desc(), col(Administration.name))
    return list((await session.exec(statement)).all())


async def centre_by_code(session: AsyncSession, code: str) -> TestCentre | None:
    """Return the centre of a code."""
    return (await session.exec(select(TestCentre).where(TestCentre.code == code))).first()


async def centres(session: AsyncSession) -> list[tuple[TestCentre, list[Room]]]:
    """Return all centres by code, each with its rooms by name."""
    rooms = (await session.exec(select(Room).order_by(col(Room.name)))).all()
    found = (await session.exec(select(TestCentre).order_by(col(TestCentre.code)))).all()
    return [(centre, [room for room in rooms if room.centre_id == centre.id]) for centre in found]


async def room_by_name(session: AsyncSession, centre_id: UUID, name: str) -> Room | None:
    """Return a centre's room of that name."""
    return (await session.exec(select(Room).where(Room.centre_id == centre_id, Room.name == name))).first()


async def overlapping_sitting(session: AsyncSession, sitting: Sitting, room_id: UUID) -> Sitting | None:
    """Return another sitting that uses the room while this one is held."""
    statement = (
        select(Sitting)
        .join(SittingRoom, col(SittingRoom.sitting_id) == col(Sitting.id))
        .where(
            SittingRoom.room_id == room_id,
            col(Sitting.id) != sitting.id,
            col(Sitting.opens_at) < sitting.closes_at,
            col(Sitting.closes_at) > sitting.opens_at,
        )
    )
    return (await session.exec(statement)).first()


async def registration_counts(session: AsyncSession, sitting_id: UUID) -> dict[UUID | None, int]:
    """Return how many registrations each room of a sitting has; those without a seat under None."""
    statement = (
        select(Registration.room_id, sa.func.count())
        .where(Registration.sitting_id == sitting_id)
        .group_by(col(Registration.room_id))
    )
    return dict((await session.exec(statement)).all())


async def remove_proctors(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> None:
    """Take all proctors from a room of a sitting."""
    await session.exec(
        sa.delete(ProctorAssignment).where(
            col(ProctorAssignment.sitting_id) == sitting_id, col(ProctorAssignment.room_id) == room_id
        )
    )


async def remove_forms(session: AsyncSession, sitting_id: UUID) -> None:
    """Take all forms from a sitting."""
    await session.exec(sa.delete(SittingForm).where(col(SittingForm.sitting_id) == sitting_id))


async def clear_arrangement(session: AsyncSession, sitting_id: UUID, *, room_id: UUID | None = None) -> None:
    """Take numbers, seats and forms from the registrations of a sitting, or of one room of it."""
    statement = (
        sa.update(Registration)
        .where(col(Registration.sitting_id) == sitting_id)
        .values(sequence=None, candidate_number=None, room_id=None, seat_number=None, form_id=None, variant=None)
    )
    if room_id is not None:
        statement = statement.where(col(Registration.room_id) == room_id)
    await session.exec(statement)


async def last_sequence(session: AsyncSession, administration_id: UUID) -> int:
    """Return the highest running number given in an administration; 0 when none is."""
    statement = select(sa.func.max(Registration.sequence)).where(Registration.administration_id == administration_id)
    return (await session.exec(statement)).one() or 0


async def lock_administration(session: AsyncSession, administration_id: UUID) -> Administration:
    """Return an administration, locked so that two sittings of it do not give the same numbers."""
    statement = select(Administration).where(Administration.id == administration_id).with_for_update()
    return (await session.exec(statement)).one()


async def candidates_by_number(session: AsyncSession, identity_numbers: Sequence[str]) -> dict[str, Candidate]:
    """Return the known people among these identity numbers."""
    found: dict[str, Candidate] = {}
    # Databases bound the number of parameters of one statement.
    for start in range(0, len(identity_numbers), 500):
        numbers = identity_numbers[start : start + 500]
        statement = select(Candidate).where(col(Candidate.identity_number).in_(numbers))
        found |= {candidate.identity_number: candidate for candidate in (await session.exec(statement)).all()}
    return found


async def sittings_of_people(session: AsyncSession, administration_id: UUID) -> dict[UUID, Sitting]:
    """Return in which sitting of an administration each of its candidates is registered."""
    statement = (
        select(Registration.candidate_id, Sitting)
        .join(Sitting, col(Sitting.id) == col(Registration.sitting_id))
        .where(Registration.administration_id == administration_id)
    )
    return dict((await session.exec(statement)).all())


REGISTRATION_ORDERS: dict[str, tuple[Any, ...]] = {
    "candidate_number": (col(Registration.sequence), col(Candidate.sort_key)),
    "full_name": (col(Candidate.sort_key), col(Candidate.birth_date)),
    "birth_date": (col(Candidate.birth_date), col(Candidate.sort_key)),
    "organisation": (col(Registration.organisation), col(Candidate.sort_key)),
    "seat_number": (col(Room.name), col(Registration.seat_number), col(Candidate.sort_key)),
}


async def find_registrations(
    session: AsyncSession, sitting_id: UUID, *, search: str, sort: str, is_descending: bool, offset: int, limit: int
) -> tuple[list[RegistrationRow], int]:
    """Return a page of a sitting's registrations and how many match; ``search`` is a folded piece of name or number."""
    statement = _registrations().where(col(Registration.sitting_id) == sitting_id)
    if search:
        statement = statement.where(
            sa.or_(
                col(Candidate.search_key).contains(search, autoescape=True),
                sa.func.lower(col(Registration.candidate_number)).contains(search, autoescape=True),
                sa.func.lower(col(Candidate.identity_number)) == search,
            )
        )
    matching = statement.with_only_columns(col(Registration.id)).subquery()
    total = (await session.exec(select(sa.func.count()).select_from(matching))).one()
    orders = [order.desc() if is_descending else order for order in REGISTRATION_ORDERS[sort]]
    return await _rows(session, statement.order_by(*orders).offset(offset).limit(limit)), total


async def is_registered_anywhere(session: AsyncSession, candidate_id: UUID) -> bool:
    """Whether a person has any registration."""
    statement = select(Registration.id).where(Registration.candidate_id == candidate_id).limit(1)
    return (await session.exec(statement)).first() is not None
