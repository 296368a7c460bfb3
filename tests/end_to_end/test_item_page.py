"""The page of an item in Chromium: a review from the author's desk to the second reviewer's verdict and back."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.end_to_end.browsing import PHONE, Visit
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in
from tests.item_bank.authoring.bodies import created, item_body

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

AUTHOR, REVIEWER, BOARD = "soancau", "phanbien", "hoidong1"


@dataclass(frozen=True, slots=True)
class ItemDesk:
    """A member of staff with an item before them."""

    visit: Visit
    item_id: str

    @property
    def page(self) -> Page:
        return self.visit.page

    async def open(self, view: str = "") -> None:
        """Load the item's page anew, on one of its sides."""
        await self.page.goto("about:blank")
        await self.page.goto(f"/board#/items/{self.item_id}{f'?view={view}' if view else ''}")
        await expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    async def comment(self, place: str, text: str) -> None:
        await self.page.get_by_label("Nói về").select_option(label=place)
        await self.page.get_by_label("Nhận xét mới").fill(text)
        await self.page.get_by_role("button", name="Gửi nhận xét").click()
        await expect(self.page.get_by_role("article").filter(has_text=text)).to_be_visible()


async def desk(house: House, open_visit: OpenVisit, username: str, item: dict[str, Any], **options: Any) -> ItemDesk:
    visit = await open_visit(**options)
    await sign_in(visit, house, username)
    return ItemDesk(visit, item["id"])


async def new_item(house: House, **changes: Any) -> dict[str, Any]:
    async with house.staff(AUTHOR) as client:
        return await created(client, **changes)


async def test_an_item_goes_from_its_author_to_review_and_back_and_on(house: House, open_visit: OpenVisit) -> None:
    item = await new_item(house)
    author = await desk(house, open_visit, AUTHOR, item)
    reviewer = await desk(house, open_visit, REVIEWER, item)

    await author.open()
    await author.page.get_by_role("button", name="Gửi duyệt").click()
    await author.page.get_by_role("dialog").get_by_role("button", name="Gửi duyệt").click()
    await expect(author.page.get_by_text("Chờ duyệt", exact=True)).to_be_visible()
    assert await complaints(author.visit) == []

    await reviewer.open()
    await reviewer.page.get_by_role("link", name="Phản biện").first.click()
    await reviewer.comment("Phương án B", "COUNT cũng nhận số; viết rõ hơn.")
    wrong = reviewer.page.get_by_role("radiogroup", name="Đúng chính tả")
    await wrong.get_by_label("Không đạt").check()
    await reviewer.page.get_by_role("button", name="Duyệt câu này").click()
    await expect(reviewer.page.get_by_role("alert")).to_contain_text("Phiếu phản biện chưa đủ")
    await expect(reviewer.page.get_by_text("Chưa nói vì sao không đạt").first).to_be_visible()
    # The browser itself reports the refused verdict in its console.
    reviewer.visit.console_errors.clear()
    assert await complaints(reviewer.visit) == []
    await reviewer.page.get_by_label("Nói rõ chỗ chưa đạt").fill("Thiếu dấu ở phương án C.")
    await reviewer.page.get_by_role("button", name="Trả lại tác giả").click()
    await expect(reviewer.page.get_by_text("Trả lại để sửa", exact=True)).to_be_visible()

    await author.open("review")
    await expect(author.page.get_by_text("Thiếu dấu ở phương án C.")).to_be_visible()
    thread = author.page.get_by_role("article").filter(has_text="COUNT cũng nhận số")
    await thread.get_by_role("button", name="Trả lời").click()
    await thread.get_by_label("Trả lời").fill("Đã viết lại.")
    await thread.get_by_role("button", name="Gửi trả lời").click()
    await expect(thread.get_by_text("Đã viết lại.")).to_be_visible()
    content = item_body()["content"] | {
        "stem": "Hàm nào tính <strong>trung bình cộng</strong>?",
        "options": [{"id": "A", "content": "SUM"}, {"id": "B", "content": "AVERAGE"}, {"id": "C", "content": "MAX"}],
    }
    async with house.staff(AUTHOR) as client:
        body = item_body(content=content, key={"form": "choice", "correct": ["B"]}) | {"version_number": 1}
        (await client.put(f"/api/items/{item['id']}", json=body)).raise_for_status()

    await reviewer.open("versions")
    page = reviewer.page
    await expect(page.get_by_role("deletion").filter(has_text="COUNT")).to_be_visible()
    await expect(page.get_by_role("insertion").filter(has_text="AVERAGE")).to_be_visible()
    await expect(page.get_by_role("deletion").filter(has_text="tổng")).to_be_visible()
    key = page.locator("section section").filter(has_text="Đáp án và cách chấm")
    await expect(key).to_contain_text("Đáp án đúng")
    await expect(key.get_by_role("insertion")).to_have_text(re.compile(r"thêm:\s*B"))
    await expect(page.get_by_text("Phương án A", exact=True)).to_have_count(0)
    await page.get_by_role("button", name="không đổi").click()
    await expect(page.get_by_role("heading", name="Phương án A")).to_be_visible()
    assert await complaints(reviewer.visit) == []

    await reviewer.open("review")
    thread = page.get_by_role("article").filter(has_text="COUNT cũng nhận số")
    await thread.get_by_role("button", name="Đã xử lí").click()
    await expect(page.get_by_role("heading", name="Nhận xét (0 chưa xử lí)")).to_be_visible()
    for group in await page.get_by_role("radiogroup").filter(has=page.get_by_text("Không áp dụng")).all():
        await group.get_by_label("Đạt", exact=True).check()
    await page.get_by_role("button", name="Duyệt câu này").click()
    await expect(page.get_by_text("Đã duyệt", exact=True)).to_be_visible()

    await page.get_by_role("link", name="Lịch sử").click()
    # The board may have replaced the checklist by now.
    await expect(page.get_by_text(re.compile(r"Duyệt\s+theo phiếu phản biện bản \d+"))).to_be_visible()
    for said in ("Trả lại", "Gửi duyệt"):
        await expect(page.get_by_text(said, exact=True)).to_be_visible()
    assert await complaints(reviewer.visit) == []


