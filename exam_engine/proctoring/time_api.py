"""Routes over candidates' time: pauses, ends and time given back, by the proctor of a room and by the board."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.errors import NotFoundError
from exam_engine.core.time import utc_now
from exam_engine.delivery import crediting, ending, pausing
from exam_engine.delivery.pausing import Scope
from exam_engine.incidents import violations
from exam_engine.proctoring import seat_time, service
from exam_engine.proctoring.schemas import ActResult, SeatSelection
from exam_engine.proctoring.time_schemas import (
    CreditDecision,
    CreditList,
    CreditOfSeats,
    CreditView,
    EndOfSeats,
    PauseList,
    PauseOfSeats,
    PauseOfSitting,
    SeatTime,
)
from exam_engine.sittings import service as sittings

room_router = APIRouter(
    prefix="/api/proctoring/sittings/{sitting_id}/rooms/{room_id}",
    tags=["proctoring"],
    dependencies=[requires(Permission.PROCTOR_ROOM)],
)
sitting_router = APIRouter(
    prefix="/api/sittings/{sitting_id}", tags=["sittings"], dependencies=[requires(Permission.SITTING_TIME)]
)


async def _scope(
    session: SessionDep, sitting_id: UUID, room_id: UUID, selection: SeatSelection, actor: ActorDep
) -> Scope:
    chosen = await service.chosen_seats(session, sitting_id, room_id, selection=selection, actor=actor)
    return Scope(sitting_id, room_id, None if selection.all else tuple(chosen))


@room_router.post("/pause")
async def pause_seats(
    sitting_id: UUID, room_id: UUID, body: PauseOfSeats, actor: ActorDep, session: SessionDep
) -> ActResult:
    """Stop clocks; nobody starts in a room that stands still."""
    scope = await _scope(session, sitting_id, room_id, body, actor)
    held = await pausing.pause(session, scope, reason=body.reason, note=body.note, actor=actor, now=utc_now())
    return ActResult(seats=held)


@room_router.post("/resume")
async def resume_seats(
    sitting_id: UUID, room_id: UUID, body: SeatSelection, actor: ActorDep, session: SessionDep
) -> ActResult:
    """Let clocks go on; seats that a wider pause holds up stay and are not counted."""
    scope = await _scope(session, sitting_id, room_id, body, actor)
    return ActResult(seats=await pausing.resume(session, scope, actor=actor, now=utc_now()))


@room_router.post("/end")
async def end_seats(
    sitting_id: UUID, room_id: UUID, body: EndOfSeats, actor: ActorDep, session: SessionDep
) -> ActResult:
    """End attempts; what was captured before still arrives within the grace."""
    chosen = await service.chosen_seats(session, sitting_id, room_id, selection=body, actor=actor)
    ended = await ending.end(session, chosen, reason=body.reason, note=body.note, actor=actor, now=utc_now())
    return ActResult(seats=ended)


@room_router.post("/reopen")
async def reopen_seats(
    sitting_id: UUID, room_id: UUID, body: SeatSelection, actor: ActorDep, session: SessionDep
) -> ActResult:
    """Take back that attempts were ended, as long as they are not closed and no violation in force ended them."""
    chosen = await service.chosen_seats(session, sitting_id, room_id, selection=body, actor=actor)
    await violations.refuse_suspended(session, chosen)
    return ActResult(seats=await ending.reopen(session, chosen, actor=actor, now=utc_now()))


@room_router.get("/seats/{registration_id}/time")
async def read_seat_time(
    sitting_id: UUID, room_id: UUID, registration_id: UUID, actor: ActorDep, session: ReadSessionDep
) -> SeatTime:
    """All that decides, or should, about one candidate's time."""
    await service.chosen_seats(
        session, sitting_id, room_id, selection=SeatSelection(registration_ids=[registration_id]), actor=actor
    )
    return await seat_time.time_of_seat(session, registration_id, actor=actor, now=utc_now())


