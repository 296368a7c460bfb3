"""A sitting in Safe Exam Browser, in real Chromium: the board asks, candidates are refused, exempted and let in."""

import json

import pytest
from playwright.async_api import expect

from exam_engine.lockdown.seb.config_key import config_key
from exam_engine.lockdown.seb.reading import read_settings
from exam_engine.lockdown.seb.sent_hashes import key_hash
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.staff_desk import StaffDesk
from tests.end_to_end.test_room import PUSHED, enter

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PASSWORD = "mo tep 2026"


async def test_the_board_asks_for_it_and_candidates_come_with_and_without(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=2, seed=131, item_count=2)
    office = await open_visit("/board")
    board = office.page
    await StaffDesk(board).sign_in("hoidong1", house.passwords["hoidong1"])
    await StaffDesk(board).open(f"sittings/{prepared.sitting_id}")
    await board.get_by_role("button", name="Yêu cầu", exact=True).click()
    dialog = board.get_by_role("dialog", name="Safe Exam Browser của ca thi")
    await dialog.get_by_label("Địa chỉ được mở thêm").fill("*.gov.vn")
    await dialog.get_by_label("Mật khẩu thoát").fill("giam thi 7")
    assert await complaints(office) == []
    await dialog.get_by_role("button", name="Lưu").click()
    await expect(board.get_by_text("mọi phiên bản, đúng tệp")).to_be_visible()
    await board.get_by_role("button", name="Tải tệp .seb").click()
    dialog = board.get_by_role("dialog", name="Tải tệp .seb của ca thi")
    await dialog.get_by_label("Mật khẩu mở tệp").fill(PASSWORD)
    async with board.expect_download() as handed_out:
        await dialog.get_by_role("button", name="Tải tệp .seb").click()
    file = await (await handed_out.value).path()
    key = config_key(read_settings(file.read_bytes(), PASSWORD))
    await expect(board.get_by_text(key)).to_be_visible()
    assert await complaints(office) == []

    room = await enter(open_visit, prepared)
    plain, taker = await open_visit("/exam"), prepared.registered[0]
    desk = ExamDesk(plain.page)
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await expect(plain.page.get_by_role("heading", name="Ca thi này phải làm bằng Safe Exam Browser")).to_be_visible()
    await expect(plain.page.get_by_text("SEB-1")).to_be_visible()
    # The browser itself reports the refused login in its console.
    plain.console_errors.clear()
    assert await complaints(plain) == []
    card = room.get_by_role("listitem").filter(has_text=taker.person.full_name)
    await expect(card).to_contain_text("Sai trình duyệt", timeout=PUSHED)
    await card.get_by_role("button", name=f"Mở máy 1, {taker.person.full_name}").click()
    panel = room.get_by_role("dialog", name="Máy 1")
    await expect(panel.get_by_text("Không dùng Safe Exam Browser (SEB-1)").first).to_be_visible()
    await panel.get_by_role("button", name="Miễn SEB").click()
    reasons = room.get_by_role("dialog", name="Miễn SEB")
    await reasons.get_by_label("Cần công cụ trợ năng").check()
    await reasons.get_by_role("button", name="Miễn SEB").click()
    await expect(room.get_by_text("Đã cho 1 máy thi không cần Safe Exam Browser.")).to_be_visible()
    await plain.page.get_by_role("button", name="Thử lại").click()
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await desk.confirm_data()

    # Keys as scripts get them on newer WebKit: hashed with the address of the page.
    right, other = await open_visit(), prepared.registered[1]
    hashed = json.dumps(key_hash(f"{house.settings.public_url}/exam", key))
    await right.page.add_init_script(
        "window.SafeExamBrowser = { security: { configKey: '', updateKeys(done) {"
        f" this.configKey = {hashed}; setTimeout(done, 50); }} }} }};"
    )
    await right.page.goto("/exam")
    desk = ExamDesk(right.page)
    await desk.sign_in(prepared.access_code, other.candidate_number, other.person.identity_suffix)
    await desk.confirm_data()
    await house.unlock(prepared)
    await desk.start()
