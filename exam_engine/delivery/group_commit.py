"""Requests of many that share a transaction: collected while the group before commits, each answered after its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

import structlog

from exam_engine.core.absence import RETRY_SECONDS, is_database_away
from exam_engine.core.errors import DomainError
from exam_engine.delivery.errors import BusyError

log = structlog.get_logger()

Q = TypeVar("Q")
A = TypeVar("A")


class GroupCommit(Generic[Q, A]):
    """Collects requests and commits them together; needs no timer.

    Parameters
    ----------
    commit : answers requests in their order after one durable transaction; an error among the answers is that of its
        request alone. When it raises, nothing is stored.
    longest_queue : requests that may wait; one more is refused at once.
    largest : requests that are committed together.
    on_answered : called when those who waited for a commit have their answers.
    """

    def __init__(
        self,
        name: str,
        commit: Callable[[Sequence[Q]], Awaitable[Sequence[A | DomainError]]],
        *,
        longest_queue: int,
        largest: int,
        on_answered: Callable[[], None] | None = None,
    ) -> None:
        self._name = name
        self._commit = commit
        self._largest = largest
        self._on_answered = on_answered
        self._queue: asyncio.Queue[tuple[Q, asyncio.Future[A]]] = asyncio.Queue(maxsize=longest_queue)
        self._is_closing = False

    @property
    def waiting(self) -> int:
        """Return how many requests wait for the next commit."""
        return self._queue.qsize()

    async def ask(self, request: Q) -> A:
        """Return the answer to a request, after it is durable.

        Raises
        ------
        BusyError
            The queue is full or the server is stopping; nothing was stored.
        DomainError
            The answer to the request.
        """
        if self._is_closing:
            raise BusyError(retry_after=RETRY_SECONDS)
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((request, answer))
        except asyncio.QueueFull as error:
            raise BusyError(retry_after=RETRY_SECONDS) from error
        return await answer

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Commit until the block is left; then drain what was accepted."""
        task = asyncio.create_task(self._work())
        try:
            yield
        finally:
            self._is_closing = True
            await self._queue.join()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _work(self) -> None:
        while True:
            group = [await self._queue.get()]
            while len(group) < self._largest and not self._queue.empty():
                group.append(self._queue.get_nowait())
            try:
                await self._answer(group)
            finally:
                for _ in group:
                    self._queue.task_done()

    async def _answer(self, group: Sequence[tuple[Q, asyncio.Future[A]]]) -> None:
        try:
            answers = await self._commit([request for request, _ in group])
        except Exception as error:
            log.exception("commit_failed", of=self._name, requests=len(group))
            if len(group) > 1 and not is_database_away(error):
                # One request that the database cannot take must not hold up everybody else's.
                for one in group:
                    await self._answer([one])
                return
            # Nothing is stored; browsers keep what they have and come again.
            for _, future in group:
                if not future.done():
                    future.set_exception(BusyError(retry_after=RETRY_SECONDS))
            return
        for (_, future), answer in zip(group, answers, strict=True):
            # A browser that hung up no longer waits; what it asked for is stored all the same.
            if future.done():
                continue
            if isinstance(answer, DomainError):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        if self._on_answered is not None:
            self._on_answered()
