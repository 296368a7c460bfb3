"""Replacements for an item: each says truly what the swap would do, the best come first."""

from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from tests.conftest import ClientFactory
from tests.item_bank.assembly.banks import assemble, codes, make_blueprint, plan, small_bank, store_items


async def offered(client: AsyncClient, view: dict[str, Any], form: int, position: int, **query: Any) -> dict[str, Any]:
    path = f"/api/assemblies/{view['id']}/forms/{form}/items/{position}/alternatives"
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_what_an_alternative_promises_is_what_the_swap_does(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    demands: dict[str, Any] = {"key_balance": {"minimum": 1, "maximum": 2}, "words": {"minimum": 50, "maximum": 70}}
    view = await assemble(board, await make_blueprint(board, plan(**demands)))
    assert view["status"] == "assembled", view["conflict"]
    path = f"/api/assemblies/{view['id']}/forms/1/items/3"
    found = await offered(board, view, 1, 3, limit=100)
    assert found["total"] == 24 - 6
    assert found["value"] == pytest.approx(view["objective"])
    before = view
    # First, middle and last of the ranking, each tried and taken back.
    for entry in (found["items"][0], found["items"][8], found["items"][-1]):
        body = {"item_id": entry["item_id"], "revision": before["revision"]}
        plain = await board.put(path, json=body)
        if entry["broken"]:
            assert plain.status_code == 422
            assert len(plain.json()["errors"]) == len(entry["broken"]), (plain.json(), entry["broken"])
            body |= {"accept_violations": True, "reason": "Thử"}
            plain = await board.put(path, json=body)
        assert plain.status_code == 200, plain.text
        after = plain.json()
        form = after["forms"][0]
        assert after["objective"] == pytest.approx(entry["value"])
        assert form["figures"]["information"] == pytest.approx(entry["figures"]["information"])
        assert form["figures"]["expected_score"] == pytest.approx(entry["figures"]["expected_score"])
        assert form["figures"]["words"] == entry["figures"]["words"]
        assert form["figures"]["key_counts"] == entry["figures"]["key_counts"]
        assert max(after["overlap"][0][1:]) == entry["overlap_maximum"]
        # The curve can be drawn from the item's own.
        drawn = np.array(before["forms"][0]["information"]) - found["item_information"] + entry["item_information"]
        assert drawn == pytest.approx(form["information"])
        before = (await board.post(f"/api/assemblies/{view['id']}/undo", json={"revision": after["revision"]})).json()
        assert codes(before) == codes(view)


async def test_those_that_break_nothing_come_first_then_the_better_value(
    app: FastAPI, client_for: ClientFactory
) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank(6))
    view = await assemble(board, await make_blueprint(board, plan(closeness=None)))
    found = await offered(board, view, 2, 1, limit=100)
    ranks = [(len(entry["broken"]), -round(entry["value"], 9)) for entry in found["items"]]
    assert ranks == sorted(ranks)
    own_cell = found["current"]["module_code"], found["current"]["cognitive_level"]
    free = [entry for entry in found["items"] if not entry["broken"]]
    assert free
    assert {(entry["module_code"], entry["cognitive_level"]) for entry in free} == {own_cell}
    # An item of the other form would be used twice.
    taken = [entry for entry in found["items"] if entry["other_forms"]]
    assert taken
    assert all("Mỗi câu chỉ dùng trong tối đa 1 đề" in [row["message"] for row in e["broken"]] for e in taken)
    kept = await offered(board, view, 2, 1, keeps_requirements=True)
    assert [entry["code"] for entry in kept["items"]] == [entry["code"] for entry in free]


async def test_alternatives_are_searched_filtered_and_paged(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    view = await assemble(board, await make_blueprint(board, plan()))
    everything = [entry["code"] for entry in (await offered(board, view, 1, 1, limit=100))["items"]]
    assert not set(everything) & set(codes(view)[0])
    page = await offered(board, view, 1, 1, limit=4, offset=4)
    assert ([entry["code"] for entry in page["items"]], page["total"]) == (everything[4:8], len(everything))
    only = await offered(board, view, 1, 1, module="IU04", level="TH", limit=100)
    assert {entry["code"] for entry in only["items"]} == {code for code in everything if code.startswith("IU04-TH")}
    found = await offered(board, view, 1, 1, q="muc vd cua iu03", limit=100)
    assert {entry["code"] for entry in found["items"]} == {code for code in everything if code.startswith("IU03-VD")}


async def test_a_place_that_does_not_exist_is_told(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    view = await assemble(board, await make_blueprint(board, plan()))
    answers = {
        f"/api/assemblies/{view['id']}/forms/3/items/1/alternatives": "assembly_place_not_found",
        f"/api/assemblies/{view['id']}/forms/1/items/7/alternatives": "assembly_place_not_found",
        f"/api/assemblies/{uuid4()}/forms/1/items/1/alternatives": "assembly_not_found",
    }
    for path, code in answers.items():
        answer = await board.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, code)
