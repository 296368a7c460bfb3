"""What a proctor may see and do: rules over the rooms assigned to them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.errors import NotFoundError
from exam_engine.delivery import instruction_queries, seat_queries, time_queries
from exam_engine.delivery.batch import SILENCE
from exam_engine.delivery.clock import Phase
from exam_engine.delivery.models import IdentityCheck
from exam_engine.delivery.seats import SeatProgress, progress_of_room
from exam_engine.delivery.swapping import NOBODY
from exam_engine.delivery.unlock_rules import UnlockObstacle, unlock_obstacle
from exam_engine.incidents import violations
from exam_engine.lockdown.schemas import SeatBrowserView
from exam_engine.lockdown.seb.sent_hashes import Verdict
from exam_engine.proctoring.schemas import (
    IdentityView,
    RoomEvent,
    RoomPause,
    SeatCondition,
    SeatEvents,
    SeatRow,
    SeatSelection,
)
from exam_engine.sittings import service as sittings
from exam_engine.sittings.lockdown_rules import LockdownRules, Severity
from exam_engine.sittings.service import RegistrationFacts

LATEST_EVENTS = 50

_CONDITION_AT_END: dict[str, SeatCondition] = {"submitted": "submitted", "ended": "ended"}


async def refuse_foreign_room(session: AsyncSession, *, sitting_id: UUID, room_id: UUID, actor: Actor) -> None:
    """Refuse a room that the proctor is not assigned to.

    Raises
    ------
    NotFoundError
        No such room in the sitting, or the proctor is not assigned to it; the two are not told apart.
    """
    if not await sittings.may_proctor(session, actor.id, sitting_id, room_id):
        raise NotFoundError


async def seats_of_room(
    session: AsyncSession, *, sitting_id: UUID, room_id: UUID, actor: Actor
) -> list[RegistrationFacts]:
    """Return the registrations of a room that the proctor is assigned to.

    Raises
    ------
    NotFoundError
        No such room in the sitting, or the proctor is not assigned to it; the two are not told apart.
    """
    await refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    return await sittings.registrations_of_room(session, sitting_id, room_id)


async def chosen_seats(
    session: AsyncSession, sitting_id: UUID, room_id: UUID, *, selection: SeatSelection, actor: Actor
) -> list[UUID]:
    """Return the registrations an act is for; a registration of another room is refused.

    Raises
    ------
    NotFoundError
    RoomAtSiteError
        A site holds the room; here it can only be looked at.
    """
    await refuse_foreign_room(session, sitting_id=sitting_id, room_id=room_id, actor=actor)
    await sittings.refuse_room_at_site(session, sitting_id, room_id)
    in_room = await sittings.registration_ids_of_room(session, sitting_id, room_id)
    if selection.all:
        return in_room
    if not set(selection.registration_ids) <= set(in_room):
        raise NotFoundError
    return list(dict.fromkeys(selection.registration_ids))


def condition(progress: SeatProgress, now: datetime) -> SeatCondition:
    """Return the one word for a seat's state."""
    seat, attempt = progress.seat, progress.attempt
    if attempt is not None:
        if attempt.closed_at is not None:
            return _CONDITION_AT_END.get(attempt.finish_kind or "", "closed")
        if attempt.ended_at is not None:
            return "ended"
        if progress.timing.phase(now) is Phase.PAUSED:
            return "paused"
        return "offline" if now - attempt.last_seen_at > SILENCE else "running"
    if seat is None:
        return "absent"
    if seat.unlocked_session_id is not None and seat.unlocked_session_id == seat.login_session_id:
        return "unlocked"
    return "logged_in" if seat.confirmed_at is None else "confirmed"


def needs_unlock(progress: SeatProgress) -> bool:
    """Whether a logged-in browser waits for the proctor: at the start, or after a change of computer."""
    seat, attempt = progress.seat, progress.attempt
    if seat is None or (attempt is not None and attempt.closed_at is not None):
        return False
    # Whoever was moved is awaited at another computer, and goes on there without an unlock.
    return seat.unlocked_session_id != seat.login_session_id and not seat.unlocks_next_login


