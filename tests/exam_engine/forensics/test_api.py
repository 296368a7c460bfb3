"""Reports over HTTP: who may, what is told, that nothing leaks and nothing follows."""

import io
import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from sqlmodel import select

from exam_engine.audit.models import AuditEntry
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.forensics import jobs
from exam_engine.forensics.behaviour import look_at_times
from exam_engine.forensics.gathering import gather
from exam_engine.forensics.task import ForensicsTask
from exam_engine.forms.models import Form
from load_tests.prepared_sitting import PreparedSitting
from tests.conftest import ClientFactory, finish_jobs
from tests.exam_engine.forensics.worked import COPIER, ITEMS, SOURCE, worked_sitting

CANDIDATES = 104

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def sitting(app: FastAPI, settings: Settings) -> PreparedSitting:
    """Return a sitting that was held yesterday."""
    database: Database = app.state.database
    opened = utc_now() - timedelta(days=1)
    return await worked_sitting(database, settings, candidates=CANDIDATES, opens_at=opened)


async def actions(app: FastAPI) -> list[str]:
    database: Database = app.state.database
    async with database.read() as session:
        entries = (await session.exec(select(AuditEntry).order_by(AuditEntry.seq))).all()  # type: ignore[arg-type]
    return [entry.action for entry in entries if entry.action.startswith("forensics.")]


async def test_journals_and_answers_become_tables(app: FastAPI, sitting: PreparedSitting) -> None:
    database: Database = app.state.database
    async with database.read() as session:
        task = await gather(session, sitting.sitting_id, packages=("exam_engine",), seed=1, replications=1)

    assert task.scores.shape == (CANDIDATES, ITEMS)
    assert task.parameters is None
    assert (task.right >= 0).all()
    ids = [str(person.registration_id) for person in sitting.registered]
    rows = [task.candidates.index(ids[number]) for number in (COPIER, SOURCE)]
    assert (task.chosen[rows[0]] == task.chosen[rows[1]]).all()
    assert ((task.chosen >= 0) & (task.chosen < 4)).all()
    # Each seventh item got another answer first.
    assert 2 <= (task.first[rows[0]] != task.chosen[rows[0]]).sum() <= 3
    # Log-times are normal around 3.3.
    assert 25.0 < float(task.seconds.mean()) < 35.0
    assert int(task.departures.sum()) == -(-CANDIDATES // 3)


async def test_pages_of_several_items_tell_no_times_of_single_ones(app: FastAPI, sitting: PreparedSitting) -> None:
    database: Database = app.state.database

    async def gathered() -> ForensicsTask:
        async with database.read() as session:
            return await gather(session, sitting.sitting_id, packages=("exam_engine",), seed=1, replications=1)

    before = await gathered()
    async with database.write() as session:
        for form in (await session.exec(select(Form))).all():
            form.items_per_page = 2
            session.add(form)
    after = await gathered()
    assert np.isnan(after.seconds).all()
    assert (after.chosen == before.chosen).all()
    assert (after.departures == before.departures).all()
    told = look_at_times(after, np.random.default_rng(1))
    assert (told["state"], told["reason"]) == ("not_enough_data", "few_times")


async def test_the_board_gets_a_report_and_every_look_is_on_record(
    app: FastAPI, sitting: PreparedSitting, client_for: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "REPLICATIONS", 3)
    board = await client_for("board_member")
    path = f"/api/forensics/{sitting.sitting_id}"
    before: Any = (await board.get(path)).json()
    assert (before["report"], before["job"], before["can_start"]) == (None, None, True)
    assert (await board.get(f"{path}/progress")).status_code == 404
    refused = await board.get(f"{path}/export.xlsx")
    assert (refused.status_code, refused.json()["code"]) == (404, "forensics_no_report")
    results = (await board.get(f"/api/results/{sitting.sitting_id}")).json()

    started = await board.post(f"{path}/reports")
    assert started.status_code == 200, started.text
    # A colleague follows the work too, which is no look at a report.
    colleague = await client_for("board_member")
    followed = await colleague.get(f"{path}/progress")
    assert (followed.status_code, followed.json()["id"]) == (200, started.json()["job"]["id"])
    assert (await actions(app)) == ["forensics.started"]
    again = await board.post(f"{path}/reports")
    assert again.status_code == 200 or again.json()["code"] == "forensics_running"
    ended = await finish_jobs(board, started.json()["job"]["id"], seconds=150.0)
    assert ended["status"] == "succeeded", ended

    view: Any = (await board.get(path)).json()
    kinds = {kind["kind"]: kind for kind in view["report"]["kinds"]}
    assert view["report"]["n_candidates"] == CANDIDATES
    pair = kinds["neighbours"]["findings"][0]
    assert {person["registration_id"] for person in pair["candidates"]} == {
        str(sitting.registered[number].registration_id) for number in (COPIER, SOURCE)
    }
    assert pair["figures"]["n_same"] == ITEMS
    assert kinds["answer_changes"]["state"] in {"done", "not_enough_data"}

    sheet = await board.get(f"{path}/export.xlsx")
    workbook = load_workbook(io.BytesIO(sheet.content))
    assert len(workbook.sheetnames) == len(kinds)
    texts = [str(cell.value) for row in workbook.worksheets[0].iter_rows() for cell in row if cell.value]
    assert any("KHÔNG PHẢI LÀ BẰNG CHỨNG" in text for text in texts)
    assert [action for action in await actions(app) if action != "forensics.started"][-2:] == [
        "forensics.read",
        "forensics.exported",
    ]
    # Nothing flows into the results; the root of the log comes by itself once the sitting is over.
    after = (await board.get(f"/api/results/{sitting.sitting_id}")).json()
    assert after | {"log_root": None} == results | {"log_root": None}
    # No text of an item and no option is told.
    told = json.dumps(view, ensure_ascii=False)
    assert "Phương án" not in told
    assert "chọn phương án" not in told


async def test_a_sitting_that_is_not_over_is_not_analysed(
    app: FastAPI, settings: Settings, client_for: ClientFactory
) -> None:
    database: Database = app.state.database
    running = await worked_sitting(database, settings, candidates=8, opens_at=utc_now() - timedelta(minutes=10))
    board = await client_for("board_member")

    refused = await board.post(f"/api/forensics/{running.sitting_id}/reports")
    assert (refused.status_code, refused.json()["code"]) == (409, "results_not_ready")
    assert not (await board.get(f"/api/forensics/{running.sitting_id}")).json()["can_start"]


@pytest.mark.parametrize("role", ["proctor", "inspector", "administrator", "marker", "certificate_officer"])
async def test_nobody_but_the_board_may_look(
    app: FastAPI, settings: Settings, client_for: ClientFactory, role: str
) -> None:
    client = await client_for(role)
    for method, end in (("GET", ""), ("GET", "/progress"), ("POST", "/reports"), ("GET", "/export.xlsx")):
        answer = await client.request(method, f"/api/forensics/00000000-0000-4000-8000-000000000000{end}")
        assert answer.status_code == 403
