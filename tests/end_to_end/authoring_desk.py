"""The authoring page as an author works at it."""

import io
from typing import Any

from PIL import Image, ImageDraw
from playwright.async_api import Locator, Page, expect

PICTURE_SIZE = (400, 240)


def picture() -> bytes:
    """Return a picture with two buttons on it."""
    image = Image.new("RGB", PICTURE_SIZE, "#e6ebf2")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, 160, 100), fill="#0f4c9c")
    draw.ellipse((260, 60, 340, 140), fill="#a8201a")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


class AuthoringDesk:
    """One opened page: the form at the left, the preview and the check at the right."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.preview = page.locator(".preview")

    async def open_new(self, kind: str) -> None:
        """Choose a kind for a new item."""
        await self.page.goto("about:blank")
        await self.page.goto("/board#/items/new")
        await self._choose(kind)

    async def open_another(self, kind: str) -> None:
        """Go on from a saved item to a new one in the same place of the syllabus."""
        await self.page.get_by_role("link", name="Soạn câu khác").click()
        await self._choose(kind)

    async def _choose(self, kind: str) -> None:
        await (
            self.page.get_by_role("button", name=kind, exact=False)
            .filter(has=self.page.get_by_text(kind, exact=True))
            .click()
        )
        await expect(self.field("Lời dẫn")).to_be_visible()

    async def open(self, item_id: str) -> None:
        """Open a stored item."""
        await self.page.goto("about:blank")
        await self.page.goto(f"/board#/items/{item_id}/edit")
        await expect(self.field("Lời dẫn")).to_be_visible()

    def field(self, label: str) -> Locator:
        """Return a field of the form by its label."""
        return self.page.locator(".form").get_by_label(label, exact=True)

    async def write(self, label: str, text: str) -> None:
        """Type into a rich-text field in place of what is there."""
        field = self.page.locator(".form").get_by_role("textbox", name=label, exact=True)
        await field.click()
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.type(text)

    async def write_with(self, tool: str, *runs: str) -> None:
        """Type a passage; each run in brackets is selected and made a gap or a hot text."""
        field = self.page.locator(".form").get_by_role("textbox", name="Đoạn văn", exact=True)
        await field.click()
        for run in runs:
            if not run.startswith("["):
                await self.page.keyboard.type(run)
                continue
            await self.page.keyboard.type(run[1:-1])
            for _ in run[1:-1]:
                await self.page.keyboard.press("Shift+ArrowLeft")
            await self.page.get_by_role("toolbar").locator(f"[data-tool={tool}]").click()
            await field.focus()
            await self.page.keyboard.press("End")

    async def mark(self, label: str) -> None:
        """Tick a box or choose a radio button of the form."""
        await self.field(label).check()

    async def add(self, button: str) -> None:
        """Press a button of the form."""
        await self.page.locator(".form").get_by_role("button", name=button, exact=True).click()

    async def place(self, code: str) -> None:
        """Choose a place in the syllabus by search."""
        await self.page.get_by_role("button", name="Chọn mục", exact=True).click()
        dialog = self.page.get_by_role("dialog")
        await dialog.get_by_role("searchbox").fill(code)
        await dialog.get_by_role("treeitem").filter(has_text=code).last.click()
        await expect(dialog).to_have_count(0)

    async def upload_picture(self) -> None:
        """Give the item its picture and describe it."""
        await self.page.locator(".form input[type=file]").set_input_files(
            {"name": "nut.png", "mimeType": "image/png", "buffer": picture()}
        )
        await self.field("Mô tả hình").fill("Hai nút trên nền xám")

    async def draw(self, shape: str, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Draw on the picture with the pointer; points are in pixels of the picture."""
        await self.page.locator(".form").get_by_role("button", name=shape, exact=True).click()
        canvas = self.page.locator(".form svg.canvas")
        await canvas.scroll_into_view_if_needed()
        box = await canvas.bounding_box()
        assert box is not None
        scale = box["width"] / PICTURE_SIZE[0]
        await self.page.mouse.move(box["x"] + start[0] * scale, box["y"] + start[1] * scale)
        await self.page.mouse.down()
        await self.page.mouse.move(box["x"] + end[0] * scale, box["y"] + end[1] * scale, steps=4)
        await self.page.mouse.up()

    async def checked(self) -> None:
        """Wait until the page has heard that nothing stands in the way."""
        await expect(self.page.get_by_text("Không còn lỗi, có thể gửi duyệt.")).to_be_visible()

    async def save(self) -> str:
        """Save by keyboard; returns the id of the item."""
        async with self.page.expect_response(
            lambda response: self._is_save(response.request.method, response.url)
        ) as got:
            await self.page.keyboard.press("Control+s")
        response = await got.value
        assert response.ok, await response.text()
        saved: dict[str, Any] = await response.json()
        told = f"Đã lưu {saved['code']}, phiên bản {saved['version_number']}."
        await expect(self.page.get_by_text(told)).to_be_visible()
        return str(saved["id"])

    @staticmethod
    def _is_save(method: str, url: str) -> bool:
        return method == "PUT" or (method == "POST" and url.endswith("/api/items"))

    async def stored(self, item_id: str) -> dict[str, Any]:
        """Return the item as the server gives it back."""
        response = await self.page.context.request.get(f"/api/items/{item_id}/draft")
        assert response.ok
        item: dict[str, Any] = await response.json()
        return item

    async def try_scoring(self, earned: str) -> None:
        """Let the preview score what was answered there."""
        await self.preview.get_by_role("button", name="Chấm thử").click()
        await expect(self.preview.get_by_text(f"Được {earned} điểm")).to_be_visible()
