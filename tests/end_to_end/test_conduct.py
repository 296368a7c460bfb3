"""An incident, a violation and the minutes of a room, from the report at the door to the file that is kept."""

import hashlib
import io
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pypdf
import pypdfium2
import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect
from sqlmodel import col, select

from exam_engine.accounts.models import User
from load_tests.prepared_sitting import PROCTOR_PASSWORD, PreparedSitting
from tests.end_to_end.browsing import Visit
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints, complaints_at_every_size
from tests.end_to_end.staff_desk import StaffDesk
from tests.end_to_end.test_keyboard import press, type_into

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

FIRST, SECOND = "Trần Văn Hoà", "Đặng Mỹ Hằng"
SAW = "Thí sinh mở tài liệu giấy dưới bàn."
DID = "Thu tài liệu, lập biên bản tại chỗ."
BROKE = "Dùng tài liệu sau khi đã nghe phổ biến quy chế."
REMARKS = "Phòng thi nghiêm túc, máy chạy ổn định."
LATER = "Tìm thấy một điện thoại bỏ quên ở tủ đồ."


@dataclass
class Looking:
    """What is wrong with the states of pages that a test goes through, by their names."""

    look: Callable[[Visit], Awaitable[list[str]]]
    found: dict[str, list[str]]

    async def at(self, visit: Visit, state: str) -> None:
        """Look at a page as it stands."""
        if faults := await self.look(visit):
            self.found[state] = faults


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 120, 150)).save(file, "JPEG")
    return file.getvalue()


async def prepare(house: House, seed: int) -> PreparedSitting:
    """Store a room with two candidates and two proctors with names of their own."""
    prepared = await house.prepare(candidates=2, room_size=2, seed=seed, item_count=4, grace=timedelta(seconds=1))
    async with house.database() as database, database.write() as session:
        second = (await session.exec(select(User).where(col(User.username) == f"{prepared.proctor_name}-2"))).one()
        second.display_name = SECOND
        session.add(second)
    return prepared


