"""The group-commit writer: many browsers' saves in one transaction, each answered only after its commit."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from exam_engine.core.metrics import JOURNAL_BATCH, JOURNAL_COMMIT_SECONDS, JOURNAL_OPS, JOURNAL_QUEUE
from exam_engine.delivery.batch import AppendRequest, Changes, Decision, Outcome
from exam_engine.delivery.group_commit import GroupCommit

LONGEST_QUEUE = 4096
LARGEST_COMMIT = 512
FULL_HEALTH = 10
_SLOW_COMMIT_SECONDS = 1.0


class JournalStore(Protocol):
    """A database that can run one batch as one durable transaction."""

    async def commit(self, requests: Sequence[AppendRequest]) -> Decision:
        """Load, decide and write the batch; return only after the commit reached the disk."""
        ...

    async def close(self) -> None:
        """Give back the connection."""
        ...


class JournalWriter:
    """Collects append requests while the batch before commits.

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
        self._longest_queue = longest_queue
        self._stored: Changes | None = None
        self._last_commit_seconds = 0.0
        self._group: GroupCommit[AppendRequest, Outcome] = GroupCommit(
            "journal", self._commit, longest_queue=longest_queue, largest=largest_commit, on_answered=self._tell_stored
        )

    @property
    def health(self) -> int:
        """Return 0 (idle) to 10 (hold your work): the fuller the queue and the slower the disk, the higher."""
        fullness = self._group.waiting / self._longest_queue
        slowness = min(1.0, self._last_commit_seconds / _SLOW_COMMIT_SECONDS)
        return min(FULL_HEALTH, int(FULL_HEALTH * max(fullness, slowness)))

    async def append(self, request: AppendRequest) -> Outcome:
        """Return what became of a request, after its operations are durable.

        Raises
        ------
        BusyError
            The queue is full or the server is stopping; nothing was stored.
        """
        return await self._group.ask(request)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["JournalWriter"]:
        """Write until the block is left; then drain what was accepted."""
        try:
            async with self._group.running():
                yield self
        finally:
            await self._store.close()

    async def _commit(self, requests: Sequence[AppendRequest]) -> Sequence[Outcome]:
        JOURNAL_QUEUE.set(len(requests) + self._group.waiting)
        started = time.perf_counter()
        decision = await self._store.commit(requests)
        self._last_commit_seconds = time.perf_counter() - started
        JOURNAL_COMMIT_SECONDS.observe(self._last_commit_seconds)
        JOURNAL_BATCH.observe(len(requests))
        JOURNAL_OPS.labels("stored").inc(len(decision.changes.entries))
        JOURNAL_OPS.labels("refused").inc(len(decision.changes.refused))
        self._stored = decision.changes
        return decision.outcomes

    def _tell_stored(self) -> None:
        JOURNAL_QUEUE.set(self._group.waiting)
        if self._on_stored is not None and self._stored is not None:
            self._on_stored(self._stored)
