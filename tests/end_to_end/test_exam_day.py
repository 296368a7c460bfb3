"""An exam day in real Chromium: from the waiting room to a certificate that a phone verifies."""

import asyncio
import time

import pytest
from playwright.async_api import Locator, expect

from load_tests.prepared_sitting import PROCTOR_PASSWORD, PreparedSitting, Registered
from tests.end_to_end.browsing import PHONE
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.journals import acts_of, assert_chain_is_sound, stored_journal
from tests.end_to_end.qr_codes import read_with_zbar, read_with_zxing, render_page
from tests.end_to_end.staff_desk import StaffDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ITEMS = 12
# Three missed heartbeats.
LONGEST_UNNOTICED_MS = 60_000
RIGHT, WRONG = "Phương án thứ nhất", "Phương án thứ hai"


@pytest.mark.parametrize("cut_seconds", [22.0, pytest.param(600.0, marks=pytest.mark.extended)])
async def test_a_candidate_works_through_a_cut_and_leaves_with_a_certificate_that_verifies(
    house: House, open_visit: OpenVisit, cut_seconds: float
) -> None:
    prepared = await house.prepare(candidates=2, item_count=ITEMS, seed=1000 + int(cut_seconds))
    taker, neighbour = prepared.registered

    seat = await open_visit("/exam")
    desk = ExamDesk(seat.page)
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await expect(seat.page.get_by_text(taker.person.full_name)).to_be_visible()
    await desk.confirm_data()
    await expect(seat.page.get_by_role("heading", name="Chờ cán bộ coi thi mở khoá máy")).to_be_visible()

    room = (await open_visit("/proctor")).page
    await StaffDesk(room).sign_in(prepared.proctor_name, PROCTOR_PASSWORD)
    await room.get_by_role("link", name="Phòng máy 1").click()
    card = room.get_by_role("listitem").filter(has_text=taker.person.full_name)
    await expect(card).to_contain_text("Đã xác nhận")
    await card.get_by_role("button", name="Mở khoá").click()

    await desk.start()
    await desk.answer(RIGHT)
    await desk.next(2)
    await desk.answer(WRONG)
    await desk.flag()
    await desk.everything_saved()

    await expect(card).to_contain_text("Đang làm")

    await work_through_a_cut(desk, card, cut_seconds)

    await expect(card).to_contain_text("Đang làm")
    await room.get_by_role("button", name="Gửi thông báo").click()
    await room.get_by_label("Nội dung").fill("Còn 15 phút, các anh chị kiểm tra lại bài.")
    await StaffDesk(room).confirm("Gửi")
    # A message rides on the answer to the next save or heartbeat.
    await desk.go_to(2)
    await expect(seat.page.get_by_role("alert")).to_contain_text("Còn 15 phút, các anh chị kiểm tra lại bài.")
    await seat.page.get_by_role("button", name="Đã đọc").click()
    await desk.answer(RIGHT)
    await desk.unflag()
    await desk.everything_saved()
    await desk.submit()
    await expect(card).to_contain_text("Đã nộp")
    # Three of twelve items were answered wrongly: 5, 8 and 9.
    stored = await stored_journal(house, taker)
    assert acts_of(stored) == desk.acts
    assert_chain_is_sound(stored)

    await house.hand_in_blank(prepared, neighbour)
    await decide(house, open_visit, prepared)

    await seat.page.reload()
    await expect(seat.page.get_by_role("heading", name="Kết quả thi")).to_be_visible()
    for text in ("Đạt", "7,50", "Bảy phẩy năm"):
        await expect(seat.page.get_by_text(text, exact=True)).to_be_visible()

    pdf = await issue(house, open_visit, prepared, taker)
    page = render_page(pdf)
    [text] = read_with_zxing(page)
    assert read_with_zbar(page) == [text]
    phone = (await open_visit(text, **PHONE)).page
    await expect(phone.get_by_role("heading", name="Chứng chỉ hợp lệ")).to_be_visible()
    await expect(phone.get_by_text(taker.person.full_name, exact=True)).to_be_visible()


