"""Giving time back: proposed with a reason and what the server saw of the loss, counted after a second signature."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.core.errors import NotFoundError, SecondPersonError
from exam_engine.delivery import time_queries
from exam_engine.delivery.batch import SILENCE
from exam_engine.delivery.clock import AttemptTiming, Phase
from exam_engine.delivery.errors import AttemptClosedError, CreditDecidedError
from exam_engine.delivery.instructing import instruct
from exam_engine.delivery.models import Attempt, TimeCredit
from exam_engine.delivery.pauses import Interval, PauseSpan, length, within, without
from exam_engine.delivery.pausing import locked_with_timings, milliseconds
from exam_engine.delivery.reasons import CreditReason
from exam_engine.sittings import service as sittings
from exam_engine.sittings.hints import SEAT

LONGEST_CREDIT = timedelta(hours=4)
_ACTIVE = frozenset({Phase.RUNNING, Phase.PAUSED, Phase.GRACE})


@dataclass(frozen=True, slots=True)
class LostTime:
    """When the server heard nothing of an attempt that ran; pauses and what lies after its end are left out."""

    intervals: tuple[Interval, ...]

    @property
    def total(self) -> timedelta:
        """Return how long it is together."""
        return length(self.intervals)


async def lost_times(
    session: AsyncSession, attempts: Sequence[tuple[Attempt, AttemptTiming]], now: datetime
) -> dict[UUID, LostTime]:
    """Return by attempt what the server saw of lost time, a silence that goes on included."""
    ids = [attempt.id for attempt, _ in attempts]
    silences = await time_queries.silences_of(session, ids)
    pauses = await time_queries.pauses_of_sittings(session, {attempt.sitting_id for attempt, _ in attempts})
    rooms = await time_queries.places_of(session, [attempt.registration_id for attempt, _ in attempts])
    found = {}
    for attempt, timing in attempts:
        silent = [(silence.since, silence.until) for silence in silences.get(attempt.id, ())]
        if attempt.closed_at is None and now - attempt.last_seen_at > SILENCE:
            silent.append((attempt.last_seen_at, now))
        id_ = attempt.registration_id
        own = [one for one in pauses[attempt.sitting_id] if one.holds(rooms[id_], id_)]
        found[attempt.id] = lost_time(silent, own, timing, now)
    return found


def lost_time(
    silent: Sequence[Interval], pauses: Sequence[PauseSpan], timing: AttemptTiming, now: datetime
) -> LostTime:
    """Return the silences of an attempt as far as its clock ran."""
    if timing.started_at is None or timing.deadline is None:
        return LostTime(())
    stood = [(pause.started_at, pause.ended_at or now) for pause in pauses]
    return LostTime(tuple(without(within(silent, timing.started_at, min(now, timing.deadline)), stood)))


async def propose(
    session: AsyncSession,
    sitting_id: UUID,
    registration_ids: Sequence[UUID],
    *,
    credit: timedelta,
    reason: CreditReason,
    note: str,
    actor: Actor,
    now: datetime,
) -> list[TimeCredit]:
    """Propose to give candidates time back; where the sitting asks for no second signature it counts at once.

    Raises
    ------
    AttemptClosedError
        None of them has an attempt to which time could be given.
    """
    working = [
        (attempt, timing)
        for attempt, timing in await locked_with_timings(session, registration_ids)
        if attempt.ended_at is None and timing.phase(now) in _ACTIVE
    ]
    if not working:
        raise AttemptClosedError
    lost = await lost_times(session, working, now)
    proposed = [
        TimeCredit(
            registration_id=attempt.registration_id,
            sitting_id=sitting_id,
            credit_ms=milliseconds(credit),
            silent_ms=milliseconds(lost[attempt.id].total),
            reason=reason,
            note=note,
            proposed_at=now,
            proposed_by=actor.id,
            proposed_by_name=actor.display_name,
        )
        for attempt, _ in working
    ]
    session.add_all(proposed)
    await session.flush()
    hint_after_commit(session, SEAT, [one.registration_id for one in proposed])
    await _record(session, "credit.proposed", proposed, actor, now)
    if not await sittings.credit_needs_second(session, sitting_id):
        for one, (attempt, _) in zip(proposed, working, strict=True):
            await _grant(session, one, attempt, actor, now)
    return proposed


async def decide(
    session: AsyncSession, credit_id: UUID, *, sitting_id: UUID, is_granted: bool, actor: Actor, now: datetime
) -> TimeCredit:
    """Sign a proposal, or reject it; the proposer may only take it back.

    Raises
    ------
    SecondPersonError
        Whoever proposed it cannot sign it.
    CreditDecidedError, AttemptClosedError, NotFoundError
    """
    credit = await time_queries.lock_credit(session, credit_id)
    if credit is None or credit.sitting_id != sitting_id:
        raise NotFoundError
    if credit.decision is not None:
        raise CreditDecidedError
    if not is_granted:
        credit.decision, credit.decided_at = "rejected", now
        credit.decided_by, credit.decided_by_name = actor.id, actor.display_name
        session.add(credit)
        hint_after_commit(session, SEAT, [credit.registration_id])
        await _record(session, "credit.rejected", [credit], actor, now)
        return credit
    if credit.proposed_by == actor.id:
        raise SecondPersonError
    locked = await locked_with_timings(session, [credit.registration_id])
    if not locked or locked[0][0].ended_at is not None or locked[0][1].phase(now) not in _ACTIVE:
        raise AttemptClosedError
    await _grant(session, credit, locked[0][0], actor, now)
    return credit


async def _grant(session: AsyncSession, credit: TimeCredit, attempt: Attempt, actor: Actor, now: datetime) -> None:
    credit.decision, credit.decided_at = "granted", now
    credit.decided_by, credit.decided_by_name = actor.id, actor.display_name
    attempt.credit_ms += credit.credit_ms
    session.add_all((credit, attempt))
    hint_after_commit(session, SEAT, [credit.registration_id])
    seconds = str(credit.credit_ms // 1000)
    await instruct(session, [credit.registration_id], kind="credit", text=seconds, actor=actor, now=now)
    await _record(session, "credit.granted", [credit], actor, now)


async def _record(
    session: AsyncSession, action: str, credits: Sequence[TimeCredit], actor: Actor, now: datetime
) -> None:
    await session.flush()
    for credit in credits:
        await audit.record(
            session,
            actor=actor,
            action=action,
            object_type="registration",
            object_id=str(credit.registration_id),
            details={
                "credit": str(credit.id),
                "credit_ms": credit.credit_ms,
                "silent_ms": credit.silent_ms,
                "reason": credit.reason,
            },
            now=now,
            sitting_id=credit.sitting_id,
        )
