"""Delivery: seats, unlocking, starting, submitting and closing attempts. Saving goes through the journal writer."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import SYSTEM, Actor
from exam_engine.core.bus import hint_after_commit
from exam_engine.core.db import new_id
from exam_engine.core.errors import NotFoundError
from exam_engine.delivery import log_rows, queries, stages
from exam_engine.delivery.clock import AttemptTiming, Phase
from exam_engine.delivery.errors import (
    AttemptClosedError,
    AttemptRunningError,
    JournalIncompleteError,
    NotOpenYetError,
    NotUnlockedError,
    OwnDataNotConfirmedError,
    SeatFencedError,
    SittingOverError,
)
from exam_engine.delivery.journal import Answers, fold, genesis_hash, parse_body
from exam_engine.delivery.models import Attempt, JournalEntry, SealedPaper, Seat
from exam_engine.delivery.paper_media import packed_media
from exam_engine.delivery.papers import additional_data, seal, unwrap_key, wrap_key
from exam_engine.delivery.queries import PaperFacts, SeatRow
from exam_engine.delivery.stages import OpenedStage
from exam_engine.forms import service as forms
from exam_engine.interactions.shuffling import shuffled_paper
from exam_engine.marking import service as marking
from exam_engine.marking.service import KeyedForm
from exam_engine.sittings import service as sittings
from exam_engine.sittings.hints import INSTRUCTION, SEAT
from exam_engine.sittings.service import RegistrationFacts

UNLOCK_RETRY_SECONDS = 3
LONGEST_OPENING_RETRY_SECONDS = 30

SeatState = Literal["confirm", "waiting", "ready", "running", "submitted", "closed"]
FinishKind = Literal["submitted", "time_over"]


def timing_of(attempt: Attempt, extra_time: timedelta) -> AttemptTiming:
    """Return an attempt's timing; extra time is read from the registration, so that a late grant counts."""
    return AttemptTiming(
        opens_at=attempt.opens_at,
        closes_at=attempt.closes_at,
        started_at=attempt.started_at,
        duration=timedelta(milliseconds=attempt.duration_ms),
        grace=timedelta(milliseconds=attempt.grace_ms),
        extra_time=extra_time,
    )


def planned_timing(facts: RegistrationFacts) -> AttemptTiming:
    """Return the timing of a registration whose attempt has not started."""
    return AttemptTiming(
        opens_at=facts.opens_at,
        closes_at=facts.closes_at,
        duration=facts.duration,
        grace=facts.grace,
        extra_time=facts.extra_time,
    )


def timing_of_row(row: SeatRow) -> AttemptTiming:
    """Return the timing of a registration, started or not, from the row of its seat."""
    if row.started_at is None or row.duration_ms is None or row.grace_ms is None:
        duration, grace = timedelta(minutes=row.duration_minutes), timedelta(seconds=row.grace_seconds)
    else:
        duration, grace = timedelta(milliseconds=row.duration_ms), timedelta(milliseconds=row.grace_ms)
    return AttemptTiming(
        opens_at=row.attempt_opens_at or row.opens_at,
        closes_at=row.attempt_closes_at or row.closes_at,
        started_at=row.started_at,
        duration=duration,
        grace=grace,
        extra_time=timedelta(minutes=row.extra_minutes),
    )


# --- papers ---------------------------------------------------------------------------------------------------------


def shuffle_seed(sitting_id: UUID, form_id: UUID, variant: int) -> int:
    """Return the seed of a shuffle; it is stored with the paper, so that the order can be made again for ever."""
    digest = hashlib.sha256(f"{sitting_id}:{form_id}:{variant}".encode()).digest()
    return int.from_bytes(digest[:7], "big")


