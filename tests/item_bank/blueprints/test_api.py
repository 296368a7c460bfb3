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


def cell(module: str, level: str, minimum: int, maximum: int) -> dict[str, Any]:
    return {"module_code": module, "cognitive_level": level, "minimum": minimum, "maximum": maximum}


RANGES = [cell("IU01", "NB", 1, 4), cell("IU02", "NB", 0, 3), cell("IU02", "TH", 1, 3)]


async def test_a_blueprint_of_ranges_keeps_everything_it_states(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    stated = plan(
        cells=RANGES,
        module_totals=[{"module_code": "IU02", "minimum": 2, "maximum": 4}],
        level_totals=[{"cognitive_level": "TH", "minimum": 1, "maximum": 2}],
        key_balance={"minimum": 1, "maximum": 2},
        words={"minimum": None, "maximum": 500},
        seconds={"minimum": 120, "maximum": None},
        seconds_per_item={"NB": 30, "TH": 45, "VD": 60, "VDC": 90},
        rest_months=6,
        maximum_previous_uses=2,
        recent_overlap={"maximum_items": 3, "months": 12},
        objective={"kind": "target", "points": [{"theta": -0.3, "information": 2.5}], "tolerance": 0.02},
        closeness=None,
    )
    created = await board.post("/api/blueprints", json=stated)
    assert created.status_code == 201, created.text
    stored = (await board.get(f"/api/blueprints/{created.json()['id']}")).json()
    assert {name: stored[name] for name in stated} == stated


async def test_what_is_not_said_is_the_usual_rule(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    view = (await board.post("/api/blueprints", json=plan())).json()
    assert view["objective"] == {"kind": "maximin", "offset": 1.0}
    assert view["closeness"] == {"tolerance": 0.05, "offset": 1.0}
    assert [view[name] for name in ("key_balance", "words", "seconds", "rest_months", "recent_overlap")] == [None] * 5


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"form_length": 1}, ("form_length", "blueprint_sum")),
        ({"form_length": 11}, ("form_length", "blueprint_sum")),
        ({"cells": [*RANGES, cell("IU03", "NB", 2, 1)]}, ("cells.3", "blueprint_range_empty")),
        ({"key_balance": {"minimum": 3, "maximum": 2}}, ("key_balance", "blueprint_range_empty")),
        ({"key_balance": {"minimum": 2, "maximum": 2}}, ("key_balance", "blueprint_key_sum")),
        ({"words": {"minimum": 9, "maximum": 8}}, ("words", "blueprint_range_empty")),
        (
            {"module_totals": [{"module_code": "IU02", "minimum": 7, "maximum": 9}]},
            ("module_totals.0", "blueprint_total_against_cells"),
        ),
        (
            {"level_totals": [{"cognitive_level": "TH", "minimum": 0, "maximum": 0}]},
            ("level_totals.0", "blueprint_total_against_cells"),
        ),
        (
            {"module_totals": [{"module_code": "IU02", "minimum": 1, "maximum": 1}], "form_length": 6},
            ("module_totals", "blueprint_module_sum"),
        ),
        (
            {"level_totals": [{"cognitive_level": "NB", "minimum": 1, "maximum": 1}]},
            ("level_totals", "blueprint_level_sum"),
        ),
        (
            {"module_totals": [{"module_code": "IU77", "minimum": 0, "maximum": 1}]},
            ("module_totals.0", "blueprint_module_unknown"),
        ),
        (
            {"module_totals": [{"module_code": "IU02", "minimum": 1, "maximum": 4}] * 2},
            ("module_totals.1", "blueprint_module_repeated"),
        ),
        (
            {"level_totals": [{"cognitive_level": "TH", "minimum": 1, "maximum": 3}] * 2},
            ("level_totals.1", "blueprint_level_repeated"),
        ),
        (
            {"objective": {"kind": "target", "points": [{"theta": 0.0, "information": 2.0}] * 2}},
            ("objective.points.1", "blueprint_point_repeated"),
        ),
    ],
)
async def test_a_blueprint_that_no_form_could_meet_is_refused_at_the_place(
    client_for: ClientFactory, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    board = await client_for("board_member")
    assert await faults(board, plan(cells=RANGES) | changes) == [expected]


@pytest.mark.parametrize("form_length", [2, 10])
async def test_a_form_may_be_as_short_and_as_long_as_its_cells_allow(
    client_for: ClientFactory, form_length: int
) -> None:
    board = await client_for("board_member")
    created = await board.post("/api/blueprints", json=plan(cells=RANGES, form_length=form_length))
    assert created.status_code == 201, created.text


async def test_the_supply_is_told_before_a_blueprint_is_stored(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    assert (await board.get("/api/blueprints/supply")).json() == {"cells": []}
