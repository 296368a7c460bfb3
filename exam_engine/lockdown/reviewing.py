"""That proctors have seen the events of the exam's window, so that the room shows what is new."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.lockdown import queries
from exam_engine.lockdown.models import EventReview
from exam_engine.sittings.hints import SEAT
from exam_engine.sittings.seat_records import record_seats


async def review(
    session: AsyncSession,
    up_to: Mapping[UUID, int],
    registrations: Mapping[UUID, UUID],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Note up to which operation the events of attempts were seen; returns for how many that is news.

    Parameters
    ----------
    up_to : the number of the last operation seen, by attempt; what somebody else saw beyond it stays seen.
    registrations : of the attempts.
    """
    known = await queries.reviews_of(session, up_to)
    moved = []
    for attempt_id, seq in sorted(up_to.items()):
        found = known.get(attempt_id)
        if found is not None and found.up_to_seq >= seq:
            continue
        found = found or EventReview(attempt_id=attempt_id, up_to_seq=0, reviewed_at=now, reviewed_by_name="")
        found.up_to_seq, found.reviewed_at, found.reviewed_by_name = seq, now, actor.display_name
        session.add(found)
        moved.append(registrations[attempt_id])
    hint_after_commit(session, SEAT, moved)
    await record_seats(session, "seat.events_reviewed", moved, actor, now)
    return len(moved)
