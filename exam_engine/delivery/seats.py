"""Seats: login, own data, unlocking, and where each candidate stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.core.errors import Fault, NotFoundError
from exam_engine.core.time import VIETNAM
from exam_engine.delivery import log_rows, queries, seat_queries, time_queries
from exam_engine.delivery.clock import AttemptTiming, Phase
from exam_engine.delivery.errors import AttemptRunningError, UnlockRefusedError
from exam_engine.delivery.models import Attempt, IdentityCheck, Seat
from exam_engine.delivery.queries import PaperFacts
from exam_engine.delivery.seat_parts import parts_of_seat
from exam_engine.delivery.timings import planned_timing, timing_of
from exam_engine.delivery.unlock_rules import unlock_obstacle
from exam_engine.delivery.window_events import EventCount
from exam_engine.forms import service as forms
from exam_engine.lockdown import queries as lockdown_queries
from exam_engine.lockdown.models import BrowserCheck, SafeExamBrowser
from exam_engine.sittings import service as sittings
from exam_engine.sittings.hints import SEAT
from exam_engine.sittings.lockdown_rules import LockdownRules, readable_lockdown
from exam_engine.sittings.seat_records import record_seats
from exam_engine.sittings.service import RegistrationFacts
from exam_engine.snapshots.schemas import CandidateSnapshots
from exam_engine.snapshots.taking import asked_of

Waiting = Literal["credit", "recovery"]
SeatState = Literal["confirm", "waiting", "ready", "running", "paused", "submitted", "closed"]
WaitingFor = Literal["unlock", "opening", "release", "resume"]


async def take_seat(session: AsyncSession, *, registration_id: UUID, login_session_id: UUID, now: datetime) -> None:
    """Note that a candidate logged in; a browser that the proctor unlocked before stays the one that may work.

    Only a candidate who was moved to another seat needs no unlock there: the move was the proctor's word.
    """
    seat = await queries.seat_of(session, registration_id)
    if seat is None:
        seat = Seat(registration_id=registration_id, login_session_id=login_session_id, logged_in_at=now)
    seat.login_session_id, seat.logged_in_at = login_session_id, now
    if seat.unlocks_next_login:
        seat.unlocked_session_id, seat.unlocked_at, seat.unlocks_next_login = login_session_id, now, False
    session.add(seat)
    hint_after_commit(session, SEAT, [registration_id])


async def check_own_data(
    session: AsyncSession, *, registration_id: UUID, is_correct: bool, note: str, now: datetime
) -> None:
    """Store what the candidate says of their own data; a reported fault stops nobody, the board sees it."""
    seat = await queries.seat_of(session, registration_id)
    if seat is None:
        raise NotFoundError
    before = seat.reported_fault
    seat.confirmed_at = now
    seat.reported_fault = None if is_correct else (note.strip() or "-")
    session.add(seat)
    hint_after_commit(session, SEAT, [registration_id])
    if seat.reported_fault != before:
        facts = await sittings.find_registration(session, registration_id)
        await log_rows.own_data_checked(session, facts, seat.reported_fault, now)


@dataclass(frozen=True, slots=True)
class SeatOverview:
    """Everything about one seat at one instant.

    ``browser`` is None where any browser will do, ``snapshots`` where no pictures are taken; ``lockdown`` is what the
    rule-set says of the exam's window.
    """

    facts: RegistrationFacts
    seat: Seat | None
    attempt: Attempt | None
    timing: AttemptTiming
    paper: PaperFacts | None
    item_count: int
    browser: SafeExamBrowser | None
    browser_check: BrowserCheck | None
    lockdown: LockdownRules
    snapshots: CandidateSnapshots | None


async def paper_of_seat(session: AsyncSession, facts: RegistrationFacts) -> PaperFacts | None:
    """Return the sealed paper of a registration; None before the sitting is arranged."""
    if facts.form_id is None or facts.variant is None:
        return None
    return await queries.paper_of(session, sitting_id=facts.sitting_id, form_id=facts.form_id, variant=facts.variant)


async def seat_overview(session: AsyncSession, registration_id: UUID) -> SeatOverview:
    """Return a candidate's seat with attempt and paper.

    Raises
    ------
    NotFoundError
    """
    facts = await sittings.find_registration(session, registration_id)
    parts = await parts_of_seat(session, registration_id, facts.opens_at.astimezone(VIETNAM).date())
    if parts.attempt is not None:
        timing = timing_of(parts.attempt, facts.extra_time)
    elif parts.has_pauses:
        pauses = await time_queries.pauses_of_sittings(session, [facts.sitting_id])
        timing = planned_timing(facts, pauses[facts.sitting_id])
    else:
        timing = planned_timing(facts, [])
    return SeatOverview(
        facts,
        parts.seat,
        parts.attempt,
        timing,
        parts.paper,
        parts.item_count,
        parts.browser,
        parts.browser_check,
        readable_lockdown(parts.rule),
        asked_of(parts.snapshots, parts.consent),
    )


async def item_count(session: AsyncSession, form_id: UUID | None) -> int:
    """Return how many items a form has; 0 when none is assigned yet."""
    form = await forms.find_form(session, form_id) if form_id is not None else None
    return form.item_count if form is not None else 0


def seat_state(
    overview: SeatOverview, *, login_session_id: UUID | None, now: datetime
) -> tuple[SeatState, WaitingFor | None]:
    """Return where a candidate stands in this browser, and what is waited for."""
    attempt, seat = overview.attempt, overview.seat
    return state_of(
        overview.timing,
        is_confirmed=seat is not None and seat.confirmed_at is not None,
        is_unlocked=seat is not None and login_session_id is not None and seat.unlocked_session_id == login_session_id,
        is_started=attempt is not None,
        has_paper_key=overview.paper is None or overview.paper.wrapped_key is not None,
        finish_kind=attempt.finish_kind if attempt is not None else None,
        now=now,
    )


def state_of(
    timing: AttemptTiming,
    *,
    is_confirmed: bool,
    is_unlocked: bool,
    is_started: bool,
    has_paper_key: bool,
    finish_kind: str | None,
    now: datetime,
) -> tuple[SeatState, WaitingFor | None]:
    """Return where a candidate stands, and what is waited for.

    Parameters
    ----------
    is_unlocked : for the browser that asks.
    has_paper_key : whether the paper can be opened here; at a test site only once it is released.
    finish_kind : of a closed attempt; None while it is open and before the start.
    """
    if finish_kind is not None:
        return ("submitted" if finish_kind == "submitted" else "closed"), None
    phase = timing.phase(now)
    if phase is Phase.CLOSED or (phase is Phase.GRACE and timing.ended_at is not None):
        return "closed", None
    if not is_confirmed:
        return "confirm", None
    if not is_unlocked:
        return "waiting", "unlock"
    if phase is Phase.BEFORE:
        return "waiting", "opening"
    if phase is Phase.PAUSED:
        return ("paused" if is_started else "waiting"), "resume"
    if is_started:
        return "running", None
    return ("ready", None) if has_paper_key else ("waiting", "release")


@dataclass(frozen=True, slots=True)
class SeatProgress:
    """One seat as a proctor sees it.

    ``needs_seb`` says whether the sitting asks for Safe Exam Browser, ``browser`` what the candidate came with.
    ``leftovers`` counts what came from browsers that had lost the seat, ``waiting`` names what waits for a second
    signature; ``is_suspended`` is said by whoever knows of violations.
    """

    facts: RegistrationFacts
    seat: Seat | None
    attempt: Attempt | None
    timing: AttemptTiming
    answered: int
    flagged: int
    events: Sequence[EventCount] = ()
    identity: IdentityCheck | None = None
    needs_seb: bool = False
    browser: BrowserCheck | None = None
    leftovers: int = 0
    waiting: frozenset[Waiting] = frozenset()
    is_suspended: bool = False


async def progress_of_room(session: AsyncSession, registrations: Sequence[RegistrationFacts]) -> list[SeatProgress]:
    """Return seats, attempts and progress of the given registrations."""
    ids = [facts.registration_id for facts in registrations]
    seats, attempts = await queries.seats_of(session, ids), await queries.attempts_of(session, ids)
    attempt_ids = [attempt.id for attempt in attempts.values()]
    progress = await queries.progress_of(session, attempt_ids)
    events = await queries.window_events_of(session, attempt_ids)
    waiting = {facts.sitting_id for facts in registrations if facts.registration_id not in attempts}
    pauses = await time_queries.pauses_of_sittings(session, waiting) if waiting else {}
    identities = await seat_queries.identity_checks_of(session, ids)
    leftovers = await seat_queries.fenced_counts(session, ids)
    waiting_for = await seat_queries.awaiting_second(session, ids)
    sitting_ids = {facts.sitting_id for facts in registrations}
    with_seb = {id_ for id_ in sitting_ids if await lockdown_queries.browser_of(session, id_) is not None}
    browsers = await lockdown_queries.checks_of(session, ids) if with_seb else {}
    rows = []
    for facts in registrations:
        attempt = attempts.get(facts.registration_id)
        counts = progress.get(attempt.id, {}) if attempt else {}
        rows.append(
            SeatProgress(
                facts=facts,
                seat=seats.get(facts.registration_id),
                attempt=attempt,
                timing=timing_of(attempt, facts.extra_time)
                if attempt is not None
                else planned_timing(facts, pauses[facts.sitting_id]),
                answered=counts.get("answer", 0),
                flagged=counts.get("flag", 0),
                events=events.get(attempt.id, []) if attempt else [],
                identity=identities.get(facts.registration_id),
                needs_seb=facts.sitting_id in with_seb,
                browser=browsers.get(facts.registration_id),
                leftovers=leftovers.get(facts.registration_id, 0),
                waiting=frozenset(waiting_for.get(facts.registration_id, ())),
            )
        )
    return rows


async def unlock(
    session: AsyncSession,
    *,
    registration_ids: Sequence[UUID],
    actor: Actor,
    now: datetime,
    suspended: Collection[UUID] = frozenset(),
) -> int:
    """Let the browsers in which these candidates are logged in start or go on; returns how many were unlocked.

    All or none: an act that was meant for a room must not be done for a part of it that nobody named. Who is not
    logged in is passed over, and so is who was moved and is awaited at another computer.

    Raises
    ------
    UnlockRefusedError
        Some lack a confirmation that the sitting asks for, or are ``suspended``; the faults name each of them.
    """
    seats = await queries.seats_of(session, registration_ids)
    unlocked = [
        seat
        for seat in seats.values()
        if seat.unlocked_session_id != seat.login_session_id and not seat.unlocks_next_login
    ]
    await _refuse_unlock(session, unlocked, suspended)
    for seat in unlocked:
        seat.unlocked_session_id = seat.login_session_id
        seat.unlocked_at, seat.unlocked_by_name = now, actor.display_name
        session.add(seat)
    hint_after_commit(session, SEAT, (seat.registration_id for seat in unlocked))
    await record_seats(session, "seat.unlocked", [seat.registration_id for seat in unlocked], actor, now)
    return len(unlocked)


async def _refuse_unlock(session: AsyncSession, seats: Sequence[Seat], suspended: Collection[UUID]) -> None:
    ids = [seat.registration_id for seat in seats]
    needing = await seat_queries.needing_identity(session, ids)
    checks = await seat_queries.identity_checks_of(session, needing)
    obstacles = {}
    for seat in seats:
        check = checks.get(seat.registration_id)
        obstacle = unlock_obstacle(
            needs_identity=seat.registration_id in needing,
            has_confirmed_data=seat.confirmed_at is not None,
            verdict=check.verdict if check is not None else None,
            is_suspended=seat.registration_id in suspended,
        )
        if obstacle is not None:
            obstacles[seat.registration_id] = obstacle
    if not obstacles:
        return
    numbers = await seat_queries.seat_numbers(session, obstacles)
    faults = [
        Fault(f"unlock_refused.{obstacles[id_]}", f"seats.{numbers.get(id_, 0)}", {"seat": numbers.get(id_, 0)})
        for id_ in sorted(obstacles, key=lambda id_: numbers.get(id_, 0))
    ]
    raise UnlockRefusedError(faults=faults, seats=len(faults))


async def lock(session: AsyncSession, *, registration_ids: Sequence[UUID], actor: Actor, now: datetime) -> int:
    """Take the unlock back from candidates who have not started.

    Raises
    ------
    AttemptRunningError
        One of them has started.
    """
    attempts = await queries.attempts_of(session, registration_ids)
    if any(attempt.closed_at is None for attempt in attempts.values()):
        raise AttemptRunningError
    seats = [
        seat
        for seat in (await queries.seats_of(session, registration_ids)).values()
        if seat.unlocked_session_id is not None or seat.unlocks_next_login
    ]
    for seat in seats:
        seat.unlocked_session_id = seat.unlocked_at = seat.unlocked_by_name = None
        seat.unlocks_next_login = False
        session.add(seat)
    hint_after_commit(session, SEAT, (seat.registration_id for seat in seats))
    await record_seats(session, "seat.locked", [seat.registration_id for seat in seats], actor, now)
    return len(seats)
