"""A sitting with everything it needs, written straight into a database, for proofs and measurements of delivery."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts import service as accounts
from exam_engine.accounts.permissions import Role
from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.core.text import search_key
from exam_engine.delivery import sealing, seats
from exam_engine.delivery.engine import master_key
from exam_engine.forms import service as forms
from exam_engine.forms.schemas import FormSpec, PublishedItem
from exam_engine.interactions.content import Option, SingleChoice
from exam_engine.interactions.keys import ChoiceKey
from exam_engine.sittings.models import (
    Administration,
    Candidate,
    Exam,
    ProctorAssignment,
    Registration,
    Room,
    Sitting,
    SittingForm,
    SittingRoom,
    TestCentre,
)
from exam_engine.sittings.rule_sets import load_default_rule_sets
from exam_engine.sittings.section_plan import PlannedSection
from exam_engine.sittings.vietnamese_names import name_sort_key
from load_tests.people import Person, make_people

PROCTOR_PASSWORD = "giam thi phong may"


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered person with what they type at login."""

    registration_id: UUID
    candidate_number: str
    person: Person


@dataclass(frozen=True, slots=True)
class PlannedPlace:
    """Where a made-up candidate sits and what they get; ``room`` is the place in the list of rooms."""

    room: int
    seat_number: int
    form_id: UUID
    variant: int
    extra_minutes: int = 0
    extra_percent: int = 0


@dataclass(frozen=True, slots=True)
class PlannedSitting:
    """A sitting to store: its times, its rooms by name, and a place for each candidate."""

    name: str
    opens_at: datetime
    window: timedelta
    duration_minutes: int
    grace: timedelta
    room_names: Sequence[str]
    form_ids: Sequence[UUID]
    places: Sequence[PlannedPlace]
    sections: Sequence[PlannedSection] = ()
    unlock_needs_identity: bool = False


@dataclass(frozen=True, slots=True)
class PreparedSitting:
    """A ready sitting; the second proctor of a room is the one whose own room is the next."""

    sitting_id: UUID
    room_id: UUID
    access_code: str
    proctor_name: str
    registered: tuple[Registered, ...]
    room_ids: tuple[UUID, ...] = ()
    proctor_names: tuple[str, ...] = ()


def make_form(form_code: str, item_count: int, duration_minutes: int) -> FormSpec:
    """Return a form with items that say nothing but their number; the first option is always right."""
    items = [
        PublishedItem(
            item_code=f"{form_code}-{number:03d}",
            item_version_id=new_id(),
            module_code=f"IU0{(number - 1) % 6 + 1}",
            module_name=f"Mô đun {(number - 1) % 6 + 1}",
            cognitive_level="NB",
            content=SingleChoice(
                stem=f"Câu thử số {number}: chọn phương án thứ nhất.",
                options=tuple(
                    Option(id=id_, content=f"Phương án thứ {word}")
                    for id_, word in zip("ABCD", ("nhất", "hai", "ba", "tư"), strict=True)
                ),
            ),
            key=ChoiceKey(correct=("A",)),
        )
        for number in range(1, item_count + 1)
    ]
    return FormSpec(form_code=form_code, title="Đề thử", duration_minutes=duration_minutes, items=items)


