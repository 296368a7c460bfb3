"""A whole exam in Chrome 109, the last one for Windows 7: ``setup/find-chrome-109.sh`` installs and names it."""

import os

import pytest
from playwright.async_api import expect

from tests.end_to_end.browsing import chromium, visits
from tests.end_to_end.careful_candidate import RIGHT, WRONG, careful_candidate
from tests.end_to_end.house import House

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.extended,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif("CHROME_109" not in os.environ, reason="CHROME_109=$(setup/find-chrome-109.sh) is not set"),
]


async def test_an_exam_with_a_cut_and_a_reload_in_the_oldest_browser_that_is_supported(house: House) -> None:
    async with (
        chromium(os.environ["CHROME_109"]) as browser,
        visits(browser, house.url) as open_visit,
    ):
        assert browser.version.startswith("109.")
        visit = await open_visit()
        candidate = await careful_candidate(house, visit, seed=1_090, item_count=6)
        page, desk = candidate.page, candidate.desk
        await desk.start()
        await candidate.work_through(1, 2)
        await desk.everything_saved()
        await visit.context.set_offline(True)
        await desk.next(3)
        await candidate.answer(WRONG)
        await desk.next(4)
        await candidate.answer(RIGHT)
        await page.reload()
        await expect(desk.item_heading(4)).to_be_visible()
        await expect(page.get_by_role("radio", name=RIGHT)).to_be_checked()
        await visit.context.set_offline(False)
        await desk.everything_saved()
        await desk.go_to(3)
        await candidate.answer(RIGHT)
        await desk.go_to(5)
        await candidate.answer(WRONG)
        await desk.submit()
        await candidate.everything_is_marked()
