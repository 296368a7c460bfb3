"""What a candidate's time is made of, as proctors and boards read it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.delivery import seats, time_queries
from exam_engine.delivery.crediting import lost_times
from exam_engine.delivery.models import Pause, TimeCredit
from exam_engine.delivery.pauses import merged
from exam_engine.delivery.pausing import span_of
from exam_engine.proctoring.time_schemas import CreditView, PauseView, SeatTime, SilenceView
from exam_engine.sittings import service as sittings
from exam_engine.sittings.service import RegistrationFacts


async def time_of_seat(session: AsyncSession, registration_id: UUID, *, actor: Actor, now: datetime) -> SeatTime:
    """Return all that decides, or should, about one candidate's time.

    Raises
    ------
    NotFoundError
    """
    overview = await seats.seat_overview(session, registration_id)
    facts, attempt, timing = overview.facts, overview.attempt, overview.timing
    pauses = [
        one
        for one in await time_queries.pauses_of_sitting(session, facts.sitting_id)
        if span_of(one).holds(facts.room_id, registration_id)
    ]
    lost = (await lost_times(session, [(attempt, timing)], now))[attempt.id] if attempt is not None else None
    credits_ = await time_queries.credits_of(session, [registration_id])
    return SeatTime(
        server_time=now,
        started_at=timing.started_at,
        deadline=timing.deadline,
        remaining_ms=_ms(timing.remaining(now)),
        phase=timing.phase(now),
        extra_ms=_ms(timing.extra_time),
        paused_ms=_ms(timing.paused + (now - timing.paused_since if timing.paused_since else timedelta(0))),
        credit_ms=_ms(timing.credit),
        silences=[SilenceView(since=since, until=until) for since, until in lost.intervals] if lost else [],
        silent_ms=_ms(lost.total) if lost else 0,
        captured_in_pauses=await _captured_in_pauses(session, attempt.id, attempt.started_at, pauses, now)
        if attempt is not None
        else 0,
        pauses=[pause_view(one, {facts.registration_id: facts}, {facts.room_id: facts.room_name}) for one in pauses],
        credits=[credit_view(one, facts, actor) for one in credits_],
    )


async def credits_of_registrations(
    session: AsyncSession, registrations: Sequence[RegistrationFacts], *, actor: Actor
) -> list[CreditView]:
    """Return the credits of candidates, in the order in which they were proposed."""
    facts = {one.registration_id: one for one in registrations}
    found = await time_queries.credits_of(session, list(facts))
    return [credit_view(one, facts[one.registration_id], actor) for one in found]


async def pauses_of_sitting(session: AsyncSession, sitting_id: UUID) -> list[PauseView]:
    """Return the pauses of a sitting with the names of rooms and seats."""
    pauses = await time_queries.pauses_of_sitting(session, sitting_id)
    registrations = await sittings.registrations_of_sitting(session, sitting_id)
    rooms = {one.room_id: one.room_name for one in registrations}
    return [pause_view(one, {facts.registration_id: facts for facts in registrations}, rooms) for one in pauses]


def pause_view(
    pause: Pause, registrations: dict[UUID, RegistrationFacts], rooms: dict[UUID | None, str | None]
) -> PauseView:
    """Return a pause as people read it."""
    seat = registrations.get(pause.registration_id) if pause.registration_id is not None else None
    return PauseView.model_validate(
        {
            "room_name": rooms.get(pause.room_id) if pause.room_id is not None else None,
            "seat_number": seat.seat_number if seat is not None else None,
            "reason": pause.reason,
            "note": pause.note,
            "started_at": pause.started_at,
            "started_by": pause.started_by_name,
            "ended_at": pause.ended_at,
            "ended_by": pause.ended_by_name,
        }
    )


def credit_view(credit: TimeCredit, facts: RegistrationFacts, actor: Actor) -> CreditView:
    """Return a credit as people read it."""
    return CreditView.model_validate(
        {
            "id": credit.id,
            "registration_id": facts.registration_id,
            "seat_number": facts.seat_number,
            "room_name": facts.room_name,
            "candidate_number": facts.candidate_number or "",
            "full_name": facts.full_name,
            "seconds": credit.credit_ms // 1000,
            "silent_seconds": credit.silent_ms // 1000,
            "reason": credit.reason,
            "note": credit.note,
            "proposed_at": credit.proposed_at,
            "proposed_by": credit.proposed_by_name,
            "is_own": credit.proposed_by == actor.id,
            "decision": credit.decision,
            "decided_at": credit.decided_at,
            "decided_by": credit.decided_by_name,
        }
    )


async def _captured_in_pauses(
    session: AsyncSession, attempt_id: UUID, started_at: datetime, pauses: Sequence[Pause], now: datetime
) -> int:
    captured = [
        started_at + timedelta(milliseconds=at_ms) for at_ms in await time_queries.capture_times(session, attempt_id)
    ]
    stood = merged((one.started_at, one.ended_at or now) for one in pauses)
    return sum(any(since < at < until for since, until in stood) for at in captured)


def _ms(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
