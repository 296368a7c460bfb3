"""Parameters of what candidates answered: of that wording and that key, whatever became of the item since."""

import dataclasses
from typing import Any
from uuid import UUID, uuid4

import pytest

from exam_engine.core.db import Database
from exam_engine.psychometrics import ItemParameters
from item_bank.items.answered_parameters import parameters_of_versions
from item_bank.items.records import ItemRecord
from tests.choice_items import choice_key
from tests.item_bank.items.test_service import METADATA, REWORDED, draft, put_in_force, save

RECLASSIFIED = {"metadata": dataclasses.replace(METADATA, cognitive_level="TH")}


async def saved(database: Database, *changes: dict[str, Any]) -> list[ItemRecord]:
    """Save the item once as it was and once with each of the changes."""
    records = []
    for change in ({}, *changes):
        async with database.write() as session:
            records.append(await save(session, draft(**change)))
    return records


async def answered(database: Database, *versions: UUID) -> list[dict[str, Any]]:
    async with database.read() as session:
        return await parameters_of_versions(session, versions)


@pytest.mark.parametrize(
    ("change", "is_same"),
    [(RECLASSIFIED, True), (REWORDED, False), ({"key": choice_key(1)}, False)],
    ids=["another level", "another wording", "another key"],
)
async def test_an_older_version_has_the_parameters_only_if_it_said_and_asked_the_same(
    database: Database, change: dict[str, Any], is_same: bool
) -> None:
    old, now = await saved(database, change)
    assert await answered(database, old.version.id, now.version.id) == []
    async with database.write() as session:
        assert await put_in_force(session, now) == []
    found = await answered(database, old.version.id, now.version.id)
    assert {entry["name"] for entry in found} == {str(now.version.id)} | ({str(old.version.id)} if is_same else set())
    # As they were put in force: 1.1 (θ + 0.2), without a lower asymptote.
    assert {(entry["model"], entry["a"], round(entry["d"], 12)) for entry in found} == {("2PL", 1.1, 0.22)}
    assert ItemParameters.from_dict(found).names == tuple(entry["name"] for entry in found)


async def test_a_wording_that_came_back_is_the_same_again(database: Database) -> None:
    first, between, now = await saved(database, REWORDED, {})
    async with database.write() as session:
        await put_in_force(session, now)
    found = await answered(database, first.version.id, between.version.id)
    assert [entry["name"] for entry in found] == [str(first.version.id)]


async def test_versions_that_nobody_knows_have_none(database: Database) -> None:
    assert await answered(database) == []
    assert await answered(database, uuid4()) == []
