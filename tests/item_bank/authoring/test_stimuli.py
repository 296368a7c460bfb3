"""Stimuli and the items about them."""

from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient

from tests.conftest import ClientFactory
from tests.item_bank.authoring.bodies import acted, created, item_body, stimulus_body
from tests.item_bank.authoring.test_items import publish


async def made(client: AsyncClient, **changes: Any) -> dict[str, Any]:
    response = await client.post("/api/stimuli", json=stimulus_body(**changes))
    assert response.status_code == 201, response.text
    stimulus: dict[str, Any] = response.json()
    return stimulus


async def test_a_stimulus_is_created_listed_and_found(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    stimulus = await made(author, prefix="IU04-S")
    assert (stimulus["code"], stimulus["version_number"]) == ("IU04-S001", 1)
    await made(author, code="KHAC", title="Thư mời họp", content="<p>Kính gửi các lớp.</p>")
    found = (await author.get("/api/stimuli", params={"q": "bang DIEM"})).json()
    assert ([row["code"] for row in found["items"]], found["total"]) == (["IU04-S001"], 1)
    item = await created(author, stimulus_code="IU04-S001")
    detail = (await author.get(f"/api/stimuli/{stimulus['id']}")).json()
    assert ([about["code"] for about in detail["about"]], detail["is_published"]) == ([item["code"]], False)
    shown = (await author.get(f"/api/items/{item['id']}")).json()["stimulus"]
    assert (shown["code"], shown["content"]) == ("IU04-S001", "<p>Bảng điểm gồm 40 hàng.</p>")


async def test_an_item_about_an_unknown_stimulus_is_refused(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    refused = await author.post("/api/items", json=item_body(stimulus_code="KHONG-CO"))
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_stimulus")


async def test_a_changed_stimulus_brings_its_items_to_review_again(client_for: ClientFactory) -> None:
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    stimulus = await made(author, code="S-1")
    approved, waiting, retired = [await created(author, stimulus_code="S-1") for _ in range(3)]
    other = await created(author)
    for item in (approved, waiting):
        await acted(author, "submissions", item)
    await acted(reviewer, "approvals", approved)
    await acted(reviewer, "retirements", retired)
    body = stimulus_body(content="<p>Bảng điểm gồm 41 hàng.</p>") | {"version_number": 1}
    saved = (await author.put(f"/api/stimuli/{stimulus['id']}", json=body)).json()
    assert (saved["version_number"], saved["new_item_versions"]) == (2, 2)

    async def state(item: dict[str, Any]) -> tuple[str, int, str | None]:
        view = (await author.get(f"/api/items/{item['id']}")).json()
        stimulus = view["stimulus"]
        return view["status"], view["version_number"], stimulus and stimulus["content"]

    assert await state(approved) == ("draft", 2, "<p>Bảng điểm gồm 41 hàng.</p>")
    assert await state(waiting) == ("revised", 2, "<p>Bảng điểm gồm 41 hàng.</p>")
    assert await state(retired) == ("retired", 1, "<p>Bảng điểm gồm 40 hàng.</p>")
    assert await state(other) == ("draft", 1, None)
    again = (await author.put(f"/api/stimuli/{stimulus['id']}", json=body | {"version_number": 2})).json()
    assert (again["version_number"], again["new_item_versions"]) == (2, 0)
    late = await author.put(f"/api/stimuli/{stimulus['id']}", json=body)
    assert late.json()["code"] == "stimulus_version_conflict"


async def test_a_stimulus_in_a_published_form_stays_as_it_is(app: FastAPI, client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    stimulus = await made(author, code="S-1")
    item = await created(author, stimulus_code="S-1")
    await publish(app, item)
    body = stimulus_body(title="Khác") | {"version_number": 1}
    refused = await author.put(f"/api/stimuli/{stimulus['id']}", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "stimulus_is_published")
    assert item["code"] in refused.json()["title"] + str(refused.json()["params"])
