"""Results over HTTP: what the board sees and does, what a candidate sees, the mark sheet."""

import io
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from openpyxl import load_workbook

from exam_engine.accounts import service as accounts
from exam_engine.accounts.access import SESSION_COOKIE
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from tests.conftest import ClientFactory
from tests.exam_engine.results.finished import FinishedSitting, finished_sitting


@pytest.fixture
async def sitting(app: FastAPI, settings: Settings) -> FinishedSitting:
    """Return a sitting in which everybody submitted: 5.00, 4.75, 7.25, 0.00."""
    database: Database = app.state.database
    # Routes read the clock: this sitting was held yesterday.
    opened = utc_now() - timedelta(days=1)
    finished = await finished_sitting(database, settings, opens_at=opened)
    for seat, right in enumerate((20, 19, 29, 0), start=1):
        await finished.attempt(seat, right=right, now=opened)
    return finished


async def candidate(app: FastAPI, client_for: ClientFactory, sitting: FinishedSitting, seat: int) -> AsyncClient:
    database: Database = app.state.database
    settings: Settings = app.state.settings
    async with database.write() as session:
        opened = accounts.open_session(
            session,
            user_id=None,
            registration_id=sitting.registration_ids[seat - 1],
            display_name="Thí sinh",
            lifetime=settings.candidate_session,
            now=utc_now(),
        )
    client = await client_for()
    client.cookies.set(SESSION_COOKIE, opened.token)
    return client


async def view(client: AsyncClient, sitting: FinishedSitting) -> Any:
    return (await client.get(f"/api/results/{sitting.sitting_id}")).json()


async def test_marks_leave_as_text_with_two_decimals_and_in_words(
    sitting: FinishedSitting, client_for: ClientFactory
) -> None:
    results = await view(await client_for("board_member"), sitting)
    assert [(row["mark"], row["mark_in_words"], row["decision"]) for row in results["rows"]] == [
        ("5.00", "Năm", "pass"),
        ("4.75", "Bốn phẩy bảy mươi lăm", "fail"),
        ("7.25", "Bảy phẩy hai mươi lăm", "pass"),
        ("0.00", "Không", "fail"),
    ]
    assert (results["rows"][2]["raw"], results["rows"][2]["max"]) == ("29", "40")
    assert results["counts"] == {"pass": 2, "fail": 2, "absent": 0, "open": 0}
    assert results["rule_set"]["code"] == "TTLT17-2016-basic"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "vi",
            "Đạt khi bài Trắc nghiệm từ 5,00 điểm trở lên. "
            "Điểm theo thang 10, làm tròn đến 2 chữ số thập phân trước khi xét. "
            "Xử lý vi phạm: Khiển trách trừ 25%; Cảnh cáo trừ 50%; Đình chỉ thi trừ 100%; "
            "lấy hình thức nặng nhất, trừ trên điểm đã làm tròn và làm tròn lại.",
        ),
        (
            "en",
            "Pass: at least 5.00 in the paper Multiple choice. "
            "Marks are on a ten-point scale, rounded to 2 decimals before they are compared. "
            "Violations: Reprimand takes 25%; Warning takes 50%; Suspension takes 100%; "
            "the hardest counts, taken off the rounded mark, and the rest is rounded again.",
        ),
    ],
)
async def test_the_rule_is_told_in_words(
    sitting: FinishedSitting, client_for: ClientFactory, language: str, text: str
) -> None:
    board = await client_for("board_member")
    board.headers["accept-language"] = language
    assert (await view(board, sitting))["rule_set"]["rule_text"] == text


async def test_two_people_bring_results_from_proposal_to_release(
    app: FastAPI, sitting: FinishedSitting, client_for: ClientFactory
) -> None:
    proposer, approver = await client_for("board_member"), await client_for("board_member")
    taker = await candidate(app, client_for, sitting, 3)
    url, decision = f"/api/results/{sitting.sitting_id}", {"decision_number": "125/QĐ-SGDĐT"}
    before = (await taker.get("/api/results/own")).json()
    assert set(before.values()) == {None}
    assert (await proposer.post(f"{url}/proposal")).json()["status"] == "proposed"
    own = await proposer.post(f"{url}/approval", json=decision)
    assert (own.status_code, own.json()["code"]) == (409, "second_person_needed")
    returned = await approver.post(f"{url}/return", json={"reason": "Xem lại"})
    assert (returned.json()["status"], returned.json()["return_reason"]) == ("ready", "Xem lại")
    await proposer.post(f"{url}/proposal")
    approved = (await approver.post(f"{url}/approval", json=decision)).json()
    assert (approved["status"], approved["decision_number"]) == ("approved", "125/QĐ-SGDĐT")
    told = (await taker.get("/api/results/own")).json()
    assert {key: told[key] for key in ("decision", "mark", "mark_in_words", "raw", "max")} == {
        "decision": "pass",
        "mark": "7.25",
        "mark_in_words": "Bảy phẩy hai mươi lăm",
        "raw": "29",
        "max": "40",
    }


async def test_a_mark_sheet_holds_marks_in_figures_and_words_and_says_whether_it_is_a_draft(
    sitting: FinishedSitting, client_for: ClientFactory
) -> None:
    proposer, approver = await client_for("board_member"), await client_for("board_member")
    url = f"/api/results/{sitting.sitting_id}"

    async def cells() -> list[str]:
        response = await proposer.get(f"{url}/export.xlsx")
        (sheet,) = load_workbook(io.BytesIO(response.content)).worksheets
        return [str(value) for row in sheet.values for value in row if value is not None]

    draft = await cells()
    assert "(Dự thảo – kết quả chưa được phê duyệt)" in draft
    figures = draft.index("7,25")
    assert draft[figures : figures + 3] == ["7,25", "Bảy phẩy hai mươi lăm", "Đạt"]
    figures = draft.index("4,75")
    assert draft[figures : figures + 3] == ["4,75", "Bốn phẩy bảy mươi lăm", "Không đạt"]
    assert "Đạt: 2; không đạt: 2; vắng: 0; chưa có kết quả: 0." in draft
    await proposer.post(f"{url}/proposal")
    await approver.post(f"{url}/approval", json={"decision_number": "125/QĐ-SGDĐT"})
    assert "(Kèm theo Quyết định số 125/QĐ-SGDĐT)" in await cells()


async def test_a_candidate_sees_nobodys_results_but_their_own(
    app: FastAPI, sitting: FinishedSitting, client_for: ClientFactory
) -> None:
    taker = await candidate(app, client_for, sitting, 1)
    for path in ("", f"/{sitting.sitting_id}", f"/{sitting.sitting_id}/export.xlsx"):
        assert (await taker.get(f"/api/results{path}")).status_code == 403
    assert (await (await client_for("board_member")).get("/api/results/own")).status_code == 403


async def test_an_inspector_reads_results_and_changes_nothing(
    sitting: FinishedSitting, client_for: ClientFactory
) -> None:
    inspector = await client_for("inspector")
    assert (await view(inspector, sitting))["status"] == "ready"
    (listed,) = (await inspector.get("/api/results")).json()["items"]
    assert listed["sitting_id"] == str(sitting.sitting_id)
    for act in ("proposal", "approval", "return"):
        response = await inspector.post(f"/api/results/{sitting.sitting_id}/{act}", json={})
        assert response.status_code == 403