def is_moving(progress: SeatProgress) -> bool:
    """Whether a candidate was moved and has not gone on at the new place."""
    seat, attempt = progress.seat, progress.attempt
    if attempt is not None:
        return attempt.closed_at is None and attempt.holder_session_id == NOBODY
    return seat is not None and seat.unlocks_next_login


def obstacle_to_unlock(progress: SeatProgress) -> UnlockObstacle | None:
    """Return what is missing before the unlock that a seat waits for."""
    if progress.seat is None or not needs_unlock(progress):
        return None
    return unlock_obstacle(
        needs_identity=progress.facts.unlock_needs_identity,
        has_confirmed_data=progress.seat.confirmed_at is not None,
        verdict=progress.identity.verdict if progress.identity is not None else None,
        is_suspended=progress.is_suspended,
    )


def _identity_view(check: IdentityCheck) -> IdentityView:
    return IdentityView.model_validate(
        {
            "verdict": check.verdict,
            "reason": check.reason,
            "note": check.note,
            "checked_at": check.checked_at,
            "checked_by": check.checked_by_name,
        }
    )


def _browser_view(progress: SeatProgress) -> SeatBrowserView | None:
    if not progress.needs_seb:
        return None
    check = progress.browser
    return SeatBrowserView(
        verdict=Verdict(check.verdict) if check is not None and check.verdict is not None else None,
        checked_at=check.checked_at if check is not None else None,
        is_exempted=check is not None and check.exempted_at is not None,
        exempted_by=check.exempted_by_name if check is not None else None,
        reason=check.exemption_reason if check is not None else None,
        note=check.exemption_note if check is not None else "",
    )


def _browser_misfit(progress: SeatProgress) -> RoomEvent | None:
    check = progress.browser
    if not progress.needs_seb or check is None or check.checked_at is None or check.exempted_at is not None:
        return None
    if check.verdict is None or check.verdict == Verdict.FITS:
        return None
    number = progress.facts.seat_number
    return RoomEvent(at=check.checked_at, seat_number=number, kind="browser_misfits", text=check.verdict)


def _events(progress: SeatProgress, rules: LockdownRules) -> list[SeatEvents]:
    """Return what the browser of a seat told of its window, as far as it is of interest."""
    graded = [(one, rules.rule_of(one.event).severity_of(one.count)) for one in progress.events]
    return [
        SeatEvents(event=one.event, severity=severity, count=one.count, unseen=one.unseen, last_seq=one.last_seq)
        for one, severity in graded
        if severity is not Severity.IGNORED
    ]


