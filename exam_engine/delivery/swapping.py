"""Moving a candidate to another computer of the room in one act: plan, fence and unlock together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.delivery import log_rows, queries, seat_queries
from exam_engine.delivery.models import Attempt, Seat, SeatMove
from exam_engine.delivery.reasons import MoveReason
from exam_engine.sittings import reseating
from exam_engine.sittings import service as sittings
from exam_engine.sittings.hints import SEAT

NOBODY = UUID(int=0)
"""Holder of an attempt on the way to another computer: whichever browser writes is fenced."""

GoesOn = Literal["unlocked", "at_next_login", "as_before"]
"""Whether the browser at the new place may go on now, will with its login, or needs what it needed before."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A candidate who was moved."""

    registration_id: UUID
    from_seat: int
    to_seat: int
    goes_on: GoesOn


async def swap(
    session: AsyncSession,
    sitting_id: UUID,
    room_id: UUID,
    *,
    from_seat: int,
    to_seat: int,
    reason: MoveReason,
    note: str,
    actor: Actor,
    now: datetime,
) -> list[Moved]:
    """Move a candidate to another seat of the room; whoever sits there comes in return.

    Who had been unlocked, or had started, loses the old browser at once and goes on at the new place without another
    act: in the browser of the latest login when there has been one since, else with the next login. The epoch rises
    when the attempt goes on.

    Raises
    ------
    SeatEmptyError, SeatUnchangedError
    SittingNotRunningError
        The sitting is not ready, or its results are settled.
    """
    await sittings.refuse_unless_ready(session, sitting_id)
    await sittings.lock_room(session, sitting_id, room_id)
    ids = await sittings.registration_ids_at(session, sitting_id, room_id, (from_seat, to_seat))
    # Attempts before registrations, as everybody locks them.
    await queries.lock_open_attempts(session, ids)
    reseated = await reseating.reseat(session, sitting_id, room_id, from_seat=from_seat, to_seat=to_seat)
    ids = [one.registration_id for one in reseated]
    attempts = await queries.attempts_of(session, ids)
    seats = await seat_queries.lock_seats(session, ids)
    moved = [
        Moved(
            one.registration_id,
            one.from_seat,
            one.to_seat,
            _hand_over(session, seats.get(one.registration_id), attempts.get(one.registration_id), actor, now),
        )
        for one in reseated
    ]
    session.add_all(
        SeatMove(
            sitting_id=sitting_id,
            registration_id=one.registration_id,
            from_seat=one.from_seat,
            to_seat=one.to_seat,
            reason=reason,
            note=note,
            moved_at=now,
            moved_by_name=actor.display_name,
        )
        for one in moved
    )
    hint_after_commit(session, SEAT, ids)
    await session.flush()
    await _record(session, sitting_id, moved, reason, note, actor, now)
    return moved


def _hand_over(
    session: AsyncSession, seat: Seat | None, attempt: Attempt | None, actor: Actor, now: datetime
) -> GoesOn:
    """Take the old browser's right away and give it to the one at the new place."""
    if seat is None or (attempt is not None and attempt.closed_at is not None):
        return "as_before"
    if attempt is None and seat.unlocked_session_id is None and not seat.unlocks_next_login:
        return "as_before"
    old = attempt.holder_session_id if attempt is not None else seat.unlocked_session_id
    has_arrived = old is not None and old != NOBODY and seat.login_session_id != old
    seat.unlocked_session_id = seat.login_session_id if has_arrived else None
    seat.unlocks_next_login = not has_arrived
    seat.unlocked_at, seat.unlocked_by_name = now, actor.display_name
    session.add(seat)
    if attempt is not None:
        attempt.holder_session_id = NOBODY
        session.add(attempt)
    return "unlocked" if has_arrived else "at_next_login"


async def _record(
    session: AsyncSession,
    sitting_id: UUID,
    moved: Sequence[Moved],
    reason: MoveReason,
    note: str,
    actor: Actor,
    now: datetime,
) -> None:
    await audit.record(
        session,
        actor=actor,
        action="seat.swapped",
        object_type="registration",
        object_id=str(moved[0].registration_id),
        details={
            "registrations": [str(one.registration_id) for one in moved],
            "seats": [[one.from_seat, one.to_seat] for one in moved],
            "goes_on": [one.goes_on for one in moved],
            "reason": reason,
            "note_sha256": log_rows.text_digest(note),
        },
        now=now,
        sitting_id=sitting_id,
    )
