"""The quality of many items in Chromium: flaws by rule, near-duplicates, keys by module, leaked items."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.end_to_end.browsing import PHONE
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in
from tests.item_bank.authoring.bodies import item_body

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

STEM = "Trạm vũ trụ nào không phải do nhiều nước cùng dựng?"


@pytest.mark.parametrize("screen", [{}, PHONE])
async def test_a_module_is_checked_and_each_finding_leads_to_its_item(
    house: House, open_visit: OpenVisit, screen: dict[str, Any]
) -> None:
    code = f"SOAT-{len(screen)}"
    async with house.staff("soancau") as author:
        content = item_body()["content"] | {"stem": f"<p>{STEM} ({code})</p>"}
        (await author.post("/api/items", json=item_body(code=code, content=content))).raise_for_status()
    visit = await open_visit(**screen)
    await sign_in(visit, house, "soancau")
    page = visit.page
    await page.goto("/board#/items?q=trạm vũ trụ")
    await page.get_by_role("link", name="Kiểm tra chất lượng").click()
    await expect(page.get_by_text("Còn áp dụng bộ lọc của danh sách.")).to_be_visible()
    await page.get_by_role("button", name="Kiểm tra", exact=True).click()
    await expect(page.get_by_role("heading", name="Lỗi soạn câu")).to_be_visible(timeout=30_000)
    assert await complaints(visit) == []
    rule = page.locator("details", has_text="Câu hỏi phủ định không nổi bật")
    await rule.locator("summary").click()
    await expect(rule.get_by_role("listitem").filter(has_text=code)).to_contain_text("không phải")
    # What was found stays when the page is loaded anew.
    await page.reload()
    await expect(page.get_by_role("button", name="Kiểm tra lại")).to_be_visible()
    await rule.locator("summary").click()
    await rule.get_by_role("link", name=code).click()
    await expect(page.get_by_role("heading", name=code)).to_be_visible()


async def test_items_that_stand_in_a_pasted_text_are_found(house: House, open_visit: OpenVisit) -> None:
    async with house.staff("soancau") as author:
        row = (await author.get("/api/items", params={"module": "IU03", "status": "operational"})).json()["items"][0]
    visit = await open_visit()
    await sign_in(visit, house, "soancau")
    page = visit.page
    await page.goto("/board#/items/quality")
    await page.get_by_label("Nội dung cần soát").fill(
        f"Ai biết câu này không ạ?\n{row['stem_text']}\nCảm ơn mọi người."
    )
    await page.get_by_role("button", name="Tìm trong ngân hàng").click()
    await expect(page.get_by_role("heading", name="1 câu của ngân hàng nằm trong nội dung này")).to_be_visible()
    await expect(page.get_by_role("link", name=row["code"])).to_be_visible()
    await expect(page.get_by_role("blockquote")).to_contain_text(row["stem_text"][:30])
    assert await complaints(visit) == []
    await page.get_by_label("Nội dung cần soát").fill("Hôm nay trời đẹp.")
    await page.get_by_role("button", name="Tìm trong ngân hàng").click()
    await expect(page.get_by_role("heading", name="Không có câu nào của ngân hàng")).to_be_visible()
