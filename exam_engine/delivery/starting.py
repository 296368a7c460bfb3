"""Starts of many at once: whoever starts in the same moment shares a transaction, and what all start with is kept.

A sitting opens for everybody at the same second. Starting each alone, with a transaction and a dozen statements, is
what other systems break down under.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.bus import hint_after_commit
from exam_engine.core.db import Database, table_of
from exam_engine.core.errors import DomainError, NotFoundError
from exam_engine.core.time import utc_now
from exam_engine.delivery import log_rows, queries, service
from exam_engine.delivery.group_commit import GroupCommit
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.papers import unwrap_key
from exam_engine.delivery.queries import PaperFacts
from exam_engine.delivery.seat_rows import SeatRow, seat_rows
from exam_engine.delivery.sectioning import first_times
from exam_engine.delivery.service import Started, new_attempt
from exam_engine.delivery.timings import timing_of, timing_of_row
from exam_engine.forms import service as forms
from exam_engine.lockdown.seb.sent_hashes import NOTHING, Presented
from exam_engine.sittings import sections as sitting_sections
from exam_engine.sittings.hints import SEAT
from exam_engine.sittings.section_plan import PlannedSection

LONGEST_QUEUE = 4096
LARGEST_GROUP = 200
_MOST_PAPERS = 512
_ATTEMPT = table_of(Attempt)


@dataclass(frozen=True, slots=True)
class StartRequest:
    """A browser that wants to start or to go on."""

    registration_id: UUID
    login_session_id: UUID
    presented: Presented = NOTHING


@dataclass(frozen=True, slots=True)
class _Alone:
    """The answer to a request that takes a transaction of its own."""


@dataclass(frozen=True, slots=True)
class _KnownPaper:
    """What starts need of a sealed paper; it never changes."""

    facts: PaperFacts
    key: bytes
    is_linear: bool
    section_plan: tuple[PlannedSection, ...]


@dataclass(frozen=True, slots=True)
class _Ready:
    """What a request can start with, together with others."""

    row: SeatRow
    paper: _KnownPaper


class Starter:
    """Starts attempts; those that begin a paper which is the same for everybody in groups, all others alone."""

    def __init__(self, database: Database, master_key: bytes) -> None:
        self._database = database
        self._master_key = master_key
        self._papers: dict[tuple[UUID, UUID, int], _KnownPaper] = {}
        self._group: GroupCommit[StartRequest, Started | _Alone] = GroupCommit(
            "start", self._commit, longest_queue=LONGEST_QUEUE, largest=LARGEST_GROUP
        )

    async def start(self, registration_id: UUID, login_session_id: UUID, presented: Presented = NOTHING) -> Started:
        """Start an attempt, or go on with it; see :func:`exam_engine.delivery.service.start`.

        Raises
        ------
        BusyError
            Too many wait, or the server is stopping.
        NotOpenYetError, NotUnlockedError, PausedError, OwnDataNotConfirmedError, SittingOverError, AttemptClosedError
        BrowserRefusedError, RoomAtSiteError, PaperNotReleasedError, NotFoundError
        """
        answer = await self._group.ask(StartRequest(registration_id, login_session_id, presented))
        if isinstance(answer, Started):
            return answer
        async with self._database.write() as session:
            return await service.start(
                session,
                registration_id=registration_id,
                login_session_id=login_session_id,
                master_key=self._master_key,
                now=utc_now(),
                presented=presented,
            )

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Starter"]:
        """Start until the block is left; then finish what was accepted."""
        async with self._group.running():
            yield self

    async def _commit(self, requests: Sequence[StartRequest]) -> list[Started | _Alone | DomainError]:
        """Answer each request; by reading alone where it is refused, so that a room that waits locks nothing."""
        async with self._database.read() as session:
            answers = await self._judge(session, requests, utc_now())
        fresh = [number for number, answer in enumerate(answers) if isinstance(answer, _Ready)]
        if fresh:
            async with self._database.write() as session:
                started = await self._start(session, [requests[number] for number in fresh], utc_now())
            for number, answer in zip(fresh, started, strict=True):
                answers[number] = answer
        return [answer for answer in answers if not isinstance(answer, _Ready)]

    async def _judge(
        self, session: AsyncSession, requests: Sequence[StartRequest], now: datetime
    ) -> list["Started | _Ready | _Alone | DomainError"]:
        """Return for each request why it is refused, that it goes alone, or what it can start with."""
        found = await seat_rows(session, [request.registration_id for request in requests])
        rows = {row.registration_id: row for row in found}
        seen = set[UUID]()
        judged: list[Started | _Ready | _Alone | DomainError] = []
        for request in requests:
            row = rows.get(request.registration_id)
            try:
                if row is None:
                    raise NotFoundError
                service.refuse_start(row, request.login_session_id, request.presented, now)
                paper = await self._paper(session, row)
            except DomainError as error:
                judged.append(error)
                continue
            goes_alone = row.attempt_id is not None or not paper.is_linear or request.registration_id in seen
            seen.add(request.registration_id)
            judged.append(_Alone() if goes_alone else _Ready(row, paper))
        return judged

    async def _start(
        self, session: AsyncSession, requests: Sequence[StartRequest], now: datetime
    ) -> list["Started | _Ready | _Alone | DomainError"]:
        answers = await self._judge(session, requests, now)
        starts = [
            (number, ready, new_attempt(ready.row, requests[number].login_session_id, ready.paper.facts, now))
            for number, ready in enumerate(answers)
            if isinstance(ready, _Ready)
        ]
        if not starts:
            return answers
        connection = await session.connection()
        names = [column.name for column in _ATTEMPT.columns]
        values = [{name: getattr(attempt, name) for name in names} for _, _, attempt in starts]
        await connection.execute(sa.insert(_ATTEMPT), values)
        obstacles = await service.late_obstacles(session, [ready.row for _, ready, _ in starts])
        gone = [attempt.id for _, ready, attempt in starts if ready.row.registration_id in obstacles]
        if gone:
            await connection.execute(sa.delete(_ATTEMPT).where(_ATTEMPT.c.id.in_(gone)))
        logged = []
        for number, ready, attempt in starts:
            if attempt.id in gone:
                answers[number] = obstacles[attempt.registration_id]
                continue
            timing = timing_of(attempt, timing_of_row(ready.row).extra_time)
            sections = first_times(ready.paper.section_plan, timing, now)
            answers[number] = Started(attempt, timing, ready.paper.key, [], [], sections)
            logged.append((attempt, ready.row.candidate_number, ready.paper.facts))
        await log_rows.attempts_started(session, logged, now)
        hint_after_commit(session, SEAT, [attempt.registration_id for attempt, _, _ in logged])
        return answers

    async def _paper(self, session: AsyncSession, row: SeatRow) -> _KnownPaper:
        if row.form_id is None or row.variant is None:
            raise NotFoundError
        place = (row.sitting_id, row.form_id, row.variant)
        known = self._papers.get(place)
        if known is None:
            facts = await queries.paper_of(session, sitting_id=row.sitting_id, form_id=row.form_id, variant=row.variant)
            form = await forms.find_form(session, row.form_id)
            if facts is None or form is None:
                raise NotFoundError
            key = unwrap_key(self._master_key, facts.wrapped_key, facts.id)
            plan = await sitting_sections.section_plan(session, row.sitting_id)
            known = _KnownPaper(facts, key, form.design == "linear", plan)
            if len(self._papers) >= _MOST_PAPERS:
                self._papers.pop(next(iter(self._papers)))
            self._papers[place] = known
        return known
