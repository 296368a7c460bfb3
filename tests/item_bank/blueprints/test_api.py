"""Blueprints over HTTP."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import ClientFactory

CELLS = [
    {"module_code": "IU01", "cognitive_level": "NB", "minimum": 3, "maximum": 3},
    {"module_code": "IU02", "cognitive_level": "TH", "minimum": 2, "maximum": 2},
]


def plan(**changes: Any) -> dict[str, Any]:
    return {"name": "Cơ bản", "form_length": 5, "duration_minutes": 45, "cut_theta": -0.3, "cells": CELLS} | changes


async def faults(client: AsyncClient, body: dict[str, Any]) -> list[tuple[str, str]]:
    refused = await client.post("/api/blueprints", json=body)
    assert refused.status_code == 422
    return [(error["place"], error["code"]) for error in refused.json()["errors"]]


async def test_a_blueprint_is_stored_and_replaced(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    created = await board.post("/api/blueprints", json=plan())
    assert created.status_code == 201
    path = f"/api/blueprints/{created.json()['id']}"
    assert created.json()["cells"] == CELLS
    changed = plan(name="Cơ bản, rút gọn", form_length=3, cells=CELLS[:1])
    assert (await board.put(path, json=changed)).status_code == 200
    view = (await board.get(path)).json()
    assert (view["name"], view["form_length"], view["cells"]) == ("Cơ bản, rút gọn", 3, CELLS[:1])
    assert (await board.get("/api/blueprints")).json()["total"] == 1


@pytest.mark.parametrize("form_length", [4, 6])
async def test_cells_must_add_up_to_the_length_of_the_form(client_for: ClientFactory, form_length: int) -> None:
    board = await client_for("board_member")
    assert await faults(board, plan(form_length=form_length)) == [("form_length", "blueprint_sum")]


async def test_a_cell_given_twice_or_of_an_unknown_module_is_named(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    assert await faults(board, plan(form_length=8, cells=[*CELLS, CELLS[0]])) == [
        ("cells.2", "blueprint_cell_repeated")
    ]
    unknown = {"module_code": "IU77", "cognitive_level": "NB", "minimum": 1, "maximum": 1}
    assert await faults(board, plan(form_length=6, cells=[*CELLS, unknown])) == [
        ("cells.2", "blueprint_module_unknown")
    ]


async def test_two_blueprints_cannot_share_a_name_but_one_may_keep_its_own(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    first = (await board.post("/api/blueprints", json=plan())).json()
    taken = await board.post("/api/blueprints", json=plan())
    assert (taken.status_code, taken.json()["code"]) == (409, "blueprint_name_taken")
    assert (await board.put(f"/api/blueprints/{first['id']}", json=plan(duration_minutes=50))).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"cut_theta": 4.5},
        {"cut_theta": "NaN"},
        {"form_length": 0},
        {"duration_minutes": 0},
        {"cells": []},
        {"name": "  "},
        {"extra": 1},
    ],
)
async def test_figures_outside_their_range_are_refused(client_for: ClientFactory, change: dict[str, Any]) -> None:
    board = await client_for("board_member")
    assert (await board.post("/api/blueprints", json=plan(**change))).status_code == 422


async def test_an_inspector_reads_blueprints_and_writes_none(client_for: ClientFactory) -> None:
    inspector = await client_for("inspector")
    assert (await inspector.get("/api/blueprints")).status_code == 200
    assert (await inspector.post("/api/blueprints", json=plan())).status_code == 403
