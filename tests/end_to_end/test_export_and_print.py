"""What leaves the board's pages as a file: items exported, versions of a blueprint printed, a form on paper."""

import asyncio
import io
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from playwright.async_api import Locator, Page, expect

from tests.end_to_end.browsing import PHONE
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PLAN: dict[str, Any] = {
    "name": "Ma trận để in",
    "form_length": 4,
    "duration_minutes": 10,
    "cut_theta": 0.0,
    "cells": [{"module_code": "IU01", "cognitive_level": "NB", "minimum": 4, "maximum": 4}],
}


async def downloaded(page: Page, button: Locator) -> bytes:
    """Press a button that hands out a file and return the file."""
    async with page.expect_download() as waiting:
        await button.click()
    path = await (await waiting.value).path()
    return await asyncio.to_thread(path.read_bytes)


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
async def test_chosen_items_leave_as_a_file_that_was_told_about_before(
    house: House, open_visit: OpenVisit, options: dict[str, Any]
) -> None:
    visit = await open_visit(**options)
    page = visit.page
    await sign_in(visit, house, "soancau")
    await page.goto("/board#/items?q=IU04-00")
    for number in (0, 1):
        await page.locator("tbody input[type=checkbox]").nth(number).check()
    await page.get_by_role("button", name="Xuất ra tệp").click()
    dialog = page.get_by_role("dialog", name="Xuất 2 câu hỏi ra tệp")
    await dialog.get_by_role("radio", name="Bảng tính Excel").check()
    await expect(dialog.get_by_role("status")).to_contain_text("đủ 2 câu")
    assert await complaints(visit) == []
    content = await downloaded(page, dialog.get_by_role("button", name="Tải tệp"))
    rows = list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))
    assert sum(str(value).startswith("IU04-00") for row in rows for value in row[:1]) == 2
    await expect(dialog).to_have_count(0)


async def test_a_blueprint_keeps_its_versions_and_is_printed(house: House, open_visit: OpenVisit) -> None:
    async with house.staff("hoidong1") as client:
        made = (await client.post("/api/blueprints", json=PLAN)).raise_for_status().json()
        changed = PLAN | {"duration_minutes": 12}
        params = {"note": "Thêm hai phút"}
        (await client.put(f"/api/blueprints/{made['id']}", json=changed, params=params)).raise_for_status()
    visit = await open_visit()
    page = visit.page
    await sign_in(visit, house, "hoidong1")
    await page.goto(f"/board#/assembly/blueprints/{made['id']}")
    await expect(page.get_by_role("cell", name="Thêm hai phút")).to_be_visible()
    await expect(page.get_by_role("row", name="Thời gian làm bài (phút)")).to_contain_text("10")
    assert await complaints(visit) == []
    await page.get_by_role("button", name="In ma trận").click()
    printing = page.get_by_role("dialog", name="In ma trận đề")
    assert (await downloaded(page, printing.get_by_role("button", name="Tải PDF"))).startswith(b"%PDF")
    assert await complaints(visit) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Khôi phục phiên bản 1").click()
    await page.get_by_role("dialog").get_by_role("button", name="Khôi phục").click()
    await expect(page.get_by_label("Thời gian làm bài")).to_have_value("10")
    await expect(page.get_by_role("cell", name="Khôi phục phiên bản 1", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Tạo ma trận mới từ phiên bản 2").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Tên ma trận mới").fill("Ma trận từ bản 2")
    await dialog.get_by_role("button", name="Tạo ma trận mới").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ma trận từ bản 2")
    await expect(page.get_by_role("link", name="Tạo từ “Ma trận để in”, phiên bản 2")).to_be_visible()


async def test_a_form_is_printed_from_its_page(house: House, open_visit: OpenVisit) -> None:
    form = house.made_by_demo["form"]
    visit = await open_visit()
    page = visit.page
    await sign_in(visit, house, "hoidong1")
    await page.goto(f"/board#/assembly/forms/{form['id']}")
    await page.get_by_role("button", name="In đề").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Thứ tự câu và phương án").select_option(label="Trộn, mã 2")
    await expect(dialog).to_contain_text("không được xem đáp án")
    content = await downloaded(page, dialog.get_by_role("button", name="Tải đề Word"))
    paper = Document(io.BytesIO(content))
    assert f"Mã đề: {form['form_code']}-02" in paper.tables[0].rows[0].cells[0].text
    questions = [line.text for line in paper.paragraphs if line.text.startswith("Câu ")]
    assert len(questions) == form["item_count"]
