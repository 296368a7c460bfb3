"""Faults at the candidate's PC, in real Chromium: whatever breaks, every answer is in the paper that is marked."""

import asyncio
import json
import random
import time
from datetime import timedelta

import pytest
from playwright.async_api import Page, Route, expect

from exam_engine.core.db import new_id
from exam_engine.forms.schemas import FormSpec, PublishedItem
from exam_engine.interactions.content import ExtendedText
from exam_engine.interactions.keys import Criterion, RubricKey
from load_tests.prepared_sitting import make_form
from tests.end_to_end.attempts import marked, set_back
from tests.end_to_end.careful_candidate import RIGHT, WRONG, careful_candidate
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import Act
from tests.end_to_end.house import House
from tests.end_to_end.journals import NOTED_BY_THE_PAGE, acts_of, stored_journal

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

JOURNAL = "**/api/delivery/attempts/*/journal"
ATTEMPT = "**/api/delivery/attempts/**"
DAY_MS = 86_400_000

_KEPT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("exam");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const reading = opening.result.transaction("ops").objectStore("ops").getAll();
    reading.onsuccess = () => { opening.result.close(); resolve(reading.result.map(({ body }) => body)); };
  };
})"""

_SHIFTED_CLOCK = """(() => {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) { given.length > 0 ? super(...given) : super(Real.now() + SHIFT); }
    static now() { return Real.now() + SHIFT; }
  };
})()"""

_NO_STORAGE = """Object.defineProperty(IDBFactory.prototype, "open", {
  value() { throw new DOMException("refused", "SecurityError"); },
})"""

# As the browser answers where nothing more fits: the write fails, what was there before stays.
_DISK_IS_FULL = """(() => {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...given) {
    queueMicrotask(() => {
      try { this.transaction.abort(); } catch { /* One write of several has ended it already. */ }
    });
    return put.apply(this, given);
  };
})()"""

# What the field holds when the page takes it over, a moment before the end.
_NOTE_LAST_TEXT = """() => addEventListener("blur", ({ target }) => {
  if (target instanceof HTMLTextAreaElement) window.textAtTheEnd = target.value;
}, { capture: true })"""


async def kept_on_disk(page: Page) -> list[Act]:
    """Return what the browser has written down of the candidate's clicks."""
    bodies = [json.loads(body) for body in await page.evaluate(_KEPT)]
    return [
        (body["kind"], body.get("item"), tuple(body["value"]) if "value" in body else None)
        for body in bodies
        if body["kind"] not in NOTED_BY_THE_PAGE
    ]


async def until_kept(page: Page, acts: list[Act]) -> None:
    """Wait until the browser has written everything down."""
    async with asyncio.timeout(10):
        while True:
            if await kept_on_disk(page) == acts:
                return
            await asyncio.sleep(0.05)


async def kill(page: Page) -> None:
    """Let the tab's process die on the spot: nothing of the page runs any more, nothing is tidied up."""
    session = await page.context.new_cdp_session(page)
    async with page.expect_event("crash"):
        killing = asyncio.ensure_future(session.send("Page.crash"))
    killing.cancel()
    await page.close()


async def test_a_tab_that_dies_between_writing_down_and_sending_loses_nothing(
    house: House, open_visit: OpenVisit
) -> None:
    visit = await open_visit()
    candidate = await careful_candidate(house, visit, seed=701, item_count=5)
    desk = candidate.desk
    await desk.start()
    await candidate.answer(RIGHT)
    await desk.everything_saved()

    async def cut(route: Route) -> None:
        await route.abort()

    await visit.context.route(JOURNAL, cut)
    await desk.next(2)
    await candidate.answer(WRONG)
    await desk.flag()
    await desk.next(3)
    await candidate.answer(RIGHT)
    await until_kept(desk.page, desk.acts)
    await kill(desk.page)
    arrived = acts_of(await stored_journal(house, candidate.taker))
    assert arrived == desk.acts[: len(arrived)]
    assert len(arrived) < len(desk.acts)

    # Opened again while nothing can be saved yet, and loaded once more.
    desk.page = await visit.context.new_page()
    await desk.page.goto("/exam")
    await expect(desk.item_heading(3)).to_be_visible()
    await expect(desk.page.get_by_role("radio", name=RIGHT)).to_be_checked()
    await desk.next(4)
    await candidate.answer(RIGHT)
    await until_kept(desk.page, desk.acts)
    await desk.page.reload()
    await expect(desk.item_heading(4)).to_be_visible()
    await expect(desk.page.get_by_role("radio", name=RIGHT)).to_be_checked()
    await visit.context.unroute(JOURNAL)
    await desk.everything_saved()
    await desk.next(5)
    await candidate.answer(WRONG)
    await desk.submit()
    await candidate.everything_is_marked()


