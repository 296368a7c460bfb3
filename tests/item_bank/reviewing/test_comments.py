"""Comments: threads on versions and parts, changed for a while by their authors, struck out, settled."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from item_bank.reviewing.models import ItemComment
from tests.conftest import ClientFactory
from tests.item_bank.authoring.bodies import created, saved
from tests.item_bank.reviewing.desk import handed_in


async def commented(client: AsyncClient, item: dict[str, Any], text: str, **more: Any) -> dict[str, Any]:
    body = {"version_number": item["version_number"], "text": text, **more}
    response = await client.post(f"/api/items/{item['id']}/comments", json=body)
    assert response.status_code == 201, response.text
    view: dict[str, Any] = response.json()
    return view


async def listed(client: AsyncClient, item: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"/api/items/{item['id']}/comments")).json()
    return found


async def test_answers_stand_in_the_thread_of_their_comment(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await handed_in(author)
    root = await commented(reviewer, item, "Phương án này mơ hồ.", place="options/B")
    newer = await saved(author, item, explanation="Đã nói rõ hơn.")
    answer = await commented(author, newer, "Tôi sẽ sửa.", parent_id=root["id"])
    again = await commented(reviewer, newer, "Cảm ơn.", parent_id=answer["id"])
    assert {one["parent_id"] for one in (answer, again)} == {root["id"]}
    assert {(one["place"], one["version_number"]) for one in (root, answer, again)} == {("options/B", 1)}
    assert [one["text"] for one in (await listed(author, item))["items"]] == [
        "Phương án này mơ hồ.",
        "Tôi sẽ sửa.",
        "Cảm ơn.",
    ]


@pytest.mark.parametrize("place", ["", "stem", "options/C", "key", "explanation", "metadata", "stimulus"])
async def test_a_comment_stands_at_a_part_of_the_version(client_for: ClientFactory, place: str) -> None:
    author = await client_for("item_author")
    assert (await commented(author, await created(author), "Xem lại.", place=place))["place"] == place


async def test_a_part_that_the_version_lacks_is_no_place(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    item = await created(author)
    for place in ("options/D", "options", "passage"):
        body = {"version_number": 1, "text": "Xem lại.", "place": place}
        refused = await author.post(f"/api/items/{item['id']}/comments", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "comment_place_unknown")
    missing = await author.post(f"/api/items/{item['id']}/comments", json={"version_number": 2, "text": "Xem lại."})
    assert (missing.status_code, missing.json()["code"]) == (404, "item_version_not_found")
    blank = await author.post(f"/api/items/{item['id']}/comments", json={"version_number": 1, "text": " \n "})
    assert blank.status_code == 422
    assert (await listed(author, item))["total"] == 0


async def test_an_answer_goes_to_a_comment_on_the_same_item(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    first, second = await created(author), await created(author)
    root = await commented(author, first, "Xem lại.")
    body = {"version_number": 1, "text": "Rồi.", "parent_id": root["id"]}
    refused = await author.post(f"/api/items/{second['id']}/comments", json=body)
    assert (refused.status_code, refused.json()["code"]) == (404, "comment_not_found")


async def test_words_are_changed_by_their_author_for_a_quarter_of_an_hour(
    app: FastAPI, client_for: ClientFactory
) -> None:
    author, other = await client_for("item_author"), await client_for("item_reviewer")
    comment = await commented(author, await created(author), "Sai chính tã.")
    address = f"/api/items/comments/{comment['id']}"
    foreign = await other.patch(address, json={"text": "Khác."})
    assert (foreign.status_code, foreign.json()["code"]) == (409, "comment_not_own")
    changed = (await author.patch(address, json={"text": "Sai chính tả."})).json()
    assert (changed["text"], changed["edited_at"] is not None, changed["is_editable"]) == ("Sai chính tả.", True, True)

    database: Database = app.state.database
    for age, is_open in ((timedelta(minutes=14, seconds=50), True), (timedelta(minutes=15, seconds=1), False)):
        async with database.write() as session:
            stored = await session.get(ItemComment, UUID(comment["id"]))
            assert stored is not None
            stored.created_at = utc_now() - age
            session.add(stored)
        answer = await author.patch(address, json={"text": "Sai chính tả ở câu dẫn."})
        assert answer.status_code == (200 if is_open else 409)
        assert is_open or answer.json()["code"] == "comment_closed"


async def test_a_comment_is_struck_out_not_removed(client_for: ClientFactory) -> None:
    author, other = await client_for("item_author"), await client_for("item_reviewer")
    item = await created(author)
    comment = await commented(author, item, "Thôi, tôi nhầm.")
    address = f"/api/items/comments/{comment['id']}"
    assert (await other.delete(address)).json()["code"] == "comment_not_own"
    assert (await author.delete(address)).json()["is_struck"] is True
    assert (await author.patch(address, json={"text": "Không."})).json()["code"] == "comment_closed"
    found = await listed(other, item)
    assert [(one["text"], one["is_struck"]) for one in found["items"]] == [("Thôi, tôi nhầm.", True)]
    assert found["open"] == 0


async def test_a_comment_is_settled_and_opened_again_by_anybody_who_may_comment(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await handed_in(author)
    root = await commented(reviewer, item, "Sửa phương án.")
    answer = await commented(author, item, "Đã sửa.", parent_id=root["id"])
    assert (await listed(author, item))["open"] == 1, "answers are no open matters of their own"
    settlement = f"/api/items/comments/{root['id']}/settlement"
    settled = (await author.put(settlement, json={"is_resolved": True})).json()
    assert (settled["resolved_by_name"], (await listed(author, item))["open"]) == ("Người thử", 0)
    opened = (await reviewer.put(settlement, json={"is_resolved": False})).json()
    assert (opened["resolved_at"], (await listed(author, item))["open"]) == (None, 1)
    refused = await author.put(f"/api/items/comments/{answer['id']}/settlement", json={"is_resolved": True})
    assert refused.json()["code"] == "comment_not_found"


@pytest.mark.parametrize("place", ["key", "explanation"])
async def test_what_is_said_about_the_key_reaches_only_those_who_may_read_keys(
    client_for: ClientFactory, place: str
) -> None:
    author, board = await client_for("item_author"), await client_for("board_member")
    item = await created(author)
    secret = await commented(author, item, "Đáp án phải là C.", place=place)
    await commented(author, item, "Câu dẫn dài.", place="stem")
    response = await board.get(f"/api/items/{item['id']}/comments")
    assert [one["text"] for one in response.json()["items"]] == ["Câu dẫn dài."]
    answer = {"version_number": 1, "text": "Vì sao?", "parent_id": secret["id"]}
    for refused in (
        await board.post(f"/api/items/{item['id']}/comments", json=answer),
        await board.put(f"/api/items/comments/{secret['id']}/settlement", json={"is_resolved": True}),
        await board.delete(f"/api/items/comments/{secret['id']}"),
    ):
        assert refused.json()["code"] == "comment_not_found"
    own = {"version_number": 1, "text": "Đáp án?", "place": place}
    assert (await board.post(f"/api/items/{item['id']}/comments", json=own)).json()["code"] == "comment_place_unknown"


async def test_comments_are_on_record_without_their_words(client_for: ClientFactory) -> None:
    author, inspector = await client_for("item_author"), await client_for("inspector")
    item = await created(author)
    await commented(author, item, "Đáp án phải là C.", place="key")
    record = await inspector.get("/api/audit", params={"object_id": item["id"]})
    assert record.json()["items"][0]["action"] == "item.commented"
    assert "phải là C" not in record.text
