"""Waiting for the start in a real browser: what the stream has told is not undone by an older answer."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

UNTIL_NEXT_LOOK_MS = 130_000
"""Longer than a page that is told by the stream waits before it looks at its seat by itself."""


async def test_an_answer_from_before_the_unlock_does_not_take_the_way_in_back(
    house: House, open_visit: OpenVisit
) -> None:
    prepared = await house.prepare(candidates=1, seed=141, item_count=2)
    taker = prepared.registered[0]
    # Requests that go past a service worker cannot be held back.
    visit = await open_visit(service_workers="block")
    page, desk = visit.page, ExamDesk(visit.page)
    await page.clock.install()
    await page.goto("/exam")
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await desk.confirm_data()
    await expect(page.get_by_role("heading", name="Chờ cán bộ coi thi mở khoá máy")).to_be_visible()

    is_read, is_let_go = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        is_read.set()
        await is_let_go.wait()
        await route.fulfill(response=answer)

    await page.route("**/api/delivery/seat", hold, times=1)
    await page.clock.fast_forward(UNTIL_NEXT_LOOK_MS)
    async with asyncio.timeout(15):
        await is_read.wait()
    await house.unlock(prepared)
    start = page.get_by_role("button", name="Bắt đầu làm bài")
    await expect(start).to_be_visible()
    async with page.expect_response("**/api/delivery/seat"):
        is_let_go.set()
    # Time enough to show what the late answer says.
    await asyncio.sleep(0.3)
    await expect(start).to_be_visible(timeout=500)
    await desk.start()
