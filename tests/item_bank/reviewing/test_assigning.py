"""Assignment: to whom items may go, in bulk, with a trace; enemies that hold for both items."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import ClientFactory
from tests.item_bank.authoring.bodies import created
from tests.item_bank.reviewing.desk import handed_in


async def own_id(client: AsyncClient) -> str:
    return str((await client.get("/api/session")).json()["actor"]["id"])


async def assigned(client: AsyncClient, items: list[dict[str, Any]], to: str | None) -> dict[str, Any]:
    body = {"item_ids": [item["id"] for item in items], "assignee_id": to, "note": "Trước thứ sáu."}
    response = await client.post("/api/items/assignments", json=body)
    assert response.status_code == 200, response.text
    outcome: dict[str, Any] = response.json()
    return outcome


async def test_items_go_to_one_person_and_back(client_for: ClientFactory) -> None:
    author, reviewer, board = [await client_for(r) for r in ("item_author", "item_reviewer", "board_member")]
    items = [await handed_in(author), await created(author)]
    to = await own_id(reviewer)
    assert await assigned(board, items, to) == {"done": 2, "unchanged": 0, "refused": []}
    assert await assigned(board, items, to) == {"done": 0, "unchanged": 2, "refused": []}
    listed = (await reviewer.get("/api/items")).json()["items"]
    assert {row["assignee_id"] for row in listed} == {to}
    people = {one["id"]: one["assigned"] for one in (await board.get("/api/items/assignees")).json()["items"]}
    assert people == {to: 2, await own_id(author): 0}, "a board member neither writes nor reviews"
    assert (await assigned(reviewer, items[:1], None))["done"] == 1
    events = (await author.get(f"/api/items/{items[0]['id']}/whereabouts")).json()["events"]
    assert [(event["act"], event["note"]) for event in events] == [
        ("unassign", "Trước thứ sáu."),
        ("assign", "Người thử – Trước thứ sáu."),
        ("submit", ""),
    ]


async def test_all_that_match_are_assigned_at_once(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    first = await handed_in(author)
    await handed_in(author)
    body = {"all_matching": {"q": first["code"]}, "assignee_id": await own_id(reviewer)}
    assert (await reviewer.post("/api/items/assignments", json=body)).json()["done"] == 1
    neither = await reviewer.post("/api/items/assignments", json={"assignee_id": None})
    assert (neither.status_code, neither.json()["code"]) == (422, "approval_target")


async def test_what_waits_for_review_goes_to_a_reviewer_who_did_not_write_it(client_for: ClientFactory) -> None:
    both, author, reviewer = (
        await client_for("item_author", "item_reviewer"),
        await client_for("item_author"),
        await client_for("item_reviewer"),
    )
    waiting, unfinished = await handed_in(both), await created(both)
    outcome = await assigned(reviewer, [waiting, unfinished], await own_id(both))
    assert (outcome["done"], outcome["refused"][0]["reason_code"]) == (1, "assignee_wrote_item")
    assert "không phản biện được" in outcome["refused"][0]["reason"]
    outcome = await assigned(reviewer, [waiting], await own_id(author))
    assert outcome["refused"][0]["reason_code"] == "assignee_no_reviewer"
    assert (await assigned(reviewer, [waiting], await own_id(reviewer)))["done"] == 1


@pytest.mark.parametrize("role", ["board_member", "inspector"])
async def test_nobody_gets_items_who_neither_writes_nor_reviews(client_for: ClientFactory, role: str) -> None:
    author, reviewer, other = [await client_for(name) for name in ("item_author", "item_reviewer", role)]
    body = {"item_ids": [(await created(author))["id"]], "assignee_id": await own_id(other)}
    refused = await reviewer.post("/api/items/assignments", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "assignee_unknown")


async def test_a_retired_or_unknown_item_is_not_assigned(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await created(author)
    await reviewer.post("/api/items/retirements", json={"item_ids": [item["id"]]})
    nobody = {"id": "00000000-0000-4000-8000-000000000001"}
    outcome = await assigned(reviewer, [item, nobody], await own_id(reviewer))
    assert {refusal["reason_code"] for refusal in outcome["refused"]} == {"item_is_retired", "item_not_found"}


async def test_enemies_are_shown_on_both_and_go_from_both(client_for: ClientFactory) -> None:
    author, board = await client_for("item_author"), await client_for("board_member")
    first, second = await created(author), await created(author)

    async def shown(item: dict[str, Any]) -> list[tuple[str, str]]:
        listed = (await author.get(f"/api/items/{item['id']}/enemies")).json()["items"]
        return [(enemy["code"], enemy["reason"]) for enemy in listed]

    body = {"code": second["code"], "reason": "Câu dẫn nói ra đáp án."}
    assert (await author.post(f"/api/items/{first['id']}/enemies", json=body)).status_code == 200
    assert await shown(first) == [(second["code"], "Câu dẫn nói ra đáp án.")]
    assert await shown(second) == [(first["code"], "Câu dẫn nói ra đáp án.")]
    again = {"code": first["code"], "reason": "Hỏi cùng một hàm."}
    assert (await board.post(f"/api/items/{second['id']}/enemies", json=again)).json()["total"] == 1
    assert await shown(first) == [(second["code"], "Hỏi cùng một hàm.")]
    gone = await board.delete(f"/api/items/{second['id']}/enemies/{first['id']}")
    assert gone.json() == {"items": [], "total": 0}
    assert await shown(first) == []


async def test_an_item_is_no_enemy_of_itself_or_of_nothing(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    item = await created(author)
    for code in (item["code"], "IU04-999"):
        refused = await author.post(f"/api/items/{item['id']}/enemies", json={"code": code, "reason": "Trùng."})
        assert (refused.status_code, refused.json()["code"]) == (422, "enemy_unknown")
    without_reason = await author.post(f"/api/items/{item['id']}/enemies", json={"code": "IU04-999", "reason": " "})
    assert without_reason.status_code == 422
