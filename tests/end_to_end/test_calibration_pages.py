"""The evidence on a calibration in Chromium: run and item pages, who sees options, choosing what to accept, paper."""

import asyncio
import re
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import expect

from exam_engine.psychometrics import ItemParameters, simulate_options
from exam_engine.psychometrics.simulation import simulate_responses
from item_bank.sample.bank import sample_rows
from item_bank.sample.pilot import simulate_pilot
from tests.end_to_end.browsing import Visit
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

HARDER_FOR_WOMEN = "IU01-006"
NAMELESS_KEY = "IU01-009"
"""Marked by a wrong option, so that able candidates seem to choose a distractor."""

# What a sheet of paper cannot show: plots and tables beyond its edge, and boxes that would have to be scrolled.
_CUT = """() => [...document.querySelectorAll("main svg, main table")].filter((box) => {
    const { left, right, width } = box.getBoundingClientRect();
    return width > 0 && (left < -1 || right > innerWidth + 1);
  }).concat([...document.querySelectorAll("main [role=region]")].filter((box) =>
    getComputedStyle(box).overflowY !== "visible" && box.scrollHeight > box.clientHeight + 1
  )).map((box) => box.outerHTML.slice(0, 120))"""


def answers_csv() -> bytes:
    """Answers of men and women to the first items of the sample bank, with two faults built in."""
    pilot, rows, rng = simulate_pilot(), sample_rows()[:18], np.random.default_rng(7)
    items = ItemParameters.dichotomous(pilot.codes[:18], pilot.a[:18], pilot.b[:18])
    is_woman = rng.random(700) < 0.45
    scores = np.array(simulate_responses(rng, rng.standard_normal(700), items).scores)
    scores[is_woman & (rng.random(700) < 0.5), pilot.codes.index(HARDER_FOR_WOMEN)] = 0
    chosen = simulate_options(rng, scores, [row["key"] for row in rows], ["ABCD"] * 18)
    swapped = pilot.codes.index(NAMELESS_KEY)
    key = rows[swapped]["key"]
    other = "ABCD"[("ABCD".index(key) + 1) % 4]
    chosen[:, swapped] = [{key: other, other: key}.get(option, option) for option in chosen[:, swapped]]
    lines = [
        f"P{number},{code},{answer},{'Nữ' if is_woman[number] else 'Nam'}"
        for number, row in enumerate(chosen)
        for code, answer in zip(items.names, row, strict=True)
    ]
    return "\n".join(["# mô phỏng / simulated", "candidate,item,answer,giới tính", *lines]).encode()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def calibration(house: House) -> str:
    """Return the id of a run on a scale of its own that waits for approval."""
    content = await asyncio.to_thread(answers_csv)
    async with house.staff("hoidong1") as board:
        answer = await board.post(
            "/api/calibrations", data={"name": "Có nhóm"}, files={"file": ("nhom.csv", content)}, timeout=120
        )
        assert answer.status_code == 202, answer.text
        ids: dict[str, Any] = answer.json()
        await house.until(board, f"/api/jobs/{ids['job_id']}", "status", "succeeded")
    return str(ids["calibration_id"])


async def sound_at_both_widths(visit: Visit) -> list[str]:
    found = await complaints(visit)
    await visit.page.set_viewport_size({"width": 360, "height": 740})
    found += await complaints(visit)
    await visit.page.set_viewport_size({"width": 1280, "height": 800})
    return found


async def test_a_run_is_read_from_map_to_groups_and_from_item_to_item(
    house: House, open_visit: OpenVisit, calibration: str
) -> None:
    visit = await open_visit()
    await sign_in(visit, house, "hoidong1")
    page = visit.page
    await page.goto(f"/board#/calibrations/{calibration}")
    await expect(page.get_by_role("img", name="Bản đồ Wright")).to_be_visible()
    await page.get_by_label("Tìm câu trên bản đồ").select_option("IU01-003")
    await expect(page.get_by_role("link", name="IU01-003: b = ")).to_be_visible()
    groups = page.get_by_role("table", name="Số câu theo mức")
    await expect(groups.get_by_role("row").nth(1)).to_contain_text("Giới tính")
    await expect(groups.get_by_role("link", name=HARDER_FOR_WOMEN)).to_be_visible()
    # The demo's calibration put these items in force; this run is brought onto its scale by them.
    await expect(page.get_by_text("Stocking–Lord")).to_be_visible()
    await expect(page.get_by_role("img", name="Độ khó b")).to_be_visible()
    await expect(page.get_by_text("SHA-256 của dữ liệu")).to_be_visible()
    assert await sound_at_both_widths(visit) == []

    await groups.get_by_role("link", name=HARDER_FOR_WOMEN).press("Enter")
    await expect(page.get_by_role("heading", name=HARDER_FOR_WOMEN)).to_be_visible()
    await expect(page.get_by_text("câu này khó hơn hẳn với Nữ so với Nam")).to_be_visible()
    # A board member may not see keys, and the curves of options show them.
    await expect(page.get_by_text("chỉ hiện với người được xem đáp án")).to_be_visible()
    assert await sound_at_both_widths(visit) == []
    await page.get_by_role("link", name="Câu sau").press("Enter")
    await expect(page.get_by_role("heading", name="IU01-007")).to_be_visible()
    await page.get_by_role("link", name="Câu trước").press("Enter")
    await expect(page.get_by_role("heading", name=HARDER_FOR_WOMEN)).to_be_visible()


