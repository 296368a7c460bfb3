"""Tailored papers on the board's pages: made, looked at, approved by a second person, offered to sittings."""

import re

import pytest
from playwright.async_api import expect

from load_tests.demo import BLUEPRINT_NAME
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.staff_desk import StaffDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

LONGEST_WORK_MS = 120_000


async def test_an_adaptive_test_is_made_approved_and_published_by_two_people(
    house: House, open_visit: OpenVisit
) -> None:
    visit = await open_visit("/board")
    page = visit.page
    maker = StaffDesk(page)
    await maker.sign_in("hoidong1", house.passwords["hoidong1"])
    await maker.open("assembly")
    await page.get_by_role("button", name="Tạo đề theo thí sinh").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Ma trận", exact=True).select_option(label=BLUEPRINT_NAME)
    await dialog.get_by_role("radio", name=re.compile("^Đề thích nghi")).check()
    assert await complaints(visit) == []
    await dialog.get_by_role("button", name="Bắt đầu tạo").click()
    await page.wait_for_url("**/board#/assembly/tailored/*")
    await expect(page.get_by_text("Chờ duyệt")).to_be_visible(timeout=LONGEST_WORK_MS)
    await expect(page.get_by_text("Người tạo đề không được duyệt; cần người thứ hai")).to_be_visible()
    await expect(page.get_by_role("heading", name="Sai số theo năng lực thật")).to_be_visible()
    assert await complaints(visit) == []
    address = page.url.partition("#")[2] or page.url

    narrow = await open_visit("/board", viewport={"width": 360, "height": 740})
    other = StaffDesk(narrow.page)
    await other.sign_in("hoidong2", house.passwords["hoidong2"])
    await other.open("assembly/tailored/" + address.rstrip("/").rpartition("/")[2])
    await narrow.page.get_by_role("button", name="Duyệt", exact=True).click()
    await narrow.page.get_by_role("dialog").get_by_role("button", name="Duyệt").click()
    await narrow.page.get_by_role("button", name="Công bố", exact=True).click()
    await narrow.page.get_by_role("dialog").get_by_role("button", name="Công bố").click()
    await expect(narrow.page.get_by_text("Đề có trong phần chọn đề của ca thi.")).to_be_visible()
    assert await complaints(narrow) == []

    async with house.staff("hoidong1") as client:
        newest, *_ = (await client.get("/api/forms")).raise_for_status().json()["items"]
    assert (newest["design"], newest["item_count"]) == ("adaptive", 40)
