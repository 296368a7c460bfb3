"""The index follows the bank whatever changes it, and each database alike."""

import random
from contextlib import suppress
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from exam_engine.core.db import Database
from item_bank.items.models import Item, ItemParameters
from item_bank.items.records import ItemFilter
from item_bank.items.search.queries import search
from tests.item_bank.items.search.banks import Known, random_bank, store


async def a_bank(database: Database) -> list[Known]:
    bank = [replace(known, p=0.5) for known in random_bank(random.Random(5), 6)]
    async with database.write() as session:
        await store(session, bank)
    return bank


async def change(database: Database, known: Known, **values: Any) -> None:
    async with database.write() as session:
        item = (await session.exec(select(Item).where(Item.id == known.id))).one()
        item.sqlmodel_update(values)
        session.add(item)


async def codes(database: Database, q: str = "", **chips: Any) -> list[str]:
    async with database.read() as session:
        found = await search(session, ItemFilter(q=q, **chips), sort="code", offset=0, limit=100)
        assert found.total == len(found.items)
        return [listed.item.code for listed in found.items]


async def test_new_words_are_found_and_old_ones_no_more(database: Database) -> None:
    bank = await a_bank(database)
    await change(database, bank[0], search_text="hoang hon\nbinh minh")
    assert await codes(database, '"binh minh"') == [bank[0].code]
    await change(database, bank[0], search_text="sang som\nchieu ta")
    assert await codes(database, '"binh minh"') == []
    assert await codes(database, "sang -som") == []
    assert await codes(database, "chieu") == [bank[0].code]


async def test_a_status_changed_by_an_object_or_by_a_statement_is_counted(database: Database) -> None:
    bank = await a_bank(database)
    await change(database, bank[0], status="suspended")
    assert await codes(database, statuses=("suspended",)) == [bank[0].code]
    async with database.write() as session:
        await session.exec(sa.update(Item).values(status="retired"))
    assert len(await codes(database, "status:retired")) == len(bank)
    async with database.read() as session:
        facets = (await search(session, ItemFilter(), sort="code", offset=0, limit=1)).facets
    assert facets["status"] == {"retired": len(bank)}


async def test_parameters_come_and_go(database: Database) -> None:
    bank = await a_bank(database)
    assert len(await codes(database, "has:parameters p:0.5")) == len(bank)
    async with database.write() as session:
        await session.exec(sa.update(ItemParameters).where(col(ItemParameters.item_id) == bank[0].id).values(p=0.75))
        await session.exec(sa.delete(ItemParameters).where(col(ItemParameters.item_id) == bank[1].id))
    assert await codes(database, "p:>0.7") == [bank[0].code]
    assert await codes(database, "-has:parameters") == [bank[1].code]


async def test_a_deleted_item_leaves_nothing_behind(database: Database) -> None:
    bank = await a_bank(database)
    async with database.write() as session:
        for table in ("item_parameters", "item_version"):
            await session.exec(sa.text(f"DELETE FROM {table}"))  # type: ignore[call-overload]
        await session.exec(sa.delete(Item).where(col(Item.id) == bank[0].id))
    assert await codes(database) == sorted(known.code for known in bank[1:])
    async with database.read() as session:
        connection = await session.connection()
        for table in ("item_index", "item_words"):
            held = (await connection.execute(sa.text(f"SELECT count(*) FROM {table}"))).scalar_one()
            assert held == len(bank) - 1, table


class TakenBackError(Exception):
    """Rolls a transaction back."""


async def test_what_was_rolled_back_is_not_found(database: Database) -> None:
    bank = await a_bank(database)
    with suppress(TakenBackError):
        async with database.write() as session:
            item = (await session.exec(select(Item).where(Item.id == bank[0].id))).one()
            item.search_text = "hoang hon\n"
            session.add(item)
            await session.flush()
            raise TakenBackError
    assert await codes(database, "hoang") == []


async def test_an_unknown_filter_finds_nothing_and_is_named(database: Database) -> None:
    await a_bank(database)
    async with database.read() as session:
        found = await search(session, ItemFilter(q="status:drafty bang"), sort="fit", offset=0, limit=10)
    assert (found.total, found.items, found.unknown) == (0, [], ("status:drafty",))
