"""Options of an assembly: what they ask for is met, what cannot be had is named; locks are taken over."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from tests.conftest import ClientFactory
from tests.item_bank.assembly.banks import (
    StoredItem,
    approve,
    assemble,
    codes,
    make_blueprint,
    plan,
    read,
    small_bank,
    store_items,
)


async def refusal(client: AsyncClient, blueprint_id: str, **options: Any) -> list[tuple[str, str]]:
    answer = await client.post("/api/assemblies", json={"blueprint_id": blueprint_id, "form_count": 2} | options)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_assembly"), answer.text
    return [(error["place"], error["code"]) for error in answer.json()["errors"]]


async def test_items_that_must_be_in_stand_in_every_form_and_those_that_must_stay_out_in_none(
    app: FastAPI, client_for: ClientFactory
) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    blueprint = await make_blueprint(board, plan(2))
    left_out = ["IU03-TH1", "IU04-VD2"]
    # Both forms share the two items that must be in; no other item is used twice.
    view = await assemble(board, blueprint, include=["IU03-NB1", "IU04-NB3"])
    assert view["status"] == "assembled", view["conflict"]
    assert all({"IU03-NB1", "IU04-NB3"} <= set(form) for form in codes(view))
    assert view["overlap"][0][1] == 2
    other = await assemble(board, blueprint, form_count=1, exclude=left_out)
    assert not set(left_out) & set(codes(other)[0])


async def test_options_that_cannot_be_had_are_named(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, [*small_bank(), StoredItem("IU06-1", module="IU06")])
    blueprint = await make_blueprint(board, plan())
    assert await refusal(board, blueprint, include=["IU03-NB1", "XX"], exclude=["YY"]) == [
        ("include.1", "assembly_item_unknown"),
        ("exclude.0", "assembly_item_unknown"),
    ]
    assert await refusal(board, blueprint, include=["IU06-1"]) == [("include.0", "assembly_item_unusable")]
    assert await refusal(board, blueprint, include=["IU03-NB1"], exclude=["IU03-NB1"]) == [
        ("include.0", "assembly_item_both")
    ]
    seven = [f"IU03-NB{number}" for number in range(1, 5)] + [f"IU03-TH{number}" for number in range(1, 4)]
    assert ("include", "assembly_include_too_long") in await refusal(board, blueprint, include=seven)


@pytest.mark.parametrize("count", [0, 61])
async def test_the_number_of_forms_has_limits(client_for: ClientFactory, count: int) -> None:
    board = await client_for("board_member")
    body = {"blueprint_id": "00000000-0000-4000-8000-000000000000", "form_count": count}
    assert (await board.post("/api/assemblies", json=body)).status_code == 422


async def test_assembling_again_keeps_locked_items_in_their_forms(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    blueprint = await make_blueprint(board, plan(2))
    view = await assemble(board, blueprint)
    assert await refusal(board, blueprint, keep_locks_of=view["id"]) == [("keep_locks_of", "assembly_no_locks")]
    kept = {1: codes(view)[0][2:5], 2: codes(view)[1][7:9]}
    places = [{"form_number": 1, "position": position} for position in (3, 4, 5)]
    places += [{"form_number": 2, "position": position} for position in (8, 9)]
    await board.put(f"/api/assemblies/{view['id']}/locks", json={"places": places, "is_locked": True})
    again = await assemble(board, blueprint, keep_locks_of=view["id"], seed=5)
    assert again["status"] == "assembled", again["conflict"]
    for form in again["forms"]:
        held = {item["code"] for item in form["items"] if item["is_locked"]}
        assert held == set(kept[form["form_number"]])
    assert again["overlap"][0][1] == 0
    assert again["max_relative_difference"] <= 0.05
    assert again["objective"] <= again["bound"] + 1e-9
    assert await refusal(board, blueprint, keep_locks_of=view["id"], form_count=1) == [
        ("form_count", "assembly_too_few_for_locks")
    ]
    barred = await refusal(board, blueprint, keep_locks_of=view["id"], exclude=[kept[1][0]])
    assert barred == [("keep_locks_of", "assembly_lock_unusable")]


async def test_locks_of_another_blueprint_are_not_taken_over(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    view = await assemble(board, await make_blueprint(board, plan()))
    other = await make_blueprint(board, plan(name="Đề khác"))
    assert await refusal(board, other, keep_locks_of=view["id"]) == [("keep_locks_of", "assembly_locks_elsewhere")]


async def test_items_with_the_same_stem_never_share_a_form(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    twins = [
        StoredItem(f"IU0{module}-NB{number}", module=f"IU0{module}", a=2.0, stem="Phát biểu nào đúng?")
        for module in (3, 4)
        for number in (8, 9)
    ]
    await store_items(app, [*small_bank(), *twins])
    # The twins are by far the most informative items: without the rule both would be taken.
    view = await assemble(board, await make_blueprint(board, plan(closeness=None)), form_count=1)
    assert len({code for code in codes(view)[0] if code[-1] in "89"}) == 1


async def test_words_time_and_keys_stay_in_their_ranges(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    demands: dict[str, Any] = {
        "key_balance": {"minimum": 1, "maximum": 2},
        "seconds": {"minimum": None, "maximum": 400},
        "seconds_per_item": {"NB": 30, "TH": 60, "VD": 110, "VDC": 110},
        "words": {"minimum": 55, "maximum": 80},
    }
    view = await assemble(board, await make_blueprint(board, plan(closeness=None, **demands)))
    assert view["status"] == "assembled", view["conflict"]
    for form in view["forms"]:
        figures = form["figures"]
        assert all(1 <= figures["key_counts"][letter] <= 2 for letter in "ABCD")
        assert figures["seconds"] == 2 * (30 + 60 + 110)
        # Six words of the stem and one of each of four options.
        assert figures["words"] == sum(item["words"] for item in form["items"]) == 6 * (6 + 4)
    spreads = {(row["figure"], row["letter"]): row for row in view["spreads"]}
    assert (spreads["words", None]["lower"], spreads["words", None]["upper"]) == (55, 80)


async def test_a_target_is_met_as_nearly_as_was_asked(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank(8))
    points = [{"theta": theta, "information": 1.4} for theta in (-0.5, 0.5)]
    objective = {"kind": "target", "points": points, "tolerance": 0.03}
    view = await assemble(board, await make_blueprint(board, plan(objective=objective, closeness=None)))
    assert view["status"] == "assembled", view["conflict"]
    assert view["points"] == [-0.5, 0.0, 0.5]
    deviations = [abs(form["figures"]["information"][place] / 1.4 - 1) for form in view["forms"] for place in (0, 2)]
    assert view["objective"] == pytest.approx(max(deviations))
    assert view["objective"] <= 0.03


async def test_a_draft_is_deleted_and_an_approved_assembly_is_not(app: FastAPI, client_for: ClientFactory) -> None:
    one, other = await client_for("board_member"), await client_for("board_member")
    await store_items(app, small_bank())
    blueprint = await make_blueprint(one, plan())
    draft, kept = await assemble(one, blueprint), await assemble(one, blueprint)
    await approve(other, f"/api/assemblies/{kept['id']}")
    assert (await one.delete(f"/api/assemblies/{draft['id']}")).status_code == 204
    assert (await one.get(f"/api/assemblies/{draft['id']}")).status_code == 404
    refused = await one.delete(f"/api/assemblies/{kept['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "assembly_not_deletable")
    assert (await read(one, kept["id"]))["status"] == "approved"


async def test_assemblies_are_found_sorted_and_counted(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    first = await make_blueprint(board, plan(name="Cơ bản"))
    second = await make_blueprint(board, plan(3, name="Nâng cao"))
    await assemble(board, first, form_count=1)
    await assemble(board, second)
    await assemble(board, first, form_count=3)

    async def numbers(**query: Any) -> list[int]:
        listed = (await board.get("/api/assemblies", params=query)).json()
        assert listed["total"] >= len(listed["items"])
        return [row["number"] for row in listed["items"]]

    assert await numbers() == [3, 2, 1]
    assert await numbers(sort="form_count") == [1, 2, 3]
    assert await numbers(q="bản") == [3, 1]
    assert await numbers(status="infeasible") == [2]
    assert await numbers(blueprint_id=second) == [2]
    assert await numbers(limit=1, offset=1) == [2]
    refused = await board.get("/api/assemblies", params={"sort": "colour"})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_assembly_sort")


async def test_the_repair_offered_makes_forms_possible(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    await store_items(app, small_bank())
    totals = [{"cognitive_level": "NB", "minimum": 0, "maximum": 4}]
    stated = plan(2, level_totals=totals, words={"minimum": None, "maximum": 100}, name="Chật")
    view = await assemble(board, await make_blueprint(board, stated), form_count=1)
    assert view["status"] == "infeasible"
    assert "Số từ của đề: tối đa 100" in [row["message"] for row in view["conflict"]]
    steps = view["repairs"][0]
    assert [(step["place"], step["side"]) for step in steps] == [("words", "maximum")]
    # Twelve items of ten words.
    assert steps[0]["new_bound"] == 120
    assert steps[0]["message"] == "Số từ của đề: tối đa 100 → 120"
    mended = stated | {"name": "Nới", "words": {"minimum": None, "maximum": int(steps[0]["new_bound"])}}
    again = await assemble(board, await make_blueprint(board, mended), form_count=1)
    assert again["status"] == "assembled", again["conflict"]
