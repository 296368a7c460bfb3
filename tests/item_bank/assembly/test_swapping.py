"""Changes by hand: swaps that are checked, accepted deviations, undo and redo, locks."""

from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient, Response

from tests.conftest import ClientFactory
from tests.item_bank.assembly.banks import (
    StoredItem,
    assemble,
    codes,
    make_blueprint,
    place_of,
    plan,
    read,
    small_bank,
    store_items,
)


async def swap(client: AsyncClient, view: dict[str, Any], old: str, item_id: Any, **body: Any) -> Response:
    form, position = place_of(view, old)
    body = {"item_id": str(item_id), "revision": view["revision"]} | body
    return await client.put(f"/api/assemblies/{view['id']}/forms/{form}/items/{position}", json=body)


async def made(app: FastAPI, client: AsyncClient, **changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    ids = await store_items(app, small_bank())
    return await assemble(client, await make_blueprint(client, plan(**changes))), ids


def unused(view: dict[str, Any], cell: str) -> str:
    taken = {code for form in codes(view) for code in form}
    return next(f"{cell}{number}" for number in range(1, 5) if f"{cell}{number}" not in taken)


def in_cell(view: dict[str, Any], cell: str, form: int = 0) -> str:
    return next(code for code in codes(view)[form] if code.startswith(cell))


async def test_a_swap_within_the_cell_renews_the_figures_and_keeps_the_bound(
    app: FastAPI, client_for: ClientFactory
) -> None:
    board = await client_for("board_member")
    # Free of closeness, any item of the cell may stand in the place.
    view, ids = await made(app, board, closeness=None)
    old, new = in_cell(view, "IU03-NB"), unused(view, "IU03-NB")
    answer = await swap(board, view, old, ids[new])
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert new in codes(after)[0]
    assert old not in codes(after)[0]
    assert (after["revision"], after["is_edited"], after["bound"]) == (1, True, view["bound"])
    lowest = min(min(form["figures"]["information"]) for form in after["forms"])
    assert abs(after["objective"] - lowest) < 1e-9
    assert after["objective"] <= view["objective"] + 1e-9
    assert abs(after["gap"] - (after["bound"] - lowest) / after["bound"]) < 1e-9
    [edit] = after["edits"]
    assert (edit["old_code"], edit["new_code"], edit["status"]) == (old, new, "applied")


async def test_a_swap_seen_on_an_old_page_is_refused(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    view, ids = await made(app, board, closeness=None)
    new = unused(view, "IU03-NB")
    assert (await swap(board, view, in_cell(view, "IU03-NB"), ids[new])).status_code == 200
    stale = await swap(board, view, in_cell(view, "IU04-NB"), ids[unused(view, "IU04-NB")])
    assert (stale.status_code, stale.json()["code"]) == (409, "assembly_stale")


async def test_a_swap_that_breaks_a_requirement_needs_a_reason_which_is_then_shown(
    app: FastAPI, client_for: ClientFactory
) -> None:
    board = await client_for("board_member")
    view, ids = await made(app, board, closeness=None)
    old, new = in_cell(view, "IU03-NB"), ids[unused(view, "IU03-TH")]
    refused = await swap(board, view, old, new)
    assert (refused.status_code, refused.json()["code"]) == (422, "assembly_swap_breaks")
    assert {error["message"] for error in refused.json()["errors"]} == {
        "Ô IU03 × NB: đúng 1, nhưng là 0",
        "Ô IU03 × TH: đúng 1, nhưng là 2",
    }
    without_reason = await swap(board, view, old, new, accept_violations=True, reason="  ")
    assert without_reason.json()["code"] == "assembly_swap_breaks"
    assert (await read(board, view["id"]))["revision"] == 0
    accepted = await swap(board, view, old, new, accept_violations=True, reason="Câu NB bị lộ")
    assert accepted.status_code == 200, accepted.text
    deviations = accepted.json()["deviations"]
    assert {(row["reason"], row["form_number"], row["code"]) for row in deviations} == {("Câu NB bị lộ", 1, "range")}
    assert accepted.json()["deviation_count"] == 2
    # A later swap that leaves them as they are needs no second reason.
    later = accepted.json()
    again = await swap(board, later, in_cell(later, "IU04-NB"), ids[unused(later, "IU04-NB")])
    assert again.status_code == 200, again.text
    assert {row["reason"] for row in again.json()["deviations"]} == {"Câu NB bị lộ"}


async def test_a_deviation_that_grows_needs_a_reason_again(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    view, ids = await made(app, board, closeness=None)
    first = await swap(
        board, view, in_cell(view, "IU03-NB"), ids[unused(view, "IU03-TH")], accept_violations=True, reason="Lần một"
    )
    after = first.json()
    worse = await swap(board, after, in_cell(after, "IU03-VD"), ids[unused(after, "IU03-TH")])
    assert worse.json()["code"] == "assembly_swap_breaks"
    assert "Ô IU03 × TH: đúng 1, nhưng là 3" in [error["message"] for error in worse.json()["errors"]]
    assert "Ô IU03 × NB: đúng 1, nhưng là 0" not in [error["message"] for error in worse.json()["errors"]]


async def test_swaps_are_taken_back_and_done_again_in_order(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    view, ids = await made(app, board, closeness=None)
    path = f"/api/assemblies/{view['id']}"
    nothing = await board.post(f"{path}/undo", json={"revision": 0})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "assembly_nothing_to_undo")
    first = (
        await swap(
            board, view, in_cell(view, "IU03-NB"), ids[unused(view, "IU03-TH")], accept_violations=True, reason="Thử"
        )
    ).json()
    second = (await swap(board, first, in_cell(first, "IU04-NB"), ids[unused(first, "IU04-NB")])).json()
    back = (await board.post(f"{path}/undo", json={"revision": 2})).json()
    assert codes(back) == codes(first)
    start = (await board.post(f"{path}/undo", json={"revision": 3})).json()
    assert codes(start) == codes(view)
    assert (start["deviations"], start["can_undo"], start["can_redo"]) == ([], False, True)
    assert abs(start["objective"] - view["objective"]) < 1e-9
    again = (await board.post(f"{path}/redo", json={"revision": 4})).json()
    assert codes(again) == codes(first)
    assert {row["reason"] for row in again["deviations"]} == {"Thử"}
    both = (await board.post(f"{path}/redo", json={"revision": 5})).json()
    assert codes(both) == codes(second)
    await board.post(f"{path}/undo", json={"revision": 6})
    # Another swap takes the place of the one taken back.
    now = await read(board, view["id"])
    other = (await swap(board, now, in_cell(now, "IU04-VD"), ids[unused(now, "IU04-VD")])).json()
    assert [edit["status"] for edit in other["edits"]] == ["applied", "dropped", "applied"]
    assert other["can_redo"] is False


async def test_an_item_of_the_form_itself_or_of_no_cell_cannot_come_in(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    view, ids = await made(app, board)
    strange = await store_items(app, [StoredItem("IU06-1", module="IU06")])
    old = in_cell(view, "IU03-NB")
    for item_id, code in (
        (ids[codes(view)[0][3]], "assembly_item_in_form"),
        (strange["IU06-1"], "assembly_item_not_usable"),
    ):
        refused = await swap(board, view, old, item_id)
        assert refused.status_code == 422
        assert [error["code"] for error in refused.json()["errors"]] == [code]
    missing = await board.put(
        f"/api/assemblies/{view['id']}/forms/9/items/1", json={"item_id": str(ids[old]), "revision": 0}
    )
    assert (missing.status_code, missing.json()["code"]) == (404, "assembly_place_not_found")


async def test_a_locked_item_stays_until_it_is_unlocked(app: FastAPI, client_for: ClientFactory) -> None:
    board = await client_for("board_member")
    view, ids = await made(app, board, closeness=None)
    old, new = in_cell(view, "IU03-NB"), ids[unused(view, "IU03-NB")]
    form, position = place_of(view, old)
    body = {"places": [{"form_number": form, "position": position}], "is_locked": True}
    locked = (await board.put(f"/api/assemblies/{view['id']}/locks", json=body)).json()
    assert [item["code"] for form in locked["forms"] for item in form["items"] if item["is_locked"]] == [old]
    refused = await swap(board, view, old, new)
    assert [error["code"] for error in refused.json()["errors"]] == ["assembly_item_locked"]
    await board.put(f"/api/assemblies/{view['id']}/locks", json=body | {"is_locked": False})
    assert (await swap(board, view, old, new)).status_code == 200
