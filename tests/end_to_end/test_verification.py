"""What a phone shows for genuine, forged, altered and revoked certificates, with and without a network or scripts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.async_api import Page, expect

from certificates.qr_payload import LAYOUT, encode_facts, read_payload, sign_payload
from exam_engine.core.time import utc_now
from tests.end_to_end.browsing import PHONE
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.qr_codes import read_with_zxing, render_page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

DOUBT = "Chưa kiểm tra được"
FORGED = "Chứng chỉ giả hoặc bị sửa"
GENUINE = "Chứng chỉ hợp lệ"
REVOKED = "Chứng chỉ đã bị thu hồi"


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate of the demo: its line in the register and the text of its QR code."""

    row: dict[str, Any]
    text: str

    @property
    def digits(self) -> str:
        """The signed part of the text."""
        return self.text.split("#", 1)[1]


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def issued(house: House) -> AsyncIterator[dict[str, Issued]]:
    """Return one valid and one revoked certificate by their status."""
    found = {}
    async with house.staff("capphat") as officer:
        for status in ("valid", "revoked"):
            listed = (await officer.get("/api/certificates", params={"status": status})).raise_for_status().json()
            row = listed["items"][0]
            pdf = (await officer.get(f"/api/certificates/{row['id']}/pdf")).raise_for_status().content
            found[status] = Issued(row, read_with_zxing(render_page(pdf))[0])
    yield found


async def verdict_is(page: Page, heading: str) -> None:
    await expect(page.get_by_role("status").get_by_role("heading")).to_have_text(heading)


async def test_a_genuine_code_turns_green_with_what_must_stand_on_the_paper(
    open_visit: OpenVisit, issued: dict[str, Issued]
) -> None:
    phone = (await open_visit(issued["valid"].text, **PHONE)).page
    await verdict_is(phone, GENUINE)
    row = issued["valid"].row
    for fact in (row["holder_name"], row["serial_number"]):
        await expect(phone.get_by_text(fact, exact=True)).to_be_visible()


async def test_a_code_signed_with_somebody_elses_key_turns_red(
    open_visit: OpenVisit, issued: dict[str, Issued]
) -> None:
    facts = read_payload(issued["valid"].digits).facts
    phone = (await open_visit(f"/v#{sign_payload(facts, Ed25519PrivateKey.generate())}", **PHONE)).page
    await verdict_is(phone, FORGED)
    await expect(phone.get_by_text(facts.name)).to_have_count(0)


async def test_a_genuine_code_with_another_name_turns_red_and_does_not_show_the_name(
    open_visit: OpenVisit, issued: dict[str, Issued]
) -> None:
    payload = read_payload(issued["valid"].digits)
    altered = encode_facts(replace(payload.facts, name="Nguyễn Văn Giả"))
    digits = str(int.from_bytes(bytes([LAYOUT]) + altered + payload.signature))
    phone = (await open_visit(f"/v#{digits}", **PHONE)).page
    await verdict_is(phone, FORGED)
    await expect(phone.get_by_text("Nguyễn Văn Giả")).to_have_count(0)


async def test_a_code_of_an_unknown_key_is_left_in_doubt(open_visit: OpenVisit, issued: dict[str, Issued]) -> None:
    facts = replace(read_payload(issued["valid"].digits).facts, kid=b"\x00\x01\x02\x03")
    phone = (await open_visit(f"/v#{sign_payload(facts, Ed25519PrivateKey.generate())}", **PHONE)).page
    await verdict_is(phone, DOUBT)
    await expect(phone.get_by_text("Hội đồng thi này không có khoá đã ký mã QR.")).to_be_visible()
    await expect(phone.get_by_text(facts.name)).to_have_count(0)