async def make_ready(
    session: AsyncSession,
    *,
    sitting_id: UUID,
    master_key: bytes,
    actor: Actor,
    now: datetime,
    rng: random.Random,
) -> tuple[str, int]:
    """Make a sitting ready and seal the papers its seats ask for; returns the access code and the number of papers.

    Raises
    ------
    SittingNotReadyError
        Names everything that is missing.
    SittingNotDraftError, NotFoundError
    """
    plan = await sittings.paper_plan(session, sitting_id)
    ready = await sittings.mark_ready(session, sitting_id, actor=actor, now=now, rng=rng)
    for paper in plan:
        await _seal_papers(session, sitting_id, paper.form_id, paper.variants, master_key, now)
    await log_rows.papers_sealed(session, sitting_id, await queries.paper_seals(session, sitting_id), now)
    return ready.access_code or "", sum(len(paper.variants) for paper in plan)


async def _seal_papers(
    session: AsyncSession,
    sitting_id: UUID,
    form_id: UUID,
    variants: Sequence[int],
    master_key: bytes,
    now: datetime,
) -> None:
    form = await forms.find_form(session, form_id)
    if form is None:
        raise NotFoundError
    # Items that come by rules stay on the server until it is their turn, and so do their media.
    is_linear = form.design == "linear"
    views = [item.view for item in await forms.items_of_form(session, form_id)] if is_linear else []
    content = {
        "form_code": form.form_code,
        "title": form.title,
        "duration_ms": form.duration_minutes * 60_000,
        "design": form.design,
        "item_count": form.item_count,
        "media": await packed_media(session, views, form_code=form.form_code),
    }
    for variant in variants:
        await _seal_paper(session, sitting_id, form_id, variant, content, views, master_key, now)


async def _seal_paper(
    session: AsyncSession,
    sitting_id: UUID,
    form_id: UUID,
    variant: int,
    content: dict[str, Any],
    views: Sequence[dict[str, Any]],
    master_key: bytes,
    now: datetime,
) -> None:
    seed, version = shuffle_seed(sitting_id, form_id, variant), f"1.{variant}"
    paper_content = content | {"items": shuffled_paper(views, seed)}
    sealed = seal(paper_content, additional_data(sitting_id, form_id, version))
    paper = SealedPaper(
        sitting_id=sitting_id,
        form_id=form_id,
        variant=variant,
        version=version,
        seed=seed,
        sha256=sealed.sha256,
        sealed=sealed.content,
        wrapped_key=b"",
        created_at=now,
    )
    paper.wrapped_key = wrap_key(master_key, sealed.key, paper.id)
    session.add(paper)
    await session.flush()


async def sealed_paper(session: AsyncSession, paper_id: UUID) -> SealedPaper | None:
    """Return a sealed paper; whoever has no key learns nothing from it."""
    return await session.get(SealedPaper, paper_id)


# --- the seat before the attempt ---------------------------------------------------------------------------------


async def take_seat(session: AsyncSession, *, registration_id: UUID, login_session_id: UUID, now: datetime) -> None:
    """Note that a candidate logged in; a browser that the proctor unlocked before stays the one that may work."""
    seat = await queries.seat_of(session, registration_id)
    if seat is None:
        seat = Seat(registration_id=registration_id, login_session_id=login_session_id, logged_in_at=now)
    seat.login_session_id, seat.logged_in_at = login_session_id, now
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
    """Everything about one seat at one instant."""

    facts: RegistrationFacts
    seat: Seat | None
    attempt: Attempt | None
    timing: AttemptTiming
    paper: PaperFacts | None


async def _paper_of(session: AsyncSession, facts: RegistrationFacts) -> PaperFacts | None:
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
    attempt = await queries.attempt_of(session, registration_id)
    paper = await _paper_of(session, facts)
    timing = timing_of(attempt, facts.extra_time) if attempt else planned_timing(facts)
    return SeatOverview(facts, await queries.seat_of(session, registration_id), attempt, timing, paper)


async def item_count(session: AsyncSession, form_id: UUID | None) -> int:
    """Return how many items a form has; 0 when none is assigned yet."""
    form = await forms.find_form(session, form_id) if form_id is not None else None
    return form.item_count if form is not None else 0


