"""The board changes what a rule-set says of the exam's window, over HTTP."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from exam_engine.audit.models import AuditEntry
from exam_engine.sittings.rule_sets import load_default_rule_sets
from tests.conftest import ClientFactory

CODE = "TTLT17-2016-basic"
PATH = f"/api/rule-sets/{CODE}/window"
SECTION = {
    "fullscreen": True,
    "blocks": ["copy"],
    "events": {
        "focus": {"severity": "note", "repeated_from": 3, "repeated_as": "serious"},
        "print": {"severity": "ignored"},
    },
}


@pytest.fixture(autouse=True)
async def rule_sets(app: FastAPI) -> None:
    """Store the rule-sets that come with the product."""
    async with app.state.database.write() as session:
        await load_default_rule_sets(session)


async def rule_of(board: Any) -> dict[str, Any]:
    found = (await board.get("/api/rule-sets")).json()["items"]
    rule: dict[str, Any] = next(one["rule"] for one in found if one["code"] == CODE)
    return rule


async def test_the_section_changes_and_nothing_else_of_the_rule(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    before = await rule_of(board)
    response = await board.put(PATH, json=SECTION)
    assert response.status_code == 200, response.text
    after = await rule_of(board)
    assert after == {**before, "lockdown": SECTION}
    assert response.json()["rule"] == after
    async with app.state.database.read() as session:
        entries = (await session.exec(select(AuditEntry).where(AuditEntry.object_type == "rule_set"))).all()
    assert [(entry.action, entry.details) for entry in entries] == [("rule_set.lockdown_changed", {"rule_set": CODE})]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "wrong",
    [
        {"events": {"focus": {"severity": "note", "repeated_from": 3}}},
        {"events": {"focus": {"severity": "serious", "repeated_from": 3, "repeated_as": "warning"}}},
        {"events": {"focus": {"severity": "note", "repeated_from": 1, "repeated_as": "warning"}}},
        {"events": {"weather": {"severity": "note"}}},
        {"events": {"focus": {"severity": "grave"}}},
        {"blocks": ["copy", "copy"]},
        {"blocks": ["breathing"]},
        {"colour": "red"},
    ],
)
async def test_what_cannot_be_read_is_refused_and_the_rule_stays(
    client_for: ClientFactory, wrong: dict[str, Any]
) -> None:
    board = await client_for("board_member")
    before = await rule_of(board)
    assert (await board.put(PATH, json=wrong)).status_code == 422
    assert await rule_of(board) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_rule_set_that_is_not_there_is_named(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    response = await board.put("/api/rule-sets/NONE/window", json=SECTION)
    assert (response.status_code, response.json()["code"]) == (404, "unknown_rule_set")
