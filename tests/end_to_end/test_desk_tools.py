"""Comfort and tools of the candidate: by keyboard alone, without a network, and never for the next person at the PC."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from exam_engine.core.actor import SYSTEM
from exam_engine.core.db import new_id
from exam_engine.core.time import utc_now
from exam_engine.forms.schemas import DeskTools, FormSpec, PublishedItem, PublishedStimulus
from exam_engine.interactions.content import Option, SingleChoice
from exam_engine.interactions.keys import ChoiceKey
from exam_engine.media import service as media
from load_tests.prepared_sitting import PreparedSitting, Registered
from tests.end_to_end.browsing import Visit
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.journals import acts_of, stored_journal
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_all_interactions import PICTURE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

EVERY_TOOL = DeskTools(calculator=True)
NO_TOOL = DeskTools(calculator=False, notes=False, highlighter=False, strike_through=False, zoom=False)
SENTENCES = ("Cửa hàng có 0,1 kg hạt tiêu.", "Chủ cửa hàng mua thêm 0,2 kg nữa.")
NOTE = "Nhớ xem lại: ngày mai, phần 1 và phần 2, có đúng không?"
_HAS_MOVED = """(view) => new Promise((done) => {
  const look = () => view.scrollLeft > 0 ? done(true) : requestAnimationFrame(look);
  look();
})"""
_KEPT_NAMES = "Object.keys(localStorage).filter((name) => name.startsWith('desk:'))"


def paper(code: str, tools: DeskTools) -> FormSpec:
    """Return a form of two questions about one passage with a picture."""
    stimulus = PublishedStimulus(
        stimulus_version_id=new_id(),
        title="Cửa hàng gia vị",
        content=f'<p>{SENTENCES[0]} {SENTENCES[1]}</p><p><img src="media:{PICTURE.sha256}" alt="Quầy gia vị"></p>',
    )
    items = [
        PublishedItem(
            item_code=f"{code}-{number}",
            item_version_id=new_id(),
            module_code="IU04",
            module_name="Sử dụng bảng tính cơ bản",
            cognitive_level="TH",
            content=SingleChoice(
                stem=f"<p>Câu hỏi thứ {word}. Cửa hàng có bao nhiêu hạt tiêu?</p>",
                options=tuple(
                    Option(id=id_, content=f"{amount} kg")
                    for id_, amount in zip("ABCD", ("0,1", "0,2", "0,3", "0,4"), strict=True)
                ),
            ),
            key=ChoiceKey(correct=("C",)),
            stimulus=stimulus,
        )
        for number, word in enumerate(("nhất", "hai"), start=1)
    ]
    return FormSpec(form_code=code, title="Đề có công cụ", duration_minutes=45, items=items, tools=tools)


async def prepared_paper(house: House, code: str, tools: DeskTools, *, seed: int, candidates: int) -> PreparedSitting:
    """Store the picture and a ready sitting with the paper."""
    async with house.database() as database, database.write() as session:
        await media.store_all(session, prepared=(PICTURE,), actor=SYSTEM, now=utc_now())
    return await house.prepare(candidates=candidates, seed=seed, specs=[paper(code, tools)])


async def seat(house: House, prepared: PreparedSitting, taker: Registered, page: Page) -> ExamDesk:
    """Bring a candidate to the first question, with the tools there."""
    desk = ExamDesk(page)
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await desk.confirm_data()
    await house.unlock(prepared)
    await desk.start()
    await expect(page.get_by_role("group", name="Công cụ")).to_be_visible()
    return desk


async def focused_in(dialog: Locator) -> None:
    """Wait until the focus is in a dialog."""
    await expect(dialog).to_be_visible()
    await expect(dialog.locator(":focus")).to_have_count(1)


async def open_by_key(page: Page, key: str, name: str) -> Locator:
    """Open a panel or a dialog by its hot key."""
    await page.keyboard.press(key)
    opened = page.get_by_role("dialog", name=name)
    await focused_in(opened)
    return opened


async def leave_by_escape(opened: Locator) -> None:
    """Close what is open."""
    await opened.page.keyboard.press("Escape")
    await expect(opened).to_have_count(0)


async def sound(visit: Visit, state: str) -> None:
    """Hold the page to what every page owes, and put the focus where it was."""
    page = visit.page
    await page.evaluate("window.focusedBefore = document.activeElement")
    assert await complaints(visit) == [], state
    await page.evaluate("window.focusedBefore.focus()")


async def use_every_tool(visit: Visit) -> None:
    """Strike, mark, note, reckon and enlarge with keys alone; every state is looked at on the way."""
    page = visit.page
    radios = page.get_by_role("radio")

    card = await open_by_key(page, "?", "Phím tắt")
    await expect(card.get_by_text("Đánh dấu xem lại hoặc bỏ đánh dấu")).to_be_visible()
    await sound(visit, "help card")
    await leave_by_escape(card)

    # Choosing takes a strike away; striking out another option leaves the answer as it is.
    await page.keyboard.press("Shift+B")
    struck = page.get_by_role("button", name="Gạch bỏ phương án B")
    await expect(struck).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("b")
    await expect(radios.nth(1)).to_be_checked()
    await expect(struck).to_have_attribute("aria-pressed", "false")
    await page.keyboard.press("3")
    await expect(radios.nth(2)).to_be_checked()
    await page.keyboard.press("Shift+A")
    await expect(page.get_by_role("button", name="Gạch bỏ phương án A")).to_have_attribute("aria-pressed", "true")
    await expect(radios.nth(2)).to_be_checked()
    await sound(visit, "struck option")

    marker = await open_by_key(page, "u", "Bút dạ quang")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await expect(page.locator("article mark")).to_have_text([SENTENCES[1]])
    await sound(visit, "highlighter")
    await leave_by_escape(marker)

    calculator = await open_by_key(page, "k", "Máy tính")
    await page.keyboard.type("0,1+0,2")
    await page.keyboard.press("Enter")
    await expect(calculator.get_by_role("group", name="Màn hình máy tính")).to_have_text("0,3")
    await expect(calculator.get_by_role("status")).to_have_text("Kết quả 0,3")
    await sound(visit, "calculator")
    await leave_by_escape(calculator)

    zoom = await open_by_key(page, "z", "Phóng to hình")
    view = zoom.get_by_role("group", name="Hình phóng to")
    picture = view.get_by_role("img", name="Quầy gia vị")
    await expect(picture).to_be_visible()
    fitting = await picture.evaluate("(image) => image.clientWidth")
    for _ in range(2):
        await page.keyboard.press("+")
    assert await picture.evaluate("(image) => image.clientWidth") == pytest.approx(2 * fitting, abs=2)
    await view.focus()
    await page.keyboard.press("ArrowRight")
    await view.evaluate(_HAS_MOVED)
    await sound(visit, "zoom")
    await leave_by_escape(zoom)


async def mark_with_the_mouse(page: Page) -> None:
    """Select the beginning of the stem while the highlighter is open, then click the mark away."""
    marker = await open_by_key(page, "u", "Bút dạ quang")
    marks = page.locator("article mark")
    stem = page.locator("article .stem p")
    await stem.scroll_into_view_if_needed()
    box = await stem.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 1, box["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 100, box["y"] + 10, steps=4)
    await page.mouse.up()
    await expect(marks).to_have_text(re.compile(r"^Câu hỏi"))
    assert await stem.inner_text() != await marks.inner_text()
    await marks.click()
    await expect(marks).to_have_count(0)
    await page.keyboard.press("u")
    await expect(marker).to_have_count(0)


async def write_a_note(visit: Visit) -> None:
    """Type a note full of hot keys, part of it through an input method; nothing but the note changes."""
    page = visit.page
    heading = await page.get_by_role("heading", level=1).inner_text()
    notes = await open_by_key(page, "t", "Ghi chú")
    await page.keyboard.type(NOTE)
    browser = await visit.context.new_cdp_session(page)
    for part in ("t", "tie", "tiê", "tiến", "tiếng"):
        await browser.send(
            "Input.imeSetComposition", {"text": part, "selectionStart": len(part), "selectionEnd": len(part)}
        )
    await browser.send("Input.insertText", {"text": "tiếng"})
    await expect(notes.get_by_label("Ghi chú cho câu")).to_have_value(f"{NOTE}tiếng")
    await sound(visit, "notes")
    await leave_by_escape(notes)
    # Outside of a field too a key that an input method still works on does nothing.
    event = {"key": "n", "keyCode": 229, "isComposing": True, "bubbles": True}
    await page.evaluate("(event) => document.body.dispatchEvent(new KeyboardEvent('keydown', event))", event)
    await browser.detach()
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)


async def set_comfort(visit: Visit) -> None:
    """Choose large, wide, black on white, without clock and in English, with arrows and Space."""
    page = visit.page
    panel = await open_by_key(page, "v", "Hiển thị theo ý bạn")
    await sound(visit, "comfort")
    for legend, steps in (("Cỡ chữ", 4), ("Tương phản", 1), ("Giãn chữ và dòng", 1)):
        await panel.get_by_role("group", name=legend).locator("input:checked").focus()
        for _ in range(steps):
            await page.keyboard.press("ArrowRight")
    await panel.get_by_label("Ẩn đồng hồ").focus()
    await page.keyboard.press("Space")
    await panel.get_by_role("group", name="Ngôn ngữ của trang").locator("input:checked").focus()
    await page.keyboard.press("ArrowRight")
    english = page.get_by_role("dialog", name="Display as you like it")
    await expect(english).to_be_visible()
    await sound(visit, "comfort, large and wide")
    await leave_by_escape(english)


async def look(page: Page) -> dict[str, Any]:
    """Return what the desk shows of everything that is kept."""
    found: dict[str, Any] = await page.evaluate(
        """() => ({
          size: document.documentElement.style.fontSize,
          look: { ...document.documentElement.dataset },
          language: document.documentElement.lang,
          marks: [...document.querySelectorAll("article mark")].map((mark) => mark.textContent),
          struck: [...document.querySelectorAll("[data-strike]")].map((button) => button.ariaPressed),
          chosen: [...document.querySelectorAll("article [type=radio]")].map((radio) => radio.checked),
          clock: document.querySelector("[role=timer]").textContent.includes(":" ) &&
            !document.querySelector("[role=timer]").textContent.includes("––"),
        })"""
    )
    return found


@pytest.mark.parametrize(
    "window",
    [
        {"width": 1280, "height": 720},
        pytest.param({"width": 360, "height": 740}, marks=pytest.mark.extended),
        pytest.param({"width": 320, "height": 640}, marks=pytest.mark.extended),
    ],
    ids=lambda window: str(window["width"]),
)
async def test_tools_are_used_by_keyboard_kept_without_a_network_and_gone_for_the_next_candidate(
    house: House, open_visit: OpenVisit, window: dict[str, int]
) -> None:
    width = window["width"]
    prepared = await prepared_paper(house, f"C{width}", EVERY_TOOL, seed=7000 + width, candidates=2)
    first, second = prepared.registered
    visit = await open_visit("/exam", viewport=window)
    page = visit.page
    desk = await seat(house, prepared, first, page)
    ref = await desk.item_ref()
    untouched = await look(page)

    await use_every_tool(visit)
    await write_a_note(visit)
    await set_comfort(visit)
    used = await look(page)
    assert used == {
        "size": "200%",
        "look": {"textSize": "large", "contrast": "high", "spacing": "wide"},
        "language": "en",
        "marks": [SENTENCES[1]],
        "struck": ["true", "false", "false", "false"],
        "chosen": [False, False, True, False],
        "clock": False,
    }

    await visit.context.set_offline(True)
    await page.reload()
    await expect(page.get_by_role("heading", name="Question 1 / 2")).to_be_visible()
    await expect(page.locator("article mark")).to_have_count(1)
    assert await look(page) == used
    notes = await open_by_key(page, "t", "Notes")
    await expect(notes.get_by_label("Note on question 1")).to_have_value(f"{NOTE}tiếng")
    await leave_by_escape(notes)
    calculator = await open_by_key(page, "k", "Calculator")
    await expect(calculator.get_by_role("group", name="Calculator display")).to_have_text("0.3")
    await leave_by_escape(calculator)
    # The mark stands in the passage, which the next question has too; the strikes are the first question's own.
    await page.keyboard.press("n")
    await expect(page.get_by_role("heading", name="Question 2 / 2")).to_be_focused()
    await expect(page.locator("article mark")).to_have_text([SENTENCES[1]])
    await expect(page.get_by_role("button", name="Strike out option A")).to_have_attribute("aria-pressed", "false")
    await visit.context.set_offline(False)

    await page.get_by_role("button", name="Review and submit").first.click()
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_role("dialog").get_by_role("button", name="Submit").click()
    sign_out = page.get_by_role("button", name="Finish and sign out")
    await expect(sign_out).to_be_visible()
    assert not [name for name in await page.evaluate(_KEPT_NAMES) if name.startswith("desk:tools")]
    await sign_out.click()
    await expect(page.get_by_role("heading", name="Thí sinh đăng nhập")).to_be_visible()
    assert await page.evaluate(_KEPT_NAMES) == []

    await seat(house, prepared, second, page)
    assert await look(page) == untouched
    notes = await open_by_key(page, "t", "Ghi chú")
    for label in ("Ghi chú cho câu 1", "Ghi chú chung cả bài"):
        await expect(notes.get_by_label(label)).to_have_value("")
    assert NOTE not in await page.evaluate("JSON.stringify(Object.values(localStorage))")

    await leave_by_escape(notes)
    await mark_with_the_mouse(page)

    # None of it is an answer.
    acts = acts_of(await stored_journal(house, first))
    assert [kind for kind, item, _ in acts if item == ref] == ["navigate", "answer", "answer"]
    assert {kind for kind, _, _ in acts} == {"navigate", "answer"}


async def test_what_a_form_does_not_allow_is_not_there_and_hot_keys_can_be_turned_off(
    house: House, open_visit: OpenVisit
) -> None:
    prepared = await prepared_paper(house, "C000", NO_TOOL, seed=7001, candidates=1)
    page = (await open_visit("/exam")).page
    await seat(house, prepared, prepared.registered[0], page)
    tools = page.get_by_role("group", name="Công cụ").get_by_role("button")
    await expect(tools).to_have_text(["Phím tắt"])
    await expect(page.locator("[data-strike]")).to_have_count(0)
    for key in ("u", "t", "k", "z", "Shift+A"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("dialog")).to_have_count(0)

    card = await open_by_key(page, "?", "Phím tắt")
    await card.get_by_label("Dùng phím tắt").uncheck()
    await expect(card.get_by_text("Phím tắt đang tắt.")).to_be_visible()
    await leave_by_escape(card)
    for key in ("n", "a", "1", "m", "v", "?"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("heading", name="Câu 1 / 2")).to_be_visible()
    await expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="Đánh dấu xem lại", exact=True)).to_be_visible()
