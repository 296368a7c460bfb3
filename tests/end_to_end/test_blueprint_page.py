"""The blueprint page in Chromium: a grid like a spreadsheet, and what the bank lacks for it, told while one types."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.end_to_end.browsing import PHONE, Visit
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

LEVELS = {"NB": "Nhận biết", "TH": "Thông hiểu", "VD": "Vận dụng", "VDC": "Vận dụng cao"}


async def open_new(house: House, open_visit: OpenVisit, name: str, length: int) -> Visit:
    visit = await open_visit()
    await sign_in(visit, house, "hoidong1")
    await visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.page
    await page.goto("/board#/assembly/blueprints/new")
    await page.get_by_label("Tên ma trận").fill(name)
    await page.get_by_label("Số câu mỗi đề").fill(str(length))
    return visit


def cell(page: Page, module: str, level: str) -> Locator:
    return page.get_by_label(f"{module}, {LEVELS[level]}: số câu")


async def values(page: Page, module: str) -> list[str]:
    return [await cell(page, module, level).input_value() for level in LEVELS]


async def supply_of(page: Page, module: str, level: str) -> int:
    """Return how many items the page says there are."""
    note = cell(page, module, level).locator("xpath=following-sibling::*")
    await expect(note).to_contain_text("có ")
    return int((await note.inner_text()).split()[1])


async def test_a_grid_is_filled_by_keyboard_and_in_blocks_and_every_step_is_taken_back(
    house: House, open_visit: OpenVisit
) -> None:
    visit = await open_new(house, open_visit, "Nhập bằng phím", 12)
    page = visit.page
    await cell(page, "IU01", "NB").focus()
    for key in ("3", "ArrowRight", "2", "Tab", "1", "Enter"):
        await page.keyboard.press(key)
    await expect(cell(page, "IU02", "VD")).to_be_focused()
    assert await values(page, "IU01") == ["3", "2", "1", ""]

    # A block of two by three, copied and put one row lower, as a spreadsheet would.
    await cell(page, "IU01", "NB").focus()
    for _ in range(2):
        await page.keyboard.press("Shift+ArrowRight")
    await page.keyboard.press("Shift+ArrowDown")
    await expect(page.get_by_text("Đã chọn khối 2 hàng × 3 cột.")).to_be_attached()
    await page.keyboard.press("Control+c")
    assert (await page.evaluate("navigator.clipboard.readText()")).splitlines() == ["3\t2\t1", "\t\t"]
    await cell(page, "IU02", "NB").focus()
    await page.keyboard.press("Control+v")
    assert await values(page, "IU02") == ["3", "2", "1", ""]
    await expect(page.get_by_text("Tổng các ô: 12 câu; đề 12 câu.")).to_be_visible()

    # One step back takes the whole block away, and deleting empties what is chosen.
    await page.keyboard.press("Control+z")
    assert await values(page, "IU02") == [""] * 4
    await page.keyboard.press("Control+y")
    assert await values(page, "IU02") == ["3", "2", "1", ""]
    await cell(page, "IU02", "TH").focus()
    await page.keyboard.press("Shift+ArrowRight")
    await page.keyboard.press("Delete")
    assert await values(page, "IU02") == ["3", "", "", ""]
    await page.keyboard.press("Control+z")

    # What is typed stays out when it is taken back with Escape.
    await cell(page, "IU01", "TH").focus()
    await page.keyboard.type("77")
    await page.keyboard.press("Escape")
    assert await values(page, "IU01") == ["3", "2", "1", ""]
    await expect(page.get_by_text("Ngân hàng đủ câu: ghép được một đề")).to_be_visible()
    assert await complaints(visit) == []

    await page.get_by_role("link", name="Ngân hàng câu hỏi").click()
    await page.get_by_role("dialog").get_by_role("button", name="Ở lại").click()
    assert await values(page, "IU01") == ["3", "2", "1", ""]


async def test_what_the_bank_lacks_is_named_and_following_the_advice_makes_the_blueprint_possible(
    house: House, open_visit: OpenVisit
) -> None:
    visit = await open_new(house, open_visit, "Theo lời khuyên", 40)
    page = visit.page
    there = await supply_of(page, "IU03", "VDC")
    # As copied from a spreadsheet: two rows of four levels; the last cell asks for two more than there are.
    rows = [["1", "1", "1", "0"], ["1", "1", "1", str(there + 2)]]
    await page.evaluate(
        "text => navigator.clipboard.writeText(text)", "\r\n".join("\t".join(row) for row in rows) + "\r\n"
    )
    await cell(page, "IU02", "NB").focus()
    await page.keyboard.press("Control+v")
    await expect(page.get_by_text("Đã dán vào 8 ô.")).to_be_attached()
    assert await values(page, "IU03") == rows[1]
    await page.get_by_label("Số câu mỗi đề").fill(str(6 + there + 2))
    await page.keyboard.press("Tab")
    await expect(page.get_by_text("Chưa đáp ứng được ở")).to_be_visible()
    lack = page.get_by_label("Thiếu gì, ở đâu").get_by_role("listitem").filter(has_text="IU03 · VDC")
    await expect(lack).to_contain_text(f"cần {there + 2}, ngân hàng có {there}; thêm 2 câu hoặc giảm yêu cầu")
    await expect(lack.get_by_role("link", name="Xem câu hiện có")).to_have_attribute(
        "href", "#/items?module=IU03&level=VDC"
    )
    await expect(cell(page, "IU03", "VDC")).to_have_attribute("aria-invalid", "true")
    await lack.get_by_role("button", name="Đến ô này").press("Enter")
    await expect(cell(page, "IU03", "VDC")).to_be_focused()
    assert await complaints(visit) == []

    await page.get_by_role("button", name="Áp dụng cách 1").click()
    await expect(page.get_by_text("Ngân hàng đủ câu: ghép được một đề")).to_be_visible()
    await expect(cell(page, "IU03", "VDC")).not_to_have_attribute("aria-invalid", "true")
    await page.get_by_role("button", name="Lưu").click()
    await expect(page.get_by_role("heading", name="Theo lời khuyên")).to_be_visible()
    async with house.staff("hoidong1") as board:
        listed = (await board.get("/api/blueprints", params={"limit": 200})).json()["items"]
    (stored,) = [one for one in listed if one["name"] == "Theo lời khuyên"]
    last = [one for one in stored["cells"] if (one["module_code"], one["cognitive_level"]) == ("IU03", "VDC")]
    assert last[0]["minimum"] <= there


@pytest.mark.extended
async def test_topics_parts_and_stimuli_are_stated_and_stored(house: House, open_visit: OpenVisit) -> None:
    visit = await open_new(house, open_visit, "Chủ đề và phần", 4)
    page = visit.page
    await cell(page, "IU01", "NB").fill("4")
    await page.get_by_role("button", name="Thêm chủ đề IU01").press("Enter")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("searchbox").fill("ung dung cong")
    await dialog.get_by_role("checkbox", name="IU01.2.1").check()
    assert await complaints(visit) == []
    await dialog.get_by_role("button", name="Thêm 1 mục").click()
    await page.get_by_label("IU01.2.1: số câu của chủ đề").fill("0-2")
    await page.get_by_role("button", name="Thêm phần").press("Enter")
    await expect(page.get_by_label("Tên phần")).to_be_focused()
    await page.get_by_label("Số câu của phần").fill("4")
    await page.get_by_label("Điểm của phần").fill("≤10")
    await page.get_by_label("Số ngữ liệu của đề").fill("0-1")
    await page.get_by_role("radio", name="Thời gian (phút)").check()
    await expect(page.get_by_text("thời gian làm bài 45 phút")).to_be_visible()
    await page.get_by_role("radio", name="Số câu", exact=True).check()
    assert await complaints(visit) == []
    await page.keyboard.press("Control+s")
    await expect(page.get_by_role("heading", name="Chủ đề và phần")).to_be_visible()
    async with house.staff("hoidong1") as board:
        listed = (await board.get("/api/blueprints", params={"limit": 200})).json()["items"]
    (stored,) = [one for one in listed if one["name"] == "Chủ đề và phần"]
    assert stored["reference_totals"] == [{"reference_code": "IU01.2.1", "minimum": 0, "maximum": 2}]
    (part,) = stored["parts"]
    assert (part["interactions"], part["minimum"], part["maximum"]) == (["single_choice"], 4, 4)
    assert (part["minimum_points"], part["maximum_points"]) == (None, 10)
    assert stored["stimuli"] == {"minimum": 0, "maximum": 1, "items_minimum": 2, "items_maximum": None}

    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_text("The bank is sufficient: a form")).to_be_visible()
    assert await complaints(visit) == []


async def test_who_may_only_read_sees_the_grid_in_every_view_and_changes_nothing(
    house: House, open_visit: OpenVisit
) -> None:
    stored = house.made_by_demo["blueprint"]
    visit = await open_visit(**PHONE)
    await sign_in(visit, house, "thanhtra")
    page = visit.page
    await page.goto(f"/board#/assembly/blueprints/{stored['id']}")
    await expect(page.get_by_role("textbox").first).to_be_visible()
    await page.get_by_role("radio", name="Thời gian (phút)").check()
    await expect(page.get_by_text("Ước tính theo thời gian của các câu")).to_be_visible()
    await page.get_by_role("radio", name="Số câu", exact=True).check()
    field = cell(page, "IU01", "NB")
    before = await field.input_value()
    await field.press("9")
    await field.press("Delete")
    assert await field.input_value() == before
    await expect(page.get_by_role("button", name="Thêm chủ đề")).to_have_count(0)
    await expect(page.get_by_role("button", name="Lưu")).to_have_count(0)
    assert await complaints(visit) == []
