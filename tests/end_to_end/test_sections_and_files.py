"""A paper of two timed sections in a real browser: cut networks, reloads, files on their way, what is kept of it."""

import random
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from playwright.async_api import Page, Route, expect

from exam_engine.delivery import queries, upload_queries
from exam_engine.sittings.section_plan import PlannedSection
from load_tests.handing_in import response_entry
from load_tests.prepared_sitting import Registered
from tests.end_to_end.attempts import set_back
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.journals import acts_of, assert_chain_is_sound, stored_journal
from tests.end_to_end.soundness import complaints
from tests.exam_engine.delivery.practical_forms import practical_form

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

RIGHT = "Phương án thứ nhất"
PARTS = "**/api/delivery/attempts/*/uploads/*"
FIRST_PART = 262_144


def document(text: str, *, ballast: int = 0) -> bytes:
    """Return a Word file; ballast makes it so many bytes larger."""
    made, out = Document(), BytesIO()
    made.add_paragraph(text)
    made.add_paragraph(random.Random(ballast).randbytes(ballast // 2).hex())
    made.save(out)
    return out.getvalue()


async def stored_files(house: House, taker: Registered) -> dict[str, bytes]:
    """Return the files that have fully arrived, by hash and name as an answer writes them."""
    async with house.database() as database, database.read() as session:
        attempt = await queries.attempt_of(session, taker.registration_id)
        assert attempt is not None
        found = {}
        for upload in await upload_queries.uploads_of(session, [attempt.id]):
            if upload.completed_at is not None:
                content = b"".join([part async for part in upload_queries.contents(session, upload.id)])
                found[f"{upload.sha256} {upload.file_name}"] = content
        return found


async def choose(page: Page, name: str, content: bytes) -> None:
    """Choose a file to hand in, with the button of the browser."""
    file: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    await page.get_by_label("kéo tệp vào đây").set_input_files(file)
    await expect(page.get_by_text(f"Đã ghi nhận {name}.")).to_be_visible()


async def test_sections_go_on_without_a_network_and_files_arrive_in_the_end(
    house: House, open_visit: OpenVisit
) -> None:
    sections = (
        PlannedSection(title="Trắc nghiệm", minutes=1),
        PlannedSection(title="Thực hành", kind="practical", minutes=44),
    )
    specs = [practical_form("S91", questions=3, max_files=2)]
    prepared = await house.prepare(candidates=1, seed=95, specs=specs, sections=sections)
    visit = await open_visit("/exam")
    page, desk, taker = visit.page, ExamDesk(visit.page), prepared.registered[0]
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await desk.confirm_data()
    await house.unlock(prepared)
    await desk.start()
    await expect(desk.item_heading(1)).to_have_text("Câu 1 / 3")
    await expect(page.get_by_text("Cả bài còn")).to_be_visible()
    await desk.answer(RIGHT)
    await desk.next(2)
    await desk.flag()
    # Leaving early is asked about, and says what is left open.
    await page.get_by_role("button", name="Xem lại phần này").click()
    await expect(page.get_by_role("button", name="Đến câu 3")).to_be_visible()
    await page.get_by_role("button", name="Kết thúc phần này").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("Còn 2 câu chưa trả lời.")).to_be_visible()
    await expect(dialog.get_by_text("không quay lại phần này được nữa")).to_be_visible()
    assert await complaints(visit) == []
    await dialog.get_by_role("button", name="Làm tiếp").click()
    await page.get_by_role("button", name="Quay lại làm bài").click()
    await desk.everything_saved()

    # The section's end comes while the network is gone.
    await set_back(house, taker, timedelta(seconds=50))
    await page.reload()
    await expect(desk.item_heading(2)).to_be_visible()
    await visit.context.set_offline(True)
    await desk.answer(RIGHT)
    task = page.get_by_role("heading", name="Bài 1 / 1")
    await expect(task).to_be_visible(timeout=20_000)
    await expect(page.get_by_text("Hết giờ phần 1. Bắt đầu phần 2: Thực hành, 44 phút.")).to_be_visible()
    await expect(page.get_by_text("Đã kết thúc · trả lời 2/3")).to_be_visible()
    await expect(page.get_by_text("Cả bài còn")).to_have_count(0)
    ref = await desk.item_ref()
    desk.acts += [("leave_section", None, ("1",)), ("navigate", ref, None)]

    # A file chosen without a network, a reload without one, and it arrives by itself.
    draft = document("Bản nháp")
    await choose(page, "bai lam.docx", draft)
    desk.acts.append(("answer", ref, (response_entry("bai lam.docx", draft),)))
    await page.reload()
    await expect(task).to_be_visible()
    await expect(page.get_by_text("bai lam.docx")).to_be_visible()
    await visit.context.set_offline(False)
    await expect(page.get_by_text("Máy chủ đã nhận đủ · chọn lúc")).to_be_visible(timeout=30_000)

    # A reload in the middle: it goes on where it stopped.
    sent: list[int] = []

    async def one_part_only(route: Route) -> None:
        offset = int(route.request.headers["upload-offset"])
        sent.append(offset)
        await (route.abort() if offset >= FIRST_PART else route.continue_())

    await visit.context.route(PARTS, one_part_only)
    final = document("Bản cuối", ballast=900_000)
    await choose(page, "bai lam.docx", final)
    desk.acts.append(("answer", ref, (response_entry("bai lam.docx", final),)))
    await expect(page.get_by_text("Các bản trước (1)")).to_be_visible()
    await expect(page.get_by_text("Tệp tự gửi tiếp khi có mạng")).to_be_visible()
    assert set(sent) == {0, FIRST_PART}
    visit.console_errors.clear()
    assert await complaints(visit) == []
    await page.reload()
    await expect(page.get_by_text("Tệp tự gửi tiếp khi có mạng")).to_be_visible()
    assert set(sent) == {0, FIRST_PART}

    # Handing in waits for what is on its way.
    await page.get_by_role("button", name="Xem lại và nộp").first.click()
    await page.get_by_role("button", name="Nộp bài").click()
    await dialog.get_by_role("button", name="Nộp bài").click()
    await expect(page.get_by_role("heading", name="Chờ gửi xong tệp bài làm")).to_be_visible()
    await page.get_by_role("button", name="Nộp ngay, bỏ tệp chưa gửi xong").click()
    await expect(dialog.get_by_text("không được chấm")).to_be_visible()
    await dialog.get_by_role("button", name="Chờ gửi xong").click()
    visit.console_errors.clear()
    assert await complaints(visit) == []
    await visit.context.unroute(PARTS)
    await expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible(timeout=30_000)

    stored = await stored_journal(house, taker)
    assert acts_of(stored) == desk.acts
    assert_chain_is_sound(stored)
    assert await stored_files(house, taker) == {
        response_entry("bai lam.docx", draft): draft,
        response_entry("bai lam.docx", final): final,
    }
