"""Attempts: starting, closing and marking them. Saving goes through the journal writer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import SYSTEM
from exam_engine.core.bus import hint_after_commit
from exam_engine.core.db import new_id
from exam_engine.core.errors import DomainError, NotFoundError
from exam_engine.delivery import log_rows, queries, recovering, stages
from exam_engine.delivery.browsers import refuse_browser
from exam_engine.delivery.clock import AttemptTiming, Phase
from exam_engine.delivery.errors import (
    AttemptClosedError,
    JournalIncompleteError,
    NotOpenYetError,
    NotUnlockedError,
    OwnDataNotConfirmedError,
    PausedError,
    SeatFencedError,
    SittingOverError,
)
from exam_engine.delivery.journal import genesis_hash
from exam_engine.delivery.leftovers import with_admitted
from exam_engine.delivery.models import Attempt, JournalEntry
from exam_engine.delivery.papers import unwrap_key
from exam_engine.delivery.pausing import go_on, held_up
from exam_engine.delivery.queries import PaperFacts
from exam_engine.delivery.seat_rows import SeatRow, seat_rows
from exam_engine.delivery.seats import paper_of_seat
from exam_engine.delivery.sectioning import answers_that_count, times_of
from exam_engine.delivery.sections import SectionTime
from exam_engine.delivery.stages import OpenedStage
from exam_engine.delivery.timings import timing_of, timing_of_row
from exam_engine.forms import service as forms
from exam_engine.lockdown.seb.sent_hashes import NOTHING, Presented
from exam_engine.marking import service as marking
from exam_engine.marking.service import AttemptMark, KeyedForm
from exam_engine.sittings import service as sittings
from exam_engine.sittings.errors import RoomAtSiteError
from exam_engine.sittings.hints import SEAT

UNLOCK_RETRY_SECONDS = 3
PAUSE_RETRY_SECONDS = 5
LONGEST_OPENING_RETRY_SECONDS = 30

FinishKind = Literal["submitted", "time_over", "ended"]


# --- the attempt -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """A started or resumed attempt with the key of its paper and everything stored."""

    attempt: Attempt
    timing: AttemptTiming
    paper_key: bytes
    entries: list[JournalEntry]
    stages: list[OpenedStage]
    sections: list[SectionTime]


def refuse_start(row: SeatRow, login_session_id: UUID, presented: Presented, now: datetime) -> None:
    """Refuse a start that cannot be.

    Raises
    ------
    NotOpenYetError, NotUnlockedError, PausedError
        Too early; with the seconds after which to ask again.
    OwnDataNotConfirmedError, SittingOverError, AttemptClosedError
    BrowserRefusedError
        The sitting asks for another browser.
    RoomAtSiteError
        A site holds the room.
    """
    if row.delegated_to is not None:
        raise RoomAtSiteError
    timing = timing_of_row(row)
    phase = timing.phase(now)
    is_over = row.finish_kind is not None or row.ended_at is not None or phase is Phase.CLOSED
    if row.attempt_id is not None and is_over:
        raise AttemptClosedError
    if phase is not Phase.CLOSED:
        refuse_browser(row, login_session_id, presented)
    if row.confirmed_at is None:
        raise OwnDataNotConfirmedError
    if phase is Phase.CLOSED:
        raise SittingOverError
    if row.unlocked_session_id != login_session_id:
        raise NotUnlockedError(retry_after=UNLOCK_RETRY_SECONDS)
    if phase is Phase.PAUSED:
        raise PausedError(retry_after=PAUSE_RETRY_SECONDS)
    if phase is Phase.BEFORE:
        wait = int((timing.opens_at - now).total_seconds()) + 1
        raise NotOpenYetError(retry_after=min(wait, LONGEST_OPENING_RETRY_SECONDS))


async def late_obstacles(session: AsyncSession, rows: Sequence[SeatRow]) -> dict[UUID, DomainError]:
    """Return, by registration, what came in the way of attempts since these rows were read.

    To be asked after they were stored: that has locked the sitting against pauses and against sites that would take
    its rooms, and one that came before is seen only now.
    """
    paused = await held_up(session, rows)
    found: dict[UUID, DomainError] = {id_: PausedError(retry_after=PAUSE_RETRY_SECONDS) for id_ in paused}
    for sitting_id in {row.sitting_id for row in rows}:
        at_sites = set(await sittings.rooms_at_sites(session, sitting_id))
        found |= {row.registration_id: RoomAtSiteError() for row in rows if row.room_id in at_sites}
    return found


async def _seat_row(session: AsyncSession, registration_id: UUID) -> SeatRow:
    rows = await seat_rows(session, [registration_id])
    if not rows:
        raise NotFoundError
    return rows[0]


def new_attempt(row: SeatRow, login_session_id: UUID, paper: PaperFacts, now: datetime) -> Attempt:
    """Return the attempt that a registration starts with; it is not stored yet."""
    attempt_id, timing = new_id(), timing_of_row(row)
    return Attempt(
        id=attempt_id,
        registration_id=row.registration_id,
        sitting_id=row.sitting_id,
        form_id=paper.form_id,
        paper_id=paper.id,
        holder_session_id=login_session_id,
        opens_at=timing.opens_at,
        closes_at=timing.closes_at,
        started_at=now,
        duration_ms=timing.duration // timedelta(milliseconds=1),
        grace_ms=timing.grace // timedelta(milliseconds=1),
        chain_head=genesis_hash(attempt_id),
        last_seen_at=now,
    )


async def start(
    session: AsyncSession,
    *,
    registration_id: UUID,
    login_session_id: UUID,
    master_key: bytes,
    now: datetime,
    presented: Presented = NOTHING,
) -> Started:
    """Start an attempt, or go on with it, in the browser that the proctor unlocked.

    Going on in another browser raises the epoch: the browser before is fenced.

    Raises
    ------
    NotOpenYetError, NotUnlockedError, PausedError, OwnDataNotConfirmedError, SittingOverError, AttemptClosedError
    BrowserRefusedError, RoomAtSiteError, NotFoundError
        As :func:`refuse_start`.
    PaperNotReleasedError
        At a test site, before the papers are released.
    """
    attempt = await queries.attempt_of(session, registration_id, lock=True)
    row = await _seat_row(session, registration_id)
    refuse_start(row, login_session_id, presented, now)
    facts = await sittings.find_registration(session, registration_id)
    paper = await paper_of_seat(session, facts)
    if paper is None:
        raise NotFoundError
    key = unwrap_key(master_key, paper.wrapped_key, paper.id)
    if attempt is None:
        attempt = new_attempt(row, login_session_id, paper, now)
        session.add(attempt)
        await session.flush()
        for obstacle in (await late_obstacles(session, [row])).values():
            raise obstacle
        form = await forms.find_form(session, paper.form_id)
        if form is None:
            raise NotFoundError
        await stages.open_first(session, attempt, form, now)
        await log_rows.attempts_started(session, [(attempt, facts.candidate_number, paper)], now)
        hint_after_commit(session, SEAT, [registration_id])
        opened = [] if form.design == "linear" else await stages.opened(session, attempt)
        sections = await times_of(session, attempt, now)
        return Started(attempt, timing_of(attempt, facts.extra_time), key, [], opened, sections)
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
    return Started(
        attempt,
        timing_of(attempt, facts.extra_time),
        key,
        await queries.entries_of(session, attempt.id),
        await stages.opened(session, attempt),
        await times_of(session, attempt, now),
    )


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
    phase = timing.phase(now)
    if attempt.closed_at is None and phase is Phase.PAUSED:
        raise PausedError(retry_after=PAUSE_RETRY_SECONDS)
    if attempt.closed_at is not None or phase is not Phase.RUNNING:
        raise AttemptClosedError
    refuse_gap(attempt, last_seq, chain_head)
    return await stages.open_next(session, attempt, number, now)


async def section_times_of(
    session: AsyncSession, *, attempt_id: UUID, registration_id: UUID, now: datetime
) -> list[SectionTime]:
    """Return the times of the sections of a candidate's attempt; none when the paper is one piece.

    Raises
    ------
    NotFoundError
    """
    attempt = await queries.attempt_of(session, registration_id)
    if attempt is None or attempt.id != attempt_id:
        raise NotFoundError
    return await times_of(session, attempt, now)


async def _held_attempt(
    session: AsyncSession, attempt_id: UUID, registration_id: UUID, login_session_id: UUID, epoch: int
) -> tuple[Attempt, AttemptTiming]:
    """The attempt, locked, if this browser may act on it."""
    attempt = await queries.lock_attempt(session, attempt_id)
    if attempt is None or attempt.registration_id != registration_id:
        raise NotFoundError
    refuse_fenced(attempt, login_session_id, epoch)
    return attempt, timing_of(attempt, await queries.extra_time_of(session, registration_id))


def refuse_fenced(attempt: Attempt, login_session_id: UUID, epoch: int) -> None:
    """Refuse a browser that does not hold the attempt.

    Raises
    ------
    SeatFencedError
    """
    if attempt.epoch != epoch or attempt.holder_session_id != login_session_id:
        raise SeatFencedError


def refuse_gap(attempt: Attempt, last_seq: int, chain_head: str) -> None:
    """Refuse to go on while operations that a browser speaks of are not stored.

    Raises
    ------
    JournalIncompleteError
        ``want_from`` names the first missing operation.
    """
    if last_seq > attempt.last_seq or (last_seq == attempt.last_seq and chain_head != attempt.chain_head):
        raise JournalIncompleteError(want_from=attempt.last_seq + 1)


@dataclass(frozen=True, slots=True)
class Closing:
    """An attempt, locked, that ends; ``at`` is when whoever ends it came."""

    attempt: Attempt
    timing: AttemptTiming
    finish_kind: FinishKind
    at: datetime


async def close_attempts(session: AsyncSession, closings: Sequence[Closing], *, now: datetime) -> None:
    """End attempts; what was finished after the deadline was finished at the deadline."""
    for closing in closings:
        attempt, deadline = closing.attempt, closing.timing.deadline
        go_on(attempt, now)
        attempt.finish_kind = closing.finish_kind
        attempt.finished_at = closing.at if deadline is None else min(closing.at, deadline)
        attempt.closed_at = now
        session.add(attempt)
    if closings:
        await log_rows.attempts_closed(session, [closing.attempt for closing in closings], now)


async def close_overdue(session: AsyncSession, attempt_ids: Sequence[UUID], *, now: datetime) -> int:
    """Close those attempts whose deadline and grace have passed; returns how many."""
    attempts = [one for one in await queries.lock_attempts(session, attempt_ids) if one.closed_at is None]
    extra = await queries.extra_times_of(session, [attempt.registration_id for attempt in attempts])
    closings = []
    for attempt in attempts:
        timing = timing_of(attempt, extra[attempt.registration_id])
        if timing.phase(now) is Phase.CLOSED:
            closings.append(Closing(attempt, timing, "time_over" if attempt.ended_at is None else "ended", now))
    await close_attempts(session, closings, now=now)
    hint_after_commit(session, SEAT, [closing.attempt.registration_id for closing in closings])
    return len(closings)


async def overdue_ids(session: AsyncSession, *, now: datetime) -> list[UUID]:
    """Return the open attempts that are over unless extra time was granted: that is asked under the lock of each."""
    attempts = await queries.due_attempts(session, now)
    return [attempt.id for attempt in attempts if timing_of(attempt, timedelta(0)).phase(now) is Phase.CLOSED]


async def mark_closed(
    session: AsyncSession, attempt_ids: Sequence[UUID], *, now: datetime, known: dict[UUID, KeyedForm]
) -> int:
    """Mark closed attempts from their journals, all or none; doing it twice changes nothing. Returns how many.

    What was admitted of a lost browser's work counts beside the journal; who was marked before that is marked again.

    Parameters
    ----------
    known : forms with their keys by id, kept by whoever marks many attempts one after another.
    """
    attempts = await queries.lock_unmarked(session, attempt_ids)
    ids = [attempt.id for attempt in attempts]
    operations = await queries.operations_of(session, ids)
    staged = await queries.staged_among(session, ids)
    admitted = await recovering.admitted_operations(session, ids)
    marked_before = await marking.marks(session, list(admitted))
    for id_, recovered in admitted.items():
        operations[id_] = with_admitted(operations.get(id_, []), recovered)
    same_for_all = [attempt for attempt in attempts if attempt.id not in staged]
    counted = await answers_that_count(session, same_for_all, operations)
    marks: list[tuple[Attempt, AttemptMark]] = []
    remarked: list[tuple[Attempt, AttemptMark]] = []
    for attempt in attempts:
        if attempt.form_id not in known:
            known[attempt.form_id] = await marking.keyed_form(session, attempt.form_id)
        form = known[attempt.form_id]
        outcome = None
        if attempt.id in staged:
            outcome = await stages.outcome(session, attempt, operations.get(attempt.id, []))
        if outcome is None:
            answers = counted[attempt.id]
            mark = await marking.mark(session, attempt.id, form, answers, now, replaces=attempt.id in marked_before)
        else:
            mark = await marking.mark(
                session,
                attempt_id=attempt.id,
                form=form,
                answers=outcome.answers,
                now=now,
                presented=outcome.presented,
                scaled=outcome.scaled,
            )
        attempt.marked_at = now
        session.add(attempt)
        (remarked if attempt.id in marked_before else marks).append((attempt, mark))
    await log_rows.attempts_marked(session, marks, now)
    await log_rows.attempts_marked(session, remarked, now, is_again=True)
    return len(attempts)


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
