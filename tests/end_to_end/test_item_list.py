"""The list of items and the first page in Chromium: searching, keys, views, acts on many with undo, paper."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.end_to_end.browsing import PHONE, Visit
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in
from tests.item_bank.authoring.bodies import item_body

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

WORD = "hoàng hôn"


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def drafts(house: House) -> AsyncIterator[list[str]]:
    """Give the codes of three drafts that no other test knows."""
    codes = [f"TIM-{number}" for number in (1, 2, 3)]
    async with house.staff("soancau") as author:
        for number, code in enumerate(codes, start=1):
            content = item_body()["content"] | {"stem": f"Lúc {WORD} mặt trời ở đâu? ({number})"}
            response = await author.post("/api/items", json=item_body(code=code, content=content, tags=["thiên văn"]))
            response.raise_for_status()
    yield codes


async def open_list(house: House, open_visit: OpenVisit, username: str = "soancau") -> Visit:
    visit = await open_visit()
    await sign_in(visit, house, username)
    await visit.page.goto("/board#/items")
    await expect(visit.page.get_by_role("row").nth(1)).to_be_visible()
    return visit


async def search(page: Page, text: str) -> None:
    await page.get_by_label("Tìm câu hỏi").fill(text)


async def listed(page: Page, codes: list[str]) -> None:
    """Wait until the list shows exactly these items in this order."""
    await expect(page.locator("tbody a.code")).to_have_text(codes)


async def test_a_search_is_typed_completed_and_cleared(house: House, open_visit: OpenVisit, drafts: list[str]) -> None:
    visit = await open_list(house, open_visit)
    page = visit.page
    await search(page, "hoang ho")
    await listed(page, drafts)
    assert await complaints(visit) == []
    await search(page, "TIM-2")
    await listed(page, ["TIM-2"])
    await search(page, 'thiên -"mặt trăng" nhã')
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Tìm câu hỏi")).to_have_value('thiên -"mặt trăng" nhãn:')
    await page.get_by_label("Tìm câu hỏi").press_sequentially("thi")
    await page.get_by_role("option", name="nhãn:thiên văn").click()
    await listed(page, drafts)
    await search(page, "status:draf")
    await expect(page.get_by_text("Không hiểu bộ lọc status:draf")).to_be_visible()
    await page.get_by_role("button", name="Bỏ lọc").first.click()
    await expect(page.get_by_label("Tìm câu hỏi")).to_have_value("")
    # Other drafts may stand in the bank: the filter and the words together leave these three.
    await page.locator("summary", has_text="Trạng thái").click()
    await page.get_by_role("checkbox", name="Bản nháp").check()
    await search(page, WORD)
    await listed(page, drafts)
    await search(page, "")
    await page.get_by_role("button", name="Bỏ lọc Bản nháp").click()
    await expect(page.get_by_role("heading", name="1–50 trong")).to_be_visible()


async def test_the_list_is_narrowed_to_an_entry_of_the_syllabus_here_and_from_there(
    house: House, open_visit: OpenVisit
) -> None:
    async with house.staff("soancau") as client:
        found = (await client.get("/api/items", params={"reference": "IU05.2"})).raise_for_status().json()
    assert 0 < found["total"] < 50
    range_shown = f"1–{found['total']} trong {found['total']}"
    visit = await open_list(house, open_visit)
    page = visit.page
    await page.get_by_role("button", name="Mục của chuẩn").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("searchbox").fill("IU05.2")
    await dialog.get_by_role("treeitem", name="IU05.2 ").click()
    await expect(page.get_by_role("heading", name=range_shown)).to_be_visible()
    await expect(page.get_by_role("button", name="Bỏ lọc IU05.2 ")).to_be_visible()
    assert await complaints(visit) == []
    await page.goto("/board#/syllabus?node=IU05.2")
    await page.get_by_role("link", name="Xem các câu").click()
    await expect(page.get_by_role("heading", name=range_shown)).to_be_visible()
    await page.get_by_role("button", name="Bỏ lọc IU05.2 ").click()
    await expect(page.get_by_role("heading", name="1–50 trong")).to_be_visible()


async def test_drafts_are_handed_in_and_taken_back_by_keys(
    house: House, open_visit: OpenVisit, drafts: list[str]
) -> None:
    visit = await open_list(house, open_visit)
    page = visit.page
    await page.keyboard.press("/")
    await page.keyboard.type(f'"{WORD}"')
    await listed(page, drafts)
    await page.keyboard.press("Enter")
    await page.locator("h1").click()
    for key in ("j", "x", "j", "x", "p"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("complementary", name="Xem nhanh")).to_contain_text("TIM-2")
    await expect(page.get_by_text("Đã chọn 2 câu")).to_be_visible()
    assert await complaints(visit) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Gửi duyệt").click()
    await page.get_by_role("dialog").get_by_role("button", name="Gửi duyệt").click()
    await expect(page.get_by_text("Đã gửi duyệt 2 câu.")).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="Chờ duyệt")).to_have_count(2)
    await page.get_by_role("button", name="Hoàn tác").click()
    await expect(page.get_by_text("Đã hoàn tác.")).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="Bản nháp")).to_have_count(3)


async def test_all_that_match_get_a_tag_and_lose_it_again(
    house: House, open_visit: OpenVisit, drafts: list[str]
) -> None:
    visit = await open_list(house, open_visit)
    page = visit.page
    await search(page, f'"{WORD}"')
    await listed(page, drafts)
    await page.get_by_label("Chọn câu TIM-3").check()
    await page.get_by_role("button", name="Chọn cả 3 câu khớp bộ lọc").click()
    await page.get_by_role("button", name="Sửa nhãn").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Thêm nhãn").fill("chiều tối")
    assert await complaints(visit) == []
    await dialog.get_by_role("button", name="Sửa nhãn").click()
    await expect(page.get_by_text("Đã sửa 3 câu.")).to_be_visible()
    await search(page, 'nhãn:"chieu toi"')
    await listed(page, drafts)
    await page.get_by_role("button", name="Hoàn tác").click()
    await expect(page.get_by_text("Đã hoàn tác.")).to_be_visible()
    await listed(page, [])


async def test_a_view_is_kept_shared_and_found_by_others(
    house: House, open_visit: OpenVisit, drafts: list[str]
) -> None:
    visit = await open_list(house, open_visit)
    page = visit.page
    await search(page, f'"{WORD}"')
    await listed(page, drafts)
    await page.locator("summary", has_text="Cột").click()
    await page.get_by_role("checkbox", name="Nhãn", exact=True).check()
    await expect(page.get_by_role("columnheader", name="Nhãn")).to_be_visible()
    await page.locator("summary", has_text="Khung nhìn").click()
    await page.get_by_role("button", name="Lưu khung nhìn này").click()
    await page.get_by_label("Tên khung nhìn").fill("Bầu trời")
    await page.get_by_label("Cho mọi người").check()
    await page.get_by_role("dialog").get_by_role("button", name="Lưu").click()
    await expect(page.get_by_text("Đã lưu khung nhìn “Bầu trời”.")).to_be_visible()
    other = await open_list(house, open_visit, "phanbien")
    await other.page.locator("summary", has_text="Khung nhìn").click()
    await other.page.get_by_role("button", name="Bầu trời").click()
    await listed(other.page, drafts)
    await expect(other.page.get_by_role("columnheader", name="Nhãn")).to_be_visible()


@pytest.mark.parametrize("screen", [{}, PHONE])
async def test_the_first_page_leads_to_what_waits(
    house: House, open_visit: OpenVisit, drafts: list[str], screen: dict[str, object]
) -> None:
    visit = await open_visit(**screen)
    await sign_in(visit, house, "soancau")
    page = visit.page
    await page.goto("/board#/overview")
    task = page.get_by_role("link", name="Bản nháp của bạn")
    await expect(task).to_be_visible()
    assert await complaints(visit) == []
    await task.click()
    # Whatever other drafts this author has: the list is of drafts, these three among them.
    await expect(page.get_by_role("button", name="Bỏ lọc Bản nháp")).to_be_visible()
    await search(page, WORD)
    await listed(page, drafts)
    assert await complaints(visit) == []
