"""From imported items to published equal forms, over HTTP."""

from uuid import UUID

import numpy as np
import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from exam_engine.core.db import Database
from exam_engine.forms.keys.store import keys_of_form
from tests.conftest import ClientFactory, computing, finish_jobs
from tests.item_bank.assembly.banks import approve
from tests.item_bank.makers import approve_all, import_items, item_row
from tests.item_bank.responses import response_csv

pytestmark = computing

LEVELS = {"NB": -0.8, "TH": 0.0, "VD": 0.7}
PER_CELL = 4


def bank_rows() -> list[dict[str, object]]:
    return [
        item_row(
            f"{module}-{level}{number}",
            module=module,
            reference=module,
            level=level,
            stem=f"Câu {number} mức {level} của {module}?",
            key="ABCD"[number % 4],
        )
        for module in ("IU03", "IU04")
        for level in LEVELS
        for number in range(1, PER_CELL + 1)
    ]


async def calibrated_bank(client_for: ClientFactory) -> tuple[AsyncClient, AsyncClient]:
    """Return two board members before a bank of 24 approved, calibrated items."""
    author, reviewer = await client_for("item_author"), await client_for("item_reviewer")
    one, other = await client_for("board_member"), await client_for("board_member")
    rows = bank_rows()
    await import_items(author, rows)
    assert await approve_all(reviewer) == len(rows)
    rng = np.random.default_rng(20260301)
    codes = [str(row["Mã câu hỏi"]) for row in rows]
    b = [LEVELS[str(row["Mức độ"])] + rng.normal(0, 0.2) for row in rows]
    answers = response_csv(
        codes, [1.2] * len(rows), b, [str(row["Đáp án đúng"]) for row in rows], n_candidates=600, seed=1
    )
    started = await one.post(
        "/api/calibrations", data={"name": "Thi thử"}, files={"file": ("thi-thu.csv", answers, "text/csv")}
    )
    assert started.status_code == 202, started.text
    job = await finish_jobs(one, started.json()["job_id"])
    assert job["status"] == "succeeded", job
    approved = await other.post(f"/api/calibrations/{started.json()['calibration_id']}/approval")
    assert approved.status_code == 200, approved.text
    return one, other


def blueprint(count: int, *, name: str = "Đề thử") -> dict[str, object]:
    cells = [
        {"module_code": module, "cognitive_level": level, "minimum": count, "maximum": count}
        for module in ("IU03", "IU04")
        for level in LEVELS
    ]
    return {"name": name, "form_length": count * 6, "duration_minutes": 20, "cut_theta": 0.0, "cells": cells}


async def assemble(client: AsyncClient, plan: dict[str, object], form_count: int) -> dict[str, object]:
    created = await client.post("/api/blueprints", json=plan)
    assert created.status_code == 201, created.text
    body = {"blueprint_id": created.json()["id"], "form_count": form_count}
    started = (await client.post("/api/assemblies", json=body)).json()
    await finish_jobs(client, started["job_id"])
    view: dict[str, object] = (await client.get(f"/api/assemblies/{started['assembly_id']}")).json()
    return view