def seat_state(
    overview: SeatOverview, *, login_session_id: UUID | None, now: datetime
) -> tuple[SeatState, Literal["unlock", "opening"] | None]:
    """Return where a candidate stands in this browser, and what is waited for."""
    attempt, seat = overview.attempt, overview.seat
    return state_of(
        overview.timing,
        is_confirmed=seat is not None and seat.confirmed_at is not None,
        is_unlocked=seat is not None and login_session_id is not None and seat.unlocked_session_id == login_session_id,
        is_started=attempt is not None,
        finish_kind=attempt.finish_kind if attempt is not None else None,
        now=now,
    )


def state_of(
    timing: AttemptTiming,
    *,
    is_confirmed: bool,
    is_unlocked: bool,
    is_started: bool,
    finish_kind: str | None,
    now: datetime,
) -> tuple[SeatState, Literal["unlock", "opening"] | None]:
    """Return where a candidate stands, and what is waited for.

    Parameters
    ----------
    is_unlocked : for the browser that asks.
    finish_kind : of a closed attempt; None while it is open and before the start.
    """
    if finish_kind is not None:
        return ("submitted" if finish_kind == "submitted" else "closed"), None
    if timing.phase(now) is Phase.CLOSED:
        return "closed", None
    if not is_confirmed:
        return "confirm", None
    if not is_unlocked:
        return "waiting", "unlock"
    if timing.phase(now) is Phase.BEFORE:
        return "waiting", "opening"
    return ("running" if is_started else "ready"), None


# --- the attempt -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """A started or resumed attempt with the key of its paper and everything stored."""

    attempt: Attempt
    timing: AttemptTiming
    paper_key: bytes
    entries: list[JournalEntry]
    stages: list[OpenedStage]


def _refuse_start(row: SeatRow, login_session_id: UUID, now: datetime) -> None:
    timing = timing_of_row(row)
    phase = timing.phase(now)
    if row.attempt_id is not None and (row.finish_kind is not None or phase is Phase.CLOSED):
        raise AttemptClosedError
    if row.confirmed_at is None:
        raise OwnDataNotConfirmedError
    if phase is Phase.CLOSED:
        raise SittingOverError
    if row.unlocked_session_id != login_session_id:
        raise NotUnlockedError(retry_after=UNLOCK_RETRY_SECONDS)
    if phase is Phase.BEFORE:
        wait = int((timing.opens_at - now).total_seconds()) + 1
        raise NotOpenYetError(retry_after=min(wait, LONGEST_OPENING_RETRY_SECONDS))


async def check_start(session: AsyncSession, *, registration_id: UUID, login_session_id: UUID, now: datetime) -> None:
    """Refuse a start that cannot be, by reading alone: a whole room that waits and asks again locks nothing.

    Raises
    ------
    NotOpenYetError, NotUnlockedError
        Too early; with the seconds after which to ask again.
    OwnDataNotConfirmedError, SittingOverError, AttemptClosedError, NotFoundError
    """
    _refuse_start(await _seat_row(session, registration_id), login_session_id, now)


async def _seat_row(session: AsyncSession, registration_id: UUID) -> SeatRow:
    rows = await queries.seat_rows(session, [registration_id])
    if not rows:
        raise NotFoundError
    return rows[0]


