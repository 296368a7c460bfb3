"""The route of a room's event stream."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import database_of
from exam_engine.core.errors import NotFoundError
from exam_engine.core.event_stream import EventStreamResponse
from exam_engine.proctoring import service
from exam_engine.proctoring.streams import room_feed_of

router = APIRouter(prefix="/api/proctoring", tags=["proctoring"], dependencies=[requires(Permission.PROCTOR_ROOM)])

_EVENTS = """\
Events `board` (fetch the room board), `seat` (one seat of it as it is now) and `end` (with the reason; the browser
should not come back). A comment every 15 seconds shows that the stream lives.
"""


@router.get(
    "/sittings/{sitting_id}/rooms/{room_id}/events",
    status_code=200,
    response_class=EventStreamResponse,
    response_description=_EVENTS,
)
async def stream_room_events(
    sitting_id: UUID,
    room_id: UUID,
    request: Request,
    actor: ActorDep,
    last_event_id: Annotated[str | None, Header(description="Id of the last event that was seen.")] = None,
) -> EventStreamResponse:
    """Each change in the room as it happens, for the room board."""
    async with database_of(request).read() as session:
        await service.refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    if actor.session_id is None:
        raise NotFoundError
    return EventStreamResponse(
        room_feed_of(request).open(
            login_session_id=actor.session_id,
            actor_id=actor.id,
            sitting_id=sitting_id,
            room_id=room_id,
            last_event_id=last_event_id,
        )
    )
