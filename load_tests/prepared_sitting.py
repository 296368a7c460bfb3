"""A sitting with everything it needs, written straight into a database, for proofs and measurements of delivery."""

import random
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
class PreparedSitting:
    """A ready sitting."""

    sitting_id: UUID
    room_id: UUID
    access_code: str
    proctor_name: str
    registered: tuple[Registered, ...]


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
    sections: Sequence[PlannedSection] = (),
) -> PreparedSitting:
    """Store a ready sitting with one room, one proctor, two forms and the given number of candidates.

    Parameters
    ----------
    specs : forms that rotate instead of the two, which say nothing but the numbers of their items.
    sections : timed parts of the paper; none when it is one piece.
    """
    mark = f"{rng.randrange(10**6):06d}"
    minutes = int(duration.total_seconds() // 60)
    opening = opens_at if opens_at is not None else now - timedelta(minutes=1)
    async with database.write() as session:
        await load_default_rule_sets(session)
        proctor = await accounts.create_user(
            session,
            username=f"giamthi{mark}",
            display_name="Trần Văn Hoà",
            password=PROCTOR_PASSWORD,
            roles=[Role.PROCTOR],
            actor=SYSTEM,
            now=now,
        )
        published = await forms.publish_forms(
            session,
            specs=specs or [make_form(code, item_count, minutes) for code in ("101", "102")],
            actor=SYSTEM,
            now=now,
            rng=rng,
        )
        exam = Exam(
            code=f"CB-{mark}",
            name="Ứng dụng CNTT cơ bản",
            standard_level="basic",
            duration_minutes=minutes,
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
        room = Room(centre_id=centre.id, name="Phòng máy 1", seat_count=candidates)
        session.add_all((administration, room))
        await session.flush()
        sitting = Sitting(
            administration_id=administration.id,
            name="Ca thử",
            opens_at=opening,
            closes_at=opening + window,
            duration_minutes=minutes,
            grace_seconds=int(grace.total_seconds()),
            sections=[section.model_dump(mode="json") for section in sections],
            created_at=now,
        )
        session.add(sitting)
        await session.flush()
        session.add(SittingRoom(sitting_id=sitting.id, room_id=room.id, position=1))
        session.add_all(
            SittingForm(sitting_id=sitting.id, form_id=form.id, position=position)
            for position, form in enumerate(published, start=1)
        )
        await session.flush()
        session.add(ProctorAssignment(sitting_id=sitting.id, room_id=room.id, user_id=proctor.id))
        registered = []
        for seat, person in enumerate(make_people(candidates, rng), start=1):
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
                administration_id=administration.id,
                candidate_id=candidate.id,
                organisation=person.organisation,
                candidate_number=f"{seat:04d}",
                room_id=room.id,
                seat_number=seat,
                form_id=published[seat % len(published)].id,
                variant=(seat // 2) % 4,
            )
            session.add(candidate)
            await session.flush()
            session.add(registration)
            registered.append(Registered(registration.id, f"{seat:04d}", person))
        await session.flush()
        access_code, _ = await sealing.make_ready(
            session, sitting_id=sitting.id, master_key=master_key(settings), actor=SYSTEM, now=now, rng=rng
        )
    return PreparedSitting(sitting.id, room.id, access_code, proctor.username, tuple(registered))


async def seat(session: AsyncSession, registration_id: UUID, login_session_id: UUID, now: datetime) -> None:
    """Let a candidate who logged in confirm their data and be unlocked."""
    await seats.take_seat(session, registration_id=registration_id, login_session_id=login_session_id, now=now)
    await seats.check_own_data(session, registration_id=registration_id, is_correct=True, note="", now=now)
    await session.flush()
    await seats.unlock(session, registration_ids=[registration_id], actor=SYSTEM, now=now)
