"""Imports of dirty files in Chromium: what is missing is set on the page, nothing is saved that was not shown."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.end_to_end.browsing import PHONE, Visit
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in
from tests.item_bank.exchange.question_text.documents import UNDERLINE, line
from tests.item_bank.exchange.word.word_files import word_file
from tests.item_bank.makers import HEADINGS, import_items, item_row, workbook_bytes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

KEYED = "Bến cảng nào của nước ta nằm ở Hải Phòng?"
KEYLESS = "Đèo nào nối Thừa Thiên Huế với Đà Nẵng?"


def question(number: int, stem: str, options: tuple[str, ...], right: str = "") -> list[str]:
    """Return the paragraphs of a question; the letter of the right option is underlined."""
    letters = "ABCD"
    return [line(f"Câu {number}. {stem}")] + [
        line((f"{letter}.", UNDERLINE if letter == right else ""), f" {text}")
        for letter, text in zip(letters, options, strict=False)
    ]


def dirty_word() -> bytes:
    """Return a Word file with a heading that is no question, one key, and one question whose key nobody marked."""
    paragraphs = [
        line("TRƯỜNG THPT SỐ 2"),
        *question(1, KEYED, ("Cảng Đình Vũ", "Cảng Cam Ranh", "Cảng Dung Quất", "Cảng Cái Mép"), "A"),
        *question(2, KEYLESS, ("Đèo Ngang", "Đèo Hải Vân", "Đèo Cả", "Đèo Cù Mông")),
    ]
    return word_file("".join(paragraphs))


def hill(number: int, **changes: Any) -> dict[str, Any]:
    names = ("Fansipan", "Bà Đen", "Langbiang", "Ngọc Linh", "Bạch Mã")
    return item_row(f"NUI-{number}", stem=f"Núi {names[number - 1]} nằm ở tỉnh nào của nước ta?", **changes)


def dirty_sheet() -> bytes:
    """Return a sheet with two rows without a level, a row without a key and a row whose code is no code."""
    rows = [hill(1), hill(2, level=None), hill(3, level=None), hill(4, key=None), hill(5) | {"Mã câu hỏi": "núi số 5"}]
    return workbook_bytes(rows, headings=(*HEADINGS, "Ghi chú"))


async def open_home(house: House, open_visit: OpenVisit, **screen: Any) -> Visit:
    visit = await open_visit(**screen)
    await sign_in(visit, house, "soancau")
    await visit.page.goto("/board#/items/imports")
    await expect(visit.page.get_by_role("heading", name="Nhập câu hỏi")).to_be_visible()
    return visit


async def bring(page: Page, name: str, content: bytes) -> None:
    await page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    await page.get_by_role("button", name="Kiểm tra tệp").click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    await expect(page.get_by_role("button", name="Bỏ lượt nhập")).to_be_visible()


def chip(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="Lọc câu").get_by_role("button", name=name)


async def save(page: Page) -> None:
    await page.get_by_role("button", name="Ghi vào ngân hàng").click()
    await page.get_by_role("dialog").get_by_role("button", name="Ghi vào ngân hàng").click()


async def test_keys_and_places_that_a_word_file_lacks_are_set_on_the_page(house: House, open_visit: OpenVisit) -> None:
    visit = await open_home(house, open_visit)
    page = visit.page
    assert await complaints(visit) == []
    await bring(page, "cang-va-deo.docx", dirty_word())
    await expect(page.get_by_text("Chưa có gì để ghi")).to_be_visible()
    await expect(page.get_by_role("button", name="Ghi vào ngân hàng")).to_be_disabled()
    assert await complaints(visit) == []

    form = page.locator("section").filter(has=page.get_by_role("heading", name="Điền cho mọi câu mà tệp không ghi"))
    await form.get_by_label("Mô đun hoặc mục").fill("IU01")
    await form.get_by_label("Mức độ").select_option("NB")
    await form.get_by_label("Đầu mã cho câu chưa có mã").fill("CANG")
    await form.get_by_role("button", name="Điền", exact=True).click()
    await expect(chip(page, "Câu mới")).to_have_text("Câu mới 1")

    await page.get_by_role("button", name="Xem 1 câu: Không có phương án nào được đánh dấu").click()
    await expect(page.locator("ol").get_by_role("button")).to_have_count(1)
    preview = page.get_by_role("group", name="Xem như thí sinh")
    await preview.get_by_role("radio", name="Đèo Hải Vân").check()
    await preview.get_by_role("button", name="Dùng câu trả lời trên làm đáp án").click()
    await expect(preview.get_by_text("Đã có đáp án")).to_be_visible()
    await expect(preview.locator(".about")).to_be_focused()
    await expect(preview.get_by_text(KEYLESS, exact=True)).to_be_visible()

    await page.reload()
    await expect(chip(page, "Câu mới")).to_have_text("Câu mới 2")
    await save(page)
    await expect(page.get_by_text("2 câu mới.")).to_be_visible()
    assert await complaints(visit) == []
    await page.get_by_role("link", name="CANG-002").click()
    await expect(page.get_by_text(KEYLESS).first).to_be_visible()


async def test_rows_with_one_problem_are_mended_together_and_the_same_file_again_changes_nothing(
    house: House, open_visit: OpenVisit, tmp_path: Path
) -> None:
    visit = await open_home(house, open_visit)
    page = visit.page
    await bring(page, "nui.xlsx", dirty_sheet())
    await expect(page.get_by_text("Không dùng các cột: Ghi chú")).to_be_visible()
    await page.get_by_role("link", name="Danh sách vấn đề").click()
    row = page.get_by_role("row").filter(has_text="Chưa có đáp án đúng")
    await expect(row).to_contain_text("ô I5")
    assert await complaints(visit) == []
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Tải bảng (CSV)").click()
    saved = tmp_path / "van-de.csv"
    await (await download.value).save_as(saved)
    lines = saved.read_text(encoding="utf-8-sig").splitlines()
    assert any("ô I5" in one and "Chưa có đáp án đúng" in one for one in lines)
    await page.get_by_role("link", name="nui.xlsx").click()

    await page.get_by_role("button", name="Xem 2 câu: Thiếu mức độ").click()
    await page.get_by_label("Chọn các câu của trang này").check()
    await page.get_by_role("button", name="Phân loại").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Mức độ").select_option("TH")
    await dialog.get_by_label("Nhãn").fill("địa lí, núi")
    await dialog.get_by_role("button", name="Điền", exact=True).click()
    await expect(chip(page, "Câu mới")).to_have_text("Câu mới 3")

    await page.get_by_role("button", name="Xem 1 câu: Mã câu hỏi “NÚI SỐ 5” không hợp lệ").click()
    form = page.get_by_role("form", name="Phân loại câu này")
    await form.get_by_label("Mã câu hỏi").fill("NUI-5")
    await form.get_by_role("button", name="Điền", exact=True).click()
    await expect(chip(page, "Câu mới")).to_have_text("Câu mới 4")
    await save(page)
    await expect(page.get_by_text("4 câu mới, 1 câu bỏ qua.")).to_be_visible()

    await page.get_by_role("link", name="Nhập tệp khác").click()
    await bring(page, "nui.xlsx", workbook_bytes([hill(1)]))
    await expect(page.get_by_text("Mọi câu trong tệp đã có trong ngân hàng")).to_be_visible()
    await expect(page.get_by_role("button", name="Ghi vào ngân hàng")).to_be_disabled()
    await page.get_by_role("button", name="Bỏ lượt nhập").click()
    await page.get_by_role("dialog").get_by_role("button", name="Bỏ lượt nhập").click()
    await expect(page.get_by_role("heading", name="Các lượt nhập của tôi")).to_be_visible()


async def test_an_import_that_the_bank_has_overtaken_is_checked_again_before_it_is_saved(
    house: House, open_visit: OpenVisit
) -> None:
    visit = await open_home(house, open_visit)
    page = visit.page
    stems = ["Sông nào chảy qua Hà Nội?", "Sông nào chảy qua Huế?"]
    rows = [item_row(f"SONG-{n}", stem=stem) for n, stem in enumerate(stems, start=1)]
    await bring(page, "song.xlsx", workbook_bytes(rows))
    async with house.staff("soancau") as other:
        await import_items(other, [item_row("SONG-2", stem="Sông nào chảy qua Sài Gòn?")], submit=False)
    await save(page)
    await expect(page.get_by_role("alert")).to_contain_text("Ngân hàng đã thay đổi từ lúc kiểm tra")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.get_by_role("button", name="Ghi vào ngân hàng")).to_be_disabled()
    # The refusal itself is told by the browser's console.
    visit.console_errors.clear()
    assert await complaints(visit) == []
    await page.get_by_role("button", name="Kiểm tra lại").click()
    await expect(page.get_by_role("alert")).to_contain_text("Câu mới: 2 → 1")
    await expect(page.get_by_role("alert")).to_contain_text("Phiên bản mới: 0 → 1")
    await save(page)
    await expect(page.get_by_text("1 câu mới, 1 phiên bản mới.")).to_be_visible()


async def test_an_item_that_repeats_another_is_kept_apart_and_decided_again(
    house: House, open_visit: OpenVisit
) -> None:
    visit = await open_home(house, open_visit)
    page = visit.page
    rows = [item_row(f"HO-{n}", stem="Hồ nào lớn nhất Tây Nguyên?") for n in (1, 2)]
    await bring(page, "ho.xlsx", workbook_bytes(rows))
    await page.locator("ol").get_by_role("button").filter(has_text="HO-2").click()
    preview = page.get_by_role("group", name="Xem như thí sinh")
    await preview.get_by_role("button", name="Là câu khác: giữ cả hai").press("Enter")
    await expect(preview.get_by_text("Bạn đã xác nhận là câu khác")).to_be_visible()
    await expect(preview.locator(".about")).to_be_focused()
    assert await complaints(visit) == []
    await preview.get_by_role("button", name="Xét lại").press("Enter")
    await expect(preview.get_by_role("button", name="Là câu khác: giữ cả hai")).to_be_visible()


async def test_on_a_phone_the_item_chosen_comes_into_sight_and_the_next_one_follows(
    house: House, open_visit: OpenVisit
) -> None:
    visit = await open_home(house, open_visit, **PHONE)
    page = visit.page
    await bring(page, "dien-thoai.docx", dirty_word())
    await page.locator("ol").get_by_role("button").filter(has_text=KEYED).click()
    preview = page.get_by_role("group", name="Xem như thí sinh")
    await expect(preview).to_be_focused()
    await expect(preview.get_by_role("heading", name="Xem như thí sinh")).to_be_in_viewport()
    await preview.get_by_role("button", name="Câu sau").click()
    await expect(preview.get_by_text(KEYLESS, exact=True)).to_be_visible()
    await expect(preview.get_by_role("button", name="Câu sau")).to_be_disabled()
    assert await complaints(visit) == []
    await preview.get_by_role("button", name="Về danh sách").click()
    await expect(page.locator("ol").get_by_role("button").filter(has_text=KEYLESS)).to_be_focused()


async def test_a_file_that_is_refused_says_where_and_what_to_do(house: House, open_visit: OpenVisit) -> None:
    visit = await open_home(house, open_visit)
    page = visit.page
    content = "Câu hỏi,Phương án A,Đáp án\nThủ đô?,Hà Nội,A\n".encode("utf-16-le")[1:]
    await page.locator("input[type=file]").set_input_files(
        {"name": "hong.csv", "mimeType": "text/csv", "buffer": content}
    )
    await page.get_by_role("button", name="Kiểm tra tệp").click()
    alert = page.get_by_role("alert")
    await expect(alert).to_be_visible()
    assert await alert.locator("li").count() >= 1
    assert (await alert.locator(".fix").first.inner_text()).strip()
    await expect(page.get_by_role("heading", name="Nhập câu hỏi")).to_be_visible()
