"""A form that shows several items on a page, done by keyboard: places, flags, tools, reloads, and no way back."""

import pytest
from playwright.async_api import Locator, Page, expect

from exam_engine.core.db import new_id
from exam_engine.forms.schemas import FormSpec, PublishedItem, PublishedStimulus
from exam_engine.interactions.content import MultipleResponse, Option, SingleChoice
from exam_engine.interactions.keys import ChoiceKey
from exam_engine.sittings.section_plan import PlannedSection
from load_tests.prepared_sitting import PreparedSitting
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.journals import acts_of, assert_chain_is_sound, stored_journal
from tests.end_to_end.soundness import complaints

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ITEMS, SHARED, MOST = 7, 2, 3
_IN_SIGHT = """(item) => {
  const { top } = item.getBoundingClientRect();
  return top >= 0 && top < innerHeight;
}"""


def paged_form(code: str, items_per_page: int = MOST) -> FormSpec:
    """Return seven items, two of them on one passage; one of the others takes several options."""
    passage = PublishedStimulus(
        stimulus_version_id=new_id(), title="Tệp và thư mục", content="<p>Thư mục chứa tệp. Tệp chứa dữ liệu.</p>"
    )
    options = tuple(Option(id=id_, content=f"Phương án {id_}.") for id_ in "ABCD")
    items = [
        PublishedItem(
            item_code=f"{code}-{number}",
            item_version_id=new_id(),
            module_code="IU01",
            module_name="Hiểu biết về CNTT cơ bản",
            cognitive_level="NB",
            content=MultipleResponse(stem="<p>Chọn hai phương án.</p>", options=options, max_choices=2)
            if number == ITEMS
            else SingleChoice(stem=f"<p>Nội dung của câu {number} trong ngân hàng.</p>", options=options),
            key=ChoiceKey(correct=("A", "B") if number == ITEMS else ("A",)),
            stimulus=passage if number <= SHARED else None,
        )
        for number in range(1, ITEMS + 1)
    ]
    return FormSpec(
        form_code=code, title="Đề theo trang", duration_minutes=45, items=items, items_per_page=items_per_page
    )


async def seat(house: House, prepared: PreparedSitting, page: Page) -> None:
    """Bring the first candidate to the first page, with the tools there."""
    desk, taker = ExamDesk(page), prepared.registered[0]
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await desk.confirm_data()
    await house.unlock(prepared)
    await page.get_by_role("button", name="Bắt đầu làm bài").click(timeout=30_000)
    await expect(page.get_by_role("group", name="Công cụ")).to_be_visible()


async def refs_on(page: Page) -> list[str]:
    """Return the items on the screen, from the top."""
    found: list[str] = await page.locator("[data-ref]").evaluate_all("(all) => all.map((one) => one.dataset.ref)")
    return found


def item_title(page: Page, number: int) -> Locator:
    """Return the heading of one item on a page of several."""
    return page.get_by_role("heading", name=f"Câu {number}", exact=True, level=2)


async def arrived_at(page: Page, number: int) -> None:
    """Hold that the focus has come to the item: to its own heading, or to the page's when it is the first there."""
    await expect(page.locator("[aria-current]")).to_have_text(str(number))
    focused = page.locator("h1:focus, h2:focus")
    await expect(focused).to_have_count(1)
    text = await focused.inner_text()
    assert text in {f"Câu {number}", f"Câu {number} / {ITEMS}"} or text.startswith(f"Câu {number}–"), text
    assert await focused.evaluate(_IN_SIGHT)


