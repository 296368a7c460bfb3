"""Staff at a PC: signing in at /board and /proctor, and the few moves that all their pages share."""

from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect


@dataclass(slots=True)
class StaffDesk:
    """A member of staff in front of a page."""

    page: Page

    async def sign_in(self, username: str, password: str) -> None:
        """Fill in the login form and wait until the page has opened."""
        await self.page.get_by_label("Tên đăng nhập").fill(username)
        await self.page.get_by_label("Mật khẩu", exact=True).fill(password)
        await self.page.get_by_role("button", name="Đăng nhập").click()
        await expect(self.page.get_by_role("button", name="Đăng nhập")).to_have_count(0)

    async def open(self, address: str) -> None:
        """Open an area of the board by its address after the #."""
        await self.page.goto(f"/board#/{address}")
        await expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    async def confirm(self, verb: str) -> None:
        """Press the button of the open dialog and wait until it has closed."""
        dialog = self.page.get_by_role("dialog")
        await dialog.get_by_role("button", name=verb).click()
        await expect(dialog).to_have_count(0)

    def row(self, text: str) -> Locator:
        """Return the table row that names ``text``."""
        return self.page.get_by_role("row").filter(has_text=text)