@room_router.get("/credits")
async def list_credits_of_room(sitting_id: UUID, room_id: UUID, actor: ActorDep, session: ReadSessionDep) -> CreditList:
    """Time proposed for, given to and refused candidates of the room."""
    registrations = await service.seats_of_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    found = await seat_time.credits_of_registrations(session, registrations, actor=actor)
    return CreditList(items=found, total=len(found))


@room_router.post("/credits", status_code=201)
async def propose_credit(
    sitting_id: UUID, room_id: UUID, body: CreditOfSeats, actor: ActorDep, session: SessionDep
) -> CreditList:
    """Propose to give time back; it counts when a second person has signed, where the sitting asks for one."""
    chosen = await service.chosen_seats(session, sitting_id, room_id, selection=body, actor=actor)
    proposed = await crediting.propose(
        session,
        sitting_id,
        chosen,
        credit=timedelta(seconds=body.seconds),
        reason=body.reason,
        note=body.note,
        actor=actor,
        now=utc_now(),
    )
    registrations = await sittings.registrations_of_room(
        session, sitting_id, room_id, ids=[one.registration_id for one in proposed]
    )
    facts = {one.registration_id: one for one in registrations}
    views = [seat_time.credit_view(one, facts[one.registration_id], actor) for one in proposed]
    return CreditList(items=views, total=len(views))


@room_router.post("/credits/{credit_id}/decision")
async def decide_credit_in_room(
    sitting_id: UUID, room_id: UUID, credit_id: UUID, body: CreditDecision, actor: ActorDep, session: SessionDep
) -> CreditView:
    """Sign time that somebody else proposed for a candidate of the room, or reject it."""
    registrations = await service.seats_of_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    facts = {one.registration_id: one for one in registrations}
    decided = await crediting.decide(
        session, credit_id, sitting_id=sitting_id, is_granted=body.is_granted, actor=actor, now=utc_now()
    )
    if decided.registration_id not in facts:
        raise NotFoundError
    return seat_time.credit_view(decided, facts[decided.registration_id], actor)


@sitting_router.post("/pause")
async def pause_sitting(sitting_id: UUID, body: PauseOfSitting, actor: ActorDep, session: SessionDep) -> ActResult:
    """Stop the clocks of a whole sitting; nobody starts in it."""
    held = await pausing.pause(
        session, Scope(sitting_id), reason=body.reason, note=body.note, actor=actor, now=utc_now()
    )
    return ActResult(seats=held)


@sitting_router.post("/resume")
async def resume_sitting(sitting_id: UUID, actor: ActorDep, session: SessionDep) -> ActResult:
    """Let all clocks of a sitting go on, those of rooms and seats that stood still by themselves too."""
    return ActResult(seats=await pausing.resume(session, Scope(sitting_id), actor=actor, now=utc_now()))


@sitting_router.get("/pauses")
async def list_pauses(sitting_id: UUID, session: ReadSessionDep) -> PauseList:
    """The pauses of a sitting, its rooms and seats."""
    found = await seat_time.pauses_of_sitting(session, sitting_id)
    return PauseList(items=found, total=len(found))


@sitting_router.get("/credits")
async def list_credits(sitting_id: UUID, actor: ActorDep, session: ReadSessionDep) -> CreditList:
    """Time proposed for, given to and refused candidates of a sitting."""
    registrations = await sittings.registrations_of_sitting(session, sitting_id)
    found = await seat_time.credits_of_registrations(session, registrations, actor=actor)
    return CreditList(items=found, total=len(found))


@sitting_router.post("/credits/{credit_id}/decision")
async def decide_credit(
    sitting_id: UUID, credit_id: UUID, body: CreditDecision, actor: ActorDep, session: SessionDep
) -> CreditView:
    """Sign time that somebody else proposed, or reject it."""
    decided = await crediting.decide(
        session, credit_id, sitting_id=sitting_id, is_granted=body.is_granted, actor=actor, now=utc_now()
    )
    facts = await sittings.find_registration(session, decided.registration_id)
    return seat_time.credit_view(decided, facts, actor)