@pytest.mark.parametrize(
    "window",
    [
        {"width": 1280, "height": 720},
        pytest.param({"width": 360, "height": 740}, marks=pytest.mark.extended),
        pytest.param({"width": 320, "height": 640}, marks=pytest.mark.extended),
    ],
    ids=lambda window: str(window["width"]),
)
async def test_a_paged_form_is_done_by_keyboard_and_a_reload_finds_the_item_again(
    house: House, open_visit: OpenVisit, window: dict[str, int]
) -> None:
    width = window["width"]
    prepared = await house.prepare(candidates=1, seed=7100 + width, specs=[paged_form(f"T{width}")])
    visit = await open_visit("/exam", viewport=window)
    page = visit.page
    await seat(house, prepared, page)
    assert await complaints(visit) == []

    # Keys work on the item that is worked on; the next one is the next on the page or the first of the next page.
    pages = [await refs_on(page)]
    journal: list[tuple[str, str | None]] = [("navigate", pages[0][0])]
    for number in range(1, ITEMS + 1):
        if number > 1:
            await page.keyboard.press("n")
            await arrived_at(page, number)
            if (shown := await refs_on(page)) != pages[-1]:
                pages.append(shown)
        ref = pages[-1][number - 1 - sum(map(len, pages[:-1]))]
        if number > 1:
            journal.append(("navigate", ref))
        if number == 2:
            await page.keyboard.press("m")
            journal.append(("flag", ref))
            await expect(page.get_by_role("button", name="Bỏ đánh dấu")).to_have_count(1)
            await page.keyboard.press("Shift+C")
            struck = page.locator(f'.item[data-ref="{ref}"]').get_by_role("button", name="Gạch bỏ phương án C")
            await expect(struck).to_have_attribute("aria-pressed", "true")
            await expect(page.locator("[data-strike][aria-pressed=true]")).to_have_count(1)
            assert await complaints(visit) == []
            await item_title(page, number).focus()
        await page.keyboard.press("a")
        journal.append(("answer", ref))
        await expect(page.locator(f'.item[data-ref="{ref}"] input').first).to_be_checked()
    assert [len(shown) <= MOST for shown in pages] == [True] * len(pages)
    assert len({ref for shown in pages for ref in shown}) == sum(map(len, pages)) == ITEMS

    # The last key leads to the review; from there straight to the flagged item, within its page.
    await page.keyboard.press("n")
    await expect(page.get_by_role("button", name="Xem lại và nộp").first).to_be_focused()
    await page.keyboard.press("Enter")
    back = page.get_by_role("button", name="Đến câu 2")
    await expect(back).to_be_visible()
    assert await complaints(visit) == []
    await back.focus()
    await page.keyboard.press("Enter")
    await arrived_at(page, 2)
    flagged = next(ref for kind, ref in journal if kind == "flag")
    journal.append(("navigate", flagged))
    await page.reload()
    current = page.locator(f'.item.current[data-ref="{flagged}"]')
    await expect(current).to_be_visible()
    await expect(current).to_be_in_viewport()
    await expect(page.locator("[aria-current]")).to_have_text("2")

    # Touching another item of the page is enough to work on it.
    first = pages[0][0]
    await page.locator(f'.item[data-ref="{first}"] .stem').click()
    await expect(page.locator(f'.item.current[data-ref="{first}"]')).to_be_visible()
    journal.append(("navigate", first))
    await page.keyboard.press("d")
    await expect(page.locator(f'.item[data-ref="{first}"] input').nth(3)).to_be_checked()
    journal.append(("answer", first))
    await page.get_by_role("button", name=f"Câu {ITEMS}, ").click()
    await arrived_at(page, ITEMS)
    journal.append(("navigate", pages[-1][-1]))

    await ExamDesk(page).submit()
    stored = await stored_journal(house, prepared.registered[0])
    assert_chain_is_sound(stored)
    assert [(kind, ref) for kind, ref, _ in acts_of(stored)] == journal


async def test_items_of_one_passage_stand_beside_it_together(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=1, seed=7200, specs=[paged_form("TALL", 20)])
    visit = await open_visit("/exam", viewport={"width": 1280, "height": 720})
    page = visit.page
    await seat(house, prepared, page)
    await expect(page.get_by_role("heading", name=f"Câu 1–{ITEMS} / {ITEMS}", level=1)).to_be_visible()
    await expect(page.locator(".item")).to_have_count(ITEMS)
    shared = page.locator(".group").filter(has=page.get_by_text("Thư mục chứa tệp."))
    await expect(shared).to_have_count(1)
    await expect(shared.locator(".item")).to_have_count(SHARED)
    # What is marked in the passage stays marked while another item is worked on, and after a reload.
    await shared.locator(".stem").first.click()
    await page.keyboard.press("u")
    marker = page.get_by_role("dialog", name="Bút dạ quang")
    await marker.get_by_label("Thư mục chứa tệp.").check()
    mark = page.locator(".stimulus mark")
    await expect(mark).to_have_text("Thư mục chứa tệp.")
    await page.locator(".item .stem").last.click()
    await expect(mark).to_have_text("Thư mục chứa tệp.")
    await page.reload()
    await expect(mark).to_have_text("Thư mục chứa tệp.")


async def test_a_page_is_passed_as_a_whole_where_nobody_can_return(house: House, open_visit: OpenVisit) -> None:
    section = PlannedSection(title="Trắc nghiệm", minutes=45, navigation="forward")
    prepared = await house.prepare(candidates=1, seed=7300, specs=[paged_form("TFWD")], sections=(section,))
    visit = await open_visit("/exam", viewport={"width": 360, "height": 740})
    page = visit.page
    await seat(house, prepared, page)
    refs = await refs_on(page)
    assert len(refs) > 1
    # Within the page every item is open, in any order.
    for number in (len(refs), 1):
        await page.get_by_role("button", name=f"Câu {number}, ").click()
        await arrived_at(page, number)
        await page.keyboard.press("a")
    following = page.get_by_role("button", name=f"Câu {len(refs) + 1}, ")
    await expect(following).to_be_disabled()
    # With a single key the page is not passed, nor without being asked while something is open.
    await page.get_by_role("button", name=f"Câu {len(refs)}, ").click()
    await page.keyboard.press("n")
    onward = page.get_by_role("button", name="Trang sau")
    await expect(onward).to_be_focused()
    if len(refs) > 2:
        await page.keyboard.press("Enter")
        asked = page.get_by_role("dialog", name="Sang trang sau?")
        await expect(asked).to_be_visible()
        assert await complaints(visit) == []
        await asked.get_by_role("button", name="Trang sau").click()
    else:
        await page.keyboard.press("Enter")
    await arrived_at(page, len(refs) + 1)
    await expect(page.get_by_role("button", name="Câu 1, ")).to_be_disabled()
    await page.reload()
    await expect(page.locator("[aria-current]")).to_have_text(str(len(refs) + 1))
    await expect(page.get_by_role("button", name="Câu 1, ")).to_be_disabled()
    assert await complaints(visit) == []
