"""The index of a process follows the bank whatever happens to single requests."""

import asyncio
import threading

import pytest
from httpx import AsyncClient

from exam_engine.core.db import Database
from item_bank.quality.bank_index import BankIndex
from item_bank.quality.duplicates import DuplicateIndex, ItemText
from tests.conftest import ClientFactory
from tests.item_bank.makers import import_items, item_row

FIRST = item_row("IU04-001", stem="Trong Word, tổ hợp phím nào mở hộp thoại in văn bản đang soạn?")
SECOND = item_row("IU04-002", stem="Phần mở rộng nào là của tệp trang tính LibreOffice Calc?")


@pytest.fixture
async def author(client_for: ClientFactory) -> AsyncClient:
    return await client_for("item_author")


async def test_a_question_sees_all_that_its_transaction_sees(author: AsyncClient, database: Database) -> None:
    index = BankIndex()
    await import_items(author, [FIRST])
    async with database.read() as session:
        assert await index.ask(session, len) == 1
    await import_items(author, [SECOND])
    async with database.read() as session:
        assert await index.ask(session, len) == 2
    index.close()


async def test_a_question_broken_off_halfway_spoils_nothing(author: AsyncClient, database: Database) -> None:
    index = BankIndex()
    await import_items(author, [FIRST, SECOND])
    begun, go_on = threading.Event(), threading.Event()

    def slow(bank: DuplicateIndex) -> int:
        begun.set()
        go_on.wait(30)
        return len(bank)

    async with database.read() as session, database.read() as other:
        broken_off = asyncio.create_task(index.ask(session, slow))
        await asyncio.to_thread(begun.wait, 30)
        broken_off.cancel()
        with pytest.raises(asyncio.CancelledError):
            await broken_off
        waiting = asyncio.create_task(index.ask(other, len))
        await asyncio.sleep(0)
        # The next question waits for the thread, not only for the task that was broken off.
        assert not waiting.done()
        go_on.set()
        assert await waiting == 2
    index.close()


async def test_questions_at_the_same_time_take_the_bank_in_once(
    author: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = BankIndex()
    added: list[str] = []
    await import_items(author, [FIRST, SECOND])
    add = DuplicateIndex.add

    def counted(bank: DuplicateIndex, code: str, text: ItemText) -> None:
        added.append(code)
        add(bank, code, text)

    monkeypatch.setattr(DuplicateIndex, "add", counted)

    async def ask() -> int:
        async with database.read() as session:
            return await index.ask(session, len)

    assert await asyncio.gather(*(ask() for _ in range(5))) == [2] * 5
    assert sorted(added) == ["IU04-001", "IU04-002"]
    index.close()
