"""Routes of the proctor's room board."""

import hashlib
from uuid import UUID

from fastapi import APIRouter, Request, Response

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.time import utc_now
from exam_engine.delivery import instructing
from exam_engine.delivery import queries as delivery_queries
from exam_engine.delivery import seats as delivery_seats
from exam_engine.incidents import violations
from exam_engine.proctoring import event_views, service
from exam_engine.proctoring.schemas import (
    ActResult,
    BoardRoomView,
    BoardSittingView,
    MessageToSeats,
    ProctorRoomList,
    ProctorRoomRow,
    RoomBoard,
    SeatSelection,
)
from exam_engine.sittings import service as sittings

router = APIRouter(prefix="/api/proctoring", tags=["proctoring"], dependencies=[requires(Permission.PROCTOR_ROOM)])


@router.get("/rooms")
async def list_rooms(actor: ActorDep, session: ReadSessionDep) -> ProctorRoomList:
    """Rooms that this proctor is assigned to."""
    rooms = await sittings.rooms_of_proctor(session, actor.id)
    rows = [
        ProctorRoomRow(
            sitting_id=room.sitting_id,
            sitting_name=room.sitting_name,
            room_id=room.room_id,
            room_name=room.room_name,
            opens_at=room.opens_at,
            closes_at=room.closes_at,
            status=room.sitting_status,
        )
        for room in rooms
    ]
    return ProctorRoomList(items=rows, total=len(rows))


@router.get("/sittings/{sitting_id}/rooms/{room_id}", response_model=RoomBoard)
async def read_room(
    sitting_id: UUID, room_id: UUID, request: Request, actor: ActorDep, session: ReadSessionDep
) -> Response:
    """The room board; answers 304 while nothing but the clock has moved."""
    now = utc_now()
    registrations = await service.seats_of_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    room = await sittings.find_room(session, sitting_id, room_id)
    sitting = await sittings.find_sitting(session, sitting_id)
    seats = await service.board(session, registrations)
    totals = {
        form_id: await delivery_seats.item_count(session, form_id)
        for form_id in {progress.facts.form_id for progress in seats}
    }
    rules = await event_views.rules_of_sitting(session, sitting_id)
    rows = [
        service.seat_row(progress, total=totals[progress.facts.form_id], rules=rules, now=now) for progress in seats
    ]
    view = RoomBoard(
        sitting=BoardSittingView(
            id=sitting_id,
            name=sitting.name,
            exam_name=sitting.exam_name,
            opens_at=sitting.opens_at,
            closes_at=sitting.closes_at,
            duration_minutes=int(sitting.duration.total_seconds() // 60),
            unlock_needs_identity=sitting.unlock_needs_identity,
        ),
        room=BoardRoomView(id=room_id, name=room.room_name, seat_count=room.seat_count),
        access_code=sitting.access_code,
        awaits_release=await delivery_queries.awaits_release(session, sitting_id),
        server_time=now,
        pauses=await service.pauses_of_room(session, sitting_id, room_id),
        seats=rows,
        events=await service.events_of_room(session, seats, now=now),
    )
    # Browsers count the clocks down by themselves: what only ticks does not belong into the tag.
    ticking = {"server_time": True, "seats": {"__all__": {"remaining_ms", "offline_ms", "last_seen_at"}}}
    steady = view.model_dump_json(exclude=ticking)  # type: ignore[arg-type]
    tag = f'"{hashlib.sha256(steady.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    # A compressing proxy marks the tag as weak; the content is the same.
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if tag in known:
        return Response(status_code=304, headers=headers)
    return Response(view.model_dump_json(), media_type="application/json", headers=headers)


@router.post("/sittings/{sitting_id}/rooms/{room_id}/unlock")
async def unlock_seats(
    sitting_id: UUID, room_id: UUID, body: SeatSelection, actor: ActorDep, session: SessionDep
) -> ActResult:
    """Let candidates start, or go on at another computer; all that are named or none."""
    chosen = await service.chosen_seats(session, sitting_id, room_id, selection=body, actor=actor)
    suspended = await violations.lock_suspended_among(session, chosen)
    unlocked = await delivery_seats.unlock(
        session, registration_ids=chosen, suspended=suspended, actor=actor, now=utc_now()
    )
    return ActResult(seats=unlocked)


@router.post("/sittings/{sitting_id}/rooms/{room_id}/lock")
async def lock_seats(
    sitting_id: UUID, room_id: UUID, body: SeatSelection, actor: ActorDep, session: SessionDep
) -> ActResult:
    """Take the unlock back from candidates who have not started."""
    chosen = await service.chosen_seats(session, sitting_id, room_id, selection=body, actor=actor)
    return ActResult(seats=await delivery_seats.lock(session, registration_ids=chosen, actor=actor, now=utc_now()))


@router.post("/sittings/{sitting_id}/rooms/{room_id}/messages")
async def send_message(
    sitting_id: UUID, room_id: UUID, body: MessageToSeats, actor: ActorDep, session: SessionDep
) -> ActResult:
    """Send a message; it reaches each browser by its stream or its next receipt and stays until confirmed there."""
    chosen = await service.chosen_seats(session, sitting_id, room_id, selection=body, actor=actor)
    sent = await instructing.send_message(session, registration_ids=chosen, text=body.text, actor=actor, now=utc_now())
    return ActResult(seats=sent)
