"""A calibration under way: what is seen of it, giving it up, and starting it again."""

import asyncio
import os
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col, select

from exam_engine.audit.models import AuditEntry
from item_bank.calibration import jobs as calibration_jobs
from item_bank.calibration import service
from item_bank.calibration.estimation import Estimation
from item_bank.calibration.models import CalibrationItem
from tests.conftest import NINE, ClientFactory, finish_jobs, make_actor
from tests.item_bank.calibration.pilots import CODES, KEYS, A, B, fill_bank, read, start
from tests.item_bank.calibration.slow_estimation import die_in_the_middle, estimate_slowly
from tests.item_bank.responses import response_csv

ANSWERS = response_csv(CODES, A, B, KEYS, n_candidates=300, seed=11)

embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def until(client: AsyncClient, job_id: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(40):
        while True:
            view: dict[str, Any] = (await client.get(f"/api/jobs/{job_id}")).json()
            if holds(view):
                return view
            await asyncio.sleep(0.05)


def is_in_the_fit(view: dict[str, Any]) -> bool:
    return view["status"] == "running" and "Vòng lặp" in view["message"]


async def test_a_fit_under_way_is_cancelled_within_two_seconds_and_leaves_nothing(
    app: FastAPI, client_for: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration_jobs, "estimate", estimate_slowly)
    await fill_bank(client_for)
    board, other = await client_for("board_member"), await client_for("board_member")
    ids = await start(board, ANSWERS)
    path = f"/api/calibrations/{ids['calibration_id']}"
    seen = await until(board, ids["job_id"], lambda view: is_in_the_fit(view) and "Vòng lặp 99" in view["message"])
    assert 0.0 < seen["progress"] < 1.0
    async with app.state.database.read() as session:
        job = await service.find_job(session, UUID(ids["calibration_id"]))
    pid = job.message_params["pid"]
    os.kill(pid, 0)

    cancelled = await other.post(f"{path}/cancellation")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    async with asyncio.timeout(2):
        assert (await finish_jobs(board, ids["job_id"]))["status"] == "cancelled"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)

    async with app.state.database.read() as session:
        rows = (await session.exec(select(CalibrationItem))).all()
        entries = (
            await session.exec(select(AuditEntry).where(col(AuditEntry.action) == "calibration.cancelled"))
        ).all()
    assert {(row.a, row.n) for row in rows} == {(None, None)}
    assert [entry.object_id for entry in entries] == [ids["calibration_id"]]
    assert (await board.get(path)).json()["certificate"] is None
    assert (await other.post(f"{path}/approval")).json()["code"] == "calibration_not_ready"
    assert (await other.post(f"{path}/cancellation")).json()["code"] == "calibration_not_running"


async def test_a_cancelled_calibration_is_started_again_with_its_answers(
    client_for: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill_bank(client_for)
    board, other = await client_for("board_member"), await client_for("board_member")
    with monkeypatch.context() as slow:
        slow.setattr(calibration_jobs, "estimate", estimate_slowly)
        ids = await start(board, ANSWERS, model="1PL")
        path = f"/api/calibrations/{ids['calibration_id']}"
        assert (await other.post(f"{path}/restart")).json()["code"] == "calibration_not_ended"
        await until(board, ids["job_id"], is_in_the_fit)
        await board.post(f"{path}/cancellation")
        await finish_jobs(board, ids["job_id"])
    again = await other.post(f"{path}/restart")
    assert again.status_code == 202
    assert again.json()["job_id"] != ids["job_id"]
    assert (await finish_jobs(other, again.json()["job_id"]))["status"] == "succeeded"
    view = await read(board, ids["calibration_id"])
    assert (view["status"], view["options"]["model"], view["n_candidates"]) == ("estimated", "1PL", 300)
    assert (await other.post(f"{path}/restart")).json()["code"] == "calibration_not_ended"
    # Who started it again may not approve it.
    assert (await other.post(f"{path}/approval")).json()["code"] == "second_person_needed"


@embedded
async def test_what_an_earlier_start_still_finds_is_not_stored(
    app: FastAPI, client_for: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration_jobs, "estimate", estimate_slowly)
    await fill_bank(client_for)
    board = await client_for("board_member")
    ids = await start(board, ANSWERS)
    path = f"/api/calibrations/{ids['calibration_id']}"
    await board.post(f"{path}/cancellation")
    again = (await board.post(f"{path}/restart")).json()
    found = Estimation([], {}, [], failure={"code": "too_few_items", "data": {"estimable": 1, "needed": 3}})
    for job_id, status in ((ids["job_id"], "running"), (again["job_id"], "failed")):
        async with app.state.database.write() as session:
            run = await service.store_estimation(
                session,
                calibration_id=UUID(ids["calibration_id"]),
                job_id=UUID(job_id),
                estimation=found,
                actor=make_actor("board_member"),
                now=NINE,
            )
            assert run.status == status


@embedded
async def test_everybody_who_may_read_a_calibration_sees_how_far_it_is(
    client_for: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration_jobs, "estimate", estimate_slowly)
    await fill_bank(client_for)
    board, other, author = (
        await client_for("board_member"),
        await client_for("board_member"),
        await client_for("item_author"),
    )
    ids = await start(board, ANSWERS)
    path = f"/api/calibrations/{ids['calibration_id']}"
    await until(board, ids["job_id"], is_in_the_fit)
    seen = (await other.get(f"{path}/progress", headers={"accept-language": "en"})).json()
    assert seen["status"] == "running"
    assert seen["message"].startswith("Iteration")
    for method, place in (("GET", "progress"), ("POST", "cancellation"), ("POST", "restart")):
        assert (await author.request(method, f"{path}/{place}")).status_code == 403
    await board.post(f"{path}/cancellation")


@embedded
async def test_a_computing_process_that_is_killed_fails_the_calibration_with_a_reason(
    client_for: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill_bank(client_for)
    board = await client_for("board_member")
    with monkeypatch.context() as deadly:
        deadly.setattr(calibration_jobs, "estimate", die_in_the_middle)
        ids = await start(board, ANSWERS)
        job = await finish_jobs(board, ids["job_id"])
    error = job["error"]
    assert isinstance(error, dict)
    assert (job["status"], error["code"]) == ("failed", "job_process_died")
    assert "thiếu bộ nhớ" in error["title"]
    assert (await read(board, ids["calibration_id"]))["status"] == "failed"
    again = await board.post(f"/api/calibrations/{ids['calibration_id']}/restart")
    await finish_jobs(board, again.json()["job_id"])
    assert (await read(board, ids["calibration_id"]))["status"] == "estimated"
