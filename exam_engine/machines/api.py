"""Routes of checks of computers."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from exam_engine.accounts.access import PUBLIC, ActorDep, requires
from exam_engine.accounts.api import counted_login
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import ReadSessionDep, SessionDep, database_of
from exam_engine.core.time import utc_now
from exam_engine.machines import service
from exam_engine.machines.schemas import AccessCode, CheckableSitting, OwnCheck, SeatCheck, SittingReadiness

router = APIRouter(tags=["machines"])

_PROBE_EVENTS = 4
_PROBE_INTERVAL_SECONDS = 0.25


@router.post("/api/machine-checks/rooms", dependencies=[PUBLIC])
async def find_rooms(body: AccessCode, request: Request) -> CheckableSitting:
    """The sitting of an access code, for whoever checks the computers of its rooms."""
    async with counted_login(request, f"machines:{body.access_code}"), database_of(request).read() as session:
        return await service.checkable_sitting(session, body.access_code)


@router.post("/api/machine-checks", status_code=204, dependencies=[PUBLIC])
async def note_seat(body: SeatCheck, request: Request) -> None:
    """Keep what was found at a seat before the exam; it takes the place of what was kept before."""
    async with counted_login(request, f"machines:{body.access_code}"), database_of(request).write() as session:
        await service.note_seat(
            session,
            access_code=body.access_code,
            room_id=body.room_id,
            seat_number=body.seat_number,
            findings=body.findings,
            now=utc_now(),
        )


@router.post("/api/machine-checks/own", status_code=204, dependencies=[requires(Permission.ATTEMPT_TAKE)])
async def note_own(body: OwnCheck, actor: ActorDep, session: SessionDep) -> None:
    """Keep what the page of a waiting candidate found, for the proctor."""
    await service.note_own(session, actor.id, body.findings, now=utc_now())


@router.get("/api/machine-checks/stream", dependencies=[PUBLIC], response_class=StreamingResponse)
async def probe_stream() -> StreamingResponse:
    """Four events a quarter of a second apart: where they arrive all at once, something in between holds them back."""
    return StreamingResponse(
        _probe(),
        media_type="text/event-stream",
        # Asks nginx and its like to pass on each event at once, as real streams do.
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _probe() -> AsyncIterator[bytes]:
    for number in range(_PROBE_EVENTS):
        if number:
            await asyncio.sleep(_PROBE_INTERVAL_SECONDS)
        yield f"event: probe\ndata: {number + 1}\n\n".encode()


@router.get("/api/sittings/{sitting_id}/machines", dependencies=[requires(Permission.SITTING_READ)])
async def read_readiness(sitting_id: UUID, session: ReadSessionDep) -> SittingReadiness:
    """How far the computers of each room of a sitting are checked."""
    return await service.readiness_of(session, sitting_id)
