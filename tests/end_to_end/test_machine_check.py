"""Checks of computers in a real browser: by a technician before the day, by the page of a candidate who waits."""

import re

import pytest
from playwright.async_api import Route, expect

from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints, complaints_at_every_size
from tests.end_to_end.test_room import enter

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

SAMPLE = "Nguyễn Thuỳ Dương gõ được tiếng Việt"
AFTER_MS = 15_000
"""Longer than a waiting page takes until it checks its computer."""


async def test_a_technician_checks_a_computer_and_the_proctor_sees_it(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=2, seed=151, item_count=2)
    visit = await open_visit("/check")
    page = visit.page
    # Without a sound card and a second screen nothing is amiss on a machine like this one.
    await expect(page.get_by_text("Máy này thi được", exact=True)).to_be_visible(timeout=30_000)
    for told in ("Ghi và đọc lại được", "Trang thi đã có sẵn trên máy", "Đến ngay từng tin", "Địa chỉ an toàn (https)"):
        await expect(page.get_by_text(told)).to_be_visible()
    assert await complaints_at_every_size(visit) == []

    await page.get_by_label("Gõ lại câu này").fill("Nguye64n Thuy2 Du7o7ng")
    await expect(page.get_by_text("Máy này thi được, có mục nên sửa")).to_be_visible()
    await expect(page.get_by_text("Bật bộ gõ (Unikey")).to_be_visible()
    assert await complaints(visit) == []
    await page.get_by_label("Gõ lại câu này").fill(SAMPLE.lower())
    await expect(page.get_by_text("Bộ gõ ghép dấu đúng")).to_be_visible()
    await page.get_by_role("button", name="Không nghe được").click()

    await page.get_by_role("button", name="Tìm phòng").click()
    await expect(page.get_by_text("Ô này còn trống.")).to_be_visible()
    await page.get_by_label("Mã vào thi của ca").fill("ZZZZ9999")
    await page.get_by_role("button", name="Tìm phòng").click()
    await expect(page.get_by_role("alert")).to_contain_text("không đúng")
    # The browser itself reports the refusal in its console.
    visit.console_errors.clear()
    await page.goto("/")
    await page.get_by_role("link", name="Kiểm tra máy").click()
    await page.goto(f"/check#{prepared.access_code.lower()}")
    await page.reload()
    await page.get_by_label("Số máy").fill("9999")
    await page.get_by_role("button", name="Gửi kết quả").click(timeout=30_000)
    await expect(page.get_by_text("Nhập một số từ 1 đến")).to_be_visible()
    await page.get_by_role("button", name="Không nghe được").click()
    await page.get_by_label("Số máy").fill("2")
    await page.get_by_role("button", name="Gửi kết quả").click()
    await expect(page.get_by_role("alert")).to_contain_text("máy 2")
    assert await complaints(visit) == []

    room = await enter(open_visit, prepared)
    machines = room.get_by_role("region", name="Kiểm tra máy")
    await expect(machines).to_contain_text("1/")
    await expect(machines).to_contain_text("Máy 2")
    await machines.get_by_role("button", name="Xem từng máy").click()
    dialog = room.get_by_role("dialog", name="Kiểm tra máy")
    await expect(dialog).to_contain_text("Không nghe được")
    await expect(dialog).to_contain_text(f"/check#{prepared.access_code}")
    await room.keyboard.press("Escape")
    await room.get_by_role("button", name="Mở máy 2").click()
    await expect(room.get_by_role("dialog", name="Máy 2")).to_contain_text("Âm thanh: Không nghe được")


async def test_what_holds_back_news_is_found(open_visit: OpenVisit) -> None:
    visit = await open_visit(service_workers="block")

    async def all_at_once(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer)

    await visit.page.route("**/api/machine-checks/stream", all_at_once)
    await visit.page.goto("/check")
    await expect(visit.page.get_by_text("Bị giữ lại trên đường, đến muộn")).to_be_visible(timeout=30_000)
    # Nor is the exam page kept where no worker may run.
    await expect(visit.page.get_by_text("Trang thi chưa có sẵn trên máy")).to_be_visible(timeout=30_000)
    await expect(visit.page.get_by_text("Máy này thi được, có mục nên sửa")).to_be_visible()


async def test_the_page_of_a_waiting_candidate_checks_by_itself(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=1, seed=152, item_count=2)
    taker = prepared.registered[0]
    visit = await open_visit()
    page, desk = visit.page, ExamDesk(visit.page)
    # Two days ahead: the exam keeps the server's time, and the proctor is told.
    await page.clock.install()
    await page.add_init_script("{ const real = Date.now; Date.now = () => real() + 2 * 86_400_000; }")
    await page.goto("/exam")
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await desk.confirm_data()
    # The page knows the server's time.
    await expect(page.get_by_role("timer")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    async with page.expect_response("**/api/machine-checks/own") as answered:
        await page.clock.fast_forward(AFTER_MS)
    assert (await answered.value).status == 204
    await expect(page.get_by_text("Máy này có điều cần lưu ý")).to_be_visible()
    await expect(page.get_by_text("Nhanh 2 ngày so với máy chủ")).to_be_visible()
    assert await complaints(visit) == []
    room = await enter(open_visit, prepared)
    await room.get_by_role("button", name="Mở máy 1").click()
    await expect(room.get_by_role("dialog", name="Máy 1")).to_contain_text("Nhanh 2 ngày so với máy chủ")
