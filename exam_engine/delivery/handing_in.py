"""Handing in, many at once: at the common end a whole sitting does it within seconds and shares transactions."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.bus import hint_after_commit
from exam_engine.core.db import Database
from exam_engine.core.errors import DomainError, NotFoundError
from exam_engine.core.time import utc_now
from exam_engine.delivery import queries, service
from exam_engine.delivery.clock import AttemptTiming, Phase
from exam_engine.delivery.errors import AttemptClosedError
from exam_engine.delivery.group_commit import GroupCommit
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.service import Closing, FinishKind
from exam_engine.delivery.timings import timing_of
from exam_engine.delivery.uploading import refuse_missing_files
from exam_engine.sittings.hints import SEAT

LONGEST_QUEUE = 4096
LARGEST_GROUP = 200
_HANDED_IN = frozenset({"submitted", "ended"})


@dataclass(frozen=True, slots=True)
class HandIn:
    """A browser's wish to end its attempt, with its word on what it has sent.

    Attributes
    ----------
    files : hashes of the files that must have fully arrived.
    """

    attempt_id: UUID
    registration_id: UUID
    login_session_id: UUID
    epoch: int
    last_seq: int
    chain_head: str
    arrived_at: datetime
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandedIn:
    """An attempt that was handed in, now or before."""

    attempt: Attempt
    timing: AttemptTiming


async def hand_in(session: AsyncSession, wishes: Sequence[HandIn], *, now: datetime) -> list[HandedIn | DomainError]:
    """Close attempts at the candidates' wish, each once everything its browser speaks of is stored; idempotent.

    Returns
    -------
    list
        In the order of the wishes; for one that is refused a JournalIncompleteError whose ``want_from`` names the first
        missing operation, an UploadsIncompleteError, SeatFencedError, AttemptClosedError or NotFoundError.
    """
    attempts = {
        attempt.id: attempt for attempt in await queries.lock_attempts(session, [wish.attempt_id for wish in wishes])
    }
    extra = await queries.extra_times_of(session, [attempt.registration_id for attempt in attempts.values()])
    closings: dict[UUID, Closing] = {}
    answers: list[HandedIn | DomainError] = []
    for wish in wishes:
        attempt = attempts.get(wish.attempt_id)
        try:
            if attempt is None or attempt.registration_id != wish.registration_id:
                raise NotFoundError
            timing = timing_of(attempt, extra[attempt.registration_id])
            if await _is_to_close(session, attempt, timing, wish) and attempt.id not in closings:
                kind: FinishKind = "submitted" if attempt.ended_at is None else "ended"
                closings[attempt.id] = Closing(attempt, timing, kind, wish.arrived_at)
            answers.append(HandedIn(attempt, timing))
        except DomainError as error:
            answers.append(error)
    await service.close_attempts(session, list(closings.values()), now=now)
    hint_after_commit(session, SEAT, [closing.attempt.registration_id for closing in closings.values()])
    return answers


async def _is_to_close(session: AsyncSession, attempt: Attempt, timing: AttemptTiming, wish: HandIn) -> bool:
    """Whether a wish ends its attempt; not when it did so before."""
    service.refuse_fenced(attempt, wish.login_session_id, wish.epoch)
    if attempt.closed_at is not None:
        if attempt.finish_kind in _HANDED_IN:
            return False
        raise AttemptClosedError
    service.refuse_gap(attempt, wish.last_seq, wish.chain_head)
    await refuse_missing_files(session, attempt.id, wish.files)
    if timing.phase(wish.arrived_at) is Phase.CLOSED:
        raise AttemptClosedError
    return True


class HandIns:
    """Takes hand-ins of many in groups."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._group: GroupCommit[HandIn, HandedIn] = GroupCommit(
            "hand_in", self._commit, longest_queue=LONGEST_QUEUE, largest=LARGEST_GROUP
        )

    async def hand_in(self, wish: HandIn) -> HandedIn:
        """Hand in; see :func:`hand_in`.

        Raises
        ------
        BusyError
            Too many wait, or the server is stopping.
        JournalIncompleteError, UploadsIncompleteError, SeatFencedError, AttemptClosedError, NotFoundError
        """
        return await self._group.ask(wish)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["HandIns"]:
        """Take hand-ins until the block is left; then finish what was accepted."""
        async with self._group.running():
            yield self

    async def _commit(self, wishes: Sequence[HandIn]) -> list[HandedIn | DomainError]:
        async with self._database.write() as session:
            return await hand_in(session, wishes, now=utc_now())
