"""The house's own results as responses: versions, kinds of items, groups, and what is left out and said."""

from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from exam_engine.core.db import new_id
from exam_engine.results.item_responses import ItemResponse, PersonResponses
from exam_engine.sittings import service as sittings_service
from item_bank.calibration.response_matrix import NOT_PRESENTED, NOT_REACHED, OMITTED
from item_bank.calibration.sources import sittings as source
from item_bank.items.models import ItemVersion
from tests.conftest import NINE, ClientFactory
from tests.item_bank.authoring.bodies import created, saved

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TABLE: dict[str, Any] = {
    "content": {
        "interaction": "true_false_table",
        "language": "vi",
        "stem": "Xét các phát biểu về bảng tính.",
        "statements": [{"id": letter, "content": f"Phát biểu {letter}"} for letter in "abcd"],
    },
    "key": {"form": "true_false", "values": {"a": True, "b": False, "c": True, "d": False}},
}
ESSAY: dict[str, Any] = {
    "content": {"interaction": "extended_text", "language": "vi", "stem": "Trình bày cách tính tổng."},
    "key": {"form": "rubric", "criteria": [{"id": "A", "title": "Nội dung", "points": "2"}]},
}


class _Sitting:
    """As much of a sitting as is asked for."""

    def __init__(self, name: str) -> None:
        self.sitting_id, self.name = new_id(), name


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> dict[UUID, list[PersonResponses]]:
    """What candidates did, by sitting; their marking and delivery have tests of their own."""
    people: dict[UUID, list[PersonResponses]] = {}
    names: dict[UUID, _Sitting] = {}

    async def find(_: Any, sitting_id: UUID) -> _Sitting:
        return names.setdefault(sitting_id, _Sitting(f"Ca {len(names) + 1}"))

    async def responses(_: Any, sitting_id: UUID, **__: Any) -> list[PersonResponses]:
        return people[sitting_id]

    monkeypatch.setattr(sittings_service, "find_sitting", find)
    monkeypatch.setattr(source, "responses_of_sitting", responses)
    return people


def did(version: UUID, share: str | None, chosen: int | None = None, answering: Any = "answered") -> ItemResponse:
    return ItemResponse(version, answering, None if share is None else Fraction(share), chosen)


async def versions(app: FastAPI, item: dict[str, Any]) -> list[UUID]:
    statement = select(ItemVersion.id).where(ItemVersion.item_id == UUID(item["id"]))
    async with app.state.database.read() as session:
        return list((await session.exec(statement.order_by(col(ItemVersion.version_number)))).all())


async def test_responses_go_to_the_version_that_was_answered_and_people_stay_nameless(
    app: FastAPI, client_for: ClientFactory, held: dict[UUID, list[PersonResponses]]
) -> None:
    author = await client_for("item_author")
    choice, table, essay = [await created(author, **body) for body in ({}, TABLE, ESSAY)]
    other_words = {"content": {**TABLE["content"], "stem": "Xét lại các phát biểu về bảng tính."}}
    revised = await created(author, **TABLE)
    await saved(author, revised, **{**TABLE, **other_words})
    [one], [two], [three] = [await versions(app, item) for item in (choice, table, essay)]
    first, second = await versions(app, revised)
    morning, evening = new_id(), new_id()
    held[morning] = [
        PersonResponses("male", "Trường A", (did(one, "1", 0), did(two, "0.5"), did(three, None), did(first, "1"))),
        PersonResponses("female", "", (did(one, "0", 2), did(two, "0", None, "omitted"), did(three, "0"))),
    ]
    held[evening] = [
        PersonResponses("female", "Trường B", (did(second, "0.25"), did(two, "1"), did(one, "0", None, "not_reached"))),
    ]
    async with app.state.database.read() as session:
        found = await source.collect(session, [morning, evening, morning], now=NINE)
    data = found.data
    ids = {code: version.item_version_id for code, version in found.versions.items()}
    place = {ids[code]: number for number, code in enumerate(data.item_codes)}
    assert set(place) == {one, two, second}
    # The rule of 2025 gives half of the points for three right statements of four, and a quarter for two.
    assert data.matrix.scores[:, place[one]].tolist() == [1, 0, NOT_REACHED]
    assert data.matrix.scores[:, place[two]].tolist() == [3, OMITTED, 4]
    assert data.matrix.scores[:, place[second]].tolist() == [NOT_PRESENTED, NOT_PRESENTED, 2]
    assert [data.highest_scores[place[version]] for version in (one, two, second)] == [1, 4, 4]
    assert data.matrix.chosen is not None
    assert data.matrix.chosen[:, place[one]].tolist() == [0, 2, -1]
    groups = {name: [(*group.labels, "")[code] for code in group.codes] for name, group in data.matrix.groups.items()}
    assert groups == {
        "gender": ["male", "female", "female"],
        "unit": ["Trường A", "", "Trường B"],
        "sitting": ["Ca 1", "Ca 1", "Ca 2"],
    }
    assert (data.source, found.name) == ("sittings", "Ca 1, Ca 2")
    codes = {item["id"]: (await author.get(f"/api/items/{item['id']}")).json()["code"] for item in (essay, revised)}
    assert data.warnings == (
        {"code": "items_await_markers", "data": {"items": 1, "codes": codes[essay["id"]]}},
        {"code": "earlier_versions_left_out", "data": {"items": 1, "codes": codes[revised["id"]]}},
    )

    board = await client_for("board_member")
    body = {"sitting_ids": [str(morning), str(evening)], "name": "Kết quả tháng 11", "options": {"model": "3PL"}}
    checked = (await board.post("/api/calibrations/sittings/check", json=body | {"name": None})).json()
    assert checked["code"] == "invalid_request"
    selection = {"sitting_ids": body["sitting_ids"]}
    checked = (await board.post("/api/calibrations/sittings/check", json=selection)).json()
    assert (checked["n_candidates"], checked["n_omitted"], checked["n_not_reached"]) == (3, 1, 1)
    started = await board.post("/api/calibrations/sittings", json=body)
    assert started.status_code == 202, started.text
    view = (await board.get(f"/api/calibrations/{started.json()['calibration_id']}")).json()
    assert (view["source"], view["file_name"], view["n_items"]) == ("sittings", "Ca 1, Ca 2", 3)
    # The 3PL never goes without a prior of c; without a file its hash is that of the responses.
    assert view["options"]["guessing"] == {"alpha": 5.0, "beta": 17.0}
    assert view["file_hash"] == view["data_hash"]


async def test_results_of_sittings_are_for_those_who_calibrate(client_for: ClientFactory) -> None:
    board, author = await client_for("board_member"), await client_for("item_author")
    assert (await author.get("/api/calibrations/sittings")).status_code == 403
    assert (await board.get("/api/calibrations/sittings")).json() == {"items": []}
    body = {"sitting_ids": [str(new_id())]}
    assert (await board.post("/api/calibrations/sittings/check", json=body)).status_code == 404
    refused = await board.post("/api/calibrations/sittings", json={**body, "name": "X", "options": {"model": "4PL"}})
    assert refused.status_code == 422
