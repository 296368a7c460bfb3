"""Items written in the browser: codes, versions, cleaning, conflicts, superseding."""

import io
import re
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from PIL import Image

from exam_engine.core.db import Database
from item_bank.items.models import Item
from item_bank.items.saving import mark_published
from item_bank.items.service import find_item
from tests.conftest import NINE, ClientFactory
from tests.item_bank.authoring.bodies import acted, created, item_body, saved


async def publish(app: FastAPI, item: dict[str, Any]) -> None:
    """Let the current version of an item stand in a published form."""
    database: Database = app.state.database
    async with database.write() as session:
        detail = await find_item(session, UUID(item["id"]), with_key=False)
        await mark_published(session, [detail.record.version.id], NINE)


async def test_a_new_item_is_a_draft_with_the_next_code_of_its_module(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    first = await created(author)
    assert (first["code"], first["version_number"], first["status"]) == ("IU04-001", 1, "draft")
    await created(author, code="IU04-017")
    await created(author, code="IU04-X99")
    assert (await created(author))["code"] == "IU04-018"
    assert (await created(author, reference_code="IU03"))["code"] == "IU03-001"
    stored = (await author.get(f"/api/items/{first['id']}")).json()
    assert stored["content"]["stem"] == "Hàm nào tính <strong>tổng</strong>?"
    assert (stored["key"]["correct"], stored["module_code"], stored["section_code"]) == (["A"], "IU04", "IU04.5")


async def test_a_code_is_given_once(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    await created(author, code="A-1")
    refused = await author.post("/api/items", json=item_body(code="A-1"))
    assert (refused.status_code, refused.json()["code"]) == (409, "item_code_taken")


async def test_a_part_outside_the_syllabus_is_refused(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    for reference in ("IU99", "IU04.99", ""):
        refused = await author.post("/api/items", json=item_body(reference_code=reference))
        assert (refused.status_code, refused.json()["code"]) == (422, "item_reference_unknown")


async def test_an_unfinished_item_is_kept_but_not_handed_in(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    item = await created(author, key=None)
    outcome = await acted(author, "submissions", item)
    assert [refusal["reason_code"] for refusal in outcome["refused"]] == ["item_incomplete"]
    item = await saved(author, item)
    assert (await acted(author, "submissions", item))["done"] == 1


async def test_texts_are_cleaned_and_what_was_dropped_is_told(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    content = item_body()["content"] | {"stem": '<h2 onclick="x()">Tổng?</h2><script>alert(1)</script>'}
    content["options"][0]["content"] = '<span data-latex="x^2"></span>'
    item = await created(author, content=content, explanation="<iframe src='//x'></iframe>vì")
    assert {entry["place"] for entry in item["removed"]} == {"stem", "explanation"}
    stored = (await author.get(f"/api/items/{item['id']}")).json()
    assert "script" not in stored["content"]["stem"]
    assert "onclick" not in stored["content"]["stem"]
    assert stored["explanation"] == "vì"
    assert "<msup>" in stored["content"]["options"][0]["content"]
    draft = (await author.get(f"/api/items/{item['id']}/draft")).json()
    assert re.fullmatch(r'<span data-latex="x\^2"[^>]*></span>', draft["content"]["options"][0]["content"])


async def test_saving_what_an_editor_opened_changes_nothing(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    content = item_body()["content"] | {"stem": 'Tính <span data-latex="\\frac{1}{2}"></span> của 8'}
    item = await created(author, content=content, tags=["phân số", "bảng tính"], points="0.25", expected_seconds=90)
    draft = (await author.get(f"/api/items/{item['id']}/draft")).json()
    taken = {name: draft[name] for name in (*item_body(), "tags", "points", "expected_seconds", "source")}
    response = await author.put(f"/api/items/{item['id']}", json=taken | {"version_number": 1})
    assert response.status_code == 200, response.text
    assert (response.json()["is_changed"], response.json()["version_number"]) == (False, 1)


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("stem", {"stem": '<span data-latex="\\frac{1"></span>'}),
        (
            "options/B",
            {"options": [{"id": "A", "content": "x"}, {"id": "B", "content": '<span data-latex="{"></span>'}]},
        ),
    ],
)
async def test_a_formula_that_cannot_be_read_is_refused_at_its_place(
    client_for: ClientFactory, place: str, change: dict[str, Any]
) -> None:
    author = await client_for("item_author")
    refused = await author.post("/api/items", json=item_body(content=item_body()["content"] | change))
    assert (refused.status_code, refused.json()["code"]) == (422, "unreadable_text")
    assert [fault["place"] for fault in refused.json()["errors"]] == [place]
    assert (await author.get("/api/items")).json()["total"] == 0


async def test_media_must_be_stored_before_they_are_named(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(buffer, "PNG")
    stored = (
        await author.post("/api/media", files={"file": ("o.png", buffer.getvalue())}, data={"purpose": "picture"})
    ).json()["sha256"]

    def with_picture(sha256: str) -> dict[str, Any]:
        return item_body(content=item_body()["content"] | {"stem": f'<img src="media:{sha256}" alt="Ô vuông">'})

    assert (await author.post("/api/items", json=with_picture(stored))).status_code == 201
    refused = (await author.post("/api/items", json=with_picture("0" * 64))).json()
    assert [(fault["place"], fault["code"]) for fault in refused["errors"]] == [("stem", "item_media_unknown")]


async def test_two_authors_do_not_overwrite_each_other(client_for: ClientFactory) -> None:
    one, other = await client_for("item_author"), await client_for("item_author")
    item = await created(one)
    await saved(one, item, cognitive_level="TH")
    late = await other.put(f"/api/items/{item['id']}", json=item_body(cognitive_level="VD") | {"version_number": 1})
    assert (late.status_code, late.json()["code"]) == (409, "item_version_conflict")
    assert (await one.get(f"/api/items/{item['id']}")).json()["cognitive_level"] == "TH"


async def test_what_reviewers_sent_back_comes_to_them_again_when_it_is_saved(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await created(author)
    await acted(author, "submissions", item)
    await acted(reviewer, "returns", item, note="Thiếu phương án")
    assert (await saved(author, item, cognitive_level="TH"))["status"] == "revised"


async def test_an_approved_item_that_is_changed_starts_anew(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await created(author)
    await acted(author, "submissions", item)
    assert (await acted(reviewer, "approvals", item))["done"] == 1
    assert (await saved(author, item, key={"form": "choice", "correct": ["B"]}))["status"] == "draft"


async def test_a_published_item_is_superseded_not_edited(app: FastAPI, client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await created(author)
    early = await author.post("/api/items", json=item_body(supersedes=item["id"]))
    assert (early.status_code, early.json()["code"]) == (409, "item_not_supersedable")
    await acted(author, "submissions", item)
    await acted(reviewer, "approvals", item)
    await publish(app, item)
    refused = await author.put(f"/api/items/{item['id']}", json=item_body(cognitive_level="TH") | {"version_number": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "item_is_published")
    successor = await created(author, supersedes=item["id"], cognitive_level="TH")
    again = await author.post("/api/items", json=item_body(supersedes=item["id"]))
    assert again.json()["code"] == "item_not_supersedable"
    assert (await author.get(f"/api/items/{item['id']}")).json()["status"] == "approved"
    await acted(author, "submissions", successor)
    await acted(reviewer, "approvals", successor)
    old = (await author.get(f"/api/items/{item['id']}")).json()
    assert (old["status"], old["superseded_by"]) == ("retired", successor["code"])


async def test_a_retired_item_takes_no_version(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    item = await created(author)
    await acted(reviewer, "retirements", item)
    refused = await author.put(f"/api/items/{item['id']}", json=item_body(cognitive_level="TH") | {"version_number": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "item_is_retired")


async def test_a_key_that_stays_keeps_its_author(app: FastAPI, client_for: ClientFactory) -> None:
    one, other = await client_for("item_author"), await client_for("item_author")
    item = await created(one)
    item = await saved(other, item, cognitive_level="TH")
    database: Database = app.state.database
    async with database.read() as session:
        record = (await find_item(session, UUID(item["id"]), with_key=False)).record
        stored = await session.get(Item, record.item.id)
    assert stored is not None
    assert record.version.key_author_id != record.version.author_id


async def test_a_draft_is_checked_and_tried_without_being_stored(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    content = item_body()["content"] | {"stem": "<font>Hàm nào?</font>"}
    report = (await author.post("/api/items/check", json={"content": content, "key": None})).json()
    assert [(fault["place"], fault["code"]) for fault in report["faults"]] == [("key", "item_key_missing")]
    assert report["faults"][0]["fix"]
    assert report["content"]["stem"] == "Hàm nào?"
    assert report["removed"] == [{"place": "stem", "removed": ["font"]}]
    trial = {"content": content, "key": item_body()["key"], "points": "0.5"}
    right = (await author.post("/api/items/score", json=trial | {"response": ["A"]})).json()
    assert (right["points"], right["max_points"], right["is_correct"]) == ("0.5", "0.5", True)
    wrong = (await author.post("/api/items/score", json=trial | {"response": ["B"]})).json()
    assert (wrong["points"], wrong["is_correct"]) == ("0", False)
    assert (await author.get("/api/items")).json()["total"] == 0


async def test_a_check_tells_flaws_of_writing_that_stand_in_nobodys_way(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    content = item_body()["content"] | {"stem": "Hàm nào sau đây không tính tổng?"}
    draft = {"content": content, "key": item_body()["key"]}
    report = (await author.post("/api/items/check", json=draft | {"cognitive_level": "NB"})).json()
    assert report["faults"] == []
    found = {finding["rule"]: finding for finding in report["findings"]}
    assert found["flaw_negative_unmarked"]["place"] == "stem"
    assert all(finding["message"] and finding["fix"] and finding["source"] for finding in found.values())


@pytest.mark.parametrize(
    ("content", "key", "place"),
    [
        ({}, {"form": "true_false", "values": {"A": True}}, "key"),
        ({}, {"form": "choice", "correct": ["A", "Z"]}, "key/correct/Z"),
        (
            {
                "interaction": "select_point",
                "picture": {"media": "a" * 64, "alternative_text": "Hai nút", "width": 10, "height": 10},
            },
            {"form": "areas", "areas": [{"shape": "circle", "coordinates": [1, 2, 3, 4]}]},
            "key/areas/1",
        ),
    ],
)
async def test_nothing_is_scored_by_a_key_that_does_not_fit(
    client_for: ClientFactory, content: dict[str, Any], key: dict[str, Any], place: str
) -> None:
    author = await client_for("item_author")
    asked = content | {"stem": "Hàm nào?"} if content else item_body()["content"]
    response = await author.post("/api/items/score", json={"content": asked, "key": key, "response": ["A"]})
    assert response.status_code == 422
    assert place in {fault["place"] for fault in response.json()["errors"]}
