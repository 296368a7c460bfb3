"""Personal forms, multistage and adaptive tests over HTTP: from a blueprint to candidates' papers."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from exam_engine.core.db import Database
from exam_engine.delivery.staging import StagedForm, begin, proceed
from exam_engine.forms import service as forms_service
from exam_engine.forms.keys.store import keys_of_form
from tests.conftest import ClientFactory, computing, finish_jobs
from tests.item_bank.assembly.banks import MODULES, small_bank, store_items

pytestmark = computing

LEVELS = ("NB", "TH", "VD")
PERSONAL = {"design": "personal", "form_count": 12}
MULTISTAGE = {"design": "multistage", "structure": "1-2", "spread": 0.75}
ADAPTIVE = {"design": "adaptive", "minimum_length": 4}


def blueprint(minimum: int = 1, maximum: int = 3, *, length: int = 12) -> dict[str, Any]:
    return {
        "name": "Đề thử",
        "form_length": length,
        "duration_minutes": 20,
        "items_per_page": 5,
        "cut_theta": 0.0,
        "cells": [
            {"module_code": module, "cognitive_level": level, "minimum": minimum, "maximum": maximum}
            for module in MODULES
            for level in LEVELS
        ],
    }


async def start(
    client: AsyncClient, options: dict[str, Any], plan: dict[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Have a paper made; returns the paper and its job."""
    created = await client.post("/api/blueprints", json=plan or blueprint())
    assert created.status_code == 201, created.text
    body = {"blueprint_id": created.json()["id"], "options": options}
    started = await client.post("/api/tailored-papers", json=body)
    assert started.status_code == 202, started.text
    job = await finish_jobs(client, started.json()["job_id"])
    view: dict[str, Any] = (await client.get(f"/api/tailored-papers/{started.json()['paper_id']}")).json()
    return view, job


@pytest.fixture
async def board(app: FastAPI, client_for: ClientFactory) -> tuple[AsyncClient, AsyncClient]:
    """Return two board members before a bank of 96 items."""
    await store_items(app, small_bank(16))
    return await client_for("board_member"), await client_for("board_member")


async def publish(board: tuple[AsyncClient, AsyncClient], view: dict[str, Any]) -> dict[str, Any]:
    path = f"/api/tailored-papers/{view['id']}"
    approved = await board[1].post(f"{path}/approval")
    assert approved.status_code == 204, approved.text
    published = await board[1].post(f"{path}/publication")
    assert published.status_code == 200, published.text
    result: dict[str, Any] = published.json()
    return result


async def test_personal_forms_are_published_as_a_set_whose_forms_all_meet_the_blueprint(
    app: FastAPI, board: tuple[AsyncClient, AsyncClient]
) -> None:
    view, _ = await start(board[0], PERSONAL)
    assert view["status"] == "made", view["conflict"]
    assert view["figures"]["form_count"] == 12
    for at in view["figures"]["information"]:
        assert at["lower"] <= at["least"] <= at["mean"] <= at["greatest"] <= at["upper"]
        assert at["upper"] / at["lower"] == pytest.approx(1.05)
    published = await publish(board, view)
    sets = (await board[0].get("/api/forms/sets")).json()["items"]
    assert [(found["id"], found["code"], found["form_count"]) for found in sets] == [
        (published["form_set_id"], "R1", 12)
    ]
    assert (await board[0].get("/api/forms")).json()["total"] == 0

    database: Database = app.state.database
    async with database.read() as session:
        forms = await forms_service.forms_of_set(session, UUID(published["form_set_id"]))
        contents = []
        for form in forms:
            assert form.items_per_page == 5
            items = await forms_service.items_of_form(session, form.id)
            contents.append(frozenset(item.item_code for item in items))
            counts = [
                sum((item.module_code, item.cognitive_level) == (module, level) for item in items)
                for module in MODULES
                for level in LEVELS
            ]
            assert len(items) == 12
            assert all(1 <= count <= 3 for count in counts)
            assert len(await keys_of_form(session, form.id)) == 12
    assert [form.form_code for form in forms] == [f"R1-{number:02d}" for number in range(1, 13)]
    assert len(set(contents)) == 12


async def test_every_route_of_a_published_multistage_form_meets_the_blueprint(
    app: FastAPI, board: tuple[AsyncClient, AsyncClient]
) -> None:
    view, _ = await start(board[0], MULTISTAGE)
    assert view["status"] == "made", view["conflict"]
    figures = view["figures"]
    assert figures["value"] <= figures["bound"]
    (panel,) = figures["panels"]
    assert [module["name"] for module in panel["modules"]] == ["R", "2E", "2H"]
    assert sum(route["share"] for route in panel["simulation"]["routes"]) == pytest.approx(1.0)
    published = await publish(board, view)
    (form_id,) = published["form_ids"]
    listed = (await board[0].get("/api/forms")).json()["items"]
    assert [(form["form_code"], form["design"], form["item_count"]) for form in listed] == [("N1-1", "multistage", 12)]

    database: Database = app.state.database
    async with database.read() as session:
        items = {item.item_code: item for item in await forms_service.items_of_form(session, UUID(form_id))}
        form = StagedForm(UUID(form_id), "multistage", await forms_service.routing_rules(session, UUID(form_id)))
    taken = set()
    for score in (0, 1):
        step = begin(form, 1)
        given: list[str] = []
        while step.items:
            given += step.items
            step = proceed(form, step.state, dict.fromkeys(step.items, score))
        taken.add(frozenset(given))
        counts = [
            sum((items[code].module_code, items[code].cognitive_level) == (module, level) for code in given)
            for module in MODULES
            for level in LEVELS
        ]
        assert len(given) == len(set(given)) == 12
        assert all(1 <= count <= 3 for count in counts)
    assert len(taken) == 2


