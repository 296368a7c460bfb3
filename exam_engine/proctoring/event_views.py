"""What browsers told of the exam's window, as proctors and the board see it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.delivery import queries, seat_queries
from exam_engine.lockdown import reviewing
from exam_engine.proctoring import service
from exam_engine.proctoring.schemas import EventTotal, EventTotals, SeatSelection, SeenEvents
from exam_engine.sittings import service as sittings
from exam_engine.sittings.lockdown_rules import LockdownEvent, LockdownRules, Severity, readable_lockdown


async def rules_of_sitting(session: AsyncSession, sitting_id: UUID) -> LockdownRules:
    """Return what the rule-set of a sitting says of the window.

    Raises
    ------
    NotFoundError
    """
    rule_set = await sittings.rule_set_of(session, sitting_id)
    return readable_lockdown(rule_set.rule if rule_set is not None else None)


async def review(
    session: AsyncSession,
    sitting_id: UUID,
    room_id: UUID,
    seen: Sequence[SeenEvents],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Note that a proctor has seen the events of seats, each up to an operation; returns at how many that is news.

    Raises
    ------
    NotFoundError
        One of them is not of the room.
    RoomAtSiteError
    """
    ids = [one.registration_id for one in seen]
    selection = SeatSelection(registration_ids=ids)
    await service.chosen_seats(session, sitting_id, room_id, selection=selection, actor=actor)
    # Of two proctors who look at once the second waits, and finds what the first has noted.
    await seat_queries.lock_registrations(session, ids)
    attempts = await queries.attempts_of(session, ids)
    # Nobody has seen what has not been told.
    up_to = {
        attempt.id: min(one.up_to_seq, attempt.last_seq)
        for one in seen
        if (attempt := attempts.get(one.registration_id)) is not None
    }
    registrations = {attempt.id: registration_id for registration_id, attempt in attempts.items()}
    return await reviewing.review(session, up_to, registrations, actor=actor, now=now)


async def totals(session: AsyncSession, sitting_id: UUID) -> EventTotals:
    """Return how often each event was told in a sitting, at how many seats, and how grave it is at the gravest.

    Raises
    ------
    NotFoundError
    """
    rules = await rules_of_sitting(session, sitting_id)
    attempts = await queries.attempts_of_sitting(session, sitting_id)
    counts = await queries.window_events_of(session, [attempt.id for attempt in attempts])
    by_event: dict[LockdownEvent, list[int]] = {}
    for told in counts.values():
        for one in told:
            by_event.setdefault(one.event, []).append(one.count)
    items = []
    for event in rules.told:
        if not (of_seats := by_event.get(event)):
            continue
        rule = rules.rule_of(event)
        serious = sum(rule.severity_of(count) is Severity.SERIOUS for count in of_seats)
        items.append(
            EventTotal(
                event=event,
                severity=rule.severity_of(max(of_seats)),
                count=sum(of_seats),
                seats=len(of_seats),
                serious_seats=serious,
            )
        )
    return EventTotals(items=items, total=len(items))
