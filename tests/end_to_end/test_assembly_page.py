"""The assembly pages in Chromium: a blueprint in ranges, a run, forms side by side, swaps, locks, a second person."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

LEVELS = ("NB", "TH", "VD", "VDC")
PHONE_WIDTHS = (320, 360)
SEARCH_MS = 60_000
"""How long a search may take on a busy machine."""


def statement(name: str, **further: Any) -> dict[str, Any]:
    """A blueprint of twelve items in ranges over two modules; no closeness, so that many swaps are sound."""
    cells = [
        {"module_code": module, "cognitive_level": level, "minimum": 1, "maximum": 3}
        for module in ("IU01", "IU02")
        for level in LEVELS
    ]
    return {
        "name": name,
        "form_length": 12,
        "duration_minutes": 20,
        "cut_theta": 0.0,
        "cells": cells,
        "closeness": None,
    } | further


async def store_blueprint(house: House, name: str, **further: Any) -> str:
    async with house.staff("hoidong1") as board:
        stored = (await board.post("/api/blueprints", json=statement(name, **further))).raise_for_status().json()
    return str(stored["id"])


async def assemble(house: House, blueprint_id: str, status: str = "assembled", **options: Any) -> str:
    """Run an assembly to its end and return its id."""
    body = {"blueprint_id": blueprint_id, "form_count": 2} | options
    async with house.staff("hoidong1") as board:
        started = (await board.post("/api/assemblies", json=body)).raise_for_status().json()
        address = f"/api/assemblies/{started['assembly_id']}"
        await house.until(board, address, "status", status)
    return str(started["assembly_id"])


async def narrow_widths(page: Page) -> list[int]:
    """Return the widths of narrow windows in which the page scrolls sideways."""
    size = page.viewport_size
    assert size is not None
    beyond = []
    for width in PHONE_WIDTHS:
        await page.set_viewport_size({"width": width, "height": 740})
        if await page.evaluate("document.documentElement.scrollWidth") > width:
            beyond.append(width)
    await page.set_viewport_size(size)
    return beyond


async def test_a_blueprint_is_stated_in_ranges_with_faults_at_their_places(house: House, open_visit: OpenVisit) -> None:
    visit = await open_visit()
    await sign_in(visit, house, "hoidong1")
    page = visit.page
    await page.goto("/board#/assembly/blueprints/new")
    await page.get_by_label("Tên ma trận").fill("Khoảng và tổng")
    await page.get_by_label("Số câu mỗi đề").fill("6")
    first = page.get_by_label("IU01, Nhận biết: số câu")
    await first.fill("2–4")
    # Enter goes down the column; the arrow up comes back.
    await first.press("Enter")
    below = page.get_by_label("IU02, Nhận biết: số câu")
    await expect(below).to_be_focused()
    await page.keyboard.type("vài")
    await page.keyboard.press("ArrowUp")
    await expect(first).to_be_focused()
    await expect(below).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_text("Ghi số (3) hoặc khoảng (2–4).")).to_be_visible()
    assert await complaints(visit) == []

    await below.fill("99")
    await below.press("Tab")
    await expect(page.get_by_text("Cần 99, có")).to_be_visible()
    await below.fill("1-3")
    await below.press("Tab")
    await expect(page.get_by_text("Tổng các ô: 3–7 câu; đề 6 câu.")).to_be_visible()
    total = page.get_by_label("Nhận biết: tổng số câu", exact=True)
    await total.fill("8")
    await total.press("Tab")
    await expect(page.get_by_text("Các ô cho tổng 3–7.")).to_be_visible()
    await page.get_by_role("button", name="Hoàn tác").click()
    await expect(total).to_have_value("")
    await expect(page.get_by_text("Tổng các ô: 3–7 câu; đề 6 câu.")).to_be_visible()
    await page.get_by_role("button", name="Làm lại").click()
    await expect(total).to_have_value("8")
    # What the server refuses is shown at its place as well.
    await page.get_by_role("button", name="Lưu").click()
    await expect(page.get_by_role("alert")).to_contain_text("Ma trận đề chưa hợp lệ")
    # The browser itself reports the refusal in its console.
    visit.console_errors.clear()
    await total.fill("5–6")
    await page.get_by_role("radio", name="Đạt đường thông tin mục tiêu").check()
    await expect(page.get_by_label("Điểm 3: Thông tin")).to_be_visible()
    await page.get_by_role("radio", name="Đề nào cũng chính xác như nhau quanh điểm đạt").check()
    await page.get_by_role("button", name="Lưu").click()
    await expect(page.get_by_role("heading", name="Khoảng và tổng")).to_be_visible()
    await expect(first).to_have_value("2–4")
    await expect(total).to_have_value("5–6")
    await expect(page.get_by_role("heading", name="Sức khoẻ ngân hàng với ma trận này")).to_be_visible()
    await expect(page.get_by_text("Số đề còn tạo được").first).to_be_visible()
    assert await complaints(visit) == []
    assert await narrow_widths(page) == []

    await page.get_by_role("link", name="Nhân bản").click()
    await expect(page.get_by_label("Tên ma trận")).to_have_value("Khoảng và tổng (bản sao)")
    await expect(first).to_have_value("2–4")


async def test_forms_are_started_watched_and_shown_side_by_side(house: House, open_visit: OpenVisit) -> None:
    blueprint_id = await store_blueprint(house, "Xem các đề", words={"maximum": 5000})
    visit = await open_visit()
    await sign_in(visit, house, "hoidong1")
    page = visit.page
    await page.goto(f"/board#/assembly/blueprints/{blueprint_id}")
    await page.get_by_role("button", name="Tổ hợp đề", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Số đề cần tạo").fill("3")
    excluded = dialog.get_by_label("Câu không được dùng: Tìm câu theo mã hoặc nội dung")
    await excluded.fill("IU01-001, IU01-002")
    await dialog.get_by_role("button", name="Thêm 2 mã").click()
    wanted = dialog.get_by_label("Câu phải có trong mọi đề: Tìm câu theo mã hoặc nội dung")
    await wanted.fill("IU01-003")
    await dialog.get_by_role("button", name="Thêm IU01-003").click()
    await expect(dialog.get_by_role("button", name="Bỏ IU01-002")).to_be_visible()
    await dialog.get_by_text("Nâng cao").click()
    assert await complaints(visit) == []
    await dialog.get_by_role("button", name="Tổ hợp đề").click()

    await expect(page.get_by_text("Đang tổ hợp 3 đề")).to_be_visible()
    await expect(page.get_by_text("Không cách chọn nào cho quá")).to_be_visible(timeout=SEARCH_MS)
    for curve in ("Hàm thông tin", "Điểm kỳ vọng theo năng lực", "Thông tin: hơn hoặc kém trung bình các đề"):
        await expect(page.get_by_role("img", name=curve, exact=True)).to_be_visible()
    await page.get_by_text("Số liệu: Hàm thông tin", exact=True).click()
    await expect(page.get_by_role("region", name="Số liệu: Hàm thông tin", exact=True)).to_be_visible()
    # Who started the run reads why the second step is not for them.
    await expect(page.get_by_role("button", name="Duyệt")).to_have_count(0)
    await expect(page.get_by_text("cần người thứ hai")).to_be_visible()
    assert await complaints(visit) == []
    assert await narrow_widths(page) == []
    for part, sight in (
        ("Số liệu cân bằng", "Các đề bằng nhau đến đâu"),
        ("Trùng câu và mức lộ", "Mức lộ của từng câu, trước và sau"),
        ("Câu hỏi của từng đề", "Lịch sử sửa tay"),
    ):
        await page.get_by_role("link", name=part).press("Enter")
        await expect(page.get_by_role("heading", name=sight)).to_be_visible()
        assert await complaints(visit) == []
        assert await narrow_widths(page) == []


async def test_an_item_is_locked_another_swapped_taken_back_and_the_second_person_approves(
    house: House, open_visit: OpenVisit
) -> None:
    blueprint_id = await store_blueprint(house, "Sửa tay và duyệt")
    assembly_id = await assemble(house, blueprint_id)
    visit = await open_visit()
    await sign_in(visit, house, "hoidong1")
    page = visit.page
    await page.goto(f"/board#/assembly/runs/{assembly_id}?view=items")
    lock = page.get_by_role("button", name="Khoá câu 1,")
    await lock.press("Enter")
    await expect(lock).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_role("button", name="Đổi câu 1,")).to_be_disabled()
    await expect(page.get_by_role("button", name="Tổ hợp lại, giữ câu đã khoá")).to_be_visible()

    await page.get_by_role("button", name="Đổi câu 2,").press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("giữ cả").first).to_be_visible()
    await dialog.get_by_role("radio").first.check()
    await expect(dialog.get_by_role("img", name="trước và sau")).to_be_visible()
    assert await complaints(visit) == []
    assert await narrow_widths(page) == []
    await dialog.get_by_role("button", name="Đổi câu", exact=True).press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("cell", name="có hiệu lực")).to_be_visible()
    await expect(page.get_by_text("Sửa tay", exact=True).first).to_be_visible()
    await page.get_by_role("button", name="Hoàn tác").press("Enter")
    await expect(page.get_by_role("cell", name="đã hoàn tác")).to_be_visible()
    await page.get_by_role("button", name="Làm lại").press("Enter")
    await expect(page.get_by_role("cell", name="có hiệu lực")).to_be_visible()
    assert await complaints(visit) == []

    other = await open_visit()
    await sign_in(other, house, "hoidong2")
    page = other.page
    await page.goto(f"/board#/assembly/runs/{assembly_id}")
    await page.get_by_role("button", name="Duyệt", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Duyệt", exact=True).click()
    await expect(page.get_by_text("Đã duyệt các đề.")).to_be_visible()
    await page.get_by_role("button", name="Rút duyệt").click()
    await page.get_by_role("dialog").get_by_role("button", name="Rút duyệt").click()
    await expect(page.get_by_text("Đã rút duyệt.")).to_be_visible()
    await page.get_by_role("button", name="Duyệt", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Duyệt", exact=True).click()
    await page.get_by_role("button", name="Công bố đề").click()
    assert await complaints(other) == []
    await page.get_by_role("dialog").get_by_role("button", name="Công bố đề").click()
    await expect(page.get_by_text("Đã công bố 2 đề.")).to_be_visible()
    await expect(page.get_by_role("button", name="Xoá")).to_have_count(0)
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Biên bản").click()
        await page.get_by_role("button", name="PDF tiếng Việt").click()
    assert (await (await download.value).path()).read_bytes().startswith(b"%PDF")


@pytest.mark.extended
async def test_a_swap_that_breaks_a_requirement_needs_a_reason_that_stays_in_sight(
    house: House, open_visit: OpenVisit
) -> None:
    assembly_id = await assemble(house, await store_blueprint(house, "Không giữ yêu cầu"))
    visit = await open_visit()
    await sign_in(visit, house, "hoidong1")
    page = visit.page
    await page.goto(f"/board#/assembly/runs/{assembly_id}?view=items")
    await page.get_by_role("button", name="Đổi câu 1,").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Chỉ câu giữ mọi yêu cầu").uncheck()
    await dialog.get_by_role("row").filter(has_text="vi phạm").get_by_role("radio").first.check()
    await expect(dialog.get_by_text("Đổi câu này sẽ không giữ các yêu cầu:")).to_be_visible()
    swap = dialog.get_by_role("button", name="Đổi câu", exact=True)
    await expect(swap).to_be_disabled()
    await dialog.get_by_label("Vẫn đổi và ghi lý do").check()
    await expect(swap).to_be_disabled()
    await dialog.get_by_role("textbox", name="Lý do").fill("Câu cũ bị nghi lộ")
    assert await complaints(visit) == []
    await swap.click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_text("chấp nhận: Câu cũ bị nghi lộ")).to_be_visible()
    await page.get_by_role("link", name="Các đề", exact=True).click()
    await expect(page.get_by_text("chấp nhận: Câu cũ bị nghi lộ")).to_be_visible()
    assert await complaints(visit) == []


async def test_what_cannot_be_made_is_explained_and_mended(house: House, open_visit: OpenVisit) -> None:
    # Each cell and each level can be had; all together they come to more than the length.
    levels = [
        {"cognitive_level": "NB", "minimum": 6, "maximum": 6},
        {"cognitive_level": "TH", "minimum": 2, "maximum": 6},
    ]
    blueprint_id = await store_blueprint(house, "Không tổ hợp được", level_totals=levels, words={"maximum": 200})
    assembly_id = await assemble(house, blueprint_id, "infeasible")
    visit = await open_visit()
    await sign_in(visit, house, "hoidong1")
    page = visit.page
    await page.goto(f"/board#/assembly/runs/{assembly_id}")
    await expect(page.get_by_text("Không có cách chọn câu nào thoả mọi yêu cầu")).to_be_visible()
    await expect(page.get_by_text("Số từ của đề").first).to_be_visible()
    assert await complaints(visit) == []
    await page.get_by_role("link", name="Áp dụng vào ma trận đề: Thay đổi ít nhất").press("Enter")
    await expect(page.get_by_text("Đã áp dụng cách sửa vào ma trận")).to_be_visible()
    await expect(page.get_by_text("Thay đổi so với bản đã lưu")).to_be_visible()
    await expect(page.get_by_label("Số từ của đề")).not_to_have_value("≤200")
    assert await complaints(visit) == []
    await page.get_by_role("button", name="Lưu").click()
    await expect(page.get_by_text("Đã lưu ma trận.")).to_be_visible()
    await assemble(house, blueprint_id)


@pytest.mark.extended
async def test_a_search_is_given_up_and_deleted(house: House, open_visit: OpenVisit) -> None:
    blueprint_id = await store_blueprint(house, "Huỷ giữa chừng")
    body = {"blueprint_id": blueprint_id, "form_count": 12, "uses_per_item": 4, "overlap_maximum": 6}
    async with house.staff("hoidong1") as board:
        started = (await board.post("/api/assemblies", json=body)).raise_for_status().json()
    visit = await open_visit()
    await sign_in(visit, house, "hoidong1")
    page = visit.page
    await page.goto(f"/board#/assembly/runs/{started['assembly_id']}")
    await page.get_by_role("button", name="Huỷ tổ hợp").press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Huỷ tổ hợp").press("Enter")
    await expect(page.get_by_text("Lần tổ hợp này đã huỷ")).to_be_visible()
    assert await complaints(visit) == []
    await page.get_by_role("button", name="Xoá").press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Xoá").press("Enter")
    await expect(page.get_by_text("Đã xoá lần tổ hợp.")).to_be_visible()


@pytest.mark.extended
async def test_assemblies_are_found_again_and_compared(house: House, open_visit: OpenVisit) -> None:
    blueprint_id = await store_blueprint(house, "So sánh hai lần")
    first, _ = await assemble(house, blueprint_id), await assemble(house, blueprint_id, seed=2)
    visit = await open_visit()
    await sign_in(visit, house, "thanhtra")
    page = visit.page
    await page.goto("/board#/assembly")
    await page.get_by_role("searchbox").fill("So sánh hai")
    rows = page.get_by_role("region", name="Các lần tổ hợp đề").get_by_role("row")
    await expect(rows).to_have_count(3)
    await page.get_by_label("Trạng thái").select_option("Đã công bố")
    await expect(page.get_by_text("Không có dòng nào khớp")).to_be_visible()
    assert await complaints(visit) == []
    await page.goto(f"/board#/assembly/runs/{first}/compare")
    await page.get_by_label("So với").select_option(index=1)
    await expect(page.get_by_role("heading", name="Số liệu cạnh nhau")).to_be_visible()
    await expect(page.get_by_role("img", name="Hàm thông tin của hai lần tổ hợp")).to_be_visible()
    assert await complaints(visit) == []
    assert await narrow_widths(page) == []


async def test_the_pages_speak_english_and_move_nothing_for_those_who_ask(house: House, open_visit: OpenVisit) -> None:
    blueprint_id = await store_blueprint(house, "English pages")
    assembly_id = await assemble(house, blueprint_id)
    visit = await open_visit(reduced_motion="reduce")
    await sign_in(visit, house, "hoidong1")
    page = visit.page
    await page.goto(f"/board#/assembly/runs/{assembly_id}")
    await page.get_by_role("button", name="English").click()
    for address in (
        f"assembly/runs/{assembly_id}",
        f"assembly/runs/{assembly_id}?view=figures",
        f"assembly/runs/{assembly_id}?view=sharing",
        f"assembly/runs/{assembly_id}?view=items",
        f"assembly/blueprints/{blueprint_id}",
        "assembly",
    ):
        await page.goto(f"/board#/{address}")
        assert await complaints(visit) == []
    await expect(page.get_by_role("heading", name="Blueprints & assembly")).to_be_visible()