async def start(
    session: AsyncSession, *, registration_id: UUID, login_session_id: UUID, master_key: bytes, now: datetime
) -> Started:
    """Start an attempt, or go on with it, in the browser that the proctor unlocked.

    Going on in another browser raises the epoch: the browser before is fenced.

    Raises
    ------
    NotOpenYetError, NotUnlockedError, OwnDataNotConfirmedError, SittingOverError, AttemptClosedError, NotFoundError
        As :func:`check_start`.
    """
    attempt = await queries.attempt_of(session, registration_id, lock=True)
    _refuse_start(await _seat_row(session, registration_id), login_session_id, now)
    facts = await sittings.find_registration(session, registration_id)
    paper = await _paper_of(session, facts)
    if paper is None:
        raise NotFoundError
    key = unwrap_key(master_key, paper.wrapped_key, paper.id)
    if attempt is None:
        attempt = Attempt(
            registration_id=registration_id,
            sitting_id=facts.sitting_id,
            form_id=paper.form_id,
            paper_id=paper.id,
            holder_session_id=login_session_id,
            opens_at=facts.opens_at,
            closes_at=facts.closes_at,
            started_at=now,
            duration_ms=int(facts.duration.total_seconds() * 1000),
            grace_ms=int(facts.grace.total_seconds() * 1000),
            chain_head="",
            last_seen_at=now,
        )
        attempt.chain_head = genesis_hash(attempt.id)
        session.add(attempt)
        await session.flush()
        form = await forms.find_form(session, paper.form_id)
        if form is None:
            raise NotFoundError
        await stages.open_first(session, attempt, form, now)
        await log_rows.attempt_started(session, attempt, facts, paper, now)
        hint_after_commit(session, SEAT, [registration_id])
        opened = [] if form.design == "linear" else await stages.opened(session, attempt)
        return Started(attempt, timing_of(attempt, facts.extra_time), key, [], opened)
    if attempt.holder_session_id != login_session_id:
        attempt.holder_session_id = login_session_id
        attempt.epoch += 1
        session.add(attempt)
        await session.flush()
        await audit.record(
            session,
            actor=SYSTEM,
            action="attempt.moved",
            object_type="attempt",
            object_id=str(attempt.id),
            details={"epoch": attempt.epoch},
            now=now,
            sitting_id=attempt.sitting_id,
        )
    hint_after_commit(session, SEAT, [registration_id])
    entries = await queries.entries_of(session, attempt.id)
    return Started(attempt, timing_of(attempt, facts.extra_time), key, entries, await stages.opened(session, attempt))


async def next_stage(
    session: AsyncSession,
    *,
    attempt_id: UUID,
    registration_id: UUID,
    login_session_id: UUID,
    epoch: int,
    number: int,
    last_seq: int,
    chain_head: str,
    now: datetime,
) -> OpenedStage:
    """Close the open stage at the candidate's wish and open the next, once everything the browser speaks of is stored.

    Parameters
    ----------
    number : of the stage asked for; one that is open or closed already is given again.

    Raises
    ------
    JournalIncompleteError
        ``want_from`` names the first missing operation.
    SeatFencedError, AttemptClosedError, NotStagedError, StageOutOfOrderError, NotFoundError
    """
    attempt, timing = await _held_attempt(session, attempt_id, registration_id, login_session_id, epoch)
    if attempt.closed_at is not None or timing.phase(now) is not Phase.RUNNING:
        raise AttemptClosedError
    _refuse_gap(attempt, last_seq, chain_head)
    return await stages.open_next(session, attempt, number, now)


async def _held_attempt(
    session: AsyncSession, attempt_id: UUID, registration_id: UUID, login_session_id: UUID, epoch: int
) -> tuple[Attempt, AttemptTiming]:
    """The attempt, locked, if this browser may act on it."""
    attempt = await queries.lock_attempt(session, attempt_id)
    if attempt is None or attempt.registration_id != registration_id:
        raise NotFoundError
    if attempt.epoch != epoch or attempt.holder_session_id != login_session_id:
        raise SeatFencedError
    return attempt, timing_of(attempt, await queries.extra_time_of(session, registration_id))


def _refuse_gap(attempt: Attempt, last_seq: int, chain_head: str) -> None:
    if last_seq > attempt.last_seq or (last_seq == attempt.last_seq and chain_head != attempt.chain_head):
        raise JournalIncompleteError(want_from=attempt.last_seq + 1)


async def submit(
    session: AsyncSession,
    *,
    attempt_id: UUID,
    registration_id: UUID,
    login_session_id: UUID,
    epoch: int,
    last_seq: int,
    chain_head: str,
    now: datetime,
) -> tuple[Attempt, AttemptTiming]:
    """Close an attempt at the candidate's wish, once everything the browser speaks of is stored; idempotent.

    Raises
    ------
    JournalIncompleteError
        ``want_from`` names the first missing operation.
    SeatFencedError, AttemptClosedError, NotFoundError
    """
    attempt, timing = await _held_attempt(session, attempt_id, registration_id, login_session_id, epoch)
    if attempt.closed_at is not None:
        if attempt.finish_kind == "submitted":
            return attempt, timing
        raise AttemptClosedError
    _refuse_gap(attempt, last_seq, chain_head)
    if timing.phase(now) is Phase.CLOSED:
        raise AttemptClosedError
    await _close(session, attempt, timing, "submitted", now)
    hint_after_commit(session, SEAT, [registration_id])
    return attempt, timing


