"""The page of the reviewers' checklist in Chromium: changed, kept as a version, met by a colleague's change."""

import pytest
from playwright.async_api import expect

from tests.end_to_end.browsing import PHONE
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ASKED = "Tên phần mềm và phiên bản được ghi khi cách làm phụ thuộc vào nó."


async def test_the_board_changes_the_checklist_and_comes_back_to_an_older_one(
    house: House, open_visit: OpenVisit
) -> None:
    async with house.staff("hoidong2") as colleague:
        first = (await colleague.get("/api/review-checklists")).raise_for_status().json()["items"][0]
    number = first["number"]
    visit = await open_visit()
    await sign_in(visit, house, "hoidong1")
    page = visit.page
    await page.goto("/board#/items")
    await page.get_by_role("link", name="Phiếu phản biện").click()
    await expect(page.get_by_text(f"Bản {number}, đang dùng")).to_be_visible()
    assert await complaints(visit) == []

    # By keyboard: the focus goes with the question that moves and to the one that is added.
    down = page.get_by_role("button", name="Chuyển mục 1 xuống")
    await down.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Chuyển mục 2 xuống")).to_be_focused()
    await page.get_by_role("button", name="Thêm mục").click()
    await expect(page.get_by_label("Nội dung (tiếng Việt)")).to_be_focused()
    save = page.get_by_role("button", name="Lưu thành bản mới")
    await expect(page.get_by_text("Ghi nội dung của mục.")).to_be_visible()
    await expect(save).to_be_disabled()
    await page.keyboard.type(ASKED)
    await page.get_by_label("Tự luận").check()
    assert await complaints(visit) == []
    await page.get_by_label("Xem phiếu của dạng câu").select_option(label="Một lựa chọn")
    await expect(page.get_by_text(ASKED)).to_have_count(0)
    await page.get_by_label("Xem phiếu của dạng câu").select_option(label="Mọi dạng")

    # Leaving by mistake asks first.
    await page.get_by_label("Đường dẫn").get_by_role("link", name="Ngân hàng câu hỏi").click()
    await page.get_by_role("dialog").get_by_role("button", name="Ở lại").click()
    async with house.staff("hoidong2") as colleague:
        body = {"questions": first["questions"], "note": "Giữ nguyên.", "based_on": number}
        (await colleague.post("/api/review-checklists", json=body)).raise_for_status()
    await save.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text(ASKED)).to_be_visible()
    await dialog.get_by_label("Vì sao thay phiếu").fill("Theo biên bản họp hội đồng.")
    await dialog.get_by_role("button", name="Lưu thành bản mới").click()
    await expect(dialog.get_by_text(f"vừa thay phiếu phản biện (nay là bản {number + 1})")).to_be_visible()
    visit.console_errors.clear()
    assert await complaints(visit) == []
    # What was written stays and goes on from the colleague's version.
    await dialog.get_by_role("button", name="Huỷ").click()
    await page.get_by_role("button", name="So với bản mới").click()
    await save.click()
    await dialog.get_by_label("Vì sao thay phiếu").fill("Theo biên bản họp hội đồng.")
    await dialog.get_by_role("button", name="Lưu thành bản mới").click()
    await expect(page.get_by_text(f"Đã dùng phiếu phản biện bản {number + 2}.")).to_be_visible()
    async with house.staff("thanhtra") as inspector:
        listed = (await inspector.get("/api/review-checklists")).raise_for_status().json()["items"]
        assert (listed[0]["questions"][-1]["text"], listed[0]["note"]) == (ASKED, "Theo biên bản họp hội đồng.")
        assert listed[0]["questions"][1]["code"] == first["questions"][0]["code"]
        audited = (await inspector.get("/api/audit", params={"action": "checklist.changed"})).raise_for_status().json()
        assert audited["items"][0]["details"]["number"] == number + 2

    await page.get_by_role("link", name=f"Xem bản {number}").click()
    await expect(page.get_by_text(f"Đang xem bản {number}, không còn dùng.")).to_be_visible()
    assert await complaints(visit) == []
    await page.get_by_role("button", name="Sửa tiếp từ bản này").click()
    await expect(page.get_by_text(ASKED)).to_have_count(0)
    await save.click()
    await dialog.get_by_label("Vì sao thay phiếu").fill("Trở về phiếu trước.")
    await dialog.get_by_role("button", name="Lưu thành bản mới").click()
    await expect(page.get_by_text(f"Bản {number + 3}, đang dùng")).to_be_visible()


async def test_a_reviewer_reads_the_checklist_on_a_phone_and_in_english(house: House, open_visit: OpenVisit) -> None:
    visit = await open_visit(**PHONE)
    await sign_in(visit, house, "phanbien")
    page = visit.page
    await page.goto("/board#/items/checklist")
    await expect(page.get_by_text("Thành viên hội đồng thay được phiếu này.")).to_be_visible()
    await expect(page.get_by_role("button", name="Sửa mục 1")).to_have_count(0)
    assert await complaints(visit) == []
    await page.get_by_role("button", name="Trình đơn").click()
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_text("The key is right by present knowledge")).to_be_visible()
    assert await complaints(visit) == []
