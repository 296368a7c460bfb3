"""Rules that the database holds by itself, and parameters that follow or leave an item."""

import dataclasses
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import Database
from item_bank.items import service
from item_bank.items.content import ItemDraft, ItemMetadata
from item_bank.items.deciding import act
from item_bank.items.models import ItemApproval
from item_bank.items.pool import pool_rows, supply
from item_bank.items.records import ItemRecord
from item_bank.items.saving import save_drafts
from item_bank.items.service import NewParameters
from item_bank.syllabus import service as syllabus_service
from tests.choice_items import choice_content, choice_key
from tests.conftest import NINE, make_actor

METADATA = ItemMetadata("IU04", "IU04.5", "NB", Decimal(1))


def draft(**changes: Any) -> ItemDraft:
    item = ItemDraft("IU04-001", choice_content("Hàm nào tính tổng?", ("SUM", "MAX")), choice_key(0), METADATA)
    return dataclasses.replace(item, **changes)


REWORDED = {"content": choice_content("Hàm nào cộng các số?", ("SUM", "MAX"))}


async def save(session: AsyncSession, item: ItemDraft) -> ItemRecord:
    await syllabus_service.load_shipped(session)
    await save_drafts(session, drafts=[item], actor=make_actor("item_author"), now=NINE)
    return (await service.items_by_code(session, ["IU04-001"]))["IU04-001"]


async def put_in_force(session: AsyncSession, record: ItemRecord) -> list[str]:
    row = NewParameters(
        record.item.id, record.version.id, 1.1, -0.2, 0.1, 0.1, None, None, None, None, None, 0.6, 0.4, 500
    )
    return await service.put_parameters_in_force(session, calibration_id=uuid4(), parameters=[row], is_simulated=False)


async def test_the_database_refuses_an_approval_by_the_author(database: Database) -> None:
    async with database.write() as session:
        record = await save(session, draft())
    author = record.version.author_id
    with pytest.raises(sa.exc.IntegrityError, match="second_person"):
        async with database.write() as session:
            session.add(
                ItemApproval(
                    item_version_id=record.version.id,
                    author_id=author,
                    key_author_id=uuid4(),
                    approved_by=author,
                    approved_by_name="Người thử",
                    approved_at=NINE,
                )
            )


@pytest.mark.parametrize(
    ("change", "keeps"),
    [
        ({"explanation": "SUM cộng các số."}, True),
        ({"metadata": dataclasses.replace(METADATA, cognitive_level="TH")}, True),
        (REWORDED, False),
        ({"key": choice_key(1)}, False),
    ],
)
async def test_parameters_stay_only_while_candidates_are_asked_the_same(
    database: Database, change: dict[str, Any], keeps: bool
) -> None:
    async with database.write() as session:
        await put_in_force(session, await save(session, draft()))
    async with database.write() as session:
        changed = await save(session, draft(**change))
        assert changed.version.version_number == 2
        assert (changed.parameters is not None) is keeps


async def test_parameters_estimated_from_an_older_wording_do_not_come_into_force(database: Database) -> None:
    async with database.write() as session:
        old = await save(session, draft())
        await save(session, draft(**REWORDED))
        assert await put_in_force(session, old) == ["IU04-001"]
        assert (await service.items_by_code(session, ["IU04-001"]))["IU04-001"].parameters is None


async def test_parameters_survive_a_change_of_classification_after_the_pilot(database: Database) -> None:
    async with database.write() as session:
        old = await save(session, draft())
        await save(session, draft(metadata=dataclasses.replace(METADATA, cognitive_level="TH")))
        assert await put_in_force(session, old) == []
        parameters = (await service.items_by_code(session, ["IU04-001"]))["IU04-001"].parameters
        assert parameters is not None
        assert parameters.a == 1.1


@pytest.mark.parametrize(("a", "usable"), [(0.8, 1), (-0.8, 0)])
async def test_an_item_that_able_candidates_miss_is_not_in_the_supply(
    database: Database, a: float, usable: int
) -> None:
    async with database.write() as session:
        record = await save(session, draft())
        for name, role in (("submit", "item_author"), ("approve", "item_reviewer")):
            outcome = await act(
                session,
                name,  # type: ignore[arg-type]
                item_ids=[record.item.id],
                wanted=None,
                actor=make_actor(role),
                now=NINE + timedelta(hours=1),
            )
            assert outcome.done == 1
        row = NewParameters(
            record.item.id, record.version.id, a, 0.0, 0.1, 0.1, None, None, None, None, None, 0.6, -0.4, 500
        )
        await service.put_parameters_in_force(session, calibration_id=uuid4(), parameters=[row], is_simulated=False)
        pool = await pool_rows(session)
        assert [(row.code, row.is_simulated) for row in pool] == [(record.item.code, False)] * usable
        assert (await supply(session)).get(("IU04", "NB"), 0) == usable