async def test_a_revoked_certificate_turns_red_and_names_the_decision(
    open_visit: OpenVisit, issued: dict[str, Issued]
) -> None:
    phone = (await open_visit(issued["revoked"].text, **PHONE)).page
    await verdict_is(phone, REVOKED)
    await expect(phone.get_by_text("Theo Quyết định số 15/QĐ-TTM")).to_be_visible()


@pytest.mark.parametrize("fragment", ["584405", "0", "không phải số", "<img src=x>", "9" * 900])
async def test_a_malformed_code_is_left_in_doubt(open_visit: OpenVisit, fragment: str) -> None:
    phone = (await open_visit(f"/v#{fragment}", **PHONE)).page
    await verdict_is(phone, DOUBT)
    await expect(phone.get_by_text("Nội dung mã QR không đúng mẫu")).to_be_visible()


async def test_a_code_cut_short_by_one_digit_is_left_in_doubt(open_visit: OpenVisit, issued: dict[str, Issued]) -> None:
    phone = (await open_visit(issued["valid"].text[:-1], **PHONE)).page
    await verdict_is(phone, DOUBT)


async def test_without_an_answer_of_the_server_a_first_check_stays_in_doubt(
    open_visit: OpenVisit, issued: dict[str, Issued]
) -> None:
    visit = await open_visit(**PHONE)
    await visit.context.route("**/api/verification/**", lambda route: route.abort())
    await visit.page.goto(issued["valid"].text)
    await verdict_is(visit.page, DOUBT)
    await expect(visit.page.get_by_text("Chưa tải được khoá kiểm tra")).to_be_visible()
    await visit.context.unroute("**/api/verification/**")
    await visit.page.get_by_role("button", name="Kiểm tra lại").click()
    await verdict_is(visit.page, GENUINE)


@pytest.mark.parametrize(("hours", "verdict"), [(23, GENUINE), (25, DOUBT)])
async def test_offline_the_kept_lists_serve_for_a_day(
    open_visit: OpenVisit, issued: dict[str, Issued], hours: int, verdict: str
) -> None:
    visit = await open_visit(issued["revoked"].text, **PHONE)
    await verdict_is(visit.page, REVOKED)
    await visit.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await visit.context.set_offline(True)
    # The clock set forward is the page's; the answers that the browser may reuse for a minute do not age by it.
    browser = await visit.context.new_cdp_session(visit.page)
    await browser.send("Network.clearBrowserCache")
    await visit.context.clock.set_fixed_time(utc_now() + timedelta(hours=hours))
    await visit.page.goto(issued["valid"].text)
    await visit.page.reload()
    await verdict_is(visit.page, verdict)
    # Even an old list is good enough to say that a certificate was taken back.
    await visit.page.goto(issued["revoked"].text)
    await verdict_is(visit.page, REVOKED)


@pytest.mark.parametrize(("status", "word"), [("valid", "Chứng chỉ hợp lệ"), ("revoked", "Chứng chỉ đã bị thu hồi")])
async def test_a_typed_id_is_answered_without_scripts(
    open_visit: OpenVisit, issued: dict[str, Issued], status: str, word: str
) -> None:
    page = (await open_visit("/c", **PHONE, java_script_enabled=False)).page
    row = issued[status].row
    await page.get_by_role("textbox").fill(row["public_id"].lower())
    await page.get_by_role("button").click()
    await expect(page.get_by_role("status")).to_contain_text(word)
    await expect(page.get_by_text(row["holder_name"], exact=True)).to_be_visible()


@pytest.mark.parametrize("typed", ["0000 0000 0000 00", "không có"])
async def test_unknown_and_malformed_ids_are_answered_alike_without_scripts(open_visit: OpenVisit, typed: str) -> None:
    page = (await open_visit("/c", **PHONE, java_script_enabled=False)).page
    await page.get_by_role("textbox").fill(typed)
    await page.get_by_role("button").click()
    await expect(page.get_by_role("status")).to_contain_text("Không tìm thấy trong sổ")
    await expect(page.get_by_role("definition")).to_have_count(0)
