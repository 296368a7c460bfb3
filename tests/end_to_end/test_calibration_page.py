"""The calibration page in Chromium: choosing a model, watching a fit, giving it up, a sample on the bank's scale."""

import asyncio
from typing import Any

import numpy as np
import pytest
from playwright.async_api import expect

from exam_engine.psychometrics import ItemParameters, simulate_options
from exam_engine.psychometrics.simulation import simulate_responses
from item_bank.sample.bank import sample_rows
from item_bank.sample.pilot import simulate_pilot
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


def pilot_csv(n_candidates: int, n_items: int, *, mean: float) -> bytes:
    """Answers to the first items of the sample bank under the parameters that the demo's pilot was drawn from."""
    pilot, rows, rng = simulate_pilot(), sample_rows()[:n_items], np.random.default_rng(5)
    items = ItemParameters.dichotomous(pilot.codes[:n_items], pilot.a[:n_items], pilot.b[:n_items])
    scores = simulate_responses(rng, mean + rng.standard_normal(n_candidates), items).scores
    chosen = simulate_options(rng, scores, [row["key"] for row in rows], ["ABCD"] * n_items)
    lines = [",".join([f"P{number}", *row]) for number, row in enumerate(chosen)]
    return "\n".join(["# mô phỏng / simulated", ",".join(["candidate", *items.names]), *lines]).encode()


async def start(house: House, content: bytes, **form: str) -> dict[str, Any]:
    async with house.staff("hoidong1") as board:
        answer = await board.post("/api/calibrations", data=form, files={"file": ("thi-thu.csv", content)}, timeout=120)
    assert answer.status_code == 202, answer.text
    ids: dict[str, Any] = answer.json()
    return ids


async def test_a_fit_is_started_with_a_prior_watched_and_given_up(house: House, open_visit: OpenVisit) -> None:
    visit = await open_visit()
    await sign_in(visit, house, "hoidong1")
    page = visit.page
    await page.goto("/board#/calibrations")
    await page.get_by_role("button", name="Hiệu chuẩn mới").click()
    dialog = page.get_by_role("dialog")
    # The demo has parameters in force, so holding them is proposed.
    await expect(dialog.get_by_label("Giữ cố định các câu đang có tham số")).to_be_checked()
    await expect(dialog.get_by_label("α", exact=True)).to_have_count(0)
    await dialog.get_by_label("Tên lần hiệu chuẩn").fill("Thử huỷ")
    content = await asyncio.to_thread(pilot_csv, 2500, 200, mean=0.0)
    await dialog.get_by_label("Tệp trả lời").set_input_files(
        {"name": "lon.csv", "mimeType": "text/csv", "buffer": content}
    )
    await expect(dialog.get_by_text("Dữ liệu đọc được")).to_be_visible(timeout=30_000)
    await dialog.get_by_label("Mô hình").select_option("3PL")
    await expect(dialog.get_by_label("α", exact=True)).to_have_value("5")
    await dialog.get_by_label("α", exact=True).fill("1")
    await dialog.get_by_label("β", exact=True).fill("1")
    await dialog.get_by_label("Giữ cố định các câu đang có tham số").uncheck()
    await dialog.get_by_text("Lựa chọn nâng cao").click()
    await dialog.get_by_label("Phân phối năng lực").select_option("davidian")
    assert await complaints(visit) == []
    await dialog.get_by_role("button", name="Bắt đầu").click()

    await expect(page.get_by_role("heading", name="Thử huỷ")).to_be_visible()
    await expect(page.get_by_text("Vòng lặp")).to_be_visible()
    assert await complaints(visit) == []
    await page.get_by_role("button", name="Huỷ hiệu chuẩn").press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Huỷ hiệu chuẩn").press("Enter")
    await expect(page.get_by_text("Lần hiệu chuẩn này đã huỷ")).to_be_visible()
    await expect(page.get_by_role("button", name="Chạy lại")).to_be_visible()
    assert await complaints(visit) == []


async def test_a_sample_on_the_banks_scale_shows_its_anchors_and_its_table_can_be_taken_away(
    house: House, open_visit: OpenVisit
) -> None:
    content = await asyncio.to_thread(pilot_csv, 300, 12, mean=0.5)
    ids = await start(house, content, name="Nối thang đo", model="3PL", holds_anchors="true")
    async with house.staff("hoidong1") as board:
        await house.until(board, f"/api/jobs/{ids['job_id']}", "status", "succeeded")
    visit = await open_visit()
    await sign_in(visit, house, "hoidong1")
    page = visit.page
    await page.goto(f"/board#/calibrations/{ids['calibration_id']}")
    await expect(page.get_by_role("heading", name="Thang đo của ngân hàng – giữ cố định 12 câu")).to_be_visible()
    await expect(page.get_by_text("Đã hội tụ sau")).to_be_visible()
    # Every item is held, so there is nothing to approve.
    await expect(page.get_by_role("button", name="Duyệt tham số")).to_have_count(0)
    await expect(page.get_by_text("không có tham số mới để duyệt")).to_be_visible()
    assert await complaints(visit) == []
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Tải bảng CSV").click()
    path = await (await download.value).path()
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("code,module,level,anchor,a,se_a,b")
    assert len(lines) == 13
    assert all(line.split(",")[3] == "1" for line in lines[1:])
