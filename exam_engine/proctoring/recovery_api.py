"""Routes over what lost browsers still held: proctors and the board put it forward, the board decides."""

from uuid import UUID

from fastapi import APIRouter

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep
from exam_engine.core.time import utc_now
from exam_engine.delivery import recovering
from exam_engine.delivery.models import Recovery
from exam_engine.proctoring import leftover_views, service
from exam_engine.proctoring.schemas import SeatSelection
from exam_engine.proctoring.seat_schemas import LeftoverList, NewRecovery, RecoveryDecision, RecoveryView
from exam_engine.sittings import service as sittings

room_recovery_router = APIRouter(
    prefix="/api/proctoring/sittings/{sitting_id}/rooms/{room_id}",
    tags=["proctoring"],
    dependencies=[requires(Permission.PROCTOR_ROOM)],
)
sitting_recovery_router = APIRouter(
    prefix="/api/sittings/{sitting_id}", tags=["sittings"], dependencies=[requires(Permission.SITTING_RECOVER)]
)


async def _propose(sitting_id: UUID, body: NewRecovery, actor: ActorDep, session: SessionDep) -> Recovery:
    return await recovering.propose(
        session,
        sitting_id,
        body.registration_id,
        operations=[(one.seq, one.hash) for one in body.operations],
        reason=body.reason,
        note=body.note,
        actor=actor,
        now=utc_now(),
    )


@room_recovery_router.get("/leftovers")
async def list_leftovers_of_room(
    sitting_id: UUID, room_id: UUID, actor: ActorDep, session: ReadSessionDep
) -> LeftoverList:
    """What browsers that lost a seat of the room still held, and what was put forward of it; never the answers."""
    registrations = await service.seats_of_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    found = await leftover_views.leftovers_of_registrations(session, registrations, actor=actor, now=utc_now())
    return LeftoverList(items=found, total=len(found))


@room_recovery_router.post("/recoveries", status_code=201)
async def propose_recovery_in_room(
    sitting_id: UUID, room_id: UUID, body: NewRecovery, actor: ActorDep, session: SessionDep
) -> RecoveryView:
    """Put leftover operations forward to count after all; a member of the board decides."""
    selection = SeatSelection(registration_ids=[body.registration_id])
    await service.chosen_seats(session, sitting_id, room_id, selection=selection, actor=actor)
    return leftover_views.recovery_view(await _propose(sitting_id, body, actor, session), actor)


@sitting_recovery_router.get("/leftovers")
async def list_leftovers(sitting_id: UUID, actor: ActorDep, session: ReadSessionDep) -> LeftoverList:
    """What browsers that lost a seat of the sitting still held, and what was put forward of it; never the answers."""
    registrations = await sittings.registrations_of_sitting(session, sitting_id)
    found = await leftover_views.leftovers_of_registrations(session, registrations, actor=actor, now=utc_now())
    return LeftoverList(items=found, total=len(found))


@sitting_recovery_router.post("/recoveries", status_code=201)
async def propose_recovery(sitting_id: UUID, body: NewRecovery, actor: ActorDep, session: SessionDep) -> RecoveryView:
    """Put leftover operations forward to count after all; another member of the board decides."""
    return leftover_views.recovery_view(await _propose(sitting_id, body, actor, session), actor)


@sitting_recovery_router.post("/recoveries/{recovery_id}/decision")
async def decide_recovery(
    sitting_id: UUID, recovery_id: UUID, body: RecoveryDecision, actor: ActorDep, session: SessionDep
) -> RecoveryView:
    """Admit what somebody else has put forward, or reject it; a marked attempt is then marked again."""
    decided = await recovering.decide(
        session, recovery_id, sitting_id=sitting_id, is_admitted=body.is_admitted, actor=actor, now=utc_now()
    )
    return leftover_views.recovery_view(decided, actor)