async def _close(
    session: AsyncSession, attempt: Attempt, timing: AttemptTiming, finish_kind: FinishKind, now: datetime
) -> None:
    attempt.finish_kind = finish_kind
    attempt.finished_at = min(now, timing.deadline) if timing.deadline is not None else now
    attempt.closed_at = now
    session.add(attempt)
    await log_rows.attempt_closed(session, attempt, now)


async def close_if_overdue(session: AsyncSession, *, attempt_id: UUID, now: datetime) -> bool:
    """Close an attempt whose deadline and grace have passed; its finish is the deadline."""
    attempt = await queries.lock_attempt(session, attempt_id)
    if attempt is None or attempt.closed_at is not None:
        return False
    timing = timing_of(attempt, await queries.extra_time_of(session, attempt.registration_id))
    if timing.phase(now) is not Phase.CLOSED:
        return False
    await _close(session, attempt, timing, "time_over", now)
    hint_after_commit(session, SEAT, [attempt.registration_id])
    return True


async def overdue_ids(session: AsyncSession, *, now: datetime) -> list[UUID]:
    """Return the open attempts that are over unless extra time was granted.

    One statement a round, however many work; whether there is extra time is asked under the lock of each attempt.
    """
    attempts = await queries.open_attempts(session)
    return [attempt.id for attempt in attempts if timing_of(attempt, timedelta(0)).phase(now) is Phase.CLOSED]


def answers_of(entries: Sequence[JournalEntry]) -> Answers:
    """Return the sheet that a stored journal folds to."""
    parsed = (parse_body(entry.body, entry.seq) for entry in entries)
    return fold(body for body in parsed if body is not None)


async def mark_closed(
    session: AsyncSession, *, attempt_id: UUID, now: datetime, known: dict[UUID, KeyedForm] | None = None
) -> None:
    """Mark a closed attempt from its journal; doing it twice changes nothing.

    Parameters
    ----------
    known : forms with their keys by id, kept by whoever marks many attempts one after another.
    """
    attempt = await queries.lock_attempt(session, attempt_id)
    if attempt is None or attempt.closed_at is None or attempt.marked_at is not None:
        return
    forms_known = {} if known is None else known
    if attempt.form_id not in forms_known:
        forms_known[attempt.form_id] = await marking.keyed_form(session, attempt.form_id)
    form = forms_known[attempt.form_id]
    entries = await queries.entries_of(session, attempt_id)
    staged = await stages.outcome(session, attempt, entries)
    if staged is None:
        answers = {ref: list(value) for ref, value in answers_of(entries).values.items()}
        mark = await marking.mark(session, attempt_id=attempt_id, form=form, answers=answers, now=now)
    else:
        mark = await marking.mark(
            session,
            attempt_id=attempt_id,
            form=form,
            answers=staged.answers,
            now=now,
            presented=staged.presented,
            scaled=staged.scaled,
        )
    attempt.marked_at = now
    session.add(attempt)
    await log_rows.attempt_marked(session, attempt, mark, now)


# --- what proctoring and results ask for ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """How one attempt ended, for the results."""

    registration_id: UUID
    attempt_id: UUID
    form_id: UUID
    is_closed: bool
    is_marked: bool
    finish_kind: str | None
    finished_at: datetime | None


async def attempt_outcomes(session: AsyncSession, sitting_id: UUID) -> list[AttemptOutcome]:
    """Return how each attempt of a sitting stands."""
    return [
        AttemptOutcome(
            registration_id=attempt.registration_id,
            attempt_id=attempt.id,
            form_id=attempt.form_id,
            is_closed=attempt.closed_at is not None,
            is_marked=attempt.marked_at is not None,
            finish_kind=attempt.finish_kind,
            finished_at=attempt.finished_at,
        )
        for attempt in await queries.attempts_of_sitting(session, sitting_id)
    ]


