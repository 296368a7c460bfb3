"""The group-commit writer: an answer means durable, overload is told, one bad request hurts nobody else."""

import asyncio
import sqlite3
from collections.abc import Sequence
from uuid import UUID

import pytest

from exam_engine.delivery.batch import AppendRequest, Decision, Outcome, decide
from exam_engine.delivery.errors import BusyError
from exam_engine.delivery.writer import JournalWriter
from tests.exam_engine.delivery.requests import make_head, make_operations, make_request


class StoreInMemory:
    """A journal store whose commits the test lets through, slows down or makes fail."""

    def __init__(self) -> None:
        self.batches: list[list[AppendRequest]] = []
        self.is_open = asyncio.Event()
        self.is_open.set()
        self.is_away = False
        self.poison: set[UUID] = set()
        self.is_closed = False

    async def commit(self, requests: Sequence[AppendRequest]) -> Decision:
        self.batches.append(list(requests))
        await self.is_open.wait()
        if self.is_away:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error
        if any(request.attempt_id in self.poison for request in requests):
            raise ValueError("the database cannot take this")
        return decide(requests, {r.attempt_id: make_head(r.attempt_id) for r in requests}, {}, {})

    async def close(self) -> None:
        self.is_closed = True


def request_of(number: int) -> AppendRequest:
    attempt_id = UUID(int=number)
    return make_request(attempt_id, make_operations(attempt_id, 1))


def last_seq(outcome: Outcome) -> int:
    assert outcome.admission is not None
    return outcome.admission.head.last_seq


async def queued(writer: JournalWriter, *numbers: int) -> list[asyncio.Task[Outcome]]:
    """Return waiting appends, once all of them stand in the queue."""
    tasks = [asyncio.create_task(writer.append(request_of(number))) for number in numbers]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_an_append_is_answered_only_after_the_commit() -> None:
    store = StoreInMemory()
    store.is_open.clear()
    async with JournalWriter(store).running() as writer:
        [waiting] = await queued(writer, 1)
        await asyncio.sleep(0.05)
        assert store.batches == [[request_of(1)]]
        assert not waiting.done()
        store.is_open.set()
        assert last_seq(await waiting) == 1


async def test_what_arrives_during_a_commit_goes_into_the_next_one_together() -> None:
    store = StoreInMemory()
    store.is_open.clear()
    async with JournalWriter(store).running() as writer:
        first = await queued(writer, 1)
        others = await queued(writer, *range(2, 12))
        store.is_open.set()
        await asyncio.gather(*first, *others)
    assert [len(batch) for batch in store.batches] == [1, 10]


async def test_a_commit_takes_no_more_requests_than_allowed() -> None:
    store = StoreInMemory()
    store.is_open.clear()
    async with JournalWriter(store, largest_commit=4).running() as writer:
        waiting = await queued(writer, *range(1, 11))
        store.is_open.set()
        await asyncio.gather(*waiting)
    assert max(len(batch) for batch in store.batches) == 4
    assert sum(len(batch) for batch in store.batches) == 10


async def test_a_full_queue_refuses_at_once_and_says_when_to_come_back() -> None:
    store = StoreInMemory()
    store.is_open.clear()
    async with JournalWriter(store, longest_queue=3).running() as writer:
        committing = await queued(writer, 1)
        waiting = await queued(writer, 2, 3, 4)
        with pytest.raises(BusyError) as refused:
            await writer.append(request_of(5))
        assert refused.value.retry_after is not None
        assert refused.value.retry_after > 0
        store.is_open.set()
        assert [last_seq(outcome) for outcome in await asyncio.gather(*committing, *waiting)] == [1, 1, 1, 1]
        assert last_seq(await writer.append(request_of(5))) == 1


async def test_health_rises_with_the_queue_and_falls_again() -> None:
    store = StoreInMemory()
    store.is_open.clear()
    async with JournalWriter(store, longest_queue=10).running() as writer:
        assert writer.health == 0
        waiting = await queued(writer, 1)
        seen = []
        for number in range(2, 12):
            waiting += await queued(writer, number)
            seen.append(writer.health)
        assert seen == list(range(1, 11))
        store.is_open.set()
        await asyncio.gather(*waiting)
        assert writer.health == 0


async def test_a_slow_disk_is_told_even_when_nobody_waits() -> None:
    store = StoreInMemory()
    store.is_open.clear()
    async with JournalWriter(store).running() as writer:
        [waiting] = await queued(writer, 1)
        await asyncio.sleep(0.35)
        store.is_open.set()
        await waiting
        assert 3 <= writer.health <= 10


async def test_stopping_writes_what_was_accepted_and_takes_nothing_more() -> None:
    store = StoreInMemory()
    store.is_open.clear()
    writer = JournalWriter(store)
    running = writer.running()
    await running.__aenter__()
    waiting = await queued(writer, 1, 2, 3)
    stopping = asyncio.create_task(running.__aexit__(None, None, None))
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await writer.append(request_of(4))
    assert not store.is_closed
    store.is_open.set()
    async with asyncio.timeout(10):
        await stopping
        assert [last_seq(outcome) for outcome in await asyncio.gather(*waiting)] == [1, 1, 1]
    assert store.is_closed


async def test_one_request_the_database_cannot_take_does_not_fail_the_others() -> None:
    store = StoreInMemory()
    store.is_open.clear()
    store.poison = {UUID(int=3)}
    async with JournalWriter(store).running() as writer:
        first = await queued(writer, 1)
        waiting = await queued(writer, 2, 3, 4)
        store.is_open.set()
        async with asyncio.timeout(10):
            results = await asyncio.gather(*first, *waiting, return_exceptions=True)
    assert [isinstance(result, BusyError) for result in results] == [False, False, True, False]
    assert [last_seq(result) for result in results if isinstance(result, Outcome)] == [1, 1, 1]


async def test_while_the_database_is_away_all_are_told_to_come_back_and_later_it_works() -> None:
    store = StoreInMemory()
    store.is_open.clear()
    store.is_away = True
    async with JournalWriter(store).running() as writer:
        first = await queued(writer, 1)
        waiting = await queued(writer, 2, 3, 4)
        store.is_open.set()
        results = await asyncio.gather(*first, *waiting, return_exceptions=True)
        assert all(isinstance(result, BusyError) for result in results)
        # A database that is away is not asked again for each request of the batch.
        assert [len(batch) for batch in store.batches] == [1, 3]
        store.is_away = False
        assert last_seq(await writer.append(request_of(2))) == 1


async def test_a_browser_that_hangs_up_neither_loses_its_work_nor_holds_up_the_writer() -> None:
    store = StoreInMemory()
    store.is_open.clear()
    async with JournalWriter(store).running() as writer:
        first = await queued(writer, 1)
        [gone, stays] = await queued(writer, 2, 3)
        gone.cancel()
        store.is_open.set()
        await asyncio.gather(*first, stays)
        with pytest.raises(asyncio.CancelledError):
            await gone
    written = [request.attempt_id for batch in store.batches for request in batch]
    assert written == [UUID(int=1), UUID(int=2), UUID(int=3)]
