"""Adaptive and multistage papers in a real browser: what stands on the screen, offline spells, reloads, the mark."""

import asyncio
import re
from decimal import Decimal

import pytest
from playwright.async_api import Page, expect

from exam_engine.delivery import queries
from exam_engine.marking import service as marking
from exam_engine.marking.service import AttemptMark
from load_tests.prepared_sitting import PreparedSitting
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.exam_engine.delivery.staged_forms import adaptive_form, multistage_form

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

RIGHT, WRONG = "Phương án thứ nhất", "Phương án thứ hai"


async def started(house: House, page: Page, prepared: PreparedSitting) -> ExamDesk:
    """Bring the first candidate to the first question."""
    desk = ExamDesk(page)
    taker = prepared.registered[0]
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await desk.confirm_data()
    await house.unlock(prepared)
    await desk.start()
    return desk


async def mark_of(house: House, prepared: PreparedSitting) -> AttemptMark:
    """Wait until the attempt is marked."""
    async with house.database() as database, asyncio.timeout(30):
        while True:
            async with database.read() as session:
                attempt = await queries.attempt_of(session, prepared.registered[0].registration_id)
                assert attempt is not None
                found = await marking.marks(session, [attempt.id])
            if found:
                return found[attempt.id]
            await asyncio.sleep(0.3)


async def hand_in(page: Page) -> None:
    await expect(page.get_by_text("Bạn đã làm hết các câu của bài thi.")).to_be_visible()
    await page.get_by_role("button", name="Nộp bài").click()
    await page.get_by_role("dialog").get_by_role("button", name="Nộp bài").click()
    await expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()


async def test_an_adaptive_paper_survives_a_lost_network_and_a_reload(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=1, seed=70, specs=[adaptive_form("A71")])
    visit = await open_visit("/exam")
    page = visit.page
    desk = await started(house, page, prepared)
    await expect(desk.item_heading(1)).to_have_text(re.compile(r"Câu 1 / 5"))
    await expect(page.get_by_role("button", name="Câu trước")).to_have_count(0)
    await expect(page.get_by_role("button", name="Câu 2, chưa mở")).to_be_disabled()
    assert await complaints(visit) == []
    await desk.answer(RIGHT)
    await page.get_by_role("button", name="Câu tiếp theo").click()
    await expect(desk.item_heading(2)).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("^Câu 1, đã trả lời, đã kết thúc"))).to_be_disabled()

    await visit.context.set_offline(True)
    await desk.answer(RIGHT)
    await page.get_by_role("button", name="Câu tiếp theo").click()
    await expect(page.get_by_role("heading", name="Đang mở phần tiếp theo")).to_be_visible()
    await expect(page.get_by_text("phần tiếp theo tự mở khi có mạng")).to_be_visible(timeout=30_000)
    await visit.context.set_offline(False)
    await expect(desk.item_heading(3)).to_be_visible(timeout=45_000)

    await page.reload()
    await expect(desk.item_heading(3)).to_be_visible()
    # Going on without an answer is asked about.
    await page.get_by_role("button", name="Câu tiếp theo").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("Còn 1 câu chưa trả lời")).to_be_visible()
    await dialog.get_by_role("button", name="Làm tiếp").click()
    for number in (3, 4, 5):
        await expect(desk.item_heading(number)).to_be_visible()
        await desk.answer(RIGHT)
        await page.get_by_role("button", name="Câu tiếp theo").click()
    await hand_in(page)
    marked = await mark_of(house, prepared)
    assert len(marked.items) == 5
    assert all(item.is_correct for item in marked.items)
    assert marked.raw > Decimal(5)


async def test_a_multistage_paper_closes_its_first_part_for_good(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=1, seed=72, specs=[multistage_form("N72")])
    visit = await open_visit("/exam", viewport={"width": 360, "height": 740})
    page = visit.page
    desk = await started(house, page, prepared)
    for number in (1, 2, 3, 4):
        await expect(desk.item_heading(number)).to_be_visible()
        if number != 2:
            await desk.answer(WRONG)
        if number < 4:
            await desk.next(number + 1)
    await page.get_by_role("button", name="Kết thúc phần này").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("Còn 1 câu chưa trả lời")).to_be_visible()
    await dialog.get_by_role("button", name="Làm tiếp").click()
    await desk.go_to(2)
    await desk.answer(WRONG)
    await desk.go_to(4)
    await page.get_by_role("button", name="Kết thúc phần này").click()
    await expect(dialog.get_by_text("chưa trả lời")).to_have_count(0)
    await dialog.get_by_role("button", name="Sang phần tiếp theo").click()
    await expect(desk.item_heading(5)).to_be_visible()
    await expect(page.get_by_role("button", name="Câu trước")).to_be_disabled()
    await expect(desk.in_palette(4)).to_be_disabled()
    assert await complaints(visit) == []
    for number in (5, 6, 7, 8):
        await desk.answer(RIGHT)
        if number < 8:
            await desk.next(number + 1)
    await page.get_by_role("button", name="Kết thúc phần này").click()
    await dialog.get_by_role("button", name="Sang phần tiếp theo").click()
    await hand_in(page)
    marked = await mark_of(house, prepared)
    assert sum(item.is_correct for item in marked.items) == 4
    assert len(marked.items) == 8
