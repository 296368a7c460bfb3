"""Routes over persons and seats of a room: identity checks, moves to another seat, and what happened at a seat."""

from uuid import UUID

from fastapi import APIRouter

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.time import utc_now
from exam_engine.delivery import identifying, swapping
from exam_engine.lockdown import checking
from exam_engine.machines import service as machines
from exam_engine.machines.schemas import RoomMachines
from exam_engine.proctoring import event_views, service, timeline
from exam_engine.proctoring.schemas import ActResult, EventsReview, SeatSelection
from exam_engine.proctoring.seat_schemas import (
    DoubtOfSeats,
    ExemptionOfSeats,
    MovedView,
    SeatSwap,
    SeatTimeline,
    SwapResult,
)

router = APIRouter(
    prefix="/api/proctoring/sittings/{sitting_id}/rooms/{room_id}",
    tags=["proctoring"],
    dependencies=[requires(Permission.PROCTOR_ROOM)],
)


@router.post("/identity/confirmation")
async def confirm_identity(
    sitting_id: UUID, room_id: UUID, body: SeatSelection, actor: ActorDep, session: SessionDep
) -> ActResult:
    """Note that persons are who they say; all means whoever is logged in and was not looked at yet."""
    chosen = await service.chosen_seats(session, sitting_id, room_id, selection=body, actor=actor)
    if body.all:
        chosen = await identifying.unchecked_present(session, chosen)
    return ActResult(seats=await identifying.confirm(session, chosen, actor=actor, now=utc_now()))


@router.post("/identity/doubt")
async def doubt_identity(
    sitting_id: UUID, room_id: UUID, body: DoubtOfSeats, actor: ActorDep, session: SessionDep
) -> ActResult:
    """Note a doubt about persons; whoever has not started is locked again."""
    chosen = await service.chosen_seats(session, sitting_id, room_id, selection=body, actor=actor)
    noted = await identifying.doubt(session, chosen, reason=body.reason, note=body.note, actor=actor, now=utc_now())
    return ActResult(seats=noted)


@router.post("/identity/withdrawal")
async def withdraw_identity(
    sitting_id: UUID, room_id: UUID, body: SeatSelection, actor: ActorDep, session: SessionDep
) -> ActResult:
    """Take back what was noted of persons who have not started, and their unlock with it."""
    chosen = await service.chosen_seats(session, sitting_id, room_id, selection=body, actor=actor)
    return ActResult(seats=await identifying.withdraw(session, chosen, actor=actor, now=utc_now()))


@router.post("/browser/exemption")
async def exempt_from_browser(
    sitting_id: UUID, room_id: UUID, body: ExemptionOfSeats, actor: ActorDep, session: SessionDep
) -> ActResult:
    """Let candidates go on without the browser that the sitting asks for."""
    chosen = await service.chosen_seats(session, sitting_id, room_id, selection=body, actor=actor)
    exempted = await checking.exempt(session, chosen, reason=body.reason, note=body.note, actor=actor, now=utc_now())
    return ActResult(seats=exempted)


@router.post("/browser/exemption-withdrawal")
async def withdraw_exemption(
    sitting_id: UUID, room_id: UUID, body: SeatSelection, actor: ActorDep, session: SessionDep
) -> ActResult:
    """Ask candidates for the right browser again; whoever works already goes on."""
    chosen = await service.chosen_seats(session, sitting_id, room_id, selection=body, actor=actor)
    return ActResult(seats=await checking.withdraw_exemption(session, chosen, actor=actor, now=utc_now()))


@router.post("/swap")
async def swap_seats(
    sitting_id: UUID, room_id: UUID, body: SeatSwap, actor: ActorDep, session: SessionDep
) -> SwapResult:
    """Move a candidate to another seat, or two in exchange.

    The plan changes, the old browser is fenced at once, and the one at the new place goes on without another act.
    """
    await service.refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    moved = await swapping.swap(
        session,
        sitting_id,
        room_id,
        from_seat=body.from_seat,
        to_seat=body.to_seat,
        reason=body.reason,
        note=body.note,
        actor=actor,
        now=utc_now(),
    )
    return SwapResult(
        moved=[
            MovedView(
                registration_id=one.registration_id,
                from_seat=one.from_seat,
                to_seat=one.to_seat,
                goes_on=one.goes_on,
            )
            for one in moved
        ]
    )


@router.post("/events-review")
async def review_events(
    sitting_id: UUID, room_id: UUID, body: EventsReview, actor: ActorDep, session: SessionDep
) -> ActResult:
    """Note that the events of seats were seen, each up to an operation; what comes later is new again."""
    seen = await event_views.review(session, sitting_id, room_id, body.seats, actor=actor, now=utc_now())
    return ActResult(seats=seen)


@router.get("/seats/{registration_id}/timeline")
async def read_timeline(
    sitting_id: UUID, room_id: UUID, registration_id: UUID, actor: ActorDep, session: ReadSessionDep
) -> SeatTimeline:
    """What happened at one seat, newest first: the rows of the sitting's log, silences, and the window left."""
    await service.chosen_seats(
        session, sitting_id, room_id, selection=SeatSelection(registration_ids=[registration_id]), actor=actor
    )
    items = await timeline.timeline_of(session, sitting_id, registration_id, now=utc_now())
    return SeatTimeline(items=items, total=len(items))


@router.get("/machines")
async def read_machines(sitting_id: UUID, room_id: UUID, actor: ActorDep, session: ReadSessionDep) -> RoomMachines:
    """What the computers of the room last found of themselves."""
    await service.refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    return await machines.machines_of_room(session, sitting_id, room_id)
