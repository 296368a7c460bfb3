"""Everything that must be done on an exam day can be done without a mouse, and the focus is never out of sight."""

import pytest
from playwright.async_api import Locator, Page, expect

from load_tests.prepared_sitting import PROCTOR_PASSWORD
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.journals import acts_of, stored_journal

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

MOST_STOPS = 60
# In sight: some point of the control lies in the window and nothing else lies over it.
_IS_SEEN = """(control) => {
  const shown = control.closest("label") ?? control;
  const { left, top, right, bottom } = shown.getBoundingClientRect();
  const shares = [0.1, 0.5, 0.9];
  const points = shares.flatMap((x) => shares.map((y) => [left + (right - left) * x, top + (bottom - top) * y]));
  return points.some(([x, y]) => shown.contains(document.elementFromPoint(x, y)));
}"""


async def tab_to(target: Locator) -> None:
    """Press Tab until the control has the focus; every stop on the way must be in sight."""
    page = target.page
    await expect(target).to_be_enabled()
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement === document.body"):
            continue
        focused = page.locator(":focus")
        assert await focused.evaluate(_IS_SEEN), await focused.evaluate("(element) => element.outerHTML.slice(0, 200)")
        if await target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{target} is out of reach of the Tab key")


async def type_into(target: Locator, text: str) -> None:
    await tab_to(target)
    await target.page.keyboard.type(text)


async def press(target: Locator, key: str = "Enter") -> None:
    await tab_to(target)
    await target.page.keyboard.press(key)


async def sign_in_staff(page: Page, username: str, password: str) -> None:
    await type_into(page.get_by_label("Tên đăng nhập"), username)
    await type_into(page.get_by_label("Mật khẩu", exact=True), password)
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Tên đăng nhập")).to_have_count(0)


async def test_a_whole_exam_is_taken_by_keyboard_alone(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=1, item_count=4, seed=21)
    [taker] = prepared.registered
    page = (await open_visit("/exam")).page
    desk = ExamDesk(page)

    await type_into(page.get_by_label("Mã vào thi"), prepared.access_code)
    await type_into(page.get_by_label("Số báo danh"), taker.candidate_number)
    await type_into(page.get_by_label("6 ký tự cuối"), taker.person.identity_suffix)
    await page.keyboard.press("Enter")
    await press(page.get_by_role("button", name="Thông tin đúng"))
    await expect(page.get_by_role("heading", name="Chờ cán bộ coi thi mở khoá máy")).to_be_visible()
    await house.unlock(prepared)
    start = page.get_by_role("button", name="Bắt đầu làm bài")
    await expect(start).to_be_visible(timeout=15_000)
    await press(start)

    await expect(desk.item_heading(1)).to_be_visible()
    first = await desk.item_ref()
    options = page.get_by_role("radio")
    await press(options.nth(0), "Space")
    await page.keyboard.press("ArrowDown")
    await expect(options.nth(1)).to_be_checked()
    chosen = [await options.nth(place).get_attribute("value") or "" for place in (0, 1)]
    await press(page.get_by_role("button", name="Đánh dấu xem lại", exact=True))
    await press(page.get_by_role("button", name="Câu sau"))

    await expect(desk.item_heading(2)).to_be_focused()
    second = await desk.item_ref()
    await press(desk.in_palette(4))
    await expect(desk.item_heading(4)).to_be_focused()
    fourth = await desk.item_ref()
    await press(options.nth(0), "Space")
    last = await options.nth(0).get_attribute("value") or ""
    await press(page.get_by_role("button", name="Xem lại và nộp").first)

    await expect(page.get_by_role("heading", name="Xem lại trước khi nộp")).to_be_focused()
    await expect(page.get_by_role("heading", name="2 câu chưa trả lời")).to_be_visible()
    await press(page.get_by_role("button", name="Nộp bài"))
    await press(page.get_by_role("dialog").get_by_role("button", name="Nộp bài"))
    await expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()

    assert acts_of(await stored_journal(house, taker)) == [
        ("navigate", first, None),
        ("answer", first, (chosen[0],)),
        ("answer", first, (chosen[1],)),
        ("flag", first, None),
        ("navigate", second, None),
        ("navigate", fourth, None),
        ("answer", fourth, (last,)),
    ]