async def prepare_sitting(
    database: Database,
    settings: Settings,
    *,
    candidates: int,
    now: datetime,
    rng: random.Random,
    item_count: int = 40,
    duration: timedelta = timedelta(minutes=45),
    opens_at: datetime | None = None,
    window: timedelta = timedelta(hours=2),
    grace: timedelta = timedelta(seconds=120),
    specs: Sequence[FormSpec] | None = None,
    room_size: int | None = None,
    sections: Sequence[PlannedSection] = (),
    unlock_needs_identity: bool = False,
) -> PreparedSitting:
    """Store a ready sitting with two forms and the given number of candidates.

    Parameters
    ----------
    specs : forms that rotate instead of the two, which say nothing but the numbers of their items.
    room_size : seats of a room, each with two proctors; all in one room with one proctor when left out.
    sections : timed parts of the paper; none when it is one piece.
    unlock_needs_identity : whether somebody must look at the persons first, which most proofs are not about.
    """
    minutes = int(duration.total_seconds() // 60)
    size = room_size or candidates
    async with database.write() as session:
        published = await forms.publish_forms(
            session,
            specs=specs or [make_form(code, item_count, minutes) for code in ("101", "102")],
            actor=SYSTEM,
            now=now,
            rng=rng,
        )
        places = [
            PlannedPlace(
                room=(seat - 1) // size,
                seat_number=(seat - 1) % size + 1,
                form_id=published[seat % len(published)].id,
                variant=(seat // 2) % 4,
            )
            for seat in range(1, candidates + 1)
        ]
        planned = PlannedSitting(
            name="Ca thử",
            opens_at=opens_at if opens_at is not None else now - timedelta(minutes=1),
            window=window,
            duration_minutes=minutes,
            grace=grace,
            room_names=[f"Phòng máy {number}" for number in range(1, -(-candidates // size) + 1)],
            form_ids=[form.id for form in published],
            places=places,
            sections=sections,
            unlock_needs_identity=unlock_needs_identity,
        )
        return await store_sitting(
            session, settings, planned, proctors_per_room=1 if room_size is None else 2, now=now, rng=rng
        )


async def store_sitting(
    session: AsyncSession,
    settings: Settings,
    planned: PlannedSitting,
    *,
    proctors_per_room: int,
    now: datetime,
    rng: random.Random,
) -> PreparedSitting:
    """Store a sitting with made-up candidates and proctors and make it ready; its forms are published already."""
    mark = f"{rng.randrange(10**6):06d}"
    await load_default_rule_sets(session)
    proctors = [
        await accounts.create_user(
            session,
            username=f"giamthi{mark}" if number == 0 else f"giamthi{mark}-{number + 1}",
            display_name="Trần Văn Hoà",
            password=PROCTOR_PASSWORD,
            roles=[Role.PROCTOR],
            actor=SYSTEM,
            now=now,
        )
        for number in range(max(len(planned.room_names), proctors_per_room))
    ]
    exam = Exam(
        code=f"CB-{mark}",
        name="Ứng dụng CNTT cơ bản",
        standard_level="basic",
        duration_minutes=planned.duration_minutes,
        created_at=now,
    )
    centre = TestCentre(code=f"TT{mark}", name="Trung tâm thử", address="Bảo Lộc, Lâm Đồng")
    session.add_all((exam, centre))
    await session.flush()
    administration = Administration(
        exam_id=exam.id,
        name="Đợt thử",
        council_name="Hội đồng thi thử",
        place="Lâm Đồng",
        number_template="{seq:04}",
        created_at=now,
    )
    counts = Counter(place.room for place in planned.places)
    rooms = [
        Room(centre_id=centre.id, name=name, seat_count=max(counts[number], 1))
        for number, name in enumerate(planned.room_names)
    ]
    session.add_all((administration, *rooms))
    await session.flush()
    sitting = Sitting(
        administration_id=administration.id,
        name=planned.name,
        opens_at=planned.opens_at,
        closes_at=planned.opens_at + planned.window,
        duration_minutes=planned.duration_minutes,
        grace_seconds=int(planned.grace.total_seconds()),
        sections=[section.model_dump(mode="json") for section in planned.sections],
        unlock_needs_identity=planned.unlock_needs_identity,
        created_at=now,
    )
    session.add(sitting)
    await session.flush()
    session.add_all(
        SittingRoom(sitting_id=sitting.id, room_id=room.id, position=position)
        for position, room in enumerate(rooms, start=1)
    )
    session.add_all(
        SittingForm(sitting_id=sitting.id, form_id=form_id, position=position)
        for position, form_id in enumerate(planned.form_ids, start=1)
    )
    await session.flush()
    session.add_all(
        ProctorAssignment(
            sitting_id=sitting.id, room_id=room.id, user_id=proctors[(number + second) % len(proctors)].id
        )
        for number, room in enumerate(rooms)
        for second in range(proctors_per_room)
    )
    registered = await _register(session, sitting, [room.id for room in rooms], planned.places, mark, now, rng)
    access_code, _ = await sealing.make_ready(
        session, sitting_id=sitting.id, master_key=master_key(settings), actor=SYSTEM, now=now, rng=rng
    )
    return PreparedSitting(
        sitting_id=sitting.id,
        room_id=rooms[0].id,
        access_code=access_code,
        proctor_name=proctors[0].username,
        registered=tuple(registered),
        room_ids=tuple(room.id for room in rooms),
        proctor_names=tuple(proctor.username for proctor in proctors),
    )


async def _register(
    session: AsyncSession,
    sitting: Sitting,
    room_ids: Sequence[UUID],
    places: Sequence[PlannedPlace],
    mark: str,
    now: datetime,
    rng: random.Random,
) -> list[Registered]:
    registered = []
    for number, (place, person) in enumerate(zip(places, make_people(len(places), rng), strict=True), start=1):
        candidate = Candidate(
            full_name=person.full_name,
            sort_key=name_sort_key(person.full_name),
            search_key=search_key(person.full_name),
            birth_date=person.birth_date.isoformat(),
            sex="female" if person.sex == "Nữ" else "male",
            birth_place=person.birth_place,
            identity_number=f"{mark}{person.identity_number[-6:]}",
            created_at=now,
        )
        registration = Registration(
            sitting_id=sitting.id,
            administration_id=sitting.administration_id,
            candidate_id=candidate.id,
            organisation=person.organisation,
            candidate_number=f"{number:04d}",
            room_id=room_ids[place.room],
            seat_number=place.seat_number,
            form_id=place.form_id,
            variant=place.variant,
            extra_minutes=place.extra_minutes,
            extra_percent=place.extra_percent,
        )
        session.add(candidate)
        await session.flush()
        session.add(registration)
        registered.append(Registered(registration.id, f"{number:04d}", person))
    await session.flush()
    return registered


async def seat(session: AsyncSession, registration_id: UUID, login_session_id: UUID, now: datetime) -> None:
    """Let a candidate who logged in confirm their data and be unlocked."""
    await seats.take_seat(session, registration_id=registration_id, login_session_id=login_session_id, now=now)
    await seats.check_own_data(session, registration_id=registration_id, is_correct=True, note="", now=now)
    await session.flush()
    await seats.unlock(session, registration_ids=[registration_id], actor=SYSTEM, now=now)
