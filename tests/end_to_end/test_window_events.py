"""The window of the exam in real Chromium: each event for real, seen by the proctor, and no answer any the worse."""

import os
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from exam_engine.core.db import new_id
from exam_engine.forms.schemas import FormSpec, PublishedItem
from exam_engine.interactions.content import CONTENT
from exam_engine.interactions.keys import KEY
from exam_engine.sittings.models import Administration, Registration, RuleSet, Sitting
from load_tests.prepared_sitting import PreparedSitting
from tests.end_to_end.browsing import Visit
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.item_samples import sample
from tests.end_to_end.journals import assert_chain_is_sound, stored_journal
from tests.end_to_end.soundness import complaints, complaints_at_every_size
from tests.end_to_end.staff_desk import StaffDesk
from tests.end_to_end.test_all_interactions import ITEMS
from tests.end_to_end.test_room import PUSHED, enter

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

RULES = {
    "fullscreen": True,
    "blocks": ["copy", "paste", "print", "context_menu"],
    "events": {
        "focus": "note",
        "fullscreen": "warning",
        "copy": "note",
        "paste": "warning",
        "second_tab": "serious",
        "print": "warning",
        "drag": "note",
        "devtools": "warning",
        "screens": "note",
        "context_menu": "note",
    },
}
OUTSIDE = "Sao lưu là tạo bản sao của dữ liệu ở một nơi khác."
WRITTEN = "Dữ liệu quan trọng cần được giữ ở hai nơi."
_LEAVE = """() => {
  Object.defineProperty(document, 'hasFocus', { value: () => false, configurable: true });
  dispatchEvent(new Event('blur'));
  delete document.hasFocus;
  dispatchEvent(new Event('focus'));
}"""
_DROP = """(text) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.setData('text/plain', text);
  document.querySelector('article h1').dispatchEvent(
    new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }));
}"""
_DRAG_OUT = """() => {
  const text = document.querySelector('article .stem, article [data-ref], article');
  text.dispatchEvent(new DragEvent('dragstart', { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() }));
  text.dispatchEvent(new DragEvent('dragleave', { bubbles: true, relatedTarget: null }));
  text.dispatchEvent(new DragEvent('dragend', { bubbles: true }));
}"""
_PICTURES = os.environ.get("EXAM_TEST_PICTURES")


async def picture(page: Page, name: str) -> None:
    """Keep a picture of the page for somebody to look at, where a folder for them is named."""
    if _PICTURES:
        await page.screenshot(path=Path(_PICTURES) / f"{name}.png")


def paper(code: str) -> FormSpec:
    """Return a form with a text to write and an order to bring about."""
    items = [
        PublishedItem(
            item_code=f"{code}-{interaction}",
            item_version_id=new_id(),
            module_code="IU01",
            module_name="Hiểu biết về công nghệ thông tin cơ bản",
            cognitive_level="NB",
            content=CONTENT.validate_python(
                sample(interaction).model_dump(mode="json", exclude={"ref", "module", "points", "stimulus"})
            ),
            key=KEY.validate_python(ITEMS[interaction][0]),
        )
        for interaction in ("extended_text", "order")
    ]
    return FormSpec(form_code=code, title="Đề hai câu", duration_minutes=45, items=items)


async def prepare(house: House, code: str, seed: int, rules: dict[str, Any]) -> PreparedSitting:
    """Store a sitting with a rule-set of its own; the candidate at seat 1 is granted more time, nothing is blocked."""
    prepared = await house.prepare(candidates=2, seed=seed, specs=[paper(code)])
    async with house.database() as database, database.write() as session:
        session.add(
            RuleSet(
                code=f"window-{code}",
                standard_level="basic",
                legal_basis="Quy chế của hội đồng thi",
                valid_from=date(2020, 1, 1),
                valid_to=date(2020, 1, 2),
                rule={"papers": [], "lockdown": rules},
            )
        )
        await session.flush()
        sitting = await session.get(Sitting, prepared.sitting_id)
        assert sitting is not None
        administration = await session.get(Administration, sitting.administration_id)
        accommodated = await session.get(Registration, prepared.registered[0].registration_id)
        assert administration is not None
        assert accommodated is not None
        administration.rule_set_code = f"window-{code}"
        accommodated.extra_minutes = 15
        session.add_all((administration, accommodated))
    return prepared