@dataclass(frozen=True, slots=True)
class SeatProgress:
    """One seat as a proctor sees it."""

    facts: RegistrationFacts
    seat: Seat | None
    attempt: Attempt | None
    timing: AttemptTiming
    answered: int
    flagged: int
    focus_lost_count: int


async def progress_of_room(session: AsyncSession, registrations: Sequence[RegistrationFacts]) -> list[SeatProgress]:
    """Return seats, attempts and progress of the given registrations."""
    ids = [facts.registration_id for facts in registrations]
    seats, attempts = await queries.seats_of(session, ids), await queries.attempts_of(session, ids)
    progress = await queries.progress_of(session, [attempt.id for attempt in attempts.values()])
    rows = []
    for facts in registrations:
        attempt = attempts.get(facts.registration_id)
        counts = progress.get(attempt.id, {}) if attempt else {}
        rows.append(
            SeatProgress(
                facts=facts,
                seat=seats.get(facts.registration_id),
                attempt=attempt,
                timing=timing_of(attempt, facts.extra_time) if attempt else planned_timing(facts),
                answered=counts.get("answer", 0),
                flagged=counts.get("flag", 0),
                focus_lost_count=counts.get("focus_lost", 0),
            )
        )
    return rows


async def unlock(session: AsyncSession, *, registration_ids: Sequence[UUID], actor: Actor, now: datetime) -> int:
    """Let the browsers in which these candidates are logged in start or go on; returns how many were unlocked."""
    seats = await queries.seats_of(session, registration_ids)
    unlocked = [seat for seat in seats.values() if seat.unlocked_session_id != seat.login_session_id]
    for seat in unlocked:
        seat.unlocked_session_id = seat.login_session_id
        seat.unlocked_at, seat.unlocked_by_name = now, actor.display_name
        session.add(seat)
    hint_after_commit(session, SEAT, (seat.registration_id for seat in unlocked))
    await _record_seats(session, "seat.unlocked", [seat.registration_id for seat in unlocked], actor, now)
    return len(unlocked)


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
        if seat.unlocked_session_id is not None
    ]
    for seat in seats:
        seat.unlocked_session_id = seat.unlocked_at = seat.unlocked_by_name = None
        session.add(seat)
    hint_after_commit(session, SEAT, (seat.registration_id for seat in seats))
    await _record_seats(session, "seat.locked", [seat.registration_id for seat in seats], actor, now)
    return len(seats)


async def send_message(
    session: AsyncSession, *, registration_ids: Sequence[UUID], text: str, actor: Actor, now: datetime
) -> int:
    """Leave a message for candidates; it reaches each browser by its stream, or else with its next receipt."""
    last = await queries.last_instruction_numbers(session, registration_ids)
    rows = [
        {
            "id": new_id(),
            "registration_id": registration_id,
            "number": last.get(registration_id, 0) + 1,
            "kind": "message",
            "text": text.strip(),
            "created_at": now,
            "created_by_name": actor.display_name,
        }
        for registration_id in registration_ids
    ]
    await queries.add_instructions(session, rows)
    said = {"text_sha256": log_rows.text_digest(text.strip())}
    hint_after_commit(session, INSTRUCTION, registration_ids)
    await _record_seats(session, "message.sent", registration_ids, actor, now, said)
    return len(registration_ids)


async def _record_seats(
    session: AsyncSession,
    action: str,
    registration_ids: Sequence[UUID],
    actor: Actor,
    now: datetime,
    details: dict[str, str] | None = None,
) -> None:
    if not registration_ids:
        return
    await session.flush()
    # A proctor acts in one room of one sitting.
    sitting_id = (await sittings.find_registration(session, registration_ids[0])).sitting_id
    await audit.record(
        session,
        actor=actor,
        action=action,
        object_type="registration",
        object_id=str(registration_ids[0]) if len(registration_ids) == 1 else f"{len(registration_ids)} registrations",
        details={"registrations": [str(registration_id) for registration_id in registration_ids]} | (details or {}),
        now=now,
        sitting_id=sitting_id,
    )
