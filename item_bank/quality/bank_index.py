"""The index of the whole bank that an application process keeps, brought up to date before each answer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

from fastapi import FastAPI, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.interactions.content import CONTENT
from item_bank.items.queries import batches
from item_bank.quality import queries
from item_bank.quality.duplicates import DuplicateIndex
from item_bank.quality.queries import TextRow
from item_bank.quality.reading import item_text

T = TypeVar("T")


class BankIndex:
    """One index of all items, whatever their status, built at the first question.

    The marker of change is the number of versions that the question's transaction sees. Saving a text adds one,
    versions are never changed or removed, so that a higher number, and only that, means other texts. A transaction
    that sees fewer than an earlier question did is older; the index is then ahead of it.
    """

    def __init__(self) -> None:
        self._index = DuplicateIndex()
        self._versions_seen = 0
        self._numbers: dict[UUID, int] = {}
        self._lock = asyncio.Lock()
        # One thread of its own: work on the index stays in order even when a request is broken off halfway.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bank-index")

    async def ask(self, session: AsyncSession, question: Callable[[DuplicateIndex], T]) -> T:
        """Return the answer of an index that holds all that the session's transaction sees.

        Questions wait for each other and are worked on outside the event loop.
        """
        async with self._lock:
            await self._catch_up(session)
            return await asyncio.get_running_loop().run_in_executor(self._thread, question, self._index)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)

    async def _catch_up(self, session: AsyncSession) -> None:
        versions = await queries.count_versions(session)
        if versions <= self._versions_seen:
            return
        # Where statements see what was committed in between, the numbers may be ahead of the count: never behind it.
        current = await queries.version_numbers(session)
        changed = sorted(item_id for item_id, number in current.items() if number > self._numbers.get(item_id, 0))
        for batch in batches(changed):
            rows = await queries.text_rows(session, batch)
            await asyncio.get_running_loop().run_in_executor(self._thread, self._take_in, rows)
        self._versions_seen = versions

    def _take_in(self, rows: Sequence[TextRow]) -> None:
        for row in rows:
            if row.version_number <= self._numbers.get(row.item_id, 0):
                continue
            content = CONTENT.validate_python(row.content)
            self._index.add(row.code, item_text(content, row.stem_text))
            self._numbers[row.item_id] = row.version_number


@asynccontextmanager
async def kept_bank_index(app: FastAPI) -> AsyncIterator[None]:
    """Keep one index as long as the server runs."""
    index = app.state.bank_index = BankIndex()
    try:
        yield
    finally:
        await asyncio.to_thread(index.close)


def bank_index_of(request: Request) -> BankIndex:
    """Return the index of the application."""
    index: BankIndex = request.app.state.bank_index
    return index
