"""The verification page in real Chromium: three verdicts, with the network, without it, and with an old list."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from exam_engine.core.time import utc_now
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """Codes of the demo's certificates: the whole text of the QR code."""

    valid: str
    valid_name: str
    revoked: str
    decision_number: str

    @property
    def tampered(self) -> str:
        """The valid code with one bit of its signature changed."""
        address, digits = self.valid.split("#")
        return f"{address}#{int(digits) ^ (1 << 3)}"


@pytest_asyncio.fixture(loop_scope="session")
async def issued(house: House) -> AsyncIterator[Issued]:
    """Return a valid and a revoked certificate of the demo."""
    async with house.staff("capphat") as officer:

        async def one(status: str) -> dict[str, str]:
            rows = (await officer.get("/api/certificates", params={"status": status})).json()["items"]
            detail: dict[str, str] = (await officer.get(f"/api/certificates/{rows[0]['id']}")).json()
            return detail

        valid, revoked = await one("valid"), await one("revoked")
        answer = (await officer.get(f"/api/verification/certificates/{revoked['public_id']}")).json()
    yield Issued(
        valid["verification_url"], valid["holder_name"], revoked["verification_url"], answer["decision_number"]
    )


async def scan(page: Page, text: str, heading: str) -> None:
    """Open the text of a code as a camera does, in a fresh page, and expect a verdict."""
    await page.goto("about:blank")
    await page.goto(text)
    await expect(page.get_by_role("heading", name=heading)).to_be_visible()


async def keep_everything(page: Page, text: str) -> None:
    """Check one certificate online and wait until page, keys and list are kept."""
    await scan(page, text, "Chứng chỉ hợp lệ")
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")


async def test_three_certificates_get_three_verdicts(issued: Issued, open_visit: OpenVisit) -> None:
    page = (await open_visit(**PHONE)).page
    await scan(page, issued.valid, "Chứng chỉ hợp lệ")
    await expect(page.get_by_text(issued.valid_name, exact=True)).to_be_visible()
    await scan(page, issued.revoked, "Chứng chỉ đã bị thu hồi")
    await expect(page.get_by_text(issued.decision_number)).to_be_visible()
    await scan(page, issued.tampered, "Chứng chỉ giả hoặc bị sửa")
    await expect(page.get_by_text(issued.valid_name, exact=True)).to_have_count(0)


async def test_without_a_network_a_kept_page_still_tells_all_three_apart(issued: Issued, open_visit: OpenVisit) -> None:
    page = (await open_visit(**PHONE)).page
    await keep_everything(page, issued.valid)
    await page.context.set_offline(True)
    await scan(page, issued.valid, "Chứng chỉ hợp lệ")
    await scan(page, issued.revoked, "Chứng chỉ đã bị thu hồi")
    await expect(page.get_by_text("Chưa tải được số và ngày của quyết định.")).to_be_visible()
    await scan(page, issued.tampered, "Chứng chỉ giả hoặc bị sửa")


async def test_a_list_older_than_its_time_to_live_is_not_relied_on(issued: Issued, open_visit: OpenVisit) -> None:
    page = (await open_visit(**PHONE)).page
    await keep_everything(page, issued.valid)
    await page.route("**/api/verification/**", lambda route: route.abort())
    await page.clock.set_fixed_time(utc_now() + DAY - timedelta(hours=1))
    await scan(page, issued.valid, "Chứng chỉ hợp lệ")
    await page.clock.set_fixed_time(utc_now() + DAY + timedelta(hours=1))
    await scan(page, issued.valid, "Chưa kiểm tra được")
    await expect(page.get_by_text("danh sách thu hồi trên máy này đã quá cũ")).to_be_visible()


async def test_when_nothing_can_be_asked_nothing_is_claimed(issued: Issued, open_visit: OpenVisit) -> None:
    page = (await open_visit(**PHONE)).page
    await page.route("**/api/verification/**", lambda route: route.abort())
    await scan(page, issued.valid, "Chưa kiểm tra được")
    await expect(page.get_by_text(issued.valid_name, exact=True)).to_have_count(0)
    await page.unroute_all()
    await page.get_by_role("button", name="Kiểm tra lại").click()
    await expect(page.get_by_role("heading", name="Chứng chỉ hợp lệ")).to_be_visible()


async def test_checking_a_valid_certificate_does_not_tell_the_server_which(
    issued: Issued, open_visit: OpenVisit
) -> None:
    page = (await open_visit(**PHONE)).page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split("#")[0]))
    await keep_everything(page, issued.valid)
    assert any(url.endswith("/api/verification/statuses") for url in asked)
    assert not any("/api/verification/certificates/" in url or "/c/" in url for url in asked)


async def test_a_phone_without_scripts_is_led_to_the_typed_code(issued: Issued, open_visit: OpenVisit) -> None:
    visit = await open_visit(java_script_enabled=False, **PHONE)
    await visit.page.goto(issued.valid)
    await visit.page.get_by_role("link", name="Nhập mã tra cứu").click()
    await expect(visit.page.get_by_label("Mã tra cứu in trên chứng chỉ")).to_be_visible()
