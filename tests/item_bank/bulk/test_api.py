"""Tags, levels and references of many drafts: new versions, refusals, the way back."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import ClientFactory
from tests.item_bank.authoring.bodies import created


async def change(client: AsyncClient, item_ids: list[str], **values: Any) -> dict[str, Any]:
    response = await client.post("/api/items/changes", json={"item_ids": item_ids, "change": values})
    assert response.status_code == 200, response.text
    report: dict[str, Any] = response.json()
    return report


async def facts(client: AsyncClient, item: dict[str, Any]) -> tuple[int, str, str, list[str]]:
    view = (await client.get(f"/api/items/{item['id']}")).json()
    return view["version_number"], view["cognitive_level"], view["reference_code"], view["tags"]


async def test_drafts_change_by_a_new_version_and_come_back_by_another(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    first = await created(author, code="A-1", tags=["excel"], cognitive_level="NB")
    second = await created(author, code="A-2", tags=["ô"], cognitive_level="TH")
    ids = [first["id"], second["id"]]
    before = [await facts(author, item) for item in (first, second)]
    report = await change(author, ids, level="TH", add_tags=["ô"], remove_tags=["excel"])
    assert (report["done"], report["unchanged"], report["refused"]) == (1, 1, [])
    assert (await facts(author, first))[1:] == ("TH", before[0][2], ["ô"])
    assert await facts(author, second) == before[1], "what already is so gets no version"
    for step in report["undo"]:
        await change(author, step["item_ids"], **step["change"])
    assert (await facts(author, first))[1:] == before[0][1:]
    assert (await facts(author, first))[0] == before[0][0] + 2


async def test_a_reference_brings_its_module(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    item = await created(author, code="A-1")
    await change(author, [item["id"]], reference_code="IU03.1")
    view = (await author.get(f"/api/items/{item['id']}")).json()
    assert (view["module_code"], view["reference_code"]) == ("IU03", "IU03.1")
    body = {"item_ids": [item["id"]], "change": {"reference_code": "IU99.1"}}
    refused = await author.post("/api/items/changes", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "item_reference_unknown")


async def test_what_is_under_review_is_left_alone(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    item = await created(author, code="A-1")
    await author.post("/api/items/submissions", json={"item_ids": [item["id"]]})
    report = await change(author, [item["id"], "00000000-0000-0000-0000-000000000001"], level="VD")
    assert report["done"] == 0
    assert {refusal["reason_code"] for refusal in report["refused"]} == {"item_not_found", "item_wrong_status"}


async def test_all_that_match_are_changed(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    for number in (1, 2, 3):
        await created(author, code=f"A-{number}", cognitive_level="NB" if number < 3 else "TH")
    body = {"all_matching": {"level": ["NB"]}, "change": {"add_tags": ["dễ"]}}
    assert (await author.post("/api/items/changes", json=body)).json()["done"] == 2
    assert (await author.get("/api/items", params={"tag": "de"})).json()["total"] == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"all_matching": {}, "change": {}}, "nothing_to_change"),
        ({"change": {"level": "NB"}}, "approval_target"),
        ({"all_matching": {"q": "status:x"}, "change": {"level": "NB"}}, "unknown_filter"),
    ],
)
async def test_an_unclear_request_changes_nothing(client_for: ClientFactory, body: dict[str, Any], code: str) -> None:
    author = await client_for("item_author")
    refused = await author.post("/api/items/changes", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_an_act_offers_its_way_back(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    item = await created(author, code="A-1")
    done = (await author.post("/api/items/submissions", json={"item_ids": [item["id"]]})).json()
    assert done["undo"] == [{"act": "withdraw", "item_ids": [item["id"]]}]
    await author.post("/api/items/submissions", json=done["undo"][0])
    assert (await author.get(f"/api/items/{item['id']}")).json()["status"] == "draft"
