"""The syllabus page in Chromium: the tree by keyboard, adding and retiring with undo, a file in and out, paper."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.async_api import Page, expect

from tests.end_to_end.browsing import PHONE, Visit
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in
from tests.item_bank.makers import workbook_bytes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def open_syllabus(house: House, open_visit: OpenVisit, username: str = "hoidong1", query: str = "") -> Visit:
    visit = await open_visit()
    await sign_in(visit, house, username)
    await visit.page.goto(f"/board#/syllabus{query}")
    await expect(visit.page.get_by_role("tree")).to_be_visible()
    return visit


async def codes_below(page: Page, code: str) -> list[str]:
    """Return the codes in sight that lie in one."""
    rows = await page.get_by_role("treeitem").filter(has_text=f"{code}.").all_inner_texts()
    return [row.split()[0] for row in rows]


async def test_the_tree_is_walked_and_searched_by_keyboard(house: House, open_visit: OpenVisit) -> None:
    visit = await open_syllabus(house, open_visit)
    page = visit.page
    tree = page.get_by_role("tree")
    await tree.get_by_role("treeitem").first.focus()
    # Down to IU01, open it, in to IU01.1, open it, in to IU01.1.1; back out twice closes what it left.
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight"):
        await page.keyboard.press(key)
    await expect(tree.get_by_role("treeitem", name="IU01.1.1 Phần cứng")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="IU01.1.1 · Phần cứng")).to_be_visible()
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowLeft")
    section = tree.get_by_role("treeitem", name="IU01.1 Kiến thức")
    await expect(section).to_be_focused()
    await expect(section).to_have_attribute("aria-expanded", "false")
    await page.keyboard.press("End")
    await expect(tree.get_by_role("treeitem").last).to_be_focused()
    assert await complaints(visit) == []

    await page.get_by_role("searchbox").fill("BIEU do")
    await expect(page.get_by_text("2 mục khớp")).to_be_visible()
    assert await codes_below(page, "IU04") == ["IU04.7"]
    assert await codes_below(page, "IU05") == ["IU05.4"]
    await page.get_by_role("searchbox").fill("không có đâu")
    await page.get_by_role("button", name="Bỏ lọc").click()
    await page.get_by_label("Nguồn").select_option("Cần đối chiếu")
    await expect(tree.get_by_role("treeitem", name="IU02.1 ")).to_be_visible()
    await expect(tree.get_by_role("treeitem", name="IU01.1 ")).to_have_count(0)
    assert await complaints(visit) == []


async def test_the_board_fills_a_module_and_takes_every_step_back(house: House, open_visit: OpenVisit) -> None:
    visit = await open_syllabus(house, open_visit, query="?node=IU09")
    page = visit.page
    await expect(page.get_by_text("Chưa có mục nào trong mô đun này")).to_be_visible()
    for name in ("Lập kế hoạch bài trình chiếu", "Mẫu và trang chủ"):
        await page.get_by_role("button", name="Thêm mục con").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Nội dung").fill(name)
        await dialog.get_by_role("button", name="Tạo").click()
        await expect(page.get_by_role("heading", name=name)).to_be_visible()
        await page.get_by_label("Đường dẫn").get_by_role("link", name="IU09", exact=True).click()
    assert await codes_below(page, "IU09") == ["IU09.1", "IU09.2"]

    # A code outside its place is refused with the place and what to do, and nothing is lost.
    await page.get_by_role("button", name="Thêm mục con").click()
    await page.get_by_role("dialog").get_by_label("Mã tham chiếu").fill("IU10.1")
    await page.get_by_role("dialog").get_by_label("Nội dung").fill("Nhầm mô đun")
    await page.get_by_role("dialog").get_by_role("button", name="Tạo").click()
    await expect(page.get_by_text("Mã “IU10.1” không nằm trong IU09")).to_be_visible()
    visit.console_errors.clear()
    assert await complaints(visit) == []
    await page.keyboard.press("Escape")

    second = page.get_by_role("treeitem", name="IU09.2 ")
    await second.click()
    await page.get_by_role("button", name="Lên").click()
    await expect(page.get_by_text("Đã chuyển chỗ IU09.2.")).to_be_visible()
    assert await codes_below(page, "IU09") == ["IU09.2", "IU09.1"]
    await page.get_by_role("button", name="Sửa", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Nội dung").fill("Trang chủ và mẫu")
    await dialog.get_by_label("Nguồn", exact=True).select_option("Bản công bố")
    await dialog.get_by_role("button", name="Lưu").click()
    await page.get_by_role("button", name="Ngừng dùng").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Ngày hiệu lực cuối").fill("2020-12-31")
    await dialog.get_by_label("Thay bằng").fill("iu09.1")
    assert await complaints(visit) == []
    await dialog.get_by_role("button", name="Ngừng dùng").click()
    await expect(second.get_by_text("Hết hiệu lực 31/12/2020")).to_be_visible()
    await expect(page.get_by_role("link", name="IU09.1", exact=True)).to_be_visible()
    await page.get_by_text("Các lần sửa").click()
    await expect(page.get_by_text("Mẫu và trang chủ → Trang chủ và mẫu")).to_be_visible()
    assert await complaints(visit) == []

    undo = page.get_by_role("button", name="Hoàn tác")
    await undo.click()
    await expect(page.get_by_text("Đã hoàn tác: ngừng dùng IU09.2.")).to_be_visible()
    await expect(second.get_by_text("Hết hiệu lực")).to_have_count(0)
    await undo.click()
    await expect(page.get_by_role("heading", name="IU09.2 · Mẫu và trang chủ")).to_be_visible()
    await page.keyboard.press("Alt+z")
    await expect(page.get_by_text("Đã hoàn tác: chuyển chỗ IU09.2.")).to_be_visible()
    assert await codes_below(page, "IU09") == ["IU09.1", "IU09.2"]
    await page.keyboard.press("Alt+y")
    await expect(page.get_by_text("Đã làm lại: chuyển chỗ IU09.2.")).to_be_visible()
    for act in ("chuyển chỗ IU09.2", "thêm IU09.2", "thêm IU09.1"):
        # One act at a time: a key pressed while the last one is on its way does nothing.
        await expect(undo).to_have_attribute("title", f"{act} (Alt+Z)")
        await expect(undo).not_to_have_attribute("aria-busy", "true")
        await page.keyboard.press("Alt+z")
    await expect(page.get_by_role("treeitem").filter(has_text="IU09.")).to_have_count(0)
    await expect(page.get_by_text("Không có mục này")).to_be_visible()
    await expect(undo).to_be_disabled()


async def test_what_was_removed_comes_back_where_it_was(house: House, open_visit: OpenVisit) -> None:
    visit = await open_syllabus(house, open_visit, query="?node=IU01.3.1")
    page = visit.page
    await expect(page.get_by_role("treeitem", name="IU01.3.1 ")).to_be_visible()
    before = await codes_below(page, "IU01.3")
    await page.get_by_role("button", name="Xoá", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Xoá").click()
    await expect(page.get_by_text("Đã xoá IU01.3.1.")).to_be_visible()
    assert await codes_below(page, "IU01.3") == [code for code in before if code != "IU01.3.1"]
    await page.get_by_role("button", name="Hoàn tác").click()
    await expect(page.get_by_text("Đã hoàn tác: xoá IU01.3.1.")).to_be_visible()
    await expect(page.get_by_role("treeitem", name="IU01.3.1 An toàn lao động")).to_be_visible()
    assert await codes_below(page, "IU01.3") == before


async def test_undo_never_goes_back_over_what_somebody_else_has_changed(house: House, open_visit: OpenVisit) -> None:
    visit = await open_syllabus(house, open_visit, query="?node=IU05.1")
    page = visit.page

    async def write_note(note: str) -> None:
        await page.get_by_role("button", name="Sửa", exact=True).click()
        await page.get_by_role("dialog").get_by_label("Ghi chú nguồn").fill(note)
        await page.get_by_role("dialog").get_by_role("button", name="Lưu").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)

    await write_note("Trang 12")
    async with house.staff("hoidong2") as other:
        frameworks = (await other.get("/api/syllabus")).raise_for_status().json()["frameworks"]
        node = next(node for node in frameworks[0]["nodes"] if node["code"] == "IU05.1")
        kept = ("name", "name_en", "standard_level", "source", "valid_from", "valid_to", "replaced_by", "revision")
        body = {name: node[name] for name in kept} | {"source_note": "Trang 13"}
        (await other.put("/api/syllabus/nodes/IU05.1", json=body)).raise_for_status()
    await page.get_by_role("button", name="Hoàn tác").click()
    await expect(page.get_by_text("IU05.1 vừa được người khác sửa")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("Trang 13")).to_be_visible()
    # The browser itself reports the refused request.
    visit.console_errors.clear()
    assert await complaints(visit) == []


async def test_a_framework_goes_out_as_a_file_and_comes_in_after_a_dry_run(
    house: House, open_visit: OpenVisit, tmp_path: Path
) -> None:
    visit = await open_syllabus(house, open_visit, query="?framework=TT02/2025")
    page = visit.page
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Xuất Excel").click()
    await (await download.value).save_as(tmp_path / "khung.xlsx")
    sheet = load_workbook(tmp_path / "khung.xlsx").worksheets[0]
    codes = [str(row[0].value) for row in sheet.iter_rows(min_row=2)]
    assert (codes[0], codes[-1], len(codes)) == ("NLS1", "NLS6.3", 6 + 24)

    async def choose(rows: list[dict[str, str]]) -> None:
        await page.get_by_role("button", name="Nhập từ Excel").click()
        dialog = page.get_by_role("dialog")
        file = workbook_bytes(rows, headings=("Mã tham chiếu", "Nội dung"))
        await dialog.get_by_label("Tệp").set_input_files({"name": "khung.xlsx", "mimeType": XLSX, "buffer": file})
        await dialog.get_by_role("button", name="Kiểm tra tệp").click()
        await expect(dialog.get_by_text("Đã đọc tệp khung.xlsx")).to_be_visible()

    heading = ("Mã tham chiếu", "Nội dung")
    await choose([dict(zip(heading, row, strict=True)) for row in (("NLS1.4", "Mới"), ("NLS9.1", "Không có miền"))])
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("Chưa có mục NLS9 để chứa NLS9.1")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Ghi vào hệ thống")).to_be_disabled()
    assert await complaints(visit) == []
    await page.keyboard.press("Escape")
    await choose([dict(zip(heading, row, strict=True)) for row in (("NLS1.4", "Mới"), ("NLS1.4.1", "Bậc 1"))])
    await dialog.get_by_role("button", name="Ghi vào hệ thống").click()
    await expect(page.get_by_text("Đã ghi: 2 mục mới, 0 mục sửa.")).to_be_visible()
    await page.get_by_role("button", name="Mở hết").click()
    await expect(page.get_by_role("treeitem", name="NLS1.4.1 Bậc 1")).to_be_visible()


@pytest.mark.extended
async def test_items_are_counted_by_status_and_paper_shows_the_whole_framework(
    house: House, open_visit: OpenVisit
) -> None:
    async with house.staff("thanhtra") as inspector:
        total = (await inspector.get("/api/items", params={"module": "IU03"})).raise_for_status().json()["total"]
    assert total > 0
    visit = await open_syllabus(house, open_visit, "thanhtra", "?node=IU03")
    page = visit.page
    await expect(page.get_by_role("treeitem", name=f"{total} câu").filter(has_text="IU03")).to_be_visible()
    await expect(page.get_by_role("heading", name=f"Câu hỏi ({total})")).to_be_visible()
    # An inspector reads and changes nothing.
    await expect(page.get_by_role("button", name="Sửa")).to_have_count(0)
    await expect(page.get_by_role("button", name="Hoàn tác")).to_have_count(0)
    assert await complaints(visit) == []
    await page.emulate_media(media="print")
    await expect(page.get_by_role("row").filter(has_text="IU07.1.2.3")).to_be_visible()
    await expect(page.get_by_role("tree")).to_have_count(0)
    await page.emulate_media(media="screen")
    await page.get_by_role("link", name="Xem các câu").click()
    await expect(page.get_by_role("heading", name=f"1–{min(total, 50)} trong {total}")).to_be_visible()


@pytest.mark.extended
async def test_a_third_framework_is_added_and_taken_away_again(house: House, open_visit: OpenVisit) -> None:
    visit = await open_syllabus(house, open_visit)
    page = visit.page
    await page.get_by_role("button", name="Chuẩn mới").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Mã chuẩn").fill("mos-2019")
    await dialog.get_by_label("Tên chuẩn").fill("Chuẩn tin học văn phòng")
    await dialog.get_by_label("Căn cứ pháp lý").fill("Quyết định 12/QĐ-HĐT")
    await dialog.get_by_label("Hiệu lực từ").fill("2026-01-01")
    assert await complaints(visit) == []
    await dialog.get_by_role("button", name="Tạo").click()
    await expect(page.get_by_role("heading", name="MOS-2019 · Chuẩn tin học văn phòng")).to_be_visible()
    await page.get_by_role("button", name="Xoá", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Xoá").click()
    await expect(page.get_by_role("treeitem", name="MOS-2019")).to_have_count(0)


async def test_on_a_phone_tree_and_entry_take_turns(house: House, open_visit: OpenVisit) -> None:
    visit = await open_visit(**PHONE)
    await sign_in(visit, house, "hoidong1")
    page = visit.page
    await page.goto("/board#/syllabus")
    await page.get_by_role("treeitem", name="IU04 ").tap()
    await expect(page.get_by_role("heading", name="IU04 · Sử dụng bảng tính cơ bản")).to_be_visible()
    await expect(page.get_by_role("tree")).to_have_count(0)
    assert await complaints(visit) == []
    await page.get_by_role("button", name="Về cây chuẩn").tap()
    await expect(page.get_by_role("treeitem", name="IU04 ")).to_be_focused()
    assert await complaints(visit) == []


async def test_the_page_speaks_english(house: House, open_visit: OpenVisit) -> None:
    visit = await open_syllabus(house, open_visit, query="?node=IU01.4.2")
    page = visit.page
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", name="IU01.4.2 · Malicious software")).to_be_visible()
    await expect(page.get_by_text("Phần mềm độc hại")).to_have_attribute("lang", "vi")
    assert await complaints(visit) == []
