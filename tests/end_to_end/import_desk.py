"""The pages of imports as an author works at them."""

from playwright.async_api import Locator, Page, expect

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class ImportDesk:
    """One import: a file is brought, mended on the page and saved."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def bring(self, name: str, content: bytes) -> str:
        """Bring a Word file and wait for its dry run; returns the id of the run."""
        await self.page.goto("about:blank")
        await self.page.goto("/board#/items/imports")
        await self.page.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": WORD_TYPE, "buffer": content}
        )
        await self.page.get_by_role("button", name="Kiểm tra tệp").click()
        await expect(self.page.get_by_role("heading", name=name)).to_be_visible()
        await expect(self.page.get_by_role("button", name="Ghi vào ngân hàng")).to_be_visible()
        return self.page.url.rsplit("/", 1)[1]

    def count_of(self, name: str) -> Locator:
        """Return the button that shows the items of one sort, with their number."""
        return self.page.get_by_role("group", name="Lọc câu").get_by_role("button", name=name)

    async def fill_for_all(self, *, reference: str, level: str, prefix: str) -> None:
        """Say for all items what the file does not say."""
        panel = self.page.locator("section").filter(
            has=self.page.get_by_role("heading", name="Điền cho mọi câu mà tệp không ghi")
        )
        await panel.get_by_label("Mô đun hoặc mục").fill(reference)
        await panel.get_by_label("Mức độ").select_option(label=level)
        await panel.get_by_label("Đầu mã cho câu chưa có mã").fill(prefix)
        await panel.get_by_role("button", name="Điền", exact=True).click()

    async def show(self, stem: str) -> Locator:
        """Choose an item of the list; returns its preview."""
        await self.page.locator("ol").get_by_role("button").filter(has_text=stem).click()
        preview = self.page.locator(".preview")
        await expect(preview.get_by_text(stem, exact=True)).to_be_visible()
        return preview

    async def answer_as_key(self, stem: str, option: str) -> None:
        """Answer an item without a key and make the answer its key."""
        preview = await self.show(stem)
        await preview.get_by_role("radio", name=option).check()
        await preview.get_by_role("button", name="Dùng câu trả lời trên làm đáp án").click()
        await expect(preview.get_by_text("Đã có đáp án")).to_be_visible()

    async def save(self) -> None:
        """Save into the bank and hand the items in for review."""
        await self.page.get_by_role("button", name="Ghi vào ngân hàng").click()
        dialog = self.page.get_by_role("dialog")
        await expect(dialog.get_by_label("Gửi duyệt ngay các câu vừa ghi")).to_be_checked()
        await dialog.get_by_role("button", name="Ghi vào ngân hàng").click()
        await expect(self.page.get_by_text("Đã ghi vào ngân hàng").first).to_be_visible()
