"""The analysis after the exam as the board sees it: nothing yet, at work, a report, its spreadsheet."""

import asyncio
import io
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.async_api import expect

from exam_engine.core.jobs import service as jobs
from exam_engine.core.time import utc_now
from exam_engine.forensics import queries, service
from exam_engine.forensics.computing import compute_report
from exam_engine.forensics.gathering import gather
from load_tests.prepared_sitting import PreparedSitting
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints, complaints_at_every_size
from tests.end_to_end.staff_desk import StaffDesk
from tests.end_to_end.test_conduct import Looking, downloaded
from tests.exam_engine.forensics.worked import COPIER, SOURCE, worked_sitting

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

KINDS = (
    "Giống nhau: chỗ gần nhau",
    "Giống nhau: chỗ xa nhau",
    "Kiểu trả lời",
    "Thời gian làm bài",
    "Đổi đáp án",
    "Rời trang thi",
)
CANDIDATES = 104


async def hold(house: House, seed: int) -> PreparedSitting:
    """Store a sitting of yesterday in which one candidate copied everything from the next seat."""
    async with house.database() as database:
        opened = utc_now() - timedelta(days=1)
        return await worked_sitting(database, house.settings, candidates=CANDIDATES, opens_at=opened, seed=seed)


async def give_up(house: House, prepared: PreparedSitting) -> None:
    """End the work that the page has started: it looks at a hundred simulated sittings."""
    async with house.database() as database, database.write() as session:
        latest = await queries.latest(session, prepared.sitting_id)
        assert latest is not None
        await jobs.request_cancel(session, job_id=latest[1].id, now=utc_now())
    async with asyncio.timeout(30), house.database() as database:
        while True:
            async with database.read() as session:
                latest = await queries.latest(session, prepared.sitting_id)
            if latest is not None and latest[1].status not in {"queued", "running"}:
                return
            await asyncio.sleep(0.2)


async def store_report(house: House, prepared: PreparedSitting) -> None:
    """Store as the work's end what it would have found, with fewer simulated sittings."""
    async with house.database() as database:
        async with database.read() as session:
            task = await gather(session, prepared.sitting_id, packages=("exam_engine",), seed=1, replications=3)
        content = await asyncio.to_thread(compute_report, task, tell=lambda _: None)
        async with database.write() as session:
            latest = await queries.latest(session, prepared.sitting_id)
            assert latest is not None
            await service.store(session, latest[0].id, content, now=utc_now())


async def way_of_a_report(house: House, open_visit: OpenVisit, folder: Path, looking: Looking, seed: int) -> None:
    prepared = await hold(house, seed)
    visit = await open_visit(f"/board#/results/{prepared.sitting_id}/forensics")
    page = visit.page
    await StaffDesk(page).sign_in("hoidong1", house.passwords["hoidong1"])
    await expect(page.get_by_text("Chưa phân tích ca thi này")).to_be_visible()
    await expect(page.get_by_text("Không phải là bằng chứng").first).to_be_visible()
    await looking.at(visit, "nothing yet")
    await page.get_by_role("button", name="Chạy phân tích").click()
    await expect(page.get_by_role("progressbar", name="Đang phân tích ca thi")).to_be_visible()
    await expect(page.get_by_role("button", name="Chạy phân tích")).to_have_count(0)
    await looking.at(visit, "at work")
    # A colleague who opens the page follows the same work.
    other = await open_visit(f"/board#/results/{prepared.sitting_id}/forensics")
    await StaffDesk(other.page).sign_in("hoidong2", house.passwords["hoidong2"])
    await expect(other.page.get_by_role("progressbar", name="Đang phân tích ca thi")).to_be_visible()
    await expect(other.page.get_by_role("alert")).to_have_count(0)
    await give_up(house, prepared)

    await store_report(house, prepared)
    await page.reload()
    copier, source = (prepared.registered[place].person.full_name for place in (COPIER, SOURCE))
    pair = page.get_by_role("article").filter(has_text=copier).filter(has_text=source).first
    await expect(pair).to_contain_text("chỗ 5")
    await expect(pair.get_by_text("cùng sai, cùng phương án").first).to_be_visible()
    await expect(page.get_by_text("Phương án thứ")).to_have_count(0)
    await looking.at(visit, "report")
    await pair.get_by_text("Từng câu").click()
    await looking.at(visit, "item by item")
    kinds = page.get_by_role("navigation", name="Các mặt đã xem")
    for name in KINDS[1:]:
        await kinds.get_by_role("link", name=name).click()
        await expect(page.get_by_role("heading", level=2, name=name)).to_be_visible()
        # Few change five wrong answers: a look at nobody has found nothing out.
        nobody = name == "Đổi đáp án"
        await expect(page.get_by_text("Không đủ dữ liệu")).to_have_count(int(nobody))
        await expect(page.get_by_text("Không có gì khác thường")).to_have_count(int(not nobody))
        await looking.at(visit, name)

    sheet = await downloaded(page, page.get_by_role("button", name="Xuất Excel"), folder)
    workbook = load_workbook(io.BytesIO(sheet))
    assert len(workbook.sheetnames) == len(KINDS)
    told = {str(cell.value) for row in workbook.worksheets[0].iter_rows() for cell in row if cell.value is not None}
    assert {copier, source} <= {name for text in told for name in (copier, source) if name in text}
    assert any("KHÔNG PHẢI LÀ BẰNG CHỨNG" in text for text in told)


async def test_the_board_sees_whom_a_report_names_and_takes_it_out(
    house: House, open_visit: OpenVisit, tmp_path: Path
) -> None:
    looking = Looking(complaints, {})
    await way_of_a_report(house, open_visit, tmp_path, looking, seed=7)
    assert looking.found == {}


@pytest.mark.extended
async def test_every_state_of_the_analysis_is_sound_at_every_size(
    house: House, open_visit: OpenVisit, tmp_path: Path
) -> None:
    looking = Looking(complaints_at_every_size, {})
    await way_of_a_report(house, open_visit, tmp_path, looking, seed=8)
    assert looking.found == {}
