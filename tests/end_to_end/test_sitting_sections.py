"""Sections of a sitting and the files handed in, as the board plans and reads them."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from exam_engine.core.time import utc_now
from load_tests.handing_in import bring_file, response_entry
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.staff_desk import StaffDesk
from tests.exam_engine.delivery.practical_forms import SECTIONS, practical_form

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

MEMBER = "hoidong1"
SUM = "Tổng các phần"
NO_FILE = "ab" * 32
CONTENT = b"khong phai la mot van ban Word"


@pytest.mark.extended
async def test_the_board_plans_sections_and_saves_what_was_handed_in(house: House, open_visit: OpenVisit) -> None:
    specs = [practical_form("S93", questions=3)]
    prepared = await house.prepare(candidates=1, seed=97, specs=specs, sections=SECTIONS)
    async with house.seated(prepared, prepared.registered[0]) as candidate:
        await house.unlock(prepared)
        await candidate.start()
        ref = candidate.paper["items"][-1]["ref"]
        candidate.note("leave_section", None, ["1"])
        candidate.note("answer", ref, [response_entry("bài làm.docx", CONTENT), f"{NO_FILE} thieu.docx"])
        await candidate.save()
        await bring_file(
            candidate.client,
            attempt_id=candidate.attempt_id,
            epoch=candidate.epoch,
            item=ref,
            name="bài làm.docx",
            content=CONTENT,
        )
        await candidate.submit()

    visit = await open_visit("/board")
    page, desk = visit.page, StaffDesk(visit.page)
    await desk.sign_in(MEMBER, house.passwords[MEMBER])
    await desk.open(f"sittings/{prepared.sitting_id}")
    await expect(page.get_by_text("Phần 2: Thực hành")).to_be_visible()
    arrived, missing = desk.row("bài làm.docx"), desk.row("thieu.docx")
    await expect(missing).to_contain_text("Không nhận được tệp")
    await expect(page.get_by_text("1 tệp được nêu trong bài làm nhưng không đến máy chủ.")).to_be_visible()
    await expect(missing.get_by_role("link")).to_have_count(0)
    async with page.expect_download() as download:
        await arrived.get_by_role("link", name="Lưu về máy").click()
    saved = await download.value
    assert saved.suggested_filename == "bài làm.docx"
    assert (await saved.path()).read_bytes() == CONTENT
    assert await complaints(visit) == []

    # A new sitting of two sections; what does not fit stands beside it.
    await desk.open("sittings")
    await page.get_by_role("button", name="Ca thi mới").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Kỳ thi").select_option(label="Đợt thử – Hội đồng thi thử")
    await dialog.get_by_label("Tên ca thi").fill("Ca chia phần")
    opens = (utc_now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    closes = (utc_now() + timedelta(days=1, hours=3)).strftime("%Y-%m-%dT%H:%M")
    await dialog.get_by_label("Mở đề lúc").fill(opens)
    await dialog.get_by_label("Đóng lúc").fill(closes)
    await dialog.get_by_label("Thời gian làm bài (phút)").fill("60")
    for _ in range(2):
        await dialog.get_by_role("button", name="Thêm phần").click()
    for number, minutes in ((1, "15"), (2, "30")):
        part = dialog.get_by_role("group", name=f"Phần {number}", exact=True)
        await part.get_by_label("Số phút").fill(minutes)
    await expect(dialog.get_by_text(f"{SUM}: 45 phút / 60 phút làm bài.")).to_be_visible()
    first = dialog.get_by_role("group", name="Phần 1", exact=True)
    await first.get_by_label("Mô đun").fill("iu09")
    await first.get_by_label("Đi lại trong phần").select_option(label="Chỉ làm tới")
    assert await complaints(visit) == []
    await dialog.get_by_role("button", name="Lấy 45 phút làm thời gian làm bài").click()
    await desk.confirm("Tạo")
    await expect(page.get_by_text("mô đun IU09 · Chỉ làm tới")).to_be_visible()
    sitting_id = page.url.rsplit("/", 1)[1]
    async with house.staff(MEMBER) as member:
        forms = (await member.get(f"/api/sittings/{prepared.sitting_id}")).raise_for_status().json()["forms"]
        choice = {"form_ids": [forms[0]["id"]]}
        answer = await member.put(f"/api/sittings/{sitting_id}/forms", json=choice)
        assert answer.status_code == 200, answer.text
    await page.reload()
    section = page.get_by_role("listitem").filter(has_text="mô đun IU09")
    await expect(section).to_contain_text("không có câu nào cho phần “Trắc nghiệm”")
    assert await complaints(visit) == []

    # Put right: the other way round, for all modules.
    await page.get_by_role("button", name="Sửa ca thi").click()
    await dialog.get_by_role("button", name="Chuyển phần 2 lên").click()
    await dialog.get_by_role("group", name="Phần 2", exact=True).get_by_label("Mô đun").fill("")
    await desk.confirm("Lưu")
    await expect(page.get_by_text("Phần 1: Thực hành")).to_be_visible()
    await expect(page.get_by_text("Phần 2: Trắc nghiệm")).to_be_visible()
    await expect(page.get_by_text("không có câu nào cho phần")).to_have_count(0)
