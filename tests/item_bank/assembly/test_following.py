"""An assembly under way: what is seen of it, and giving it up."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from item_bank.assembly import jobs as assembly_jobs
from tests.conftest import ClientFactory, computing, finish_jobs
from tests.item_bank.assembly.banks import assemble, make_blueprint, plan, read, small_bank, store_items
from tests.item_bank.assembly.slow_solving import search_for_ever

pytestmark = computing


async def test_a_search_under_way_shows_value_and_bound_and_is_cancelled_at_once(
    app: FastAPI, client_for: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly_jobs, "solve", search_for_ever)
    one, inspector = await client_for("board_member"), await client_for("inspector")
    await store_items(app, small_bank())
    blueprint = await make_blueprint(one, plan())
    started = (await one.post("/api/assemblies", json={"blueprint_id": blueprint, "form_count": 2})).json()
    path = f"/api/assemblies/{started['assembly_id']}"
    async with asyncio.timeout(40):
        while True:
            seen: dict[str, Any] = (await inspector.get(f"{path}/progress")).json()
            if seen["trail"] and seen["trail"][-1]["bound"] == 1.0:
                break
            await asyncio.sleep(0.05)
    assert (seen["status"], seen["form_count"], seen["is_target"]) == ("running", 2, False)
    assert 0.0 < seen["progress"] < 1.0
    assert "2/2" in seen["message"]
    last = seen["trail"][-1]
    assert (last["stage"], last["forms_done"], last["bound"]) == ("improving", 2, 1.0)
    assert [point["seconds"] for point in seen["trail"]] == sorted(point["seconds"] for point in seen["trail"])

    refused = await one.delete(path)
    assert refused.json()["code"] == "assembly_not_deletable"
    cancelled = await one.post(f"{path}/cancellation")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    async with asyncio.timeout(5):
        assert (await finish_jobs(one, started["job_id"]))["status"] == "cancelled"
    assert (await read(one, started["assembly_id"]))["forms"] == []
    assert (await one.post(f"{path}/cancellation")).json()["code"] == "assembly_not_running"
    assert (await one.delete(path)).status_code == 204


async def test_an_assembly_that_has_ended_cannot_be_given_up(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    view = await assemble(board, await make_blueprint(board, plan()))
    refused = await board.post(f"/api/assemblies/{view['id']}/cancellation")
    assert (refused.status_code, refused.json()["code"]) == (409, "assembly_not_running")
    assert (await read(board, view["id"]))["status"] == "assembled"