async def report_incident(room: Page, taker: str, looking: Looking, visit: Visit) -> None:
    await room.get_by_role("button", name="Ghi sự cố").click()
    dialog = room.get_by_role("dialog", name="Ghi sự cố")
    await dialog.get_by_label("Loại sự cố").select_option(label="Mang, dùng tài liệu")
    await dialog.get_by_label("Xảy ra với").select_option(label=f"Máy 1, {taker}")
    await dialog.get_by_label("Diễn biến").fill(SAW)
    await dialog.get_by_label("Đã xử lý thế nào").fill(DID)
    await dialog.get_by_label("Người chứng kiến").fill("Trần Văn Ngữ, giám sát")
    await dialog.get_by_label("Ảnh, bản quét, PDF").set_input_files(
        {"name": "tài liệu.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    await looking.at(visit, "report")
    await dialog.get_by_role("button", name="Ghi sự cố").click()
    await expect(dialog).to_have_count(0)


async def propose_violation(room: Page, taker: str, looking: Looking, visit: Visit) -> None:
    await room.get_by_role("button", name="Đề nghị xử lý vi phạm").click()
    dialog = room.get_by_role("dialog", name="Đề nghị xử lý vi phạm")
    await dialog.get_by_label("Thí sinh").select_option(label=f"Máy 1, {taker}")
    await dialog.get_by_label("Cảnh cáo: trừ 50% điểm bài thi").check()
    await dialog.get_by_label("Vi phạm gì").fill(BROKE)
    await dialog.get_by_label("Dựa trên sự cố").select_option(index=1)
    await looking.at(visit, "proposal")
    await dialog.get_by_role("button", name="Đề nghị").click()
    await expect(dialog).to_have_count(0)


async def sign_by_keyboard(page: Page, name: str, password: str) -> None:
    await press(signer(page, name).get_by_role("button", name="Ký"))
    dialog = page.get_by_role("dialog", name=f"Ký: {name}")
    await expect(dialog).to_be_visible()
    drawn = dialog.get_by_role("radio", name="Vẽ chữ ký")
    await expect(drawn).to_be_checked()
    await press(drawn, "ArrowDown")
    await type_into(dialog.get_by_label("Họ và tên người ký"), name)
    await type_into(dialog.get_by_label(f"Mật khẩu của {name}"), password)
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)


def signer(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name="Chữ ký").get_by_role("listitem").filter(has_text=name)


async def downloaded(page: Page, button: Locator, folder: Path) -> bytes:
    async with page.expect_download() as coming:
        await button.click()
    download = await coming.value
    file = folder / download.suggested_filename
    await download.save_as(file)
    return file.read_bytes()


def words_of(pdf: bytes) -> list[str]:
    """Return the text of each page as pypdf reads it, which PDFium must read too."""
    pages = [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        others = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()
    # They differ in where one line ends and the next begins, not in a letter.
    assert [sorted(page.replace(" ", "")) for page in pages] == [sorted(page.replace(" ", "")) for page in others]
    return pages


async def way_of_an_incident(house: House, open_visit: OpenVisit, folder: Path, looking: Looking, seed: int) -> None:
    prepared = await prepare(house, seed)
    taker = prepared.registered[0].person.full_name
    visit = await open_visit("/proctor")
    room = visit.page
    await StaffDesk(room).sign_in(prepared.proctor_name, PROCTOR_PASSWORD)
    await room.get_by_role("link", name="Phòng máy 1").click()
    incidents = room.get_by_role("region", name="Sự cố")
    await expect(incidents.get_by_text("Chưa ghi sự cố nào")).to_be_visible()
    await report_incident(room, taker, looking, visit)
    await expect(incidents.get_by_text(SAW)).to_be_visible()
    async with house.seated(prepared, prepared.registered[0]) as first:
        await house.unlock(prepared)
        await first.start()
        await propose_violation(room, taker, looking, visit)
        await expect(incidents.get_by_text("Chờ xác nhận")).to_be_visible()
        await looking.at(visit, "room")
        kept = await downloaded(room, incidents.get_by_role("link", name="tài liệu.jpg"), folder)
        assert kept == photo()

        own = await open_visit()
        board = own.page
        await board.goto(f"/board#/sittings/{prepared.sitting_id}")
        await StaffDesk(board).sign_in("hoidong1", house.passwords["hoidong1"])
        await expect(board.get_by_text(SAW)).to_be_visible()
        await expect(board.get_by_role("link", name="tài liệu.jpg")).to_be_visible()
        await board.get_by_role("button", name="Xác nhận", exact=True).click()
        await expect(board.get_by_role("dialog")).to_contain_text("Cảnh cáo: trừ 50% điểm bài thi của thí sinh.")
        await looking.at(own, "confirmation")
        await StaffDesk(board).confirm("Xác nhận")
        await expect(board.get_by_text("Đã xác nhận")).to_be_visible()
        await looking.at(own, "sitting")
        first.note("navigate", first.paper["items"][0]["ref"])
        await first.submit()
    await house.hand_in_blank(prepared, prepared.registered[1])

    # The minutes, without a mouse: both sign in one browser, each with a password of their own.
    await press(room.get_by_role("link", name="Biên bản coi thi"))
    await expect(room.get_by_role("heading", name="Chữ ký")).to_be_visible()
    for told in (SAW, BROKE, "Cảnh cáo: trừ 50% điểm bài thi", "Đã xác nhận"):
        await expect(room.get_by_text(told).first).to_be_visible()
    await expect(room.get_by_text("Chưa ký được")).to_have_count(0)
    await type_into(room.get_by_label("Ý kiến của cán bộ coi thi"), REMARKS)
    await press(room.get_by_role("button", name="Lưu ý kiến"))
    await expect(room.get_by_text("Đã lưu ý kiến.")).to_be_visible()
    await looking.at(visit, "draft")
    await press(signer(room, FIRST).get_by_role("button", name="Ký"))
    await looking.at(visit, "signature")
    await room.keyboard.press("Escape")
    await sign_by_keyboard(room, FIRST, PROCTOR_PASSWORD)
    await expect(signer(room, FIRST)).to_contain_text("Đã ký bằng họ tên và mật khẩu")
    await looking.at(visit, "signing")
    await sign_by_keyboard(room, SECOND, PROCTOR_PASSWORD)
    await expect(room.get_by_text("Đã niêm phong", exact=True)).to_be_visible()
    await type_into(room.get_by_label("Nội dung phụ lục"), LATER)
    await type_into(room.get_by_label("Mật khẩu của bạn"), PROCTOR_PASSWORD)
    await press(room.get_by_role("button", name="Thêm phụ lục"))
    await expect(room.get_by_role("listitem").filter(has_text=LATER)).to_be_visible()
    await looking.at(visit, "sealed")

    pdf = await downloaded(room, room.get_by_role("link", name="Tải tệp đã niêm phong"), folder)
    longer = await downloaded(room, room.get_by_role("link", name="Tải biên bản kèm phụ lục (PDF)"), folder)
    assert longer.startswith(pdf)
    assert LATER in words_of(longer)[-1]
    told = " ".join(words_of(pdf))
    for words in (
        SAW,
        DID,
        BROKE,
        REMARKS,
        "CÁN BỘ COI THI 1 (Ký bằng mật khẩu",
        "đã xác nhận (Nguyễn Thị Thuỳ Dương)",
    ):
        assert words in told, words
    assert told.count(SECOND) >= 3, "named, signed in letters, and named under the signature"
    await board.reload()
    row = board.get_by_role("listitem").filter(has_text="2/2 chữ ký")
    await expect(row).to_contain_text("Đã niêm phong")
    await expect(row).to_contain_text(LATER)
    await expect(row).to_contain_text(hashlib.sha256(pdf).hexdigest())
    await looking.at(own, "kept")
    await row.get_by_role("button", name="Mở lại").click()
    await looking.at(own, "reopening")
    await board.get_by_label("Lý do").fill("Thiếu một sự cố")
    await StaffDesk(board).confirm("Mở lại")
    await expect(board.get_by_text(re.compile("mở lại: Thiếu một sự cố"))).to_be_visible()
    await looking.at(own, "reopened")


async def test_an_incident_comes_into_minutes_that_two_sign_without_a_mouse(
    house: House, open_visit: OpenVisit, tmp_path: Path
) -> None:
    looking = Looking(complaints, {})
    await way_of_an_incident(house, open_visit, tmp_path, looking, 171)
    assert looking.found == {}


@pytest.mark.extended
async def test_every_state_on_that_way_is_sound_at_every_size(
    house: House, open_visit: OpenVisit, tmp_path: Path
) -> None:
    looking = Looking(complaints_at_every_size, {})
    await way_of_an_incident(house, open_visit, tmp_path, looking, 172)
    assert looking.found == {}
