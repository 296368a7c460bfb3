"""The proctor's room in a real browser: from the door to the start, a swap, keys, and a network that goes away."""

import re

import pytest
from playwright.async_api import Page, expect

from load_tests.prepared_sitting import PROCTOR_PASSWORD, PreparedSitting
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.staff_desk import StaffDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

RIGHT = "Phương án thứ nhất"
PUSHED = 10_000
"""Milliseconds within which a change comes over the stream, on a busy machine; a live page looks only every 30 s."""


async def enter(open_visit: OpenVisit, prepared: PreparedSitting) -> Page:
    page: Page = (await open_visit("/proctor")).page
    await StaffDesk(page).sign_in(prepared.proctor_name, PROCTOR_PASSWORD)
    await page.get_by_role("link", name="Phòng máy 1").click()
    await expect(page.get_by_text("Trực tiếp")).to_be_visible()
    return page


async def test_a_person_is_confirmed_unlocked_moved_and_goes_on_at_the_new_place(
    house: House, open_visit: OpenVisit
) -> None:
    prepared = await house.prepare(candidates=3, seed=91, item_count=4, unlock_needs_identity=True)
    taker = prepared.registered[0]
    room = await enter(open_visit, prepared)
    card = room.get_by_role("listitem").filter(has_text=taker.person.full_name)
    await expect(card).to_contain_text("Chưa vào")

    old = await open_visit("/exam")
    desk = ExamDesk(old.page)
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await expect(card).to_contain_text("Đã đăng nhập", timeout=PUSHED)
    await desk.confirm_data()
    await expect(card.get_by_role("button", name="Đúng người")).to_be_visible(timeout=PUSHED)
    await expect(card.get_by_role("button", name="Mở khoá")).to_have_count(0)
    await card.get_by_role("button", name="Đúng người").click()
    # Taken back at once, and done again.
    await room.get_by_role("button", name="Hoàn tác").click()
    await expect(card.get_by_role("button", name="Mở khoá")).to_have_count(0)
    await card.get_by_role("button", name="Đúng người").click()
    await card.get_by_role("button", name="Mở khoá").click()
    await desk.start()
    await expect(card).to_contain_text("Đang làm", timeout=PUSHED)
    await desk.answer(RIGHT)
    await desk.everything_saved()
    await expect(card).to_contain_text("1/4 câu", timeout=PUSHED)

    await room.get_by_role("button", name="Đổi máy").click()
    dialog = room.get_by_role("dialog", name="Đổi máy")
    # Scanned codes end with Enter, which goes on to the next field.
    await dialog.get_by_label("Máy cũ").press_sequentially("PM1-01")
    await dialog.get_by_label("Máy cũ").press("Enter")
    await room.keyboard.type("PM1-09")
    await expect(dialog.get_by_text(f"{taker.person.full_name}: máy 1 → máy 9")).to_be_visible()
    await dialog.get_by_label("Hỏng máy").check()
    await dialog.get_by_role("button", name="Đổi máy").click()
    await expect(room.get_by_text("Ở máy 9, thí sinh đăng nhập là làm tiếp.")).to_be_visible()
    await expect(old.page.get_by_role("heading", name=re.compile("máy khác"))).to_be_visible(timeout=20_000)

    new = await open_visit("/exam")
    desk = ExamDesk(new.page)
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    # Nothing to press and nobody to wait for: the login is enough.
    await expect(new.page.get_by_role("radio", name=RIGHT)).to_be_checked()
    await card.get_by_role("button", name=f"Mở máy 9, {taker.person.full_name}").click()
    panel = room.get_by_role("dialog", name="Máy 9")
    for told in ("Xác nhận đúng người", "1 → 9 · Hỏng máy", "Làm tiếp ở trình duyệt khác"):
        await expect(panel.get_by_text(told).first).to_be_visible()


async def test_a_room_is_worked_by_keyboard_and_says_when_it_is_cut_off(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=6, seed=92, item_count=4)
    room = await enter(open_visit, prepared)
    async with house.seated(prepared, prepared.registered[1]) as candidate:
        await house.unlock(prepared)
        await candidate.start()
        seat = room.get_by_role("listitem").filter(has_text=prepared.registered[1].person.full_name)
        await expect(seat).to_contain_text("Đang làm", timeout=PUSHED)
        # Arrow keys and a range: the first three, with the second paused by a reason from the list.
        await room.get_by_role("checkbox", name="Chọn máy 1,").focus()
        await room.keyboard.press("Space")
        await room.keyboard.press("ArrowRight")
        await expect(room.get_by_role("checkbox", name="Chọn máy 2,")).to_be_focused()
        await room.keyboard.press("ArrowRight")
        await room.keyboard.press("Shift+Space")
        await expect(room.get_by_text("Đã chọn 3 máy")).to_be_visible()
        acts = room.get_by_role("group", name="Việc với các máy đã chọn")
        await acts.get_by_role("button", name="Tạm dừng").click()
        dialog = room.get_by_role("dialog", name="Tạm dừng")
        await dialog.get_by_label("Mất điện").check()
        await dialog.get_by_role("button", name="Tạm dừng").click()
        await expect(room.get_by_text("Đã tạm dừng 3 máy.")).to_be_visible()
        await expect(seat).to_contain_text("Tạm dừng", timeout=PUSHED)
        await room.get_by_role("button", name="Hoàn tác").click()
        await expect(seat).to_contain_text("Đang làm", timeout=PUSHED)

        await room.context.set_offline(True)
        await expect(room.get_by_text(re.compile("Mất liên lạc với máy chủ từ"))).to_be_visible(timeout=45_000)
        await room.context.set_offline(False)
        await expect(room.get_by_text("Trực tiếp")).to_be_visible(timeout=45_000)
        await room.reload()
        await expect(seat).to_contain_text("Đang làm")


@pytest.mark.extended
async def test_every_state_of_a_room_is_sound_and_a_hall_of_five_hundred_is_seen_at_once(
    house: House, open_visit: OpenVisit
) -> None:
    prepared = await house.prepare(candidates=500, seed=93, item_count=2, unlock_needs_identity=True)
    visit = await open_visit("/proctor")
    page = visit.page
    await StaffDesk(page).sign_in(prepared.proctor_name, PROCTOR_PASSWORD)
    await page.get_by_role("link", name="Phòng máy 1").click()
    await expect(page.get_by_role("button", name="Sơ đồ", pressed=True)).to_be_visible()
    await expect(page.get_by_role("checkbox", name=re.compile("^Chọn máy "))).to_have_count(500)
    assert await complaints(visit) == []
    for view in ("Bảng", "Thẻ"):
        await page.get_by_role("button", name=view).click()
        assert await complaints(visit) == []
    await page.get_by_role("checkbox", name="Chọn máy 2,").check()
    assert await complaints(visit) == []
    await page.get_by_role("group", name="Việc với các máy đã chọn").get_by_role("button", name="Ghi nghi vấn").click()
    assert await complaints(visit) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Đổi máy").first.click()
    assert await complaints(visit) == []
