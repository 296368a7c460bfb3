"""A sitting's own schedule, read from the real database, and its copy for a rehearsal in a database apart.

The real database is only ever read. What goes over is what delivery needs: the forms with their keys and media, the
times, the rooms, the seats with their extra time. Names, numbers and identity papers of people stay where they are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.errors import NotFoundError
from exam_engine.forms.models import Form
from exam_engine.sittings.models import Registration, Room, Sitting, SittingForm, SittingRoom
from exam_engine.sittings.section_plan import SECTION_PLAN, PlannedSection
from load_tests.prepared_sitting import PlannedPlace, PlannedSitting

_SHUFFLES = 4


class NobodyRegisteredError(Exception):
    """The sitting has no candidates, rooms or forms: there is nothing to rehearse yet."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a sitting is to be, as far as its course depends on it; times as planned, in life's own time."""

    name: str
    window: timedelta
    duration_minutes: int
    grace: timedelta
    sections: tuple[PlannedSection, ...]
    room_names: tuple[str, ...]
    form_ids: tuple[UUID, ...]
    places: tuple[PlannedPlace, ...]


async def read_schedule(session: AsyncSession, sitting_id: UUID) -> Schedule:
    """Read the schedule of a sitting; seats and forms that are not given yet are given as the arrangement would.

    Raises
    ------
    NotFoundError, NobodyRegisteredError
    """
    sitting = await session.get(Sitting, sitting_id)
    if sitting is None:
        raise NotFoundError
    rooms = (
        await session.exec(
            select(Room)
            .join(SittingRoom, col(SittingRoom.room_id) == col(Room.id))
            .where(SittingRoom.sitting_id == sitting_id)
            .order_by(col(SittingRoom.position))
        )
    ).all()
    registrations = (
        await session.exec(
            select(Registration)
            .where(Registration.sitting_id == sitting_id)
            .order_by(col(Registration.candidate_number), col(Registration.id))
        )
    ).all()
    form_ids = list(
        (
            await session.exec(
                select(SittingForm.form_id)
                .where(SittingForm.sitting_id == sitting_id)
                .order_by(col(SittingForm.position))
            )
        ).all()
    )
    if sitting.form_set_id is not None:
        statement = select(Form.id).where(Form.form_set_id == sitting.form_set_id).order_by(col(Form.form_code))
        form_ids = list((await session.exec(statement)).all())
    if not registrations or not rooms or not form_ids:
        raise NobodyRegisteredError
    places = _places(registrations, rooms, form_ids, is_personal=sitting.form_set_id is not None)
    used = {place.form_id for place in places}
    return Schedule(
        name=sitting.name,
        window=sitting.closes_at - sitting.opens_at,
        duration_minutes=sitting.duration_minutes,
        grace=timedelta(seconds=sitting.grace_seconds),
        sections=SECTION_PLAN.validate_python(sitting.sections),
        room_names=tuple(room.name for room in rooms),
        form_ids=tuple(form_id for form_id in form_ids if form_id in used),
        places=places,
    )


def _places(
    registrations: Sequence[Registration], rooms: Sequence[Room], form_ids: Sequence[UUID], *, is_personal: bool
) -> tuple[PlannedPlace, ...]:
    numbers = {room.id: number for number, room in enumerate(rooms)}
    if all(one.room_id in numbers and one.seat_number and one.form_id for one in registrations):
        return tuple(
            PlannedPlace(
                room=numbers[one.room_id],
                seat_number=one.seat_number,
                form_id=one.form_id,
                variant=one.variant or 0,
                extra_minutes=one.extra_minutes,
                extra_percent=one.extra_percent,
            )
            for one in registrations
            # Said again for the type checker: the condition above holds for each of them.
            if one.room_id is not None and one.seat_number is not None and one.form_id is not None
        )
    seats = [(number, seat) for number, room in enumerate(rooms) for seat in range(1, room.seat_count + 1)]
    # More candidates than seats would be refused on the day; a rehearsal seats the rest behind the others.
    seats += [(len(rooms) - 1, seats[-1][1] + more) for more in range(1, len(registrations) - len(seats) + 1)]
    return tuple(
        PlannedPlace(
            room=room,
            seat_number=seat,
            form_id=form_ids[place % len(form_ids)],
            variant=0 if is_personal else place // len(form_ids) % _SHUFFLES,
            extra_minutes=one.extra_minutes,
            extra_percent=one.extra_percent,
        )
        for place, (one, (room, seat)) in enumerate(zip(registrations, seats, strict=False))
    )


@dataclass(frozen=True, slots=True)
class PlayedTime:
    """A schedule's times as a rehearsal plays them: whole minutes, as sittings have them."""

    working: timedelta
    sections: tuple[PlannedSection, ...]
    longest_extra: timedelta


def played_time(schedule: Schedule, speed: float) -> PlayedTime:
    """Return how long things last when time goes ``speed`` times as fast."""
    sections = tuple(
        section.model_copy(update={"minutes": max(1, math.ceil(section.minutes / speed))})
        for section in schedule.sections
    )
    minutes = sum(section.minutes for section in sections) or max(1, math.ceil(schedule.duration_minutes / speed))
    working = timedelta(minutes=minutes)
    longest = max(
        (
            timedelta(minutes=_played_minutes(place.extra_minutes, speed)) + working * place.extra_percent / 100
            for place in schedule.places
        ),
        default=timedelta(0),
    )
    return PlayedTime(working, sections, longest)


def _played_minutes(minutes: int, speed: float) -> int:
    return math.ceil(minutes / speed)


def planned_copy(
    schedule: Schedule, played: PlayedTime, *, name: str, opens_at: datetime, grace_seconds: float, speed: float
) -> PlannedSitting:
    """Return the sitting to store: as planned, under a name that says what it is."""
    late = max(schedule.window - timedelta(minutes=schedule.duration_minutes), timedelta(0)) / speed
    return PlannedSitting(
        name=name[:200],
        opens_at=opens_at,
        window=played.working + max(late, timedelta(minutes=1)),
        duration_minutes=int(played.working.total_seconds() // 60),
        grace=timedelta(seconds=grace_seconds),
        room_names=schedule.room_names,
        form_ids=schedule.form_ids,
        places=[replace(place, extra_minutes=_played_minutes(place.extra_minutes, speed)) for place in schedule.places],
        sections=played.sections,
    )
