"""A candidate at a PC: what they do on the page /exam, and a note of every click that must be kept."""

import re
from dataclasses import dataclass, field

from playwright.async_api import Locator, Page, expect

Act = tuple[str, str | None, tuple[str, ...] | None]
"""Kind, item reference and chosen options of one operation, as the journal stores it."""


@dataclass(slots=True)
class ExamDesk:
    """The candidate's page; ``acts`` is what the candidate did, in order."""

    page: Page
    acts: list[Act] = field(default_factory=list)

    async def sign_in(self, access_code: str, candidate_number: str, identity_suffix: str) -> None:
        """Fill in the login form and send it."""
        await self.page.get_by_label("Mã vào thi").fill(access_code)
        await self.page.get_by_label("Số báo danh").fill(candidate_number)
        await self.page.get_by_label("6 ký tự cuối").fill(identity_suffix)
        await self.page.get_by_role("button", name="Vào phòng thi").click()

    async def confirm_data(self) -> None:
        """Say that the own data are right and wait in the waiting room with the paper at hand."""
        await self.page.get_by_role("button", name="Thông tin đúng").click()
        await expect(self.page.get_by_text("Đề đã về máy, còn niêm phong")).to_be_visible()

    async def start(self) -> None:
        """Open the paper once the seat is unlocked."""
        await self.page.get_by_role("button", name="Bắt đầu làm bài").click(timeout=30_000)
        await expect(self.item_heading(1)).to_be_visible()
        self.acts.append(("navigate", await self.item_ref(), None))

    def item_heading(self, number: int) -> Locator:
        """Return the heading of the item with that number, counted from 1."""
        return self.page.get_by_role("heading", name=f"Câu {number} / ")

    async def item_ref(self) -> str:
        """Return the reference of the item on the screen."""
        return await self.page.locator("[data-ref]").get_attribute("data-ref") or ""

    async def answer(self, text: str) -> None:
        """Choose the option that reads ``text``."""
        option = self.page.get_by_role("radio", name=text)
        await option.check()
        value = await option.get_attribute("value") or ""
        self.acts.append(("answer", await self.item_ref(), (value,)))

    async def clear(self) -> None:
        """Take the answer back."""
        await self.page.get_by_role("button", name="Xoá câu trả lời").click()
        self.acts.append(("clear", await self.item_ref(), None))

    async def flag(self) -> None:
        """Mark the item for another look."""
        await self.page.get_by_role("button", name="Đánh dấu xem lại", exact=True).click()
        self.acts.append(("flag", await self.item_ref(), None))

    async def unflag(self) -> None:
        """Take the mark away."""
        await self.page.get_by_role("button", name="Bỏ đánh dấu", exact=True).click()
        self.acts.append(("unflag", await self.item_ref(), None))

    async def next(self, number: int) -> None:
        """Go to the item that follows, which has this number."""
        await self.page.get_by_role("button", name="Câu sau").click()
        await self._arrive(number)

    async def go_to(self, number: int) -> None:
        """Go to an item over the list of items."""
        await self.in_palette(number).click()
        await self._arrive(number)

    async def _arrive(self, number: int) -> None:
        await expect(self.item_heading(number)).to_be_visible()
        self.acts.append(("navigate", await self.item_ref(), None))

    def in_palette(self, number: int) -> Locator:
        """Return the button of an item in the list of items."""
        return self.page.get_by_role("button", name=re.compile(rf"^Câu {number}, "))

    async def everything_saved(self) -> None:
        """Wait until the server has acknowledged every click."""
        await expect(self.page.get_by_text(re.compile(r"^Đã lưu lúc \d\d:\d\d:\d\d$"))).to_be_visible(timeout=45_000)

    async def submit(self) -> None:
        """Hand in over the review and its question."""
        await self.page.get_by_role("button", name="Xem lại và nộp").first.click()
        await self.page.get_by_role("button", name="Nộp bài").click()
        await self.page.get_by_role("dialog").get_by_role("button", name="Nộp bài").click()
        await expect(self.page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()
