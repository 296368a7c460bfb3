"""Makes the pictures of docs/screens.md: every state of candidate's and proctor's pages in three sizes of window."""

import argparse
import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Page, expect

from load_tests.prepared_sitting import PROCTOR_PASSWORD, PreparedSitting
from tests.end_to_end.browsing import chromium, visits
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House, open_house
from tests.end_to_end.screenshots import save
from tests.end_to_end.soundness import settled
from tests.end_to_end.staff_desk import StaffDesk

SIZES = {"1280": (1280, 800), "1024": (1024, 600), "360": (360, 740)}
"""A desk, the netbooks of school computer rooms, a phone."""
HALL = 500
AFTER_CHECK_MS = 15_000
"""A waiting page has checked its computer by then."""


class Album:
    """Pictures of pages in every size, under names that the documentation shows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def take(self, page: Page, name: str) -> None:
        """Save what the window shows in each size; the page is then as it was."""
        before = page.viewport_size
        for size, (width, height) in SIZES.items():
            await page.set_viewport_size({"width": width, "height": height})
            await page.evaluate("scrollTo(0, 0)")
            await settled(page)
            shot = await page.screenshot(animations="disabled")
            save(Image.open(BytesIO(shot)), self.folder / f"{name}-{size}.png", colours=64)
        if before is not None:
            await page.set_viewport_size(before)


async def demo_candidate(house: House, page: Page) -> ExamDesk:
    """Bring the demo's visitor to their own data."""
    sitting, visitor = house.open_sitting, house.visitors[0]
    number = next(r["candidate_number"] for r in sitting.registrations if r["full_name"] == visitor.full_name)
    desk = ExamDesk(page)
    await desk.sign_in(sitting.access_code, number, visitor.identity_suffix)
    return desk


async def let_in(house: House) -> None:
    """Confirm and unlock everybody in the demo's open room."""
    sitting = house.open_sitting
    async with house.staff("giamthi") as proctor:
        room = f"/api/proctoring/sittings/{sitting.sitting_id}/rooms/{sitting.room_id}"
        for act in ("identity/confirmation", "unlock"):
            (await proctor.post(f"{room}/{act}", json={"all": True})).raise_for_status()


async def exam(house: House, open_visit: Any, album: Album) -> None:
    """A candidate from the login to the end."""
    visit = await open_visit()
    page = visit.page
    await page.clock.install()
    await page.goto("/exam")
    await expect(page.get_by_label("Mã vào thi")).to_be_visible()
    await album.take(page, "sign-in")
    desk = await demo_candidate(house, page)
    await expect(page.get_by_role("button", name="Thông tin đúng")).to_be_visible()
    await album.take(page, "own-data")
    await desk.confirm_data()
    await page.clock.fast_forward(AFTER_CHECK_MS)
    await expect(page.get_by_text("Máy này")).to_be_visible()
    await album.take(page, "waiting")
    await let_in(house)
    await desk.start()
    for number in range(1, 9):
        if number > 1:
            await desk.next(number)
        if number in {3, 6}:
            await desk.flag()
        if number != 5:
            await page.get_by_role("radio").nth(number % 4).check()
    await desk.everything_saved()
    await album.take(page, "question")
    await page.get_by_role("button", name="Ghi chú").click()
    await album.take(page, "notes")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Hiển thị").click()
    await album.take(page, "display")
    await page.keyboard.press("Escape")
    await visit.context.set_offline(True)
    await page.get_by_role("radio").nth(1).check()
    await expect(page.get_by_text("Mất kết nối. Bài làm vẫn được lưu trên máy này; cứ làm tiếp.")).to_be_visible()
    await album.take(page, "offline")
    await visit.context.set_offline(False)
    await desk.everything_saved()
    await page.get_by_role("button", name="Xem lại và nộp").first.click()
    await expect(page.get_by_role("button", name="Nộp bài")).to_be_visible()
    await album.take(page, "review")
    await page.get_by_role("button", name="Nộp bài").click()
    await page.get_by_role("dialog").get_by_role("button", name="Nộp bài").click()
    await expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()
    await album.take(page, "handed-in")


async def open_to_all(open_visit: Any, album: Album) -> None:
    """Pages that need no login."""
    page = (await open_visit("/")).page
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await album.take(page, "entry")
    await page.goto("/check")
    await expect(page.get_by_text("Máy này thi được")).to_be_visible(timeout=30_000)
    await album.take(page, "machine-check")


async def room_of(open_visit: Any, prepared: PreparedSitting) -> Page:
    """Log the proctor in and open the room."""
    page: Page = (await open_visit("/proctor")).page
    await StaffDesk(page).sign_in(prepared.proctor_name, PROCTOR_PASSWORD)
    await page.get_by_role("link", name="Phòng máy 1").click()
    await expect(page.get_by_text("Chọn mọi máy đang hiện")).to_be_visible()
    return page


async def room(house: House, open_visit: Any, album: Album) -> None:
    """A room of forty with people at work, one seat, and a hall."""
    prepared = await house.prepare(candidates=40, item_count=40, seed=11)
    async with AsyncExitStack() as stack:
        seated = [
            await stack.enter_async_context(house.seated(prepared, registered))
            for registered in prepared.registered[:24]
        ]
        await house.unlock(prepared)
        for place, candidate in enumerate(seated[:20]):
            await candidate.start()
            for item in candidate.paper["items"][: 5 + place]:
                candidate.note("navigate", item["ref"])
                candidate.note("answer", item["ref"], [item["options"][0]["id"]])
            if place % 7 == 3:
                candidate.note("focus_lost")
                candidate.note("focus_gained")
            await candidate.save()
        page = await room_of(open_visit, prepared)
        await album.take(page, "room")
        await page.get_by_role("button", name="Mở máy 4").first.click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await album.take(page, "seat")
        await page.keyboard.press("Escape")
        await page.get_by_role("link", name="Biên bản coi thi").click()
        await expect(page.get_by_role("heading", name="Chữ ký")).to_be_visible()
        await album.take(page, "minutes")
    hall = await house.prepare(candidates=HALL, item_count=4, seed=12)
    page = await room_of(open_visit, hall)
    await album.take(page, "hall")


async def make_pictures(out: Path) -> None:
    """Start a demo, make all pictures, end it."""
    album = Album(out)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_house(Path(folder)) as house,
            chromium() as browser,
            visits(browser, house.url) as open_visit,
        ):
            await open_to_all(open_visit, album)
            await exam(house, open_visit, album)
            await room(house, open_visit, album)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("docs") / "images" / "screens", help="folder for the pictures")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    asyncio.run(make_pictures(out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