async def test_who_wrote_an_item_is_told_why_they_cannot_approve_it(house: House, open_visit: OpenVisit) -> None:
    # The demo's author does not review, so the second hat is put on for this test.
    async with house.staff("quantri") as administrator:
        users = (await administrator.get("/api/users")).raise_for_status().json()["items"]
        [author] = [user for user in users if user["username"] == AUTHOR]
        address, roles = f"/api/users/{author['id']}", author["roles"]
        (await administrator.patch(address, json={"roles": [*roles, "item_reviewer"]})).raise_for_status()
        try:
            async with house.staff(AUTHOR) as client:
                item = await created(client)
                handed_in = await client.post("/api/items/submissions", json={"item_ids": [item["id"]]})
                handed_in.raise_for_status()
            both = await desk(house, open_visit, AUTHOR, item)
            await both.open("review")
            await expect(both.page.get_by_text("Bạn đã viết hoặc sửa câu này")).to_be_visible()
            await expect(both.page.get_by_role("button", name="Duyệt câu này")).to_have_count(0)
            await expect(both.page.get_by_role("button", name="Trả lại tác giả")).to_be_visible()
        finally:
            (await administrator.patch(address, json={"roles": roles})).raise_for_status()


@pytest.mark.extended
async def test_enemies_and_assignment_are_kept_on_the_page(house: House, open_visit: OpenVisit) -> None:
    item, other = await new_item(house), await new_item(house)
    board = await desk(house, open_visit, BOARD, item)
    page = board.page
    await board.open("usage")
    await page.get_by_role("button", name="Thêm câu xung khắc").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Mã câu kia").fill(other["code"])
    await dialog.get_by_label("Vì sao").fill("Câu dẫn nói ra đáp án.")
    assert await complaints(board.visit) == []
    await dialog.get_by_role("button", name="Lưu").click()
    await expect(page.get_by_role("link", name=other["code"])).to_be_visible()
    assert await complaints(board.visit) == []
    await page.get_by_role("button", name="Giao việc").click()
    await dialog.get_by_label("Giao cho").select_option(index=1)
    await dialog.get_by_role("button", name="Giao việc").click()
    await expect(page.get_by_text("Đã giao việc.")).to_be_visible()
    await board.open()
    await expect(page.get_by_text("Bạn không có quyền xem đáp án.", exact=True)).to_be_visible()
    assert await complaints(board.visit) == []


@pytest.mark.parametrize("view", ["", "review", "versions", "usage", "history"])
async def test_every_side_of_an_item_is_sound_on_a_phone_and_in_english(
    house: House, open_visit: OpenVisit, view: str
) -> None:
    async with house.staff(REVIEWER) as client:
        listed = (await client.get("/api/items")).raise_for_status().json()
    phone = await desk(house, open_visit, REVIEWER, listed["items"][0], **PHONE)
    await phone.open(view)
    assert await complaints(phone.visit) == []
    await phone.page.get_by_role("button", name="Trình đơn").click()
    await phone.page.get_by_role("button", name="English").click()
    await phone.page.get_by_role("button", name="Menu").click()
    await expect(phone.page.get_by_role("link", name="History")).to_be_visible()
    assert await complaints(phone.visit) == []