async def test_an_adaptive_form_is_published_with_its_pool_and_rules_but_no_route_shows_them(
    app: FastAPI, board: tuple[AsyncClient, AsyncClient]
) -> None:
    view, _ = await start(board[0], ADAPTIVE)
    assert view["status"] == "made", view["conflict"]
    assert view["figures"]["pool_size"] == 96
    assert view["figures"]["simulation"]["exposure"]["maximum"] < 0.4
    assert 0.5 < view["figures"]["decisions"]["accuracy"] <= 1.0
    text = str(view)
    assert "'a':" not in text
    assert "correct" not in text
    published = await publish(board, view)
    (form_id,) = published["form_ids"]
    shown = await board[0].get(f"/api/forms/{form_id}")
    assert shown.json()["design"] == "adaptive"
    assert len(shown.json()["contents"]) == 96
    assert "rules" not in shown.text

    database: Database = app.state.database
    async with database.read() as session:
        form = StagedForm(UUID(form_id), "adaptive", await forms_service.routing_rules(session, UUID(form_id)))
    abilities, points = zip(*form.rules["scale"], strict=True)
    assert list(abilities) == sorted(abilities)
    assert list(points) == sorted(points)
    assert 0.0 < points[0] < 1.0
    assert 11.0 < points[-1] < 12.0
    step = begin(form, 3)
    given: list[str] = []
    while step.items:
        given += step.items
        step = proceed(form, step.state, {step.items[0]: len(given) % 2})
    assert len(set(given)) == 12
    cells = [code.rstrip("0123456789") for code in given]
    assert {cell: cells.count(cell) for cell in set(cells)} == {
        f"{module}-{level}": 2 for module in MODULES for level in LEVELS
    }


async def test_only_a_second_person_approves_and_only_what_is_approved_is_published(
    board: tuple[AsyncClient, AsyncClient],
) -> None:
    one, other = board
    view, _ = await start(one, PERSONAL)
    path = f"/api/tailored-papers/{view['id']}"
    allowed = {permit["act"]: permit["is_allowed"] for permit in view["permits"]}
    assert allowed == {"approve": False, "withdraw": False, "publish": False, "delete": True, "cancel": False}
    assert (await one.post(f"{path}/approval")).json()["code"] == "second_person_needed"
    assert (await other.post(f"{path}/publication")).json()["code"] == "tailored_not_approved"
    assert (await other.post(f"{path}/approval")).status_code == 204
    assert (await one.delete(path)).json()["code"] == "tailored_not_deletable"
    assert (await one.delete(f"{path}/approval")).status_code == 204
    assert (await one.delete(f"{path}/approval")).json()["code"] == "tailored_not_approved"
    assert (await one.delete(path)).status_code == 204
    assert (await one.get(path)).json()["code"] == "tailored_not_found"


async def test_what_cannot_be_made_is_kept_with_the_reason(board: tuple[AsyncClient, AsyncClient]) -> None:
    view, job = await start(board[0], PERSONAL | {"item_use": 1})
    assert (view["status"], job["status"]) == ("infeasible", "failed")
    (conflict,) = view["conflict"]
    assert conflict["code"] == "item_use_too_low"
    assert conflict["message"].startswith("Mỗi câu phải được dùng trong ít nhất 2 đề")


@pytest.mark.parametrize(
    "options",
    [
        {"design": "personal", "form_count": 1},
        {"design": "personal", "form_count": 2001},
        {"design": "multistage", "structure": "3-3-3"},
        {"design": "adaptive", "maximum_rate": 0.01},
        {"design": "linear"},
    ],
)
async def test_options_out_of_range_are_refused_at_the_edge(
    board: tuple[AsyncClient, AsyncClient], options: dict[str, Any]
) -> None:
    created = await board[0].post("/api/blueprints", json=blueprint())
    body = {"blueprint_id": created.json()["id"], "options": options}
    assert (await board[0].post("/api/tailored-papers", json=body)).status_code == 422


async def test_papers_are_listed_newest_first(board: tuple[AsyncClient, AsyncClient]) -> None:
    first, _ = await start(board[0], PERSONAL)
    body = {"blueprint_id": first["blueprint_id"], "options": ADAPTIVE}
    started = await board[0].post("/api/tailored-papers", json=body)
    await finish_jobs(board[0], started.json()["job_id"])
    listed = (await board[1].get("/api/tailored-papers")).json()
    assert listed["total"] == 2
    assert [(row["number"], row["design"], row["blueprint_name"]) for row in listed["items"]] == [
        (2, "adaptive", "Đề thử"),
        (1, "personal", "Đề thử"),
    ]
