"""Feasibility over HTTP: a blueprint that is still written, against a stored bank."""

from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col

from item_bank.assembly.feasibility import service
from item_bank.items.models import Item
from tests.conftest import ClientFactory
from tests.item_bank.assembly.banks import cells, plan, small_bank, store_items

PATH = "/api/blueprints/feasibility"
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For tests that say nothing new about SQL."""


async def asked(client: AsyncClient, **changes: Any) -> dict[str, Any]:
    answered = await client.post(PATH, json=plan(**changes))
    assert answered.status_code == 200, answered.text
    view: dict[str, Any] = answered.json()
    return view


def short(view: dict[str, Any]) -> dict[str, float]:
    return {row["place"]: row["missing"] for row in view["demands"] if row["status"] == "short"}


async def test_what_is_missing_is_named_with_what_is_on_its_way(app: FastAPI, client_for: ClientFactory) -> None:
    ids = await store_items(app, small_bank(per_cell=4))
    async with app.state.database.write() as session:
        drafts = sa.update(Item).where(col(Item.id) == ids["IU03-VD1"]).values(status="in_review")
        await session.exec(drafts)
    board = await client_for("board_member")
    five = [*cells(2)[:2], {**cells(2)[2], "minimum": 5, "maximum": 5}, *cells(2)[3:]]
    view = await asked(board, cells=five, form_length=15)
    assert short(view) == {"form_length": 2, "cells.2": 2}
    (row,) = [row for row in view["demands"] if row["place"] == "cells.2"]
    assert (row["module_code"], row["cognitive_level"]) == ("IU03", "VD")
    assert row["message"] == (
        "IU03 · VD: cần 5, ngân hàng có 3; thêm 2 câu hoặc giảm yêu cầu. 1 câu đang soạn, phản biện hoặc thử nghiệm."
    )
    assert view["joint"]["status"] == "infeasible"
    assert [step["place"] for step in view["joint"]["repairs"][0]].count("cells.2") == 1
    assert view["pool_size"] == 23

    mended = await asked(board, cells=[*five[:2], {**five[2], "minimum": 3, "maximum": 3}, *five[3:]], form_length=13)
    assert (short(mended), mended["joint"]["status"]) == ({}, "feasible")


@on_one_database
async def test_the_advice_comes_in_the_language_of_the_reader(app: FastAPI, client_for: ClientFactory) -> None:
    await store_items(app, small_bank(per_cell=1))
    board = await client_for("board_member")
    answered = await board.post(PATH, json=plan(2), headers={"Accept-Language": "en"})
    messages = [row["message"] for row in answered.json()["demands"] if row["place"] == "cells.0"]
    assert messages == ["IU03 · NB: 2 needed, 1 in the bank; add 1 or ask for fewer."]


@on_one_database
async def test_a_draft_without_name_and_cells_is_told_what_the_bank_holds(
    app: FastAPI, client_for: ClientFactory
) -> None:
    await store_items(app, small_bank(per_cell=2))
    board = await client_for("board_member")
    view = await asked(board, name="", cells=[], form_length=40)
    assert {(row["module_code"], row["cognitive_level"]): row["available"] for row in view["cells"]} == {
        (module, level): 2 for module in ("IU03", "IU04") for level in ("NB", "TH", "VD")
    }
    assert (view["demands"], view["faults"], view["joint"]["status"]) == ([], [], "not_asked")


@on_one_database
async def test_a_contradiction_is_told_at_its_place_before_any_search(app: FastAPI, client_for: ClientFactory) -> None:
    await store_items(app, small_bank())
    board = await client_for("board_member")
    view = await asked(board, form_length=7)
    assert [(fault["place"], fault["code"]) for fault in view["faults"]] == [("form_length", "blueprint_sum")]
    assert view["joint"]["status"] == "not_asked"


@on_one_database
async def test_a_page_is_not_kept_waiting(
    app: FastAPI, client_for: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store_items(app, small_bank())
    monkeypatch.setattr(service, "LONGEST_SECONDS", 0.0)
    view = await asked(await client_for("board_member"))
    assert (view["joint"]["status"], short(view)) == ("unknown", {})


@on_one_database
async def test_whoever_may_read_blueprints_may_ask_and_nothing_is_stored(
    app: FastAPI, client_for: ClientFactory
) -> None:
    await store_items(app, small_bank())
    inspector = await client_for("inspector")
    assert (await inspector.post(PATH, json=plan())).status_code == 200
    assert (await inspector.get("/api/blueprints")).json()["total"] == 0
    author = await client_for("item_author")
    assert (await author.post(PATH, json=plan())).status_code == 403