async def test_the_proctor_unlocks_a_seat_and_sends_a_message_by_keyboard(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=1, item_count=4, seed=22)
    [taker] = prepared.registered
    async with house.seated(prepared, taker) as candidate:
        page = (await open_visit("/proctor")).page
        await sign_in_staff(page, prepared.proctor_name, PROCTOR_PASSWORD)
        await press(page.get_by_role("link", name="Phòng máy 1"))
        await press(page.get_by_role("button", name="Mở khoá, máy 1"))
        await expect(page.get_by_text("Đã mở khoá 1 máy.")).to_be_visible()
        await candidate.start()

        await press(page.get_by_role("button", name="Gửi thông báo"))
        await type_into(page.get_by_label("Nội dung"), "Giữ trật tự.")
        await press(page.get_by_role("dialog").get_by_role("button", name="Gửi", exact=True))
        await expect(page.get_by_text("Đã gửi tới 1 máy.")).to_be_visible()
        await candidate.save()
        assert candidate.messages == ["Giữ trật tự."]


async def test_a_second_member_of_the_board_approves_results_by_keyboard(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=1, item_count=4, seed=23)
    await house.hand_in_blank(prepared, prepared.registered[0])
    address = f"results/{prepared.sitting_id}"
    async with house.staff("hoidong1") as client:
        await house.until(client, f"/api/{address}", "status", "ready")
        (await client.post(f"/api/{address}/proposal")).raise_for_status()

    page = (await open_visit(f"/board#/{address}")).page
    await sign_in_staff(page, "hoidong2", house.passwords["hoidong2"])
    await press(page.get_by_role("button", name="Duyệt kết quả"))
    await type_into(page.get_by_label("Số quyết định"), "126/QĐ-HĐT")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_text("126/QĐ-HĐT")).to_be_visible()
    async with house.staff("hoidong1") as client:
        await house.until(client, f"/api/{address}", "status", "approved")


async def under_the_bar(target: Locator) -> None:
    """Scroll the page until the control lies under what stays at the upper edge, and let the focus stand before it."""
    page = target.page
    await target.evaluate("""(control) => {
      window.scrollBy(0, control.getBoundingClientRect().top - 4);
      const stops = [...document.querySelectorAll("a[href], button:enabled, input, summary")];
      stops.filter((stop) => stop.checkVisibility()).at(-1).focus({ preventScroll: true });
      const before = stops.slice(0, stops.indexOf(control)).filter((stop) => stop.checkVisibility()).at(-1);
      before.focus({ preventScroll: true });
    }""")
    assert not await target.evaluate(_IS_SEEN)
    await page.keyboard.press("Tab")


async def test_the_focus_comes_out_from_under_the_bars_that_stay(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=1, item_count=4, seed=24)
    [taker] = prepared.registered
    desk = ExamDesk((await open_visit("/exam", viewport={"width": 360, "height": 600})).page)
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await desk.confirm_data()
    await house.unlock(prepared)
    await desk.start()
    for control in (desk.page.get_by_role("button", name="Phím tắt"), desk.page.get_by_role("radio").first):
        await under_the_bar(control)
        await expect(control).to_be_focused()
        assert await control.evaluate(_IS_SEEN)

    page = (await open_visit("/proctor", viewport={"width": 1280, "height": 560})).page
    await sign_in_staff(page, prepared.proctor_name, PROCTOR_PASSWORD)
    await press(page.get_by_role("link", name="Phòng máy 1"))
    everybody = page.get_by_role("button", name="Tất cả")
    # Beside the seats stands what makes the page higher than the window.
    for card in ("Sự cố", "Kiểm tra máy", "Sự kiện"):
        await expect(page.get_by_role("heading", name=card, exact=True)).to_be_visible()
    await expect(page.get_by_text("Chưa ghi sự cố nào")).to_be_visible()
    await under_the_bar(everybody)
    await expect(everybody).to_be_focused()
    assert await everybody.evaluate(_IS_SEEN)


async def test_escape_closes_a_question_and_gives_the_focus_back(house: House, open_visit: OpenVisit) -> None:
    page = (await open_visit("/board")).page
    await sign_in_staff(page, "quantri", house.passwords["quantri"])
    change = page.get_by_role("button", name="Đổi mật khẩu")
    await press(change)
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(change).to_be_focused()
