"""How papers are handed out: rotating, personal, multistage or adaptive forms."""

import random
from typing import Any

import pytest
from fastapi import FastAPI

from exam_engine.core.db import Database
from exam_engine.forms import service as forms
from exam_engine.forms.schemas import FormSetSpec
from load_tests.prepared_sitting import make_form
from tests.conftest import NINE, computing, make_actor
from tests.exam_engine.delivery.staged_forms import adaptive_form, multistage_form
from tests.exam_engine.sittings.board import PEOPLE, Board, created

pytestmark = computing


async def publish_set(app: FastAPI, count: int, *, minutes: int = 45) -> tuple[str, list[str]]:
    """Publish a set of personal forms and return its id and theirs."""
    database: Database = app.state.database
    async with database.write() as session:
        published = await forms.publish_forms(
            session,
            specs=[make_form(f"R1-{number}", 4, minutes) for number in range(1, count + 1)],
            actor=make_actor(),
            now=NINE,
            rng=random.Random(7),
            form_set=FormSetSpec(code="R1", title="Đề riêng"),
        )
        return str(published[0].form_set_id), [str(form.id) for form in published]


async def publish_staged(app: FastAPI) -> dict[str, str]:
    """Publish an adaptive and a multistage form and return their ids."""
    database: Database = app.state.database
    async with database.write() as session:
        published = await forms.publish_forms(
            session,
            specs=[adaptive_form("T1"), multistage_form("N1"), multistage_form("N2")],
            actor=make_actor(),
            now=NINE,
            rng=random.Random(7),
        )
        return {form.form_code: str(form.id) for form in published}


async def refused(board: Board, body: dict[str, Any]) -> list[str]:
    response = await board.client.put(f"{board.url}/forms", json=body)
    assert response.status_code == 422, response.text
    return [fault["code"] for fault in response.json()["errors"]]


async def test_everybody_gets_a_form_of_their_own_out_of_a_set(app: FastAPI, board: Board) -> None:
    await board.prepare()
    set_id, form_ids = await publish_set(app, len(PEOPLE))
    view = created(await board.client.put(f"{board.url}/forms", json={"form_set_id": set_id}))
    assert view["forms"] == []
    assert view["form_set"] == {"id": set_id, "code": "R1", "form_count": len(PEOPLE)}
    created(await board.arrange())
    codes = [row["form_code"] for row in await board.rows()]
    assert sorted(codes) == [f"R1-{number}" for number in range(1, len(PEOPLE) + 1)]
    ready = created(await board.client.post(f"{board.url}/readiness"))
    assert ready["papers"] == len(form_ids)


@pytest.mark.parametrize(("count", "status"), [(len(PEOPLE) - 1, 409), (len(PEOPLE), 200)])
async def test_a_set_must_have_a_form_for_everybody(app: FastAPI, board: Board, count: int, status: int) -> None:
    await board.prepare()
    set_id, _ = await publish_set(app, count)
    created(await board.client.put(f"{board.url}/forms", json={"form_set_id": set_id}))
    response = await board.arrange()
    assert response.status_code == status
    if status == 409:
        assert [fault["code"] for fault in response.json()["errors"]] == ["too_few_personal_forms"]


async def test_choosing_forms_again_takes_the_set_away(app: FastAPI, board: Board) -> None:
    await board.prepare()
    set_id, _ = await publish_set(app, 6)
    created(await board.client.put(f"{board.url}/forms", json={"form_set_id": set_id}))
    view = created(await board.client.put(f"{board.url}/forms", json={"form_ids": list(board.form_ids)}))
    assert view["form_set"] is None
    assert [form["id"] for form in view["forms"]] == list(board.form_ids)


async def test_forms_of_a_set_mixed_designs_and_other_durations_are_refused(app: FastAPI, board: Board) -> None:
    await board.prepare()
    set_id, set_forms = await publish_set(app, 2)
    short_id, _ = await publish_set(app, 2, minutes=30)
    staged = await publish_staged(app)
    assert await refused(board, {"form_ids": [set_forms[0]]}) == ["form_belongs_to_set"]
    assert await refused(board, {"form_ids": [staged["N1"], staged["T1"]]}) == ["form_designs_differ"]
    assert await refused(board, {"form_ids": [board.form_ids[0], staged["N1"]]}) == ["form_designs_differ"]
    assert await refused(board, {"form_set_id": short_id}) == ["form_duration_differs"]
    assert await refused(board, {"form_set_id": board.administration_id}) == ["unknown_reference"]
    assert await refused(board, {"form_set_id": set_id, "form_ids": [staged["N1"]]}) == [
        "invalid_value.forms_and_form_set"
    ]


async def test_panels_rotate_over_the_seats_like_fixed_forms(app: FastAPI, board: Board) -> None:
    await board.prepare()
    staged = await publish_staged(app)
    view = created(await board.client.put(f"{board.url}/forms", json={"form_ids": [staged["N1"], staged["N2"]]}))
    assert [(form["form_code"], form["design"], form["item_count"]) for form in view["forms"]] == [
        ("N1", "multistage", 8),
        ("N2", "multistage", 8),
    ]
    created(await board.arrange())
    seats = {(row["room_name"], row["seat_number"]): row["form_code"] for row in await board.rows()}
    assert set(seats.values()) == {"N1", "N2"}
    assert all(code != seats.get((room, seat + 1)) for (room, seat), code in seats.items())