def seat_row(progress: SeatProgress, *, total: int, rules: LockdownRules, now: datetime) -> SeatRow:
    """Return a seat as the board shows it.

    Parameters
    ----------
    total : the number of items of its form.
    rules : how grave events of the exam's window are in its sitting.
    """
    attempt, state = progress.attempt, condition(progress, now)
    is_open = attempt is not None and attempt.closed_at is None
    return SeatRow(
        registration_id=progress.facts.registration_id,
        seat_number=progress.facts.seat_number or 0,
        candidate_number=progress.facts.candidate_number or "",
        full_name=progress.facts.full_name,
        birth_date=progress.facts.birth_date,
        state=state,
        needs_unlock=needs_unlock(progress),
        unlock_obstacle=obstacle_to_unlock(progress),
        has_confirmed_data=progress.seat is not None and progress.seat.confirmed_at is not None,
        identity=_identity_view(progress.identity) if progress.identity is not None else None,
        browser=_browser_view(progress),
        is_moving=is_moving(progress),
        leftovers=progress.leftovers,
        waiting=sorted(progress.waiting),
        reported_fault=progress.seat.reported_fault if progress.seat else None,
        answered=progress.answered,
        total=total,
        flagged=progress.flagged,
        remaining_ms=int(progress.timing.remaining(now).total_seconds() * 1000) if is_open else None,
        last_seen_at=attempt.last_seen_at if attempt else None,
        offline_ms=int((now - attempt.last_seen_at).total_seconds() * 1000) if attempt and state == "offline" else None,
        events=_events(progress, rules),
        extra_minutes=int(progress.facts.extra_time.total_seconds() // 60),
        credit_ms=attempt.credit_ms if attempt else 0,
        paused_since=progress.timing.paused_since,
        can_reopen=state == "ended" and is_open,
    )


async def pauses_of_room(session: AsyncSession, sitting_id: UUID, room_id: UUID) -> list[RoomPause]:
    """Return the pauses of a room, and of the whole sitting, that go on; those of single seats stand at the seats."""
    return [
        RoomPause.model_validate(
            {
                "is_of_sitting": one.room_id is None,
                "reason": one.reason,
                "note": one.note,
                "started_at": one.started_at,
                "started_by": one.started_by_name,
            }
        )
        for one in await time_queries.pauses_of_sitting(session, sitting_id)
        if one.ended_at is None and one.registration_id is None and one.room_id in {None, room_id}
    ]


async def events_of_room(session: AsyncSession, seats: Sequence[SeatProgress], *, now: datetime) -> list[RoomEvent]:
    """Return what happened in the room, newest first."""
    events: list[RoomEvent] = []
    for progress in seats:
        seat, attempt, number = progress.seat, progress.attempt, progress.facts.seat_number
        if seat is not None:
            events.append(RoomEvent(at=seat.logged_in_at, seat_number=number, kind="logged_in", text=""))
            if seat.unlocked_at is not None:
                by = seat.unlocked_by_name or ""
                events.append(RoomEvent(at=seat.unlocked_at, seat_number=number, kind="unlocked", text=by))
            if seat.reported_fault is not None and seat.confirmed_at is not None:
                events.append(
                    RoomEvent(at=seat.confirmed_at, seat_number=number, kind="fault_reported", text=seat.reported_fault)
                )
        if (check := progress.identity) is not None and check.verdict == "doubted":
            events.append(RoomEvent(at=check.checked_at, seat_number=number, kind="identity_doubted", text=check.note))
        if (misfit := _browser_misfit(progress)) is not None:
            events.append(misfit)
        if attempt is not None:
            events.append(RoomEvent(at=attempt.started_at, seat_number=number, kind="started", text=""))
            if attempt.closed_at is not None:
                kind = attempt.finish_kind or "time_over"
                at = attempt.finished_at or attempt.closed_at
                events.append(RoomEvent.model_validate({"at": at, "seat_number": number, "kind": kind, "text": ""}))
            elif now - attempt.last_seen_at > SILENCE:
                events.append(RoomEvent(at=attempt.last_seen_at, seat_number=number, kind="offline", text=""))
    ids = [progress.facts.registration_id for progress in seats]
    events.extend(
        RoomEvent(at=move.moved_at, seat_number=move.to_seat, kind="moved", text=str(move.from_seat))
        for move in await seat_queries.moves_of(session, ids)
    )
    events.extend(await _instructions(session, seats))
    return sorted(events, key=lambda event: event.at, reverse=True)[:LATEST_EVENTS]


async def _instructions(session: AsyncSession, seats: Sequence[SeatProgress]) -> list[RoomEvent]:
    number_of = {progress.facts.registration_id: progress.facts.seat_number or 0 for progress in seats}
    messages = await instruction_queries.instructions_of(session, list(number_of), limit=500)
    # A message to many is stored once for each; the board shows it once.
    groups: dict[tuple[datetime, str, str], list[int]] = {}
    for message in messages:
        groups.setdefault((message.created_at, message.kind, message.text), []).append(
            number_of[message.registration_id]
        )
    return [
        RoomEvent.model_validate(
            {"at": at, "seat_number": numbers[0] if len(numbers) == 1 else None, "kind": kind, "text": text}
        )
        for (at, kind, text), numbers in groups.items()
    ]


async def board(session: AsyncSession, registrations: Sequence[RegistrationFacts]) -> list[SeatProgress]:
    """Return the seats of a room in seat order."""
    suspended = await violations.suspended_among(session, [one.registration_id for one in registrations])
    rows = [
        replace(row, is_suspended=True) if row.facts.registration_id in suspended else row
        for row in await progress_of_room(session, registrations)
    ]
    return sorted(rows, key=lambda row: row.facts.seat_number or 0)
