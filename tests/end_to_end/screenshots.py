"""Makes the pictures of the READMEs from a running demo, so that they never show what the program no longer does."""

import argparse
import asyncio
import random
import sys
import tempfile
from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Page, expect

from exam_engine.delivery.batch import SILENCE
from load_tests.candidates import SimulatedCandidate
from load_tests.prepared_sitting import PROCTOR_PASSWORD
from tests.end_to_end.browsing import PHONE, chromium, visits
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House, open_house
from tests.end_to_end.qr_codes import read_with_zxing, render_page
from tests.end_to_end.soundness import settled
from tests.end_to_end.staff_desk import StaffDesk

LARGEST_FILE = 150 * 1024
SCREEN = {"viewport": {"width": 1280, "height": 860}}
LOW_SCREEN = {"viewport": {"width": 1280, "height": 680}}
ROOM_SEATS, ROOM_ITEMS = 20, 40
ABSENT, WAITING = 1, 2


class PictureTooLargeError(Exception):
    """A picture does not fit into the size that a README may load."""


def save(
    image: Image.Image, file: Path, *, colours: int = 128, method: Image.Quantize = Image.Quantize.MEDIANCUT
) -> None:
    """Write an image as a PNG with a palette of so many colours.

    Raises
    ------
    PictureTooLargeError
    """
    image.convert("RGB").quantize(colours, method).save(file, optimize=True)
    size = file.stat().st_size
    if size > LARGEST_FILE:
        raise PictureTooLargeError(f"{file}: {size} bytes")
    sys.stdout.write(f"{file} {image.width}×{image.height}, {size / 1024:.0f} KB\n")


async def picture(page: Page, file: Path) -> None:
    """Save what the window shows."""
    await settled(page)
    shot = await page.screenshot(animations="disabled")
    save(Image.open(BytesIO(shot)), file)


async def board_pictures(house: House, open_visit: Any, out: Path) -> None:
    """Calibration, assembled forms and results, as a member of the board sees them."""
    async with house.staff("hoidong1") as client:

        async def first(url: str, field: str) -> str:
            listed: dict[str, Any] = (await client.get(url)).raise_for_status().json()
            return str(listed["items"][-1][field])

        calibration = await first("/api/calibrations", "id")
        assembly = await first("/api/assemblies", "id")
        sitting = await approved_sitting(client)
    desk = StaffDesk((await open_visit("/board", **SCREEN)).page)
    await desk.sign_in("hoidong1", house.passwords["hoidong1"])
    for address, name in (
        (f"calibrations/{calibration}", "board-calibration"),
        (f"assembly/runs/{assembly}", "forms"),
        (f"results/{sitting}", "results"),
    ):
        await desk.open(address)
        await picture(desk.page, out / f"{name}.png")


async def approved_sitting(client: Any) -> str:
    """Return the id of the sitting whose results the demo has released."""
    listed: dict[str, Any] = (await client.get("/api/results")).raise_for_status().json()
    return next(str(row["sitting_id"]) for row in listed["items"] if row["status"] == "approved")


async def candidate_picture(house: House, open_visit: Any, out: Path) -> None:
    """A question in the middle of a paper of the demo's bank."""
    sitting, visitor = house.open_sitting, house.visitors[0]
    number = next(r["candidate_number"] for r in sitting.registrations if r["full_name"] == visitor.full_name)
    desk = ExamDesk((await open_visit("/exam", **LOW_SCREEN)).page)
    await desk.sign_in(sitting.access_code, number, visitor.identity_suffix)
    await desk.confirm_data()
    async with house.staff("giamthi") as proctor:
        room = f"/api/proctoring/sittings/{sitting.sitting_id}/rooms/{sitting.room_id}"
        for act in ("identity/confirmation", "unlock"):
            (await proctor.post(f"{room}/{act}", json={"all": True})).raise_for_status()
    await desk.start()
    for number_of_item in range(1, 18):
        if number_of_item > 1:
            await desk.next(number_of_item)
        if number_of_item in {6, 13}:
            await desk.flag()
        if number_of_item != 13:
            await desk.page.get_by_role("radio").nth(number_of_item % 4).check()
    await desk.everything_saved()
    await picture(desk.page, out / "exam.png")


async def room_picture(house: House, open_visit: Any, out: Path) -> None:
    """A room in which seats are in every state."""
    prepared = await house.prepare(candidates=ROOM_SEATS, item_count=ROOM_ITEMS, seed=7)
    rng = random.Random(7)
    async with AsyncExitStack() as stack:

        async def seat(place: int) -> SimulatedCandidate:
            return await stack.enter_async_context(house.seated(prepared, prepared.registered[place]))

        silent = await seat(2)
        await house.unlock(prepared)
        await work(silent, rng)
        # Whoever is silent for that long counts as cut off; all others come afterwards.
        await asyncio.sleep(SILENCE.total_seconds())
        working = [await seat(place) for place in range(ROOM_SEATS - ABSENT - WAITING) if place != 2]
        await house.unlock(prepared)
        for place, candidate in enumerate(working):
            await work(candidate, rng, looks_away=place == 4)
        await working[9].submit()
        for place in range(ROOM_SEATS - ABSENT - WAITING, ROOM_SEATS - ABSENT):
            await seat(place)

        page = (await open_visit("/proctor", **SCREEN)).page
        await StaffDesk(page).sign_in(prepared.proctor_name, PROCTOR_PASSWORD)
        await page.get_by_role("link", name="Phòng máy 1").click()
        await expect(page.get_by_role("listitem").filter(has_text="Mất kết nối").first).to_be_visible()
        await picture(page, out / "room.png")


async def work(candidate: SimulatedCandidate, rng: random.Random, *, looks_away: bool = False) -> None:
    """Let a candidate start and answer part of the paper."""
    await candidate.start()
    for item in candidate.paper["items"][: rng.randrange(12, 34)]:
        candidate.note("navigate", item["ref"])
        candidate.note("answer", item["ref"], [rng.choice(item["options"])["id"]])
        if rng.random() < 0.06:
            candidate.note("flag", item["ref"])
    if looks_away:
        candidate.note("focus_lost")
        candidate.note("focus_gained")
    await candidate.save()


async def certificate_pictures(house: House, open_visit: Any, out: Path) -> None:
    """The page of a certificate and what a phone shows after reading its code."""
    async with house.staff("capphat") as officer:
        listed = (await officer.get("/api/certificates", params={"status": "valid"})).raise_for_status().json()
        row = listed["items"][0]
        pdf = (await officer.get(f"/api/certificates/{row['id']}/pdf")).raise_for_status().content
    # The fine lines of the ground make the file large, and a median would leave no colour for the black code.
    save(render_page(pdf, dpi=90), out / "certificate.png", colours=64, method=Image.Quantize.MAXCOVERAGE)
    phone = (await open_visit(read_with_zxing(render_page(pdf))[0], **PHONE)).page
    await expect(phone.get_by_role("heading", name="Chứng chỉ hợp lệ")).to_be_visible()
    await picture(phone, out / "verify-phone.png")


async def make_pictures(out: Path) -> None:
    """Start a demo, make all pictures, end it."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_house(Path(folder)) as house,
            chromium() as browser,
            visits(browser, house.url) as open_visit,
        ):
            await board_pictures(house, open_visit, out)
            await certificate_pictures(house, open_visit, out)
            await candidate_picture(house, open_visit, out)
            await room_picture(house, open_visit, out)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("docs") / "images", help="folder for the pictures")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    asyncio.run(make_pictures(out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
