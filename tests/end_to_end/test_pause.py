"""A pause and an end by the proctor in a real browser: what stands on the screen, and what is kept."""

import re
import time

import pytest
from playwright.async_api import Page, expect

from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.journals import acts_of, stored_journal
from tests.end_to_end.soundness import complaints

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

RIGHT = "Phương án thứ nhất"
SOON = 15_000
"""Milliseconds within which a browser hears of an act, on a busy machine; without the stream up to 18 s."""


async def clock_of(page: Page) -> str:
    return (await page.get_by_role("timer").inner_text()).strip()


async def test_a_pause_takes_the_paper_out_of_sight_and_gives_the_time_back(
    house: House, open_visit: OpenVisit
) -> None:
    prepared = await house.prepare(candidates=1, seed=81, item_count=5)
    visit = await open_visit("/exam")
    page, desk = visit.page, ExamDesk(visit.page)
    taker = prepared.registered[0]
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await desk.confirm_data()
    await house.unlock(prepared)
    await desk.start()
    await desk.answer(RIGHT)
    await house.proctor(prepared, "pause", {"all": True, "reason": "power", "note": "Mất điện, chờ máy phát."})
    await expect(page.get_by_role("heading", name="Bài thi đang tạm dừng")).to_be_visible(timeout=SOON)
    await expect(page.get_by_text("Mất điện, chờ máy phát.")).to_be_visible()
    await expect(page.locator("[data-ref]")).to_have_count(0)
    assert await complaints(visit) == []
    stood = await clock_of(page)
    await page.wait_for_timeout(2_500)
    assert await clock_of(page) == stood

    # A reload in a pause waits for its end.
    await page.reload()
    await expect(page.get_by_role("heading", name="Bài thi đang tạm dừng")).to_be_visible()
    assert await complaints(visit) == []
    went_on = time.monotonic()
    await house.proctor(prepared, "resume", {"all": True})
    await expect(desk.item_heading(1)).to_be_visible(timeout=15_000)
    minutes, seconds = map(int, stood.split(":"))
    again_minutes, again_seconds = map(int, (await clock_of(page)).split(":"))
    lost = (minutes - again_minutes) * 60 + seconds - again_seconds
    assert 0 <= lost <= time.monotonic() - went_on + 1
    await page.get_by_role("button", name="Đã đọc").first.click()
    await desk.next(2)
    await desk.answer(RIGHT)

    # Paused again without a reload: it opens by itself where the candidate was.
    await house.proctor(prepared, "pause", {"all": True, "reason": "network"})
    await expect(page.get_by_role("heading", name="Bài thi đang tạm dừng")).to_be_visible(timeout=SOON)
    await house.proctor(prepared, "resume", {"all": True})
    await expect(desk.item_heading(2)).to_be_visible(timeout=SOON)

    seat = {"registration_ids": [str(taker.registration_id)]}
    await house.proctor(prepared, "end", seat | {"reason": "violation", "note": "Dùng điện thoại."})
    await expect(page.get_by_role("heading", name=re.compile("Bài thi đã được kết thúc"))).to_be_visible(timeout=20_000)
    assert await complaints(visit) == []
    assert acts_of(await stored_journal(house, taker)) == desk.acts
