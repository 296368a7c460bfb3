"""Arranging a sitting: Vietnamese order, candidate numbers, seats, forms."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.errors import Fault
from exam_engine.sittings import planning, queries
from exam_engine.sittings.errors import CannotArrangeError
from exam_engine.sittings.seating import NumberTemplateError, SeatRow, place


async def arrange(session: AsyncSession, sitting_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Give everybody of a draft sitting a number, a seat and a form; returns how many were seated.

    What was given before is given anew. Numbers go on after those of the other sittings of the administration.

    Raises
    ------
    NotFoundError, SittingNotDraftError
    CannotArrangeError
        Nobody registered, no form, too few seats, too few forms of a set, or numbers that are too long.
    """
    sitting = await planning.lock_draft(session, sitting_id)
    administration = await queries.lock_administration(session, sitting.administration_id)
    rooms = [
        SeatRow(room.id, room.name, centre.code, room.seat_count, room.row_width)
        for room, centre in await queries.rooms_of_sitting(session, sitting_id)
    ]
    form_ids = await queries.form_ids_of_sitting(session, sitting_id)
    # Cleared first: a number or a seat may pass from one person to another.
    await queries.clear_arrangement(session, sitting_id)
    rows = await queries.registrations_of_sitting(session, sitting_id)
    seats = sum(room.seat_count for room in rooms)
    faults = []
    if not rows:
        faults.append(Fault("sitting_without_candidates", "registrations"))
    if not form_ids:
        faults.append(Fault("sitting_without_forms", "forms"))
    if seats < len(rows):
        faults.append(Fault("too_few_seats", "rooms", {"candidates": len(rows), "seats": seats}))
    is_personal = sitting.form_set_id is not None
    if is_personal and len(form_ids) < len(rows):
        faults.append(Fault("too_few_personal_forms", "forms", {"candidates": len(rows), "forms": len(form_ids)}))
    if faults:
        raise CannotArrangeError(faults=faults)
    try:
        placements = place(
            [row.registration.id for row in rows],
            rooms=rooms,
            forms=len(form_ids),
            is_personal=is_personal,
            template=administration.number_template,
            first_sequence=await queries.last_sequence(session, administration.id) + 1,
        )
    except NumberTemplateError as error:
        params = {"template": administration.number_template, "number": str(error)}
        raise CannotArrangeError(faults=[Fault("number_unusable", "number_template", params)]) from error
    for row, placement in zip(rows, placements, strict=True):
        registration = row.registration
        registration.sequence = placement.sequence
        registration.candidate_number = placement.candidate_number
        registration.room_id = placement.room_id
        registration.seat_number = placement.seat_number
        registration.form_id = form_ids[placement.form]
        registration.variant = placement.variant
        session.add(registration)
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="sitting.arranged",
        object_type="sitting",
        object_id=str(sitting_id),
        after={
            str(p.registration_id): [p.candidate_number, str(p.room_id), p.seat_number, p.form, p.variant]
            for p in placements
        },
        details={"candidates": len(placements), "first": placements[0].candidate_number},
        now=now,
    )
    return len(placements)
