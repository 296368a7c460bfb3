"""Preparing exams, administrations, centres and sittings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts import service as accounts
from exam_engine.accounts.permissions import Role
from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault, InvalidInputError, NotFoundError
from exam_engine.core.text import clean_line
from exam_engine.forms import service as forms
from exam_engine.forms.models import Form, FormSet
from exam_engine.sittings import queries, rule_sets, service
from exam_engine.sittings.errors import CodeTakenError, SittingNotDraftError
from exam_engine.sittings.models import (
    Administration,
    Exam,
    ProctorAssignment,
    PulledRules,
    Room,
    RuleSet,
    Sitting,
    SittingForm,
    SittingRoom,
    TestCentre,
)
from exam_engine.sittings.seating import NumberTemplateError, check_number_template
from exam_engine.sittings.section_plan import SECTION_PLAN, PlannedSection, plan_faults

_CHANGEABLE = (
    "name",
    "opens_at",
    "closes_at",
    "duration_minutes",
    "grace_seconds",
    "unlock_needs_identity",
    "credit_needs_second",
    "sections",
)


@dataclass(frozen=True, slots=True)
class PlannedRoom:
    """A room to add to a centre."""

    name: str
    seat_count: int
    row_width: int | None = None


@dataclass(frozen=True, slots=True)
class RoomOverview:
    """A room of a sitting with its proctors (id, name) and how many candidates sit in it."""

    room: Room
    centre: TestCentre
    registered: int
    proctors: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, slots=True)
class SittingOverview:
    """Everything the board sees of a sitting.

    Attributes
    ----------
    forms : the forms in their order of rotation; empty when every candidate gets one out of ``form_set``.
    """

    sitting: Sitting
    administration: Administration
    exam: Exam
    rule_set: RuleSet | PulledRules | None
    rooms: tuple[RoomOverview, ...]
    forms: tuple[Form, ...]
    form_set: FormSet | None
    registered: int
    arranged: int
    longest_extra_time: timedelta


# --- exams, administrations, centres ---------------------------------------------------------------------------------


async def create_exam(
    session: AsyncSession,
    *,
    code: str,
    name: str,
    standard_level: str,
    duration_minutes: int,
    actor: Actor,
    now: datetime,
) -> Exam:
    """Create an exam.

    Raises
    ------
    CodeTakenError
    """
    exam = Exam(
        code=clean_line(code),
        name=clean_line(name),
        standard_level=standard_level,
        duration_minutes=duration_minutes,
        created_at=now,
    )
    if await queries.exam_by_code(session, exam.code) is not None:
        raise CodeTakenError(taken=exam.code)
    session.add(exam)
    await session.flush()
    await _record(session, "exam.created", "exam", exam.id, actor, now, {"code": exam.code})
    return exam


async def create_administration(
    session: AsyncSession,
    *,
    exam_id: UUID,
    name: str,
    council_name: str,
    place: str,
    number_template: str,
    rule_set_code: str | None,
    actor: Actor,
    now: datetime,
) -> Administration:
    """Create an exam round; without a rule-set of its own, each sitting follows the one in force on its day.

    Raises
    ------
    InvalidInputError
        Unknown exam or rule-set, a rule-set of another level, an unusable number template.
    """
    faults = []
    exam = await session.get(Exam, exam_id)
    if exam is None:
        faults.append(Fault("unknown_reference", "exam_id"))
    if rule_set_code is not None:
        rule_set = await queries.rule_set_by_code(session, rule_set_code)
        if rule_set is None or (exam is not None and rule_set.standard_level != exam.standard_level):
            faults.append(Fault("unknown_rule_set", "rule_set_code", {"code": rule_set_code}))
    try:
        check_number_template(number_template)
    except NumberTemplateError:
        faults.append(Fault("bad_number_template", "number_template", {"template": number_template}))
    if faults:
        raise InvalidInputError(faults=faults)
    administration = Administration(
        exam_id=exam_id,
        name=clean_line(name),
        council_name=clean_line(council_name),
        place=clean_line(place),
        number_template=number_template,
        rule_set_code=rule_set_code,
        created_at=now,
    )
    session.add(administration)
    await session.flush()
    details = {"name": administration.name, "rule_set": rule_set_code}
    await _record(session, "administration.created", "administration", administration.id, actor, now, details)
    return administration


async def create_centre(
    session: AsyncSession,
    *,
    code: str,
    name: str,
    address: str,
    rooms: Sequence[PlannedRoom],
    actor: Actor,
    now: datetime,
) -> tuple[TestCentre, list[Room]]:
    """Create a centre with its rooms.

    Raises
    ------
    CodeTakenError
        The centre's code is taken or a room name comes twice.
    """
    centre = TestCentre(code=clean_line(code), name=clean_line(name), address=clean_line(address))
    if await queries.centre_by_code(session, centre.code) is not None:
        raise CodeTakenError(taken=centre.code)
    session.add(centre)
    await session.flush()
    added = [await _add_room(session, centre.id, room) for room in rooms]
    details = {"code": centre.code, "rooms": len(added)}
    await _record(session, "centre.created", "test_centre", centre.id, actor, now, details)
    return centre, added


async def add_room(session: AsyncSession, *, centre_id: UUID, room: PlannedRoom, actor: Actor, now: datetime) -> Room:
    """Add a room to a centre.

    Raises
    ------
    NotFoundError, CodeTakenError
    """
    if await session.get(TestCentre, centre_id) is None:
        raise NotFoundError
    added = await _add_room(session, centre_id, room)
    await _record(session, "room.created", "room", added.id, actor, now, {"name": added.name})
    return added


async def _add_room(session: AsyncSession, centre_id: UUID, planned: PlannedRoom) -> Room:
    name = clean_line(planned.name)
    if await queries.room_by_name(session, centre_id, name) is not None:
        raise CodeTakenError(taken=name)
    room = Room(centre_id=centre_id, name=name, seat_count=planned.seat_count, row_width=planned.row_width)
    session.add(room)
    await session.flush()
    return room


# --- sittings --------------------------------------------------------------------------------------------------------


async def create_sitting(
    session: AsyncSession,
    *,
    administration_id: UUID,
    name: str,
    opens_at: datetime,
    closes_at: datetime,
    duration_minutes: int | None,
    grace_seconds: int,
    unlock_needs_identity: bool = True,
    credit_needs_second: bool = True,
    sections: Sequence[PlannedSection] = (),
    actor: Actor,
    now: datetime,
) -> Sitting:
    """Create a draft sitting; the duration is the exam's unless another is given.

    Raises
    ------
    InvalidInputError
        Unknown administration, the window is shorter than the duration, or the sections last another time together.
    """
    administration = await session.get(Administration, administration_id)
    exam = await session.get(Exam, administration.exam_id) if administration is not None else None
    if administration is None or exam is None:
        raise InvalidInputError(faults=[Fault("unknown_reference", "administration_id")])
    sitting = Sitting(
        administration_id=administration.id,
        name=clean_line(name),
        opens_at=opens_at,
        closes_at=closes_at,
        duration_minutes=duration_minutes or exam.duration_minutes,
        grace_seconds=grace_seconds,
        unlock_needs_identity=unlock_needs_identity,
        credit_needs_second=credit_needs_second,
        sections=[section.model_dump(mode="json") for section in sections],
        created_at=now,
    )
    _check_times(sitting)
    session.add(sitting)
    await session.flush()
    await _record(session, "sitting.created", "sitting", sitting.id, actor, now, {"sitting": sitting.name})
    return sitting


async def change_sitting(
    session: AsyncSession, sitting_id: UUID, *, changes: Mapping[str, Any], actor: Actor, now: datetime
) -> Sitting:
    """Change name, window, times, sections or rules of the day of a draft; ``changes`` holds only what changes.

    Raises
    ------
    NotFoundError, SittingNotDraftError, InvalidInputError
    """
    sitting = await lock_draft(session, sitting_id)
    before = _sitting_facts(sitting)
    for field in _CHANGEABLE:
        if changes.get(field) is not None:
            setattr(sitting, field, clean_line(changes[field]) if field == "name" else changes[field])
    _check_times(sitting)
    for room, _ in await queries.rooms_of_sitting(session, sitting_id):
        await _check_room_is_free(session, sitting, room)
    session.add(sitting)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="sitting.changed",
        object_type="sitting",
        object_id=str(sitting.id),
        before=before,
        after=_sitting_facts(sitting),
        details={"fields": sorted(changes)},
        now=now,
    )
    return sitting


async def assign_room(
    session: AsyncSession,
    sitting_id: UUID,
    *,
    room_id: UUID,
    proctor_ids: Sequence[UUID],
    actor: Actor,
    now: datetime,
) -> None:
    """Use a room in a sitting, with these proctors; for a room already used the proctors are replaced.

    Proctors may change until the results are settled: people fall ill on the day. Rooms only change in a draft.

    Raises
    ------
    NotFoundError, SittingNotDraftError, SittingSettledError
    InvalidInputError
        The room does not exist or is used by another sitting at the time; a user is no active proctor.
    """
    sitting = await service.lock_unsettled(session, sitting_id)
    used = await queries.sitting_room(session, sitting_id, room_id)
    if used is None:
        if sitting.status != "draft":
            raise SittingNotDraftError
        room = await session.get(Room, room_id)
        if room is None:
            raise InvalidInputError(faults=[Fault("unknown_reference", "room_id")])
        await _check_room_is_free(session, sitting, room)
        position = len(await queries.rooms_of_sitting(session, sitting_id)) + 1
        session.add(SittingRoom(sitting_id=sitting_id, room_id=room_id, position=position))
        await session.flush()
    proctors = {
        user.id for user in await accounts.list_users(session) if user.is_active and Role.PROCTOR.value in user.roles
    }
    strangers = [Fault("not_a_proctor", f"proctor_ids.{n}") for n, id_ in enumerate(proctor_ids) if id_ not in proctors]
    if strangers:
        raise InvalidInputError(faults=strangers)
    await queries.remove_proctors(session, sitting_id, room_id)
    session.add_all(
        ProctorAssignment(sitting_id=sitting_id, room_id=room_id, user_id=user_id) for user_id in set(proctor_ids)
    )
    await session.flush()
    details = {"room": str(room_id), "proctors": sorted(str(user_id) for user_id in set(proctor_ids))}
    logged = sitting_id if sitting.status == "ready" else None
    await _record(session, "sitting.room_assigned", "sitting", sitting_id, actor, now, details, logged)


async def remove_room(session: AsyncSession, sitting_id: UUID, *, room_id: UUID, actor: Actor, now: datetime) -> None:
    """Take a room out of a draft sitting; candidates who had a seat in it lose it.

    Raises
    ------
    NotFoundError, SittingNotDraftError
    """
    await lock_draft(session, sitting_id)
    used = await session.get(SittingRoom, (sitting_id, room_id))
    if used is None:
        raise NotFoundError
    await queries.clear_arrangement(session, sitting_id, room_id=room_id)
    await queries.remove_proctors(session, sitting_id, room_id)
    await session.delete(used)
    await session.flush()
    await _record(session, "sitting.room_removed", "sitting", sitting_id, actor, now, {"room": str(room_id)})


async def set_forms(
    session: AsyncSession, sitting_id: UUID, *, form_ids: Sequence[UUID], actor: Actor, now: datetime
) -> None:
    """Choose which published forms rotate over the seats of a draft sitting, in this order.

    Raises
    ------
    NotFoundError, SittingNotDraftError
    InvalidInputError
        A form does not exist, comes twice, is of another design than the first, or lasts another time than the sitting.
    """
    sitting = await lock_draft(session, sitting_id)
    known = {form.id: form for form in await forms.find_forms(session, list(form_ids))}
    design = known[form_ids[0]].design if form_ids and form_ids[0] in known else None
    faults = []
    for position, form_id in enumerate(form_ids):
        form, place = known.get(form_id), f"form_ids.{position}"
        if form is None:
            faults.append(Fault("unknown_reference", place))
        elif form_id in form_ids[:position]:
            faults.append(Fault("form_chosen_twice", place, {"form": form.form_code}))
        elif form.form_set_id is not None:
            faults.append(Fault("form_belongs_to_set", place, {"form": form.form_code}))
        elif form.design != design:
            faults.append(Fault("form_designs_differ", place, {"form": form.form_code}))
        elif form.duration_minutes != sitting.duration_minutes:
            faults.append(_duration_fault(sitting, form.form_code, form.duration_minutes, place))
    if faults:
        raise InvalidInputError(faults=faults)
    details = {"forms": [known[form_id].form_code for form_id in form_ids]}
    await _replace_forms(session, sitting, form_ids, None, actor, now, details)


async def set_form_set(
    session: AsyncSession, sitting_id: UUID, *, form_set_id: UUID, actor: Actor, now: datetime
) -> None:
    """Give every candidate of a draft sitting a form of their own out of a set.

    Raises
    ------
    NotFoundError, SittingNotDraftError
    InvalidInputError
        The set does not exist, or its forms last another time than the sitting.
    """
    sitting = await lock_draft(session, sitting_id)
    form_set = await forms.find_form_set(session, form_set_id)
    if form_set is None:
        raise InvalidInputError(faults=[Fault("unknown_reference", "form_set_id")])
    if form_set.duration_minutes != sitting.duration_minutes:
        fault = _duration_fault(sitting, form_set.code, form_set.duration_minutes, "form_set_id")
        raise InvalidInputError(faults=[fault])
    form_ids = [form.id for form in await forms.forms_of_set(session, form_set_id)]
    details = {"form_set": form_set.code, "forms": len(form_ids)}
    await _replace_forms(session, sitting, form_ids, form_set_id, actor, now, details)


def _duration_fault(sitting: Sitting, code: str, minutes: int, place: str) -> Fault:
    params = {"form": code, "form_minutes": minutes, "minutes": sitting.duration_minutes}
    return Fault("form_duration_differs", place, params)


async def _replace_forms(
    session: AsyncSession,
    sitting: Sitting,
    form_ids: Sequence[UUID],
    form_set_id: UUID | None,
    actor: Actor,
    now: datetime,
    details: dict[str, Any],
) -> None:
    await queries.remove_forms(session, sitting.id)
    sitting.form_set_id = form_set_id
    session.add(sitting)
    session.add_all(
        SittingForm(sitting_id=sitting.id, form_id=form_id, position=position)
        for position, form_id in enumerate(form_ids, start=1)
    )
    await session.flush()
    await _record(session, "sitting.forms_chosen", "sitting", sitting.id, actor, now, details)


# --- reading ---------------------------------------------------------------------------------------------------------


async def overview(session: AsyncSession, sitting_id: UUID) -> SittingOverview:
    """Return everything the board sees of a sitting.

    Raises
    ------
    NotFoundError
    """
    found = await queries.sittings_with_administration(session, [sitting_id])
    if not found:
        raise NotFoundError
    return (await _overviews(session, found))[0]


async def overviews(session: AsyncSession, *, offset: int, limit: int) -> tuple[list[SittingOverview], int]:
    """Return a page of sittings, the latest opening first, and how many there are."""
    found = await queries.sittings_with_administration(session, None)
    return await _overviews(session, found[offset : offset + limit]), len(found)


async def _overviews(session: AsyncSession, rows: Sequence[queries.SittingRow]) -> list[SittingOverview]:
    names = {user.id: user.display_name for user in await accounts.list_users(session)}
    extra = await queries.longest_extra_time(session, [row.sitting.id for row in rows])
    found = []
    for row in rows:
        sitting_id = row.sitting.id
        counts = await queries.registration_counts(session, sitting_id)
        proctors = await queries.proctors_of_sitting(session, sitting_id)
        form_set_id = row.sitting.form_set_id
        form_ids = await queries.form_ids_of_sitting(session, sitting_id) if form_set_id is None else []
        known = {form.id: form for form in await forms.find_forms(session, form_ids)}
        rooms = tuple(
            RoomOverview(
                room=room,
                centre=centre,
                registered=counts.get(room.id, 0),
                proctors=tuple(
                    sorted(((id_, names[id_]) for room_id, id_ in proctors if room_id == room.id), key=lambda p: p[1])
                ),
            )
            for room, centre in await queries.rooms_of_sitting(session, sitting_id)
        )
        found.append(
            SittingOverview(
                sitting=row.sitting,
                administration=row.administration,
                exam=row.exam,
                rule_set=await rule_sets.find_applicable(session, row),
                rooms=rooms,
                forms=tuple(known[form_id] for form_id in form_ids),
                form_set=await forms.find_form_set(session, form_set_id) if form_set_id is not None else None,
                registered=sum(counts.values()),
                arranged=sum(count for room_id, count in counts.items() if room_id is not None),
                longest_extra_time=extra.get(sitting_id, timedelta(0)),
            )
        )
    return found


# --- checks shared by the acts ---------------------------------------------------------------------------------------


async def lock_draft(session: AsyncSession, sitting_id: UUID) -> Sitting:
    """Return a sitting that may still be prepared, locked until the transaction ends.

    Raises
    ------
    NotFoundError, SittingNotDraftError
    """
    sitting = await queries.sitting(session, sitting_id, for_change=True)
    if sitting is None:
        raise NotFoundError
    if sitting.status != "draft":
        raise SittingNotDraftError
    return sitting


def _check_times(sitting: Sitting) -> None:
    faults = plan_faults(SECTION_PLAN.validate_python(sitting.sections), duration_minutes=sitting.duration_minutes)
    if (sitting.closes_at - sitting.opens_at).total_seconds() < sitting.duration_minutes * 60:
        faults.append(Fault("sitting_window_short", "closes_at", {"minutes": sitting.duration_minutes}))
    if faults:
        raise InvalidInputError(faults=faults)


async def _check_room_is_free(session: AsyncSession, sitting: Sitting, room: Room) -> None:
    other = await queries.overlapping_sitting(session, sitting, room.id)
    if other is not None:
        raise InvalidInputError(faults=[Fault("room_busy", "room_id", {"room": room.name, "sitting": other.name})])


def _sitting_facts(sitting: Sitting) -> dict[str, Any]:
    return sitting.model_dump(exclude={"access_code"}, mode="json")


async def _record(
    session: AsyncSession,
    action: str,
    object_type: str,
    object_id: UUID,
    actor: Actor,
    now: datetime,
    details: Mapping[str, Any],
    sitting_id: UUID | None = None,
) -> None:
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        details=details,
        after=details,
        now=now,
        sitting_id=sitting_id,
    )
