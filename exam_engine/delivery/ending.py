"""Ending attempts by a proctor, and taking that back while it can be."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.delivery import queries
from exam_engine.delivery.clock import Phase
from exam_engine.delivery.errors import AttemptClosedError
from exam_engine.delivery.instructing import instruct
from exam_engine.delivery.pausing import go_on, held_up, locked_with_timings, milliseconds
from exam_engine.delivery.reasons import EndReason
from exam_engine.delivery.seat_rows import seat_rows
from exam_engine.sittings.hints import SEAT
from exam_engine.sittings.seat_records import record_seats


async def end(
    session: AsyncSession,
    registration_ids: Sequence[UUID],
    *,
    reason: EndReason,
    note: str,
    actor: Actor,
    now: datetime,
) -> int:
    """End attempts: nothing captured from now on counts; returns how many were ended.

    What was captured before still arrives within the grace, and the attempt is closed after it.
    """
    ended = []
    for attempt, timing in await locked_with_timings(session, registration_ids):
        if timing.phase(now) in {Phase.RUNNING, Phase.PAUSED} and attempt.ended_at is None:
            go_on(attempt, now)
            attempt.ended_at, attempt.end_reason = now, reason
            session.add(attempt)
            ended.append(attempt.registration_id)
    hint_after_commit(session, SEAT, ended)
    await instruct(session, ended, kind="end", text=note, actor=actor, now=now)
    await record_seats(session, "attempt.ended", ended, actor, now, {"reason": reason})
    return len(ended)


async def reopen(session: AsyncSession, registration_ids: Sequence[UUID], *, actor: Actor, now: datetime) -> int:
    """Take back that attempts were ended; the time in between is returned.

    Raises
    ------
    AttemptClosedError
        One of them was ended and is closed by now.
    """
    attempts = await queries.attempts_of(session, registration_ids)
    if any(attempt.closed_at is not None and attempt.finish_kind == "ended" for attempt in attempts.values()):
        raise AttemptClosedError
    reopened = []
    locked = await queries.lock_open_attempts(session, registration_ids)
    waiting = await held_up(session, await seat_rows(session, registration_ids))
    for attempt in locked:
        if attempt.ended_at is not None:
            attempt.paused_ms += milliseconds(now - attempt.ended_at)
            attempt.ended_at = attempt.end_reason = None
            if attempt.registration_id in waiting:
                attempt.paused_since = now
            session.add(attempt)
            reopened.append(attempt.registration_id)
    hint_after_commit(session, SEAT, reopened)
    await instruct(session, reopened, kind="reopen", text="", actor=actor, now=now)
    await record_seats(session, "attempt.reopened", reopened, actor, now)
    return len(reopened)