async def seat(house: House, prepared: PreparedSitting, number: int, visit: Visit) -> ExamDesk:
    """Bring a candidate to the question that a text is written for."""
    desk, taker = ExamDesk(visit.page), prepared.registered[number]
    await visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await desk.confirm_data()
    await house.unlock(prepared)
    await desk.start()
    # The watch comes with the tools, once the question stands.
    await expect(visit.page.get_by_role("group", name="Công cụ")).to_be_visible()
    if not await visit.page.get_by_role("article").get_by_role("textbox").count():
        await desk.next(2)
    return desk


async def mark_question(page: Page) -> None:
    """Select the text of the question, as with a mouse."""
    await page.evaluate("getSelection().selectAllChildren(document.querySelector('article h1'))")


async def noted(house: House, prepared: PreparedSitting, number: int) -> Counter[str]:
    """Return the kinds of the candidate's journal, whose chain is sound and of which nothing was refused."""
    entries = await stored_journal(house, prepared.registered[number])
    assert_chain_is_sound(entries)
    return Counter(entry.kind for entry in entries)


async def test_each_event_reaches_the_proctor_and_leaves_the_answers_alone(house: House, open_visit: OpenVisit) -> None:
    prepared = await prepare(house, "W1", 261, RULES)
    taker = prepared.registered[0]
    room = await enter(open_visit, prepared)
    visit = await open_visit()
    page = visit.page
    await page.add_init_script(
        "Object.defineProperty(screen, 'isExtended', { value: true });"
        "for (const name of ['outerWidth', 'outerHeight']) Object.defineProperty(window, name, { value: 1280 });"
    )
    await page.goto("/exam")
    desk = await seat(house, prepared, 0, visit)
    field = page.get_by_role("article").get_by_role("textbox")
    card = room.locator("[data-seat]").filter(has_text=taker.person.full_name)

    # The press of the button that starts has opened the whole screen; it is left, and offered again.
    await expect(page.locator("html:fullscreen")).to_have_count(1)
    bar = page.get_by_text("Bài thi nên mở toàn màn hình.")
    await expect(bar).to_have_count(0)
    await page.evaluate("document.exitFullscreen()")
    await expect(bar).to_be_visible()
    await picture(page, "exam-bar-1280")
    await page.emulate_media(forced_colors="active")
    await picture(page, "exam-bar-forced")
    await page.emulate_media(forced_colors="none")
    assert await complaints_at_every_size(visit) == []
    await page.get_by_role("button", name="Mở toàn màn hình").focus()
    await page.keyboard.press("Enter")
    await expect(bar).to_have_count(0)

    # Who writes, composes Vietnamese or pastes what was typed here does nothing worth noting.
    await field.press_sequentially(WRITTEN)
    browser = await visit.context.new_cdp_session(page)
    for part in ("t", "tie", "tiê", "tiến", "tiếng"):
        await browser.send(
            "Input.imeSetComposition", {"text": part, "selectionStart": len(part), "selectionEnd": len(part)}
        )
    await browser.send("Input.insertText", {"text": "tiếng"})
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Control+c")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Control+v")
    await page.evaluate("navigator.clipboard.writeText('ế')")
    await page.keyboard.press("Control+v")
    await expect(field).to_have_value(f"{WRITTEN}tiếng" * 2 + "ế")
    await desk.everything_saved()
    before = await noted(house, prepared, 0)
    assert before.keys().isdisjoint({"copy", "paste", "drag", "print", "devtools", "second_tab", "context_menu"})
    assert (before["fullscreen_left"], before["fullscreen_back"], before["screens"]) == (1, 1, 1)

    # Everything else, each for real as far as a window without a screen can.
    await page.evaluate(_LEAVE)
    await page.evaluate("(text) => navigator.clipboard.writeText(text)", OUTSIDE)
    await field.fill("")
    await field.press("Control+v")
    await expect(field).to_have_value(OUTSIDE)
    await mark_question(page)
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("Control+c")
    await page.get_by_role("article").get_by_role("heading", level=1).click(button="right")
    await page.keyboard.press("Escape")
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")
    await page.evaluate(_DROP, OUTSIDE)
    await page.evaluate(_DRAG_OUT)
    # The first change makes known how large the window is now; the second is a pane beside the page, the third its end.
    for width in (1270, 870, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        await page.wait_for_timeout(700)
    second = await visit.context.new_page()
    await second.goto("/exam")
    await expect(second.get_by_role("heading", name="Bài thi đang mở ở một thẻ khác")).to_be_visible()
    await second.close()
    await expect(field).to_have_value(OUTSIDE)

    await expect(card).to_contain_text("Mở bài thi ở thẻ thứ hai", timeout=PUSHED)
    await desk.everything_saved()
    after = await noted(house, prepared, 0) - before
    wanted = {"focus_lost", "paste", "copy", "context_menu", "print", "devtools", "second_tab"}
    assert {kind: after[kind] for kind in (*wanted, "drag")} == dict.fromkeys(wanted, 1) | {"drag": 2}
    await proctor_looks_and_reports(room, taker.person.full_name, visit)

    # Marked and handed in like any other.
    await desk.submit()
    await board_sees_totals(house, open_visit, prepared)


async def proctor_looks_and_reports(room: Page, name: str, visit: Visit) -> None:
    """Find the seat, read what was told, report an incident on it, and mark it as seen."""
    card = room.locator("[data-seat]").filter(has_text=name)
    await room.get_by_role("button", name="Có cảnh báo").click()
    await expect(room.get_by_role("checkbox", name=re.compile("^Chọn máy "))).to_have_count(1)
    await picture(room, "room-1280")
    await card.get_by_role("button", name=f"Mở máy 1, {name}").click()
    panel = room.get_by_role("dialog", name="Máy 1")
    events = panel.get_by_role("region", name="Sự kiện cửa sổ thi")
    for what, count in (("Mở bài thi ở thẻ thứ hai", "1 lần · 1 mới"), ("Kéo thả ra vào trang", "2 lần · 2 mới")):
        await expect(events.get_by_role("listitem").filter(has_text=what)).to_contain_text(count)
    # The gravest stands first.
    await expect(events.get_by_role("listitem").first).to_contain_text("Nghiêm trọng")
    await expect(panel.get_by_text("Ra lệnh in trang thi")).to_be_visible()
    await picture(room, "panel-1280")
    await room.set_viewport_size({"width": 360, "height": 800})
    await picture(room, "panel-360")
    await room.set_viewport_size({"width": 1280, "height": 800})
    await panel.get_by_role("button", name=re.compile("Ghi sự cố: Mở bài thi ở thẻ thứ hai")).click()
    report = room.get_by_role("dialog", name="Ghi sự cố")
    await expect(report.get_by_label("Xảy ra với")).to_have_value(re.compile(r"[0-9a-f-]{36}"))
    said = report.get_by_label("Diễn biến")
    await expect(said).to_have_value(
        re.compile(r"^Máy 1: trình duyệt ghi nhận “Mở bài thi ở thẻ thứ hai” lúc \d\d:\d\d:\d\d")
    )
    await picture(room, "report-1280")
    await report.get_by_label("Loại sự cố").select_option(value="other")
    await report.get_by_role("button", name="Ghi sự cố").click()
    await expect(report).to_have_count(0)

    await card.get_by_role("button", name=f"Mở máy 1, {name}").click()
    await panel.get_by_role("button", name="Đã xem").click()
    await expect(panel.get_by_role("button", name="Đã xem")).to_have_count(0)
    await expect(panel.get_by_text("Đã xem các sự kiện cửa sổ thi")).to_be_visible()
    await room.keyboard.press("Escape")
    await room.get_by_role("button", name=re.compile("^Tất cả")).first.click()
    await expect(card).not_to_contain_text("Mở bài thi ở thẻ thứ hai")
    # What comes later is new again.
    await visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    await expect(card).to_contain_text("In trang", timeout=PUSHED)


async def board_sees_totals(house: House, open_visit: OpenVisit, prepared: PreparedSitting) -> None:
    """Read the totals of the sitting where its incidents are."""
    office = await open_visit("/board")
    await StaffDesk(office.page).sign_in("hoidong1", house.passwords["hoidong1"])
    await StaffDesk(office.page).open(f"sittings/{prepared.sitting_id}")
    totals = office.page.get_by_role("region", name="Sự kiện cửa sổ thi")
    await expect(totals.get_by_role("listitem").filter(has_text="In trang")).to_contain_text("2 lần, ở 1 máy")
    await expect(totals.get_by_role("listitem").filter(has_text="Mở bài thi ở thẻ thứ hai")).to_contain_text(
        "Nghiêm trọng"
    )
    assert await complaints(office) == []
    await totals.scroll_into_view_if_needed()
    await picture(office.page, "board-1280")


async def test_what_is_blocked_is_said_calmly_and_typing_goes_on(house: House, open_visit: OpenVisit) -> None:
    prepared = await prepare(house, "W2", 262, RULES)
    visit = await open_visit("/exam")
    page = visit.page
    desk = await seat(house, prepared, 1, visit)
    field = page.get_by_role("article").get_by_role("textbox")
    await field.press_sequentially(WRITTEN)
    await page.evaluate("(text) => navigator.clipboard.writeText(text)", OUTSIDE)
    await field.press("Control+v")
    await expect(page.get_by_text("không cho dán nội dung từ ngoài vào")).to_be_visible()
    await expect(field).to_have_value(WRITTEN)
    # The own words may be moved about, and syllables of a keyboard that works by the clipboard come through.
    await field.press("Control+a")
    await field.press("Control+x")
    await expect(field).to_have_value("")
    await field.press("Control+v")
    await page.evaluate("navigator.clipboard.writeText('nghiêng')")
    await field.press("Control+v")
    await expect(field).to_have_value(f"{WRITTEN}nghiêng")

    await page.evaluate("navigator.clipboard.writeText('-')")
    await mark_question(page)
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("Control+c")
    await expect(page.get_by_text("không cho sao chép câu hỏi")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == "-"
    await page.keyboard.press("Control+p")
    await expect(page.get_by_text("không cho in")).to_be_visible()
    await page.get_by_role("article").get_by_role("heading", level=1).click(button="right")
    await expect(page.get_by_text("không dùng menu chuột phải")).to_be_visible()
    await page.emulate_media(media="print")
    assert not await page.get_by_role("article").is_visible()
    await page.emulate_media(media="screen")
    await desk.everything_saved()

    # Without a network nothing changes: settings and watch are on the machine, and a hundred copies are a few lines.
    await visit.context.set_offline(True)
    await page.reload()
    await expect(page.get_by_role("group", name="Công cụ")).to_be_visible()
    await expect(page.get_by_text("Bài thi nên mở toàn màn hình.")).to_be_visible()
    await page.set_viewport_size({"width": 360, "height": 740})
    await picture(page, "exam-bar-360")
    await mark_question(page)
    for _ in range(100):
        await page.evaluate("document.dispatchEvent(new ClipboardEvent('copy', { bubbles: true, cancelable: true }))")
    await visit.context.set_offline(False)
    await desk.everything_saved()
    counts = await noted(house, prepared, 1)
    assert (counts["paste"], counts["print"], counts["context_menu"]) == (1, 1, 1)
    # One before the reload, then the first five of a minute; the rest waits to be counted into one.
    assert counts["copy"] == 6
    await desk.submit()


@pytest.mark.extended
async def test_a_rule_set_without_the_section_asks_for_nothing_and_notes_the_focus_alone(
    house: House, open_visit: OpenVisit
) -> None:
    prepared = await prepare(house, "W3", 263, {})
    visit = await open_visit("/exam")
    page = visit.page
    desk = await seat(house, prepared, 1, visit)
    assert not await page.evaluate("document.fullscreenElement !== null")
    await expect(page.get_by_text("Bài thi nên mở toàn màn hình.")).to_have_count(0)
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")
    await page.evaluate(_LEAVE)
    await mark_question(page)
    await page.keyboard.press("Control+c")
    await page.evaluate("(text) => navigator.clipboard.writeText(text)", OUTSIDE)
    field = page.get_by_role("article").get_by_role("textbox")
    await field.press("Control+v")
    await expect(field).to_have_value(OUTSIDE)
    await desk.everything_saved()
    assert (await noted(house, prepared, 1)).keys() <= {"navigate", "answer", "focus_lost", "focus_gained"}
