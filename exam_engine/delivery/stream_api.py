"""The route of a candidate's event stream."""

from typing import Annotated

from fastapi import APIRouter, Header, Request

from exam_engine.accounts.access import ActorDep, requires
from exam_engine.accounts.permissions import Permission
from exam_engine.core.db import database_of
from exam_engine.core.errors import NotFoundError
from exam_engine.core.event_stream import EventStreamResponse
from exam_engine.delivery import queries
from exam_engine.delivery.streams import candidate_feed_of

router = APIRouter(tags=["delivery"])

_EVENTS = """\
Events `seat` (where the candidate stands in this browser, and the time there is), `instruction` (a message or an order)
and `end` (with the reason; the browser should not come back). A comment every 15 seconds shows that the stream lives.
"""


@router.get(
    "/api/delivery/events",
    dependencies=[requires(Permission.ATTEMPT_TAKE)],
    status_code=200,
    response_class=EventStreamResponse,
    response_description=_EVENTS,
)
async def stream_own_events(
    request: Request,
    actor: ActorDep,
    last_event_id: Annotated[str | None, Header(description="Id of the last event that was seen.")] = None,
) -> EventStreamResponse:
    """One's own events as they happen; with the id of the last one seen, what came since."""
    async with database_of(request).read() as session:
        if actor.session_id is None or not await queries.is_registered(session, actor.id):
            raise NotFoundError
    feed = candidate_feed_of(request)
    return EventStreamResponse(
        feed.open(login_session_id=actor.session_id, registration_id=actor.id, last_event_id=last_event_id)
    )