async def work_through_a_cut(desk: ExamDesk, card: Locator, cut_seconds: float) -> None:
    """Answer on while the network is away for so long, with the page loaded anew in the middle.

    ``card`` is the seat on the proctor's board, which tells of the cut.
    """
    page = desk.page
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    began = time.monotonic()
    await page.context.set_offline(True)
    for number in range(3, 7):
        await desk.next(number)
        await desk.answer(RIGHT)
    await expect(page.get_by_text("Mất kết nối. Bài làm vẫn được lưu trên máy này; cứ làm tiếp.")).to_be_visible()
    before = seconds_shown(await page.get_by_role("timer").inner_text())

    await page.reload()
    await expect(desk.item_heading(6)).to_be_visible()
    await expect(page.get_by_role("radio", name=RIGHT)).to_be_checked()
    for number in range(1, 7):
        state = "đã trả lời, đánh dấu xem lại" if number == 2 else "đã trả lời"
        await expect(desk.in_palette(number)).to_have_accessible_name(f"Câu {number}, {state}")
    after = seconds_shown(await page.get_by_role("timer").inner_text())
    assert before - (time.monotonic() - began) - 1 <= after <= before

    for number in range(7, ITEMS + 1):
        await desk.next(number)
        await desk.answer(WRONG if number in {8, 9} else RIGHT)
    await desk.go_to(5)
    await desk.clear()
    await desk.answer(WRONG)
    # The cut lasts as long in real time, however fast the candidate was.
    await expect(card).to_contain_text("Mất kết nối", timeout=LONGEST_UNNOTICED_MS)
    await asyncio.sleep(max(0.0, cut_seconds - (time.monotonic() - began)))
    await page.context.set_offline(False)
    await desk.everything_saved()


async def decide(house: House, open_visit: OpenVisit, prepared: PreparedSitting) -> None:
    """Propose the results as one member of the board and approve them as another."""
    address = f"results/{prepared.sitting_id}"
    async with house.staff("hoidong1") as client:
        await house.until(client, f"/api/{address}", "status", "ready")
    first = StaffDesk((await open_visit("/board")).page)
    await first.sign_in("hoidong1", house.passwords["hoidong1"])
    await first.open(address)
    await expect(first.row("7,50")).to_contain_text("Bảy phẩy năm")
    await first.page.get_by_role("button", name="Đề nghị duyệt").click()
    await first.confirm("Đề nghị duyệt")
    await expect(first.page.get_by_role("button", name="Duyệt kết quả")).to_be_disabled()

    second = StaffDesk((await open_visit("/board")).page)
    await second.sign_in("hoidong2", house.passwords["hoidong2"])
    await second.open(address)
    await second.page.get_by_role("button", name="Duyệt kết quả").click()
    await second.page.get_by_label("Số quyết định").fill("125/QĐ-HĐT")
    await second.confirm("Duyệt kết quả")
    await expect(second.page.get_by_text("Đã duyệt", exact=True)).to_be_visible()


async def issue(house: House, open_visit: OpenVisit, prepared: PreparedSitting, holder: Registered) -> bytes:
    """Issue the sitting's certificates as the officer and return the holder's PDF."""
    officer = StaffDesk((await open_visit("/board")).page)
    await officer.sign_in("capphat", house.passwords["capphat"])
    await officer.open("certificates")
    link = officer.page.locator(f'a[href*="{prepared.sitting_id}"]')
    row = officer.page.get_by_role("row").filter(has=link)
    await row.get_by_role("button", name="Cấp chứng chỉ").click()
    await officer.confirm("Cấp chứng chỉ")
    await expect(officer.page.get_by_text("Đã cấp xong chứng chỉ.")).to_be_visible()
    await link.click()
    await officer.row(holder.person.full_name).get_by_role("link").click()
    await expect(officer.page.get_by_role("heading", level=1, name=holder.person.full_name)).to_be_visible()
    address = await officer.page.get_by_role("link", name="Mở bản PDF").get_attribute("href")
    assert address is not None
    response = await officer.page.context.request.get(address)
    assert response.headers["content-type"] == "application/pdf"
    return await response.body()


def seconds_shown(clock: str) -> int:
    """Return the seconds of a clock that reads minutes and seconds."""
    minutes, seconds = clock.strip().split(":")
    return int(minutes) * 60 + int(seconds)