def essay() -> FormSpec:
    """Return a form whose only item asks for a text."""
    form = make_form("E71", 1, 45)
    item = PublishedItem(
        item_code="E71-001",
        item_version_id=new_id(),
        module_code="IU01",
        module_name="Mô đun 1",
        cognitive_level="VD",
        content=ExtendedText(stem="<p>Vì sao phải sao lưu dữ liệu?</p>"),
        key=RubricKey(criteria=(Criterion(id="a", title="Đủ ý", points="1"),)),
    )
    return form.model_copy(update={"items": [item]})


async def test_what_is_being_typed_when_the_time_is_over_counts_to_the_last_letter(
    house: House, open_visit: OpenVisit
) -> None:
    visit = await open_visit()
    candidate = await careful_candidate(house, visit, seed=702, specs=[essay()])
    page, desk = candidate.page, candidate.desk
    await desk.start()
    await desk.everything_saved()
    await set_back(house, candidate.taker, timedelta(minutes=45) - timedelta(seconds=12))
    await page.reload()
    await expect(desk.item_heading(1)).to_be_visible()
    await page.evaluate(_NOTE_LAST_TEXT)
    await page.get_by_role("textbox").focus()
    over = page.get_by_role("heading", name="Đã nộp bài")
    typed = ""
    async with asyncio.timeout(40):
        while not await over.is_visible():
            typed += "sao luu "[len(typed) % 8]
            await page.keyboard.type(typed[-1], delay=40)
    shown: str = await page.evaluate("window.textAtTheEnd")
    assert len(shown) > 20
    assert typed.startswith(shown), (typed[:60], shown[:60])
    [*_, last] = [act for act in acts_of(await stored_journal(house, candidate.taker)) if act[0] == "answer"]
    assert last[2] == (shown,)
    [item] = (await marked(house, candidate.taker)).items
    assert item.flag == "awaiting_marker"


