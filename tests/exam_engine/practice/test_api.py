"""The sample exam over HTTP: open to all, bounded, and silent about keys."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import event

from exam_engine.core.db import Database
from exam_engine.practice import api
from exam_engine.practice.rate import MOST_IN_WINDOW, AddressCounter
from tests.conftest import ClientFactory
from tests.exam_engine.practice.test_marking import ITEMS, KNOWN


@pytest.fixture
async def client(client_for: ClientFactory) -> AsyncClient:
    """Return somebody who is not logged in."""
    return await client_for()


@pytest.fixture(autouse=True)
def _fresh_counter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "_counter", AddressCounter())


async def test_the_paper_shows_what_a_sealed_paper_shows_and_no_key(client: AsyncClient) -> None:
    response = await client.get("/api/practice/paper")
    assert response.status_code == 200
    paper: Any = response.json()
    assert (paper["design"], paper["item_count"], paper["duration_ms"]) == ("linear", len(ITEMS), 20 * 60_000)
    assert all(paper["tools"].values())
    assert not {"key", "correct", "scoring", "accepted", "pairs"} & {name for item in paper["items"] for name in item}
    assert "correct" not in json.dumps(paper["items"])
    assert set(paper["media"]) == {ITEMS["hotspot"].picture.media}  # type: ignore[union-attr]


async def test_marking_tells_points_item_by_item_and_touches_no_database(client: AsyncClient, app: FastAPI) -> None:
    database: Database = app.state.database
    statements: list[str] = []
    engines = [value for value in vars(database).values() if hasattr(value, "sync_engine")]
    assert engines
    for engine in engines:
        event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    answers = {ITEMS[name].ref: right for name, (right, _, _) in KNOWN.items()}
    wrong = ITEMS["single_choice"].ref
    answers[wrong] = KNOWN["single_choice"][1]
    response = await client.post("/api/practice/marking", json={"responses": answers})
    assert response.status_code == 200, response.text
    told: Any = response.json()
    # Thirteen items count, the text waits for people.
    assert (float(told["points"]), float(told["max_points"])) == (12.0, 13.0)
    by_ref = {item["ref"]: item for item in told["items"]}
    assert (by_ref[wrong]["is_correct"], float(by_ref[wrong]["points"])) == (False, 0.0)
    assert set(by_ref[wrong]) == {"ref", "points", "max_points", "is_correct", "flag"}
    assert [text for text in statements if not text.startswith("PRAGMA")] == []


async def test_what_waits_for_people_counts_in_neither_sum(client: AsyncClient) -> None:
    answers = {ITEMS["extended_text"].ref: ["Vì lộ một nơi là lộ mọi nơi."]}
    told: Any = (await client.post("/api/practice/marking", json={"responses": answers})).json()
    assert (float(told["points"]), float(told["max_points"])) == (0.0, 13.0)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"responses": {"q99": ["a"]}}, "practice_item_unknown"),
        ({"responses": {"q01": "a"}}, None),
        ({"responses": {"q01": [1]}}, None),
        ({"responses": {"q01": ["x" * 2_001]}}, None),
        ({"responses": {"q01": ["a"] * 65}}, None),
        ({"responses": {f"r{number}": [] for number in range(41)}}, None),
        ({"responses": {"q01": ["a"]}, "key": True}, None),
        ({}, None),
        ([], None),
    ],
)
async def test_garbage_is_refused_with_a_code(client: AsyncClient, body: object, code: str | None) -> None:
    refused = await client.post("/api/practice/marking", json=body)
    assert refused.status_code == 422
    assert refused.json()["code"] == (code or refused.json()["code"])
    assert refused.json()["code"]


async def test_at_the_bounds_a_response_is_marked(client: AsyncClient) -> None:
    answers = {"q01": ["a"] * 64, "q14": ["x" * 2_000]}
    told = await client.post("/api/practice/marking", json={"responses": answers})
    assert told.status_code == 200
    assert {item["ref"]: item["flag"] for item in told.json()["items"]}["q01"] == "too_many_options"


async def test_one_address_is_held_to_its_measure_and_told_when_to_come_again(client: AsyncClient) -> None:
    for _ in range(MOST_IN_WINDOW):
        assert (await client.post("/api/practice/marking", json={"responses": {}})).status_code == 200
    refused = await client.post("/api/practice/marking", json={"responses": {}})
    assert (refused.status_code, refused.json()["code"]) == (429, "practice_busy")
    assert int(refused.headers["retry-after"]) > 0


async def test_other_sites_cannot_have_it_marked(client: AsyncClient) -> None:
    refused = await client.post(
        "/api/practice/marking", json={"responses": {}}, headers={"sec-fetch-site": "cross-site"}
    )
    assert refused.status_code == 403
