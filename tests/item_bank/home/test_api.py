"""What waits is counted for the person who asks, by what they may do."""

from typing import Any

from httpx import AsyncClient

from tests.conftest import ClientFactory
from tests.item_bank.authoring.bodies import created


async def waiting(client: AsyncClient) -> dict[str, Any]:
    tasks = (await client.get("/api/home")).json()["tasks"]
    return {task["kind"]: (task["count"], task["names"]) for task in tasks}


async def test_work_goes_from_author_to_reviewer_and_back(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await created(author, code="A-1")
    await created(author, code="A-2")
    assert (await waiting(author))["my_drafts"] == (2, ["A-1", "A-2"])
    assert (await waiting(reviewer))["to_review"] == (0, [])
    await author.post("/api/items/submissions", json={"item_ids": [item["id"]]})
    assert (await waiting(author))["my_drafts"] == (1, ["A-2"])
    assert (await waiting(reviewer))["to_review"] == (1, ["A-1"])
    await reviewer.post("/api/items/returns", json={"item_ids": [item["id"]], "note": "Sửa thân câu."})
    assert (await waiting(author))["returned_to_me"] == (1, ["A-1"])
    assert (await waiting(reviewer))["to_review"] == (0, [])


async def test_nobody_is_asked_to_review_what_they_wrote(client_for: ClientFactory) -> None:
    both, other = await client_for("item_author", "item_reviewer"), await client_for("item_reviewer")
    item = await created(both, code="A-1")
    await both.post("/api/items/submissions", json={"item_ids": [item["id"]]})
    assert (await waiting(both))["to_review"] == (0, [])
    assert (await waiting(other))["to_review"] == (1, ["A-1"])
    await other.post("/api/items/approvals", json={"item_ids": [item["id"]]})
    assert (await waiting(other))["approved_unused"] == (1, ["A-1"])


async def test_a_blueprint_that_the_bank_cannot_serve_is_named(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    body = {
        "name": "Cơ bản",
        "form_length": 4,
        "duration_minutes": 30,
        "cut_theta": 0.0,
        "cells": [{"module_code": "IU04", "cognitive_level": "NB", "minimum": 4, "maximum": 4}],
    }
    stored = await board.post("/api/blueprints", json=body)
    assert stored.status_code == 201, stored.text
    assert (await waiting(board))["blueprints_unserved"] == (1, ["Cơ bản"])


async def test_each_role_sees_its_own_kinds_of_work(client_for: ClientFactory) -> None:
    kinds = {
        role: set(await waiting(await client_for(role)))
        for role in ("administrator", "item_author", "item_reviewer", "board_member", "inspector")
    }
    assert kinds["administrator"] == set()
    assert kinds["item_author"] == {
        "returned_to_me",
        "comments_to_answer",
        "assigned_to_me",
        "my_drafts",
        "imports_waiting",
    }
    assert kinds["item_reviewer"] == {"to_review", "assigned_to_me", "approved_unused"}
    assert "calibrations_to_approve" in kinds["board_member"]
    assert "to_review" not in kinds["board_member"]
    assert kinds["inspector"] == {"assigned_to_me"}
