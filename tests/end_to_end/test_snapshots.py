"""Pictures of candidates in a real browser with a camera made of test patterns: asked, taken, looked at on record."""

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from exam_engine.core.time import utc_now
from exam_engine.sittings.models import Sitting
from tests.end_to_end.browsing import chromium, visits
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints, complaints_at_every_size
from tests.end_to_end.staff_desk import StaffDesk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

WITH_CAMERA = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
BASIS = "Quyết định 12/QĐ-HĐT. Mục đích: xác minh đúng người dự thi."
INTERVAL_MS = 30_000


async def opens_in(house: House, sitting_id: object, span: timedelta) -> None:
    async with house.database() as database, database.write() as session:
        stored = await session.get(Sitting, sitting_id)
        assert stored is not None
        stored.opens_at = utc_now() + span


async def sign_in(page: Page, access_code: str, number: str, suffix: str) -> ExamDesk:
    desk = ExamDesk(page)
    await page.goto("/exam")
    await desk.sign_in(access_code, number, suffix)
    await desk.confirm_data()
    await expect(page.get_by_role("heading", name="Ca thi này chụp ảnh giám sát")).to_be_visible()
    return desk


async def test_pictures_from_the_boards_decision_to_a_look(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=2, seed=161, item_count=2)
    await opens_in(house, prepared.sitting_id, timedelta(minutes=30))
    office = await open_visit("/board")
    board, staff = office.page, StaffDesk(office.page)
    await staff.sign_in("hoidong1", house.passwords["hoidong1"])
    await staff.open(f"sittings/{prepared.sitting_id}")
    await board.get_by_role("button", name="Bật chụp ảnh").click()
    dialog = board.get_by_role("dialog", name="Chụp ảnh giám sát trong ca thi")
    await dialog.get_by_label("Ảnh màn hình").check()
    await dialog.get_by_label("Cách nhau trung bình, giây").fill("30")
    await dialog.get_by_label("Căn cứ pháp lý và mục đích").fill(BASIS)
    assert await complaints(office) == []
    await dialog.get_by_role("button", name="Lưu").click()
    await expect(board.get_by_text("khoảng 30 giây một ảnh")).to_be_visible()
    assert await complaints(office) == []
    await opens_in(house, prepared.sitting_id, -timedelta(minutes=1))

    async with chromium(more_arguments=WITH_CAMERA) as browser, visits(browser, house.url) as open_with_camera:
        taker, refuser = prepared.registered
        visit = await open_with_camera()
        page = visit.page
        await page.clock.install()
        desk = await sign_in(page, prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
        await expect(page.get_by_text(BASIS)).to_be_visible()
        assert await complaints_at_every_size(visit) == []
        await page.get_by_role("button", name="Tôi đồng ý").click()
        await expect(page.get_by_text("Camera đang bật, Màn hình đang bật")).to_be_visible()
        assert await complaints(visit) == []
        await house.unlock(prepared)
        await desk.start()
        await expect(page.get_by_text("Đang chụp ảnh giám sát: Camera đang bật, Màn hình đang bật")).to_be_visible()
        assert await complaints_at_every_size(visit) == []
        for _ in range(2):
            async with page.expect_response("**/api/snapshots/own/pictures/camera") as sent:
                await page.clock.fast_forward(INTERVAL_MS * 1.5)
            # The server's clock has not gone on: a second picture comes too soon, which disturbs nobody.
            assert (await sent.value).status in {204, 429}
        visit.console_errors.clear()
        await desk.answer("Phương án thứ nhất")
        await desk.everything_saved()
        await page.get_by_role("button", name="Ngừng đồng ý").click()
        await expect(page.get_by_text("Bạn không đồng ý chụp ảnh giám sát.")).to_be_visible()
        await desk.submit()

        # Who does not agree starts and hands in like everybody.
        other = await open_with_camera()
        desk = await sign_in(other.page, prepared.access_code, refuser.candidate_number, refuser.person.identity_suffix)
        await other.page.get_by_role("button", name="Tôi không đồng ý").click()
        await house.unlock(prepared)
        await desk.start()
        await desk.answer("Phương án thứ nhất")
        await desk.submit()

    await board.reload()
    await board.get_by_role("button", name="Xem ảnh").click()
    viewer = board.get_by_role("dialog")
    await expect(viewer).to_contain_text("Chưa ai xem ảnh nào.")
    assert await complaints(office) == []
    await viewer.get_by_role("button", name=f"Xem ảnh của {taker.person.full_name}").click()
    await expect(viewer.get_by_role("button", name=f"Xem ảnh của {refuser.person.full_name}")).to_have_count(0)
    await viewer.get_by_label("Lý do").fill("Kiểm tra theo đơn khiếu nại")
    await viewer.get_by_role("button", name="Mở ảnh").click()
    picture = viewer.get_by_alt_text("Ảnh camera").first
    await expect(picture).to_be_visible()
    assert await picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") == 640
    assert await complaints(office) == []
    await viewer.get_by_role("button", name="Mọi thí sinh").click()
    await expect(viewer).to_contain_text("Kiểm tra theo đơn khiếu nại")


async def test_without_a_camera_the_candidate_is_told_and_goes_on(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=1, seed=162, item_count=2)
    await opens_in(house, prepared.sitting_id, timedelta(minutes=30))
    async with house.staff("hoidong1") as board:
        rule = {"camera": True, "screen": False, "interval_seconds": 60, "retention_days": 7, "legal_basis": BASIS}
        (await board.put(f"/api/sittings/{prepared.sitting_id}/snapshots", json=rule)).raise_for_status()
    await opens_in(house, prepared.sitting_id, -timedelta(minutes=1))
    [taker] = prepared.registered
    visit = await open_visit()
    desk = await sign_in(visit.page, prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await visit.page.get_by_role("button", name="Tôi đồng ý").click()
    await expect(visit.page.get_by_role("button", name="Bật camera")).to_be_visible()
    assert await complaints(visit) == []
    await house.unlock(prepared)
    await desk.start()
    await desk.answer("Phương án thứ nhất")
    await desk.submit()
