"""The syllabus as a board works on it, over HTTP: adding, renaming, ordering, retiring, removing, the record."""

import pytest
from sqlmodel import select

from exam_engine.audit import service as audit
from exam_engine.core.db import Database
from item_bank.items.models import Item
from item_bank.syllabus.service import find_syllabus, load_shipped
from item_bank.syllabus_editing import service
from tests.conftest import NINE, ClientFactory
from tests.item_bank.syllabus_editing.making import BOARD, change, codes, facts, store_item, tree


@pytest.mark.parametrize("role", ["item_author", "item_reviewer", "inspector"])
async def test_who_reads_items_reads_the_syllabus_but_only_the_board_changes_it(
    role: str, client_for: ClientFactory
) -> None:
    reader = await client_for(role)
    assert (await tree(reader))["IU01.4.2"]["name"] == "Phần mềm độc hại"
    body = {"framework_code": "TT03/2014", "parent_code": "IU08", "code": "IU08.1", "name": "Hàm"}
    assert (await reader.post("/api/syllabus/nodes", json=body)).status_code == 403


async def test_the_board_adds_what_nobody_has_published(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    for parent, code in (("IU08", "IU08.1"), ("IU08", "IU08.2"), ("IU08.1", "IU08.1.1"), ("IU08.1.1", "IU08.1.1.1")):
        body = {"framework_code": "TT03/2014", "parent_code": parent, "code": code, "name": f"  Tên\tcủa {code} "}
        stored = await board.post("/api/syllabus/nodes", json=body)
        assert (stored.status_code, stored.json()) == (201, {"code": code, "revision": 1})
    nodes = await tree(board)
    found = [(code, node["depth"], node["parent_code"]) for code, node in nodes.items() if code.startswith("IU08")]
    assert found == [
        ("IU08", 0, None),
        ("IU08.1", 1, "IU08"),
        ("IU08.1.1", 2, "IU08.1"),
        ("IU08.1.1.1", 3, "IU08.1.1"),
        ("IU08.2", 1, "IU08"),
    ]
    assert (nodes["IU08.1"]["name"], nodes["IU08.1"]["source"]) == ("Tên của IU08.1", "board")


async def test_a_refused_node_names_every_field_that_is_wrong_and_leaves_nothing(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    body = {
        "framework_code": "TT03/2014",
        "parent_code": "IU08",
        "code": "IU09.1",
        "name": " ",
        "valid_from": "2026-02-01",
        "valid_to": "2026-01-31",
        "replaced_by": "IU99",
    }
    refused = await board.post("/api/syllabus/nodes", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_syllabus_node")
    places = {fault["place"]: fault["code"] for fault in refused.json()["errors"]}
    assert places == {
        "code": "part_code_invalid",
        "name": "syllabus_name_missing",
        "valid_to": "last_day_before_first",
        "replaced_by": "successor_unknown",
    }
    assert "IU09.1" not in await tree(board)
    unknown = await board.post("/api/syllabus/nodes", json=body | {"framework_code": "TT99/2030"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "framework_not_found")


async def test_renaming_keeps_the_code_and_is_recorded_with_before_and_after(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    changed = await change(board, "IU04.5", name="Công thức và hàm", source="board", source_note="Biên bản 12")
    assert changed.json() == {"code": "IU04.5", "revision": 2}
    node = (await tree(board))["IU04.5"]
    assert (node["name"], node["source"], node["source_note"]) == ("Công thức và hàm", "board", "Biên bản 12")
    (entry,) = (await board.get("/api/syllabus/history", params={"code": "IU04.5"})).json()["entries"]
    assert entry["action"] == "syllabus.node_changed"
    assert entry["before"] == {"name": "Biểu thức và hàm", "source": "to_be_checked", "source_note": ""}
    assert entry["after"] == {"name": "Công thức và hàm", "source": "board", "source_note": "Biên bản 12"}


async def test_a_change_that_changes_nothing_leaves_no_entry(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    assert (await change(board, "IU04.5")).json()["revision"] == 1
    assert (await board.get("/api/syllabus/history", params={"code": "IU04.5"})).json() == {"entries": []}


async def test_nobody_overwrites_what_somebody_else_has_just_changed(client_for: ClientFactory) -> None:
    first, second = await client_for("board_member"), await client_for("board_member")
    seen = (await tree(second))["IU04.5"]["revision"]
    await change(first, "IU04.5", name="Tên của người thứ nhất")
    late = await change(second, "IU04.5", name="Tên của người thứ hai", revision=seen)
    assert (late.status_code, late.json()["code"]) == (409, "syllabus_changed")
    assert (await tree(second))["IU04.5"]["name"] == "Tên của người thứ nhất"


async def test_a_retired_node_stays_with_its_items_and_names_what_takes_over(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await change(board, "IU07.2", valid_to="2020-12-31", replaced_by="NLS3.1")
    nodes = await tree(board)
    assert (nodes["IU07.2"]["is_in_force"], nodes["IU07.2"]["replaced_by"]) == (False, "NLS3.1")
    # What lies in it goes with it; its sibling does not.
    assert (nodes["IU07.2.1"]["is_in_force"], nodes["IU07.1"]["is_in_force"]) == (False, True)
    await change(board, "IU07.2", valid_to=None, replaced_by=None)
    assert (await tree(board))["IU07.2.1"]["is_in_force"]
    entries = (await board.get("/api/syllabus/history", params={"code": "IU07.2"})).json()["entries"]
    assert [entry["action"] for entry in entries] == ["syllabus.node_restored", "syllabus.node_retired"]


async def test_siblings_are_put_in_order_and_an_order_names_each_of_them_once(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    wanted = ["IU06.5", "IU06.1", "IU06.2", "IU06.3", "IU06.4"]
    body = {"framework_code": "TT03/2014", "parent_code": "IU06", "codes": wanted}
    assert (await board.put("/api/syllabus/order", json=body)).status_code == 204
    assert [code for code in await tree(board) if code.startswith("IU06.")] == wanted
    for wrong in (wanted[:-1], [*wanted, "IU05.1"], [*wanted[:-1], "IU06.1"]):
        refused = await board.put("/api/syllabus/order", json=body | {"codes": wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_syllabus_order")
    modules = [f"IU{number:02d}" for number in range(15, 0, -1)]
    await board.put("/api/syllabus/order", json={"framework_code": "TT03/2014", "codes": modules})
    assert [code for code, node in (await tree(board)).items() if node["depth"] == 0] == modules


async def test_what_nothing_refers_to_is_removed(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    assert (await board.delete("/api/syllabus/nodes/IU06.5")).status_code == 204
    assert "IU06.5" not in await tree(board)
    gone = await board.delete("/api/syllabus/nodes/IU06.5")
    assert (gone.status_code, gone.json()["code"]) == (404, "syllabus_node_not_found")
    # The record of what was removed can still be read.
    (entry,) = (await board.get("/api/syllabus/history", params={"code": "IU06.5"})).json()["entries"]
    assert (entry["action"], entry["before"]["name"]) == (
        "syllabus.node_removed",
        "Một số dạng truyền thông số thông dụng",
    )


@pytest.mark.parametrize(
    ("code", "user"),
    [
        ("IU07.2.1", "syllabus_node_used_by_parts"),
        ("IU06.1", "syllabus_node_used_by_items"),
        ("IU06.2", "syllabus_node_used_by_items"),
        ("IU06.4", "syllabus_node_used_by_predecessors"),
        ("IU10", "syllabus_node_used_by_blueprints"),
        ("IU11", "syllabus_node_used_by_blueprints"),
    ],
)
async def test_what_something_refers_to_is_never_removed(code: str, user: str, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    database: Database = board._transport.app.state.database  # type: ignore[attr-defined]
    async with database.write() as session:
        await store_item(session, "IU06-001", "IU06.1")
        # Deeper than the syllabus knows, and retired: it counts all the same.
        await store_item(session, "IU06-002", "IU06.2.7", status="retired")
    await change(board, "IU06.5", valid_to="2020-12-31", replaced_by="IU06.4")
    cells = [{"module_code": "IU10", "cognitive_level": "NB", "minimum": 0, "maximum": 4}]
    cells += [{"module_code": "IU01", "cognitive_level": "NB", "minimum": 0, "maximum": 4}]
    totals = [{"module_code": "IU11", "minimum": 0, "maximum": 2}]
    plan = {"name": "M", "form_length": 4, "duration_minutes": 10, "cut_theta": 0.0, "cells": cells}
    (await board.post("/api/blueprints", json=plan | {"module_totals": totals})).raise_for_status()
    refused = await board.delete(f"/api/syllabus/nodes/{code}")
    assert (refused.status_code, refused.json()["code"], codes(refused)) == (409, "syllabus_node_in_use", [user])
    assert code in await tree(board)


async def test_items_count_at_the_deepest_part_known_and_at_everything_above(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    database: Database = board._transport.app.state.database  # type: ignore[attr-defined]
    async with database.write() as session:
        await store_item(session, "A-1", "IU01.1.1", "approved")
        await store_item(session, "A-2", "IU01.1.1.9", "draft")
        await store_item(session, "A-3", "IU01.1", "draft")
        await store_item(session, "A-4", "IU01", "retired")
    nodes = await tree(board)
    assert nodes["IU01.1.1"]["items"] == {"approved": 1, "draft": 1}
    assert nodes["IU01.1"]["items"] == {"approved": 1, "draft": 2}
    assert nodes["IU01"]["items"] == {"approved": 1, "draft": 2, "retired": 1}
    assert nodes["IU02"]["items"] == {}


async def test_items_that_named_a_section_before_it_was_known_lie_in_it_afterwards(database: Database) -> None:
    async with database.write() as session:
        await load_shipped(session)
        for code, reference in (("B-1", "IU08.1"), ("B-2", "IU08.1.3"), ("B-3", "IU08.11"), ("B-4", "IU08")):
            await store_item(session, code, reference)
        place = {"framework_code": "TT03/2014", "parent_code": "IU08", "code": "IU08.1"}
        await service.add_node(session, **place, facts=facts(), actor=BOARD, now=NINE)
        sections = dict((await session.exec(select(Item.code, Item.section_code))).all())
    assert sections == {"B-1": "IU08.1", "B-2": "IU08.1", "B-3": None, "B-4": None}


async def test_a_third_framework_stands_beside_the_two(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    framework = {
        "code": "MOS-2019",
        "name": "Chuẩn MOS",
        "legal_basis": "Quyết định của hội đồng",
        "valid_from": "2026-01-01",
    }
    assert (await board.post("/api/syllabus/frameworks", json=framework)).status_code == 201
    again = await board.post("/api/syllabus/frameworks", json=framework)
    assert (again.status_code, codes(again)) == (422, ["framework_code_taken"])
    module = {"framework_code": "MOS-2019", "code": "MOSW", "name": "Word"}
    assert (await board.post("/api/syllabus/nodes", json=module)).status_code == 201
    assert list(await tree(board, "MOS-2019")) == ["MOSW"]
    listed = (await board.get("/api/modules")).json()["items"]
    assert listed[-1]["code"] == "MOSW"
    # An item may be tagged in it at once.
    query = {"framework": "MOS-2019"}
    refused = await board.delete("/api/syllabus/frameworks", params=query)
    assert (refused.status_code, refused.json()["code"]) == (409, "framework_not_empty")
    await board.delete("/api/syllabus/nodes/MOSW")
    assert (await board.delete("/api/syllabus/frameworks", params=query)).status_code == 204
    assert (await board.delete("/api/syllabus/frameworks", params=query)).status_code == 404


async def test_a_framework_is_given_a_last_day_when_the_law_replaces_it(client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    frameworks = (await board.get("/api/syllabus")).json()["frameworks"]
    first = {name: value for name, value in frameworks[0].items() if name not in {"code", "nodes", "is_in_force"}}
    query = {"framework": "TT03/2014"}
    changed = await board.put("/api/syllabus/frameworks", params=query, json=first | {"valid_to": "2025-12-31"})
    assert changed.json() == {"code": "TT03/2014", "revision": 2}
    nodes = await tree(board)
    assert not any(node["is_in_force"] for node in nodes.values())
    late = await board.put("/api/syllabus/frameworks", params=query, json=first)
    assert (late.status_code, late.json()["code"]) == (409, "syllabus_changed")


async def test_every_act_stands_in_the_chained_record(database: Database) -> None:
    async with database.write() as session:
        await load_shipped(session)
        place = {"framework_code": "TT03/2014", "parent_code": "IU08", "code": "IU08.1"}
        await service.add_node(session, **place, facts=facts(), actor=BOARD, now=NINE)
        await service.change_node(session, code="IU08.1", facts=facts("Tên mới"), revision=1, actor=BOARD, now=NINE)
        order = [f"IU06.{number}" for number in (2, 1, 3, 4, 5)]
        await service.reorder(
            session, framework_code="TT03/2014", parent_code="IU06", codes=order, actor=BOARD, now=NINE
        )
        await service.remove_node(session, code="IU08.1", actor=BOARD, now=NINE)
        entries, _ = await audit.find_entries(session, q=None, action="syllabus.", object_id=None, offset=0, limit=10)
        verdict = await audit.verify(session)
        assert "IU08.1" not in (await find_syllabus(session)).parts
    assert [(entry.action, entry.object_id) for entry in reversed(entries)] == [
        ("syllabus.node_added", "IU08.1"),
        ("syllabus.node_changed", "IU08.1"),
        ("syllabus.reordered", "IU06"),
        ("syllabus.node_removed", "IU08.1"),
    ]
    assert verdict.is_intact
