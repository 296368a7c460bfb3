"""The sample exam in a real browser: by keyboard to its marking, without a network, and never in the way of an exam."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.exam_engine.practice.test_marking import ITEMS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PRACTICE = "/exam/practice"
_KEPT = "indexedDB.databases().then((all) => all.map(({ name }) => name).sort())"


async def press_button(page: Page, name: str) -> None:
    """Press a button with the keyboard."""
    button = page.get_by_role("button", name=name).first
    await button.focus()
    await page.keyboard.press("Enter")


async def begin(page: Page) -> None:
    """Start the sample with the keyboard and wait for the tools."""
    await press_button(page, "Bắt đầu làm thử")
    await expect(page.get_by_role("heading", name=f"Câu 1 / {len(ITEMS)}")).to_be_visible()
    await expect(page.get_by_role("group", name="Công cụ")).to_be_visible()


@pytest.mark.parametrize(
    "window",
    [
        {"width": 1280, "height": 720},
        pytest.param({"width": 360, "height": 740}, marks=pytest.mark.extended),
        pytest.param({"width": 320, "height": 640}, marks=pytest.mark.extended),
    ],
    ids=lambda window: str(window["width"]),
)
async def test_the_sample_is_done_by_keyboard_marked_and_done_again(
    open_visit: OpenVisit, window: dict[str, int]
) -> None:
    visit = await open_visit(PRACTICE, viewport=window)
    page = visit.page
    await expect(page.get_by_role("heading", name="Bài thi mẫu: không tính điểm")).to_be_visible()
    assert await complaints(visit) == []
    await begin(page)
    await expect(page.get_by_text("Bài thi mẫu: không tính điểm")).to_be_visible()
    assert await complaints(visit) == []

    # The options of the first two kinds stand as written: nothing here is shuffled.
    await page.keyboard.press("c")
    await expect(page.get_by_role("radio", name="=SUM(B1:B5)")).to_be_checked()
    for tool in ("Bút dạ quang", "Ghi chú", "Máy tính"):
        await expect(page.get_by_role("button", name=tool)).to_be_visible()
    await page.keyboard.press("n")
    await page.keyboard.press("n")
    await expect(page.get_by_role("heading", name="Câu 3 / ")).to_be_focused()
    for key in ("a", "c"):
        await page.keyboard.press(key)
    for number in range(4, len(ITEMS) + 1):
        await page.keyboard.press("n")
        await expect(page.get_by_role("heading", name=f"Câu {number} / ")).to_be_focused()
        if number == ITEM_NUMBER["numeric_entry"]:
            await page.get_by_role("textbox").focus()
            await page.keyboard.type("12,5")
            await page.get_by_role("combobox").focus()
            await page.keyboard.press("ArrowDown")
            await page.keyboard.press("ArrowDown")
            await page.get_by_role("heading", level=1).focus()
        if number == ITEM_NUMBER["hotspot"]:
            await page.get_by_role("button", name="Chữ I nghiêng").press("Enter")
            await page.get_by_role("heading", level=1).focus()

    # A reload goes on where it was, once it is on the disk.
    await ExamDesk(page).everything_saved()
    await page.reload()
    await expect(page.get_by_role("heading", name=f"Câu {len(ITEMS)} / ")).to_be_visible()
    await page.get_by_role("textbox").first.focus()
    await page.keyboard.type("Vì lộ một nơi là lộ mọi nơi.")
    await press_button(page, "Xem lại và nộp")
    await press_button(page, "Nộp bài")
    send = page.get_by_role("dialog").get_by_role("button", name="Nộp bài")
    await send.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Kết quả làm thử")).to_be_visible()
    # One whole, two of three right options, twelve and a half seconds.
    await expect(page.get_by_text("Được 2,67 / 13 điểm")).to_be_visible()
    outcomes = await page.locator("tbody tr td:nth-child(3)").all_inner_texts()
    expected = dict.fromkeys(ITEMS, "Chưa trả lời") | {
        "single_choice": "Đúng",
        "multiple_response": "Đúng một phần",
        "numeric_entry": "Đúng",
        "hotspot": "Chưa đúng",
        "extended_text": "Người chấm; máy không chấm",
    }
    assert outcomes == [expected[name] for name in ITEMS]
    assert await complaints(visit) == []
    await press_button(page, "Làm lại từ đầu")
    await begin(page)
    await expect(page.get_by_role("radio", checked=True)).to_have_count(0)


ITEM_NUMBER = {name: number for number, name in enumerate(ITEMS, start=1)}


async def test_it_works_without_a_network_once_it_has_been_open(open_visit: OpenVisit) -> None:
    visit = await open_visit(PRACTICE)
    page = visit.page
    await begin(page)
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.keyboard.press("c")
    await visit.context.set_offline(True)
    await page.reload()
    await expect(page.get_by_role("radio", name="=SUM(B1:B5)")).to_be_checked()
    await press_button(page, "Xem lại và nộp")
    await press_button(page, "Nộp bài")
    await page.get_by_role("dialog").get_by_role("button", name="Nộp bài").click()
    await expect(page.get_by_text("Chưa chấm được")).to_be_visible()
    await visit.context.set_offline(False)
    await press_button(page, "Chấm lại")
    await expect(page.get_by_text("Được 1 / 13 điểm")).to_be_visible()
    visit.console_errors.clear()


async def test_a_real_attempt_comes_first_and_is_not_touched(house: House, open_visit: OpenVisit) -> None:
    # Practised before: what that leaves stays apart.
    visit = await open_visit(PRACTICE)
    page = visit.page
    await begin(page)
    await page.keyboard.press("t")
    await page.keyboard.type("Ghi chú của bài mẫu")
    await page.keyboard.press("Escape")
    await page.wait_for_timeout(400)
    prepared = await house.prepare(candidates=1, seed=7400, item_count=3)
    await page.goto(f"{house.url}/exam")
    link = page.get_by_role("link", name="Làm bài thi mẫu")
    await expect(link).to_have_attribute("href", PRACTICE)
    desk, taker = ExamDesk(page), prepared.registered[0]
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await desk.confirm_data()
    await house.unlock(prepared)
    await desk.start()
    await desk.answer("Phương án thứ nhất")
    await page.get_by_role("button", name="Ghi chú").click()
    await page.get_by_label("Ghi chú cho câu 1").fill("Ghi chú thật")
    await page.keyboard.press("Escape")
    await desk.everything_saved()
    assert {"exam", "practice"} <= set(await page.evaluate(_KEPT))

    other = await visit.context.new_page()
    await other.goto(f"{house.url}{PRACTICE}")
    await expect(other.get_by_role("heading", name="Bài thi thật đang mở trên máy này")).to_be_visible()
    await expect(other.get_by_role("link", name="Vào trang thi")).to_have_attribute("href", "/exam")
    await expect(other.get_by_role("button", name=re.compile("làm thử"))).to_have_count(0)
    await other.close()

    await page.reload()
    await expect(desk.item_heading(1)).to_be_visible()
    await expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    # The reload opens the panel that was open; else the key does.
    await expect(page.get_by_role("group", name="Công cụ")).to_be_visible()
    await page.get_by_role("button", name="Ghi chú").click()
    await expect(page.get_by_label("Ghi chú cho câu 1")).to_have_value("Ghi chú thật")
    await page.keyboard.press("Escape")
    await desk.submit()