async def test_two_equal_forms_are_made_and_published_by_a_second_person(client_for: ClientFactory) -> None:
    one, other = await calibrated_bank(client_for)
    view = await assemble(one, blueprint(2) | {"tools": {"calculator": True, "zoom": False}, "items_per_page": 4}, 2)
    assert view["status"] == "assembled", view["conflict"]
    forms = view["forms"]
    assert isinstance(forms, list)
    assert [form["form_code"] for form in forms] == ["101", "102"]
    for form in forms:
        assert {(cell["module_code"], cell["cognitive_level"], cell["count"]) for cell in form["cells"]} == {
            (module, level, 2) for module in ("IU03", "IU04") for level in LEVELS
        }
        assert [item["position"] for item in form["items"]] == list(range(1, 13))
        assert len(form["information"]) == len(form["expected_score"]) == 61
        assert form["information"][30] == pytest.approx(form["information_at_cut"])
    assert view["overlap"] == [[12, 0], [0, 12]]
    at_cut = [form["information_at_cut"] for form in forms]
    assert view["max_relative_difference"] == pytest.approx(max(at_cut) / min(at_cut) - 1)
    assert float(str(view["max_relative_difference"])) <= 0.05
    assert float(str(view["objective"])) == pytest.approx(min(min(form["figures"]["information"]) for form in forms))
    assert float(str(view["bound"])) >= float(str(view["objective"]))
    # The pilot was simulated: that is said wherever its figures go.
    assert view["is_simulated"] is True
    listed = (await one.get("/api/items")).json()["items"]
    assert {item["calibration"]["is_simulated"] for item in listed} == {True}

    path = f"/api/assemblies/{view['id']}"
    refused = await other.post(f"{path}/publication")
    assert (refused.status_code, refused.json()["code"]) == (409, "assembly_not_approved")
    refused = await approve(one, path)
    assert (refused.status_code, refused.json()["code"]) == (409, "second_person_needed")
    assert (await approve(other, path)).json()["status"] == "approved"
    published = await other.post(f"{path}/publication")
    assert published.status_code == 200, published.text
    again = await other.post(f"{path}/publication")
    assert again.json()["code"] == "assembly_not_approved"
    form_id = published.json()["form_ids"][0]
    form = await one.get(f"/api/forms/{form_id}")
    assert form.json()["form_code"] == "101"
    assert len(form.json()["contents"]) == 12
    allowed = {"calculator": True, "notes": True, "highlighter": True, "strike_through": True, "zoom": False}
    assert form.json()["tools"] == allowed
    assert form.json()["items_per_page"] == 4
    assert "correct" not in form.text
    assert "SUM cộng" not in form.text
    # The page of an item says where it is used.
    third = form.json()["contents"][2]["item_code"]
    item_id = next(item["id"] for item in listed if item["code"] == third)
    whereabouts = (await one.get(f"/api/items/{item_id}/whereabouts")).json()
    assert [(use["form_code"], use["position"], use["version_number"]) for use in whereabouts["forms"]] == [
        ("101", 3, 1)
    ]


async def test_the_published_key_marks_the_option_that_the_bank_holds_right(
    app: FastAPI, client_for: ClientFactory
) -> None:
    one, other = await calibrated_bank(client_for)
    view = await assemble(one, blueprint(1), 1)
    await approve(other, f"/api/assemblies/{view['id']}")
    [form_id] = (await other.post(f"/api/assemblies/{view['id']}/publication")).json()["form_ids"]
    contents = (await one.get(f"/api/forms/{form_id}")).json()["contents"]
    database: Database = app.state.database
    async with database.read() as session:
        keys = await keys_of_form(session, UUID(form_id))
    expected = {row["Mã câu hỏi"]: row for row in bank_rows()}
    for item in contents:
        row = expected[item["item_code"]]
        [right] = keys[item["ref"]].key.correct  # type: ignore[union-attr]
        shown = next(option["content"] for option in item["view"]["options"] if option["id"] == right)
        assert shown == row[f"Phương án {row['Đáp án đúng']}"]


async def test_a_blueprint_that_the_bank_cannot_fill_is_answered_in_the_words_of_the_board(
    client_for: ClientFactory,
) -> None:
    one, _ = await calibrated_bank(client_for)
    view = await assemble(one, blueprint(3), 2)
    assert (view["status"], view["forms"]) == ("infeasible", [])
    conflict = view["conflict"]
    assert isinstance(conflict, list)
    messages = [entry["message"] for entry in conflict]
    assert "Ô IU03 × NB: mỗi đề cần 3 câu × 2 đề = 6, ngân hàng chỉ đủ 4" in messages
    assert "Số câu của đề: mỗi đề cần 18 câu × 2 đề = 36, ngân hàng chỉ đủ 24" in messages
    repairs = view["repairs"]
    assert isinstance(repairs, list)
    assert all(step["message"] for steps in repairs for step in steps)


async def test_forms_are_not_published_once_an_item_has_changed(client_for: ClientFactory) -> None:
    one, other = await calibrated_bank(client_for)
    view = await assemble(one, blueprint(1), 1)
    forms = view["forms"]
    assert isinstance(forms, list)
    code = forms[0]["items"][0]["code"]
    author = await client_for("item_author")
    changed = next(row for row in bank_rows() if row["Mã câu hỏi"] == code) | {"Câu hỏi": "Câu hỏi đã sửa lại?"}
    await import_items(author, [changed])
    refused = await approve(other, f"/api/assemblies/{view['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "assembly_items_changed")
    assert [error["code"] for error in refused.json()["errors"]] == ["assembly_item_changed"]
    assert code in refused.json()["errors"][0]["message"]
