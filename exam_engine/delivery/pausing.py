"""Stopping and restarting clocks: of a whole sitting, of a room, or of single seats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.delivery import queries, time_queries
from exam_engine.delivery.clock import AttemptTiming, Phase
from exam_engine.delivery.instructing import instruct
from exam_engine.delivery.models import Attempt, Pause
from exam_engine.delivery.pauses import PauseSpan
from exam_engine.delivery.reasons import PauseReason
from exam_engine.delivery.seat_rows import SeatRow, seat_rows
from exam_engine.delivery.timings import timing_of_row
from exam_engine.sittings import service as sittings
from exam_engine.sittings.errors import SittingPulledError
from exam_engine.sittings.hints import SEAT
from exam_engine.sittings.seat_records import record_seats


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a pause is for: without a room all of the sitting, without seats all of the room.

    A pause of a room or a sitting holds for those as well who start later; nobody can start while it goes on.
    """

    sitting_id: UUID
    room_id: UUID | None = None
    registration_ids: tuple[UUID, ...] | None = None

    @property
    def name(self) -> str:
        """What the scope is, as acts are recorded."""
        if self.registration_ids is not None:
            return "seats"
        return "sitting" if self.room_id is None else "room"

    def takes_in(self, pause: Pause) -> bool:
        """Whether a pause is ended when this scope goes on: its own and those of seats and rooms within it."""
        if self.registration_ids is not None:
            return pause.registration_id in self.registration_ids
        return self.room_id is None or pause.room_id == self.room_id


async def pause(
    session: AsyncSession, scope: Scope, *, reason: PauseReason, note: str, actor: Actor, now: datetime
) -> int:
    """Stop the clocks of all who work and of all who would start; returns how many seats the act is for.

    Pausing once more what this scope has paused changes nothing and tells nobody. What a browser captures before it
    hears of the pause counts: not to have heard is not the candidate's fault.

    Raises
    ------
    NotFoundError, SittingNotRunningError
    SittingPulledError
        At a test site a pause is for a room or a seat: the sitting itself is another server's.
    """
    sitting = await sittings.lock_ready(session, scope.sitting_id)
    if sitting.is_pulled and scope.room_id is None:
        raise SittingPulledError
    asked = await _registrations(session, scope)
    going_on = {(one.room_id, one.registration_id) for one in await time_queries.open_pauses(session, scope.sitting_id)}
    targets = [None] if scope.registration_ids is None else asked
    fresh = [registration_id for registration_id in targets if (scope.room_id, registration_id) not in going_on]
    if not fresh:
        return len(asked)
    session.add_all(
        Pause(
            sitting_id=scope.sitting_id,
            room_id=scope.room_id,
            registration_id=registration_id,
            reason=reason,
            note=note,
            started_at=now,
            started_by_name=actor.display_name,
        )
        for registration_id in fresh
    )
    ids = [id_ for id_ in asked if scope.registration_ids is None or id_ in fresh]
    for attempt, timing in await locked_with_timings(session, ids):
        if timing.phase(now) is Phase.RUNNING:
            attempt.paused_since = now
            session.add(attempt)
    hint_after_commit(session, SEAT, ids)
    await instruct(session, ids, kind="pause", text=note, actor=actor, now=now)
    await record_seats(session, "seat.paused", ids, actor, now, {"reason": reason, "of": scope.name})
    return len(asked)


async def resume(session: AsyncSession, scope: Scope, *, actor: Actor, now: datetime) -> int:
    """Let clocks go on, with all that stood still returned; returns how many seats this act has freed.

    A pause of a wider scope stays: whoever stopped a sitting lets it go on.
    """
    sitting = await sittings.lock_ready(session, scope.sitting_id)
    ids = await _registrations(session, scope)
    ended: list[PauseSpan] = []
    remaining: list[PauseSpan] = []
    at_sites = set(await sittings.rooms_at_sites(session, scope.sitting_id))
    for one in await time_queries.open_pauses(session, scope.sitting_id):
        if one.room_id in at_sites:
            continue
        if scope.takes_in(one):
            one.ended_at, one.ended_by_name = now, actor.display_name
            sitting.paused_ms += milliseconds(now - one.started_at)
            session.add(one)
            ended.append(span_of(one))
        else:
            remaining.append(span_of(one))
    session.add(sitting)
    rooms = await time_queries.places_of(session, ids)
    free = [
        id_
        for id_ in ids
        if any(one.holds(rooms[id_], id_) for one in ended) and not any(one.holds(rooms[id_], id_) for one in remaining)
    ]
    for attempt in await queries.lock_open_attempts(session, free):
        go_on(attempt, now)
        session.add(attempt)
    hint_after_commit(session, SEAT, free)
    await instruct(session, free, kind="resume", text="", actor=actor, now=now)
    await record_seats(session, "seat.resumed", free, actor, now, {"of": scope.name})
    return len(free)


def go_on(attempt: Attempt, now: datetime) -> None:
    """Count the pause of an attempt that stands still as over."""
    if attempt.paused_since is not None:
        attempt.paused_ms += milliseconds(now - attempt.paused_since)
        attempt.paused_since = None


def milliseconds(span: timedelta) -> int:
    """Return whole milliseconds, rounded up: nobody loses time by rounding."""
    return -(-span // timedelta(milliseconds=1))


async def held_up(session: AsyncSession, rows: Sequence[SeatRow]) -> set[UUID]:
    """Return the registrations for which a pause goes on as the database stands now, not when their rows were read."""
    pauses = await time_queries.pauses_of_sittings(session, {row.sitting_id for row in rows})
    return {
        row.registration_id
        for row in rows
        if any(one.ended_at is None and one.holds(row.room_id, row.registration_id) for one in pauses[row.sitting_id])
    }


async def _registrations(session: AsyncSession, scope: Scope) -> list[UUID]:
    if scope.registration_ids is not None:
        return list(scope.registration_ids)
    if scope.room_id is not None:
        return await sittings.registration_ids_of_room(session, scope.sitting_id, scope.room_id)
    return await sittings.registration_ids_held_here(session, scope.sitting_id)


async def locked_with_timings(
    session: AsyncSession, registration_ids: Sequence[UUID]
) -> list[tuple[Attempt, AttemptTiming]]:
    """Return the open attempts of registrations, locked, each with its timing."""
    attempts = await queries.lock_open_attempts(session, registration_ids)
    rows = await seat_rows(session, [attempt.registration_id for attempt in attempts])
    timings = {row.registration_id: timing_of_row(row) for row in rows}
    return [(attempt, timings[attempt.registration_id]) for attempt in attempts]


def span_of(pause: Pause) -> PauseSpan:
    """Return for whom and when a stored pause is."""
    return PauseSpan(pause.sitting_id, pause.room_id, pause.registration_id, pause.started_at, pause.ended_at)