class BadLine:
    """Refuses 30 % of the requests of an attempt, and loses the answers to 20 % that the server has taken."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self.refused = 0
        self.lost = 0
        self.passed = 0

    async def __call__(self, route: Route) -> None:
        """Take one request."""
        share = self._rng.random()
        if route.request.method != "POST" or share >= 0.5:
            self.passed += 1
            await route.continue_()
        elif share >= 0.3:
            self.lost += 1
            await route.fetch()
            await route.abort()
        else:
            self.refused += 1
            await route.fulfill(
                status=503, headers={"Retry-After": "1"}, json={"code": "busy", "title": "", "detail": ""}
            )


@pytest.mark.parametrize("operations", [40, pytest.param(200, marks=pytest.mark.extended)])
async def test_refused_saves_and_lost_acknowledgements_lose_and_double_nothing(
    house: House, open_visit: OpenVisit, operations: int
) -> None:
    visit = await open_visit()
    candidate = await careful_candidate(house, visit, seed=1_000 + operations, item_count=12)
    desk, line, rng = candidate.desk, BadLine(operations), random.Random(operations)
    await desk.start()
    await visit.context.route(ATTEMPT, line)
    shown = 1
    while len(desk.acts) < operations:
        number = rng.choice([number for number in range(1, 13) if number != shown])
        await desk.go_to(number)
        shown = number
        before = candidate.chosen.get(await desk.item_ref())
        await candidate.answer(rng.choice([text for text in (RIGHT, WRONG) if text != before]))
        if operations >= 200:
            # People take longer; the saves are then many small ones.
            await asyncio.sleep(0.3)
    await desk.submit()
    assert line.refused > operations // 40
    assert line.lost > operations // 80
    await candidate.everything_is_marked()


@pytest.mark.parametrize("days", [1, pytest.param(-1, marks=pytest.mark.extended)])
async def test_a_clock_of_the_pc_that_is_wrong_by_a_day_changes_neither_time_nor_answers(
    house: House, open_visit: OpenVisit, days: int
) -> None:
    visit = await open_visit()
    await visit.context.add_init_script(_SHIFTED_CLOCK.replace("SHIFT", str(days * DAY_MS)))
    candidate = await careful_candidate(house, visit, seed=710 + days, item_count=4)
    page, desk = candidate.page, candidate.desk
    await desk.start()
    ahead = timedelta(milliseconds=await page.evaluate("Date.now()")) - timedelta(seconds=time.time())
    assert abs(ahead - timedelta(days=days)) < timedelta(minutes=1)
    assert 44 * 60 < await seconds_left(page) <= 45 * 60
    await candidate.work_through(1, 2)
    await desk.everything_saved()
    await visit.context.set_offline(True)
    await desk.next(3)
    await candidate.answer(WRONG)
    await until_kept(page, desk.acts)
    await page.reload()
    await expect(desk.item_heading(3)).to_be_visible()
    assert 44 * 60 < await seconds_left(page) <= 45 * 60
    await desk.next(4)
    await candidate.answer(RIGHT)
    await visit.context.set_offline(False)
    await desk.everything_saved()
    await desk.submit()
    await candidate.everything_is_marked()


async def seconds_left(page: Page) -> int:
    """Return the time that the page shows to be left."""
    minutes, seconds = (await page.get_by_role("timer").inner_text()).strip().split(":")
    return int(minutes) * 60 + int(seconds)


async def test_a_browser_that_refuses_storage_says_so_before_the_start_and_sends_everything(
    house: House, open_visit: OpenVisit
) -> None:
    visit = await open_visit()
    await visit.context.add_init_script(_NO_STORAGE)
    candidate = await careful_candidate(house, visit, seed=721, item_count=4)
    page, desk = candidate.page, candidate.desk
    await expect(page.get_by_text("Trình duyệt này không cho lưu bài trên máy.")).to_be_visible()
    await desk.start()
    await candidate.work_through(1, 3, wrong=frozenset({2}))
    await desk.everything_saved()
    # All of it is with the server: a page loaded anew goes on where the candidate was.
    await page.reload()
    await expect(desk.item_heading(3)).to_be_visible()
    await desk.next(4)
    await candidate.answer(RIGHT)
    await desk.submit()
    await candidate.everything_is_marked()


async def test_a_disk_that_fills_up_in_the_exam_is_told_and_loses_nothing(house: House, open_visit: OpenVisit) -> None:
    visit = await open_visit()
    candidate = await careful_candidate(house, visit, seed=722, item_count=4)
    page, desk = candidate.page, candidate.desk
    await desk.start()
    await candidate.answer(RIGHT)
    await desk.everything_saved()
    await page.evaluate(_DISK_IS_FULL)
    await visit.context.add_init_script(_DISK_IS_FULL)
    await desk.next(2)
    await candidate.answer(WRONG)
    await expect(page.get_by_text("Không lưu được trên máy này.")).to_be_visible()
    await desk.next(3)
    await candidate.answer(RIGHT)
    await desk.everything_saved()
    await page.reload()
    await expect(desk.item_heading(3)).to_be_visible()
    await desk.next(4)
    await candidate.answer(RIGHT)
    await desk.submit()
    await candidate.everything_is_marked()
