"""The group-commit writer: many browsers' saves in one transaction, each answered only after its commit."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import asyncpg
import structlog

from exam_engine.core.metrics import JOURNAL_BATCH, JOURNAL_COMMIT_SECONDS, JOURNAL_OPS, JOURNAL_QUEUE
from exam_engine.delivery.batch import AppendRequest, Changes, Decision, Outcome
from exam_engine.delivery.errors import BusyError

log = structlog.get_logger()

LONGEST_QUEUE = 4096
LARGEST_COMMIT = 512
FULL_HEALTH = 10
RETRY_SECONDS = 5
_SLOW_COMMIT_SECONDS = 1.0
_DATABASE_AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    sqlite3.OperationalError,
)


class JournalStore(Protocol):
    """A database that can run one batch as one durable transaction."""

    async def commit(self, requests: Sequence[AppendRequest]) -> Decision:
        """Load, decide and write the batch; return only after the commit reached the disk."""
        ...

    async def close(self) -> None:
        """Give back the connection."""
        ...


@dataclass(slots=True)
class _Waiting:
    request: AppendRequest
    answer: asyncio.Future[Outcome]


class JournalWriter:
    """Collects append requests while the batch before commits; needs no timer.

    Back-pressure is told, not suffered: ``health`` rises from 0 to 10 as the queue fills, and a full queue refuses at
    once instead of letting requests time out.

    ``on_stored`` gets what each commit wrote, after those who waited have their answers; it must be quick.
    """

    def __init__(
        self,
        store: JournalStore,
        *,
        longest_queue: int = LONGEST_QUEUE,
        largest_commit: int = LARGEST_COMMIT,
        on_stored: Callable[[Changes], None] | None = None,
    ) -> None:
        self._store = store
        self._on_stored = on_stored
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(maxsize=longest_queue)
        self._largest_commit = largest_commit
        self._last_commit_seconds = 0.0
        self._is_closing = False

    @property
    def health(self) -> int:
        """Return 0 (idle) to 10 (hold your work): the fuller the queue and the slower the disk, the higher."""
        fullness = self._queue.qsize() / self._queue.maxsize
        slowness = min(1.0, self._last_commit_seconds / _SLOW_COMMIT_SECONDS)
        return min(FULL_HEALTH, int(FULL_HEALTH * max(fullness, slowness)))

    async def append(self, request: AppendRequest) -> Outcome:
        """Return what became of a request, after its operations are durable.

        Raises
        ------
        BusyError
            The queue is full or the server is stopping; nothing was stored.
        """
        if self._is_closing:
            raise BusyError(retry_after=RETRY_SECONDS)
        waiting = _Waiting(request, asyncio.get_running_loop().create_future())
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull as error:
            raise BusyError(retry_after=RETRY_SECONDS) from error
        JOURNAL_QUEUE.set(self._queue.qsize())
        return await waiting.answer

    @asynccontextmanager
    async def running(self) -> AsyncIterator["JournalWriter"]:
        """Write until the block is left; then drain what was accepted."""
        task = asyncio.create_task(self._work())
        try:
            yield self
        finally:
            self._is_closing = True
            await self._queue.join()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await self._store.close()

    async def _work(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < self._largest_commit and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                await self._commit(batch)
            finally:
                for _ in batch:
                    self._queue.task_done()
                JOURNAL_QUEUE.set(self._queue.qsize())

    async def _commit(self, batch: list[_Waiting]) -> None:
        started = time.perf_counter()
        try:
            decision = await self._store.commit([waiting.request for waiting in batch])
        except Exception as error:
            log.exception("journal_commit_failed", requests=len(batch))
            if len(batch) > 1 and not isinstance(error, _DATABASE_AWAY):
                # One request that the database cannot take must not hold up everybody else's.
                for waiting in batch:
                    await self._commit([waiting])
                return
            # Nothing is stored; browsers keep their operations and send them again.
            for waiting in batch:
                if not waiting.answer.done():
                    waiting.answer.set_exception(BusyError(retry_after=RETRY_SECONDS))
            return
        self._last_commit_seconds = time.perf_counter() - started
        JOURNAL_COMMIT_SECONDS.observe(self._last_commit_seconds)
        JOURNAL_BATCH.observe(len(batch))
        JOURNAL_OPS.labels("stored").inc(len(decision.changes.entries))
        JOURNAL_OPS.labels("refused").inc(len(decision.changes.refused))
        for waiting, outcome in zip(batch, decision.outcomes, strict=True):
            # A browser that hung up no longer waits; its work is stored all the same.
            if not waiting.answer.done():
                waiting.answer.set_result(outcome)
        if self._on_stored is not None:
            self._on_stored(decision.changes)