async def test_who_may_see_keys_sees_which_option_draws_the_able(
    house: House, open_visit: OpenVisit, calibration: str
) -> None:
    async with house.staff("quantri") as administrator:
        account = {
            "username": "chutich",
            "display_name": "Chủ tịch hội đồng",
            "password": "mat-khau-chu-tich-1",
            "roles": ["board_member", "item_reviewer"],
        }
        (await administrator.post("/api/users", json=account)).raise_for_status()
    house.passwords["chutich"] = str(account["password"])
    for username, sees in (("hoidong1", False), ("chutich", True)):
        visit = await open_visit()
        await sign_in(visit, house, username)
        await visit.page.goto(f"/board#/calibrations/{calibration}/items/{NAMELESS_KEY}")
        who = r"Phương án [ABCD]" if sees else "Một phương án nhiễu"
        told = re.compile(f"{who} được người giỏi chọn nhiều hơn đáp án")
        await expect(visit.page.get_by_text(told)).to_be_visible()
        options = visit.page.get_by_role("img", name="Các phương án")
        await expect(options).to_have_count(1 if sees else 0)
        assert await sound_at_both_widths(visit) == []


async def test_a_printed_page_cuts_no_table_and_no_plot(house: House, open_visit: OpenVisit, calibration: str) -> None:
    visit = await open_visit(viewport={"width": 794, "height": 1123})
    await sign_in(visit, house, "hoidong1")
    page = visit.page
    for address, last in (
        (calibration, "Nguồn gốc và thiết lập"),
        (f"{calibration}/items/IU01-001", "Các nhóm thí sinh"),
    ):
        await page.goto(f"/board#/calibrations/{address}")
        await expect(page.get_by_role("heading", name=last, exact=True)).to_be_visible()
        await page.emulate_media(media="print")
        cut = await page.evaluate(_CUT)
        assert cut == []
        await expect(page.get_by_role("button", name="In", exact=True)).to_be_hidden()
        await page.emulate_media(media="screen")


async def test_a_second_person_accepts_one_item_and_the_others_keep_their_parameters(
    house: House, open_visit: OpenVisit, calibration: str
) -> None:
    visit = await open_visit()
    await sign_in(visit, house, "hoidong2")
    page = visit.page
    await page.goto(f"/board#/calibrations/{calibration}")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Tải Excel").click()
    assert (await download.value).suggested_filename == "Có nhóm.xlsx"
    await expect(page.get_by_text("18 trong 18 câu mới được chọn")).to_be_visible()
    await page.get_by_role("button", name="Bỏ tất cả").click()
    await page.get_by_role("button", name="Duyệt tham số").click()
    await expect(page.get_by_text("Chưa chọn câu nào để nhận")).to_be_visible()
    await page.get_by_label("Nhận tham số của IU01-018").check()
    await page.get_by_role("button", name="Duyệt tham số").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("1 trong 18 câu mới được chọn")).to_be_visible()
    await dialog.get_by_role("checkbox").check()
    await dialog.get_by_role("button", name="Duyệt tham số").click()
    await expect(page.get_by_text("Đã duyệt; tham số bắt đầu có hiệu lực")).to_be_visible()
    async with house.staff("hoidong2") as board:
        view = (await board.get(f"/api/calibrations/{calibration}")).raise_for_status().json()
        accepted = {item["code"]: item["is_accepted"] for item in view["items"]}
        assert [code for code, is_accepted in accepted.items() if is_accepted] == ["IU01-018"]
        other = next(item for item in view["items"] if item["code"] == "IU01-001")
        stored = (await board.get(f"/api/items/{other['item_id']}")).raise_for_status().json()
    assert stored["calibration"]["calibration_id"] != calibration
