"""The authoring page in Chromium: an item of every kind is written, tried in the preview, saved and read back."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Route, expect

from tests.end_to_end.authoring_desk import AuthoringDesk
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.item_writing import ITEMS, Written, write_multiple_response, write_options, write_single_choice
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def open_desk(house: House, open_visit: OpenVisit, username: str = "soancau") -> tuple[Any, AuthoringDesk]:
    visit = await open_visit(viewport={"width": 1280, "height": 900})
    await sign_in(visit, house, username)
    return visit, AuthoringDesk(visit.page)


# One kind of each sort of form; the day of a board writes all of them too.
SAMPLED = {"write_single_choice", "write_match", "write_gap_match", "write_hotspot", "write_file_upload"}


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(item, id=item.write.__name__, marks=() if item.write.__name__ in SAMPLED else pytest.mark.extended)
        for item in ITEMS
    ],
)
async def test_an_item_of_each_kind_is_written_tried_saved_and_read_back(
    house: House, open_visit: OpenVisit, item: Written
) -> None:
    visit, desk = await open_desk(house, open_visit)
    await desk.open_new(item.kind)
    await desk.write("Lời dẫn", f"Câu hỏi dạng {item.kind.lower()} về bảng tính?")
    await item.write(desk)
    await desk.place("IU04.5")
    await desk.checked()
    await item.answer(desk)
    if item.earned is not None:
        await desk.try_scoring(item.earned)
    stored = await desk.stored(await desk.save())
    assert stored["key"] == item.key
    assert stored["content"] | item.content == stored["content"]
    assert stored["content"]["stem"] == f"Câu hỏi dạng {item.kind.lower()} về bảng tính?"
    assert (stored["reference_code"], stored["status"], stored["version_number"]) == ("IU04.5", "draft", 1)
    assert await complaints(visit) == []


async def is_kept(desk: AuthoringDesk) -> bool:
    """Tell whether the browser holds unsaved work."""
    names: list[str] = await desk.page.evaluate("Object.keys(sessionStorage)")
    return any(name.startswith("authoring:") for name in names)


async def until_kept(desk: AuthoringDesk) -> None:
    """Wait until the browser holds what was just written."""
    async with asyncio.timeout(10):
        while True:
            if await is_kept(desk):
                return
            await asyncio.sleep(0.1)


async def write_plain_item(desk: AuthoringDesk, stem: str) -> str:
    """Write and save a single choice; returns its id."""
    await desk.open_new("Một lựa chọn")
    await desk.write("Lời dẫn", stem)
    await write_single_choice(desk)
    await desk.place("IU04.5")
    await desk.checked()
    return await desk.save()


async def test_faults_stand_at_their_fields_and_the_list_leads_there(house: House, open_visit: OpenVisit) -> None:
    visit, desk = await open_desk(house, open_visit)
    page = desk.page
    await desk.open_new("Một lựa chọn")
    # Nobody is told off for what they have not come to yet.
    await expect(page.get_by_text("Còn 7 chỗ cần bổ sung")).to_be_visible()
    stem = desk.page.locator(".form").get_by_role("textbox", name="Lời dẫn", exact=True)
    await expect(stem).not_to_have_attribute("aria-invalid", "true")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("Chưa lưu được: còn chỗ chưa điền.")).to_be_visible()
    await expect(stem).to_have_attribute("aria-invalid", "true")
    await expect(stem).to_have_accessible_description(re.compile("không hiện gì"))

    await desk.write("Lời dẫn", "Hàm nào sau đây không tính tổng?")
    await write_options(desk, "SUM", "COUNT", "COUNT", "MAX")
    await expect(stem).not_to_have_attribute("aria-invalid", "true")
    third = page.locator(".form").get_by_role("textbox", name="Phương án C", exact=True)
    await expect(third).to_have_attribute("aria-invalid", "true")
    finding = page.locator(".check").get_by_role("listitem").filter(has_text="Phần dẫn hỏi phủ định")
    await expect(finding.get_by_role("button", name=re.compile("^Lời dẫn: "))).to_be_visible()
    await expect(finding.get_by_text(re.compile("^Nguồn: Haladyna"))).to_be_visible()
    await page.locator(".check").get_by_role("button", name=re.compile("Phương án C")).first.click()
    await expect(third).to_be_focused()
    await desk.write("Phương án C", "MIN")
    await page.locator(".check").get_by_role("button", name="Câu chưa có đáp án").click()
    await desk.mark("Phương án A là đáp án đúng")
    await desk.place("IU04")
    await desk.checked()
    assert await complaints(visit) == []


async def test_a_saved_item_is_handed_in_changed_again_and_copied(house: House, open_visit: OpenVisit) -> None:
    visit, desk = await open_desk(house, open_visit)
    page = desk.page
    item_id = await write_plain_item(desk, "Câu để gửi duyệt?")
    await desk.field("Nhãn").fill("bảng tính, hàm")
    await desk.field("Nhãn").press("Enter")
    await desk.field("Điểm").fill("0,5")
    await desk.field("Thay đổi gì, vì sao").fill("Thêm nhãn")
    await expect(page.get_by_text("Chưa lưu", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Lưu và gửi duyệt").click()
    await expect(page.get_by_text("và gửi duyệt câu")).to_be_visible()
    stored = await desk.stored(item_id)
    assert (stored["status"], stored["version_number"], stored["points"]) == ("in_review", 2, "0.5")
    assert stored["tags"] == ["bảng tính", "hàm"]

    await page.get_by_role("link", name="Nhân bản").click()
    await expect(page.get_by_role("heading", name="Câu hỏi mới")).to_be_visible()
    await desk.write("Lời dẫn", "Câu nhân bản?")
    await desk.checked()
    copy = await desk.stored(await desk.save())
    assert copy["id"] != item_id
    assert (copy["key"], copy["status"], copy["tags"]) == (stored["key"], "draft", stored["tags"])
    # The address names the new item, so that reloading shows it and not another copy.
    assert page.url.endswith(f"/items/{copy['id']}/edit")
    assert await complaints(visit) == []


@pytest.mark.extended
async def test_the_kind_is_changed_and_keeps_what_it_can(house: House, open_visit: OpenVisit) -> None:
    visit, desk = await open_desk(house, open_visit)
    page = desk.page
    await desk.open_new("Nhiều lựa chọn")
    await desk.write("Lời dẫn", "Thiết bị nào là thiết bị vào?")
    await write_multiple_response(desk)
    await page.get_by_label("Dạng câu").select_option("true_false_table")
    group = page.get_by_role("radiogroup", name="Phát biểu a")
    await expect(group.get_by_label("Đúng")).to_be_checked()
    await expect(page.get_by_role("radiogroup", name="Phát biểu b").get_by_label("Sai")).to_be_checked()
    await desk.place("IU01")
    await desk.checked()
    stored = await desk.stored(await desk.save())
    assert [line["content"] for line in stored["content"]["statements"]] == ["Bàn phím", "Màn hình", "Chuột", "Loa"]
    assert stored["key"]["values"] == {"A": True, "B": False, "C": True, "D": False}
    # An order that nobody has confirmed is no key.
    await page.get_by_label("Dạng câu").select_option("order")
    await expect(page.get_by_text("Chưa xác nhận thứ tự đúng")).to_be_visible()
    await page.locator(".check").get_by_role("button", name="Câu chưa có đáp án").click()
    await desk.add("Thứ tự đang hiện là đúng")
    await desk.checked()
    assert await complaints(visit) == []


async def test_unsaved_work_outlives_a_crash_and_is_not_left_by_mistake(house: House, open_visit: OpenVisit) -> None:
    visit, desk = await open_desk(house, open_visit)
    page = desk.page
    item_id = await write_plain_item(desk, "Câu trước sự cố?")
    await desk.write("Lời dẫn", "Câu sau sự cố?")
    await expect(page.get_by_text("Chưa lưu", exact=True)).to_be_visible()
    await page.get_by_label("Đường dẫn").get_by_role("link", name="Ngân hàng câu hỏi").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("Rời trang mà chưa lưu?")).to_be_visible()
    assert await complaints(visit) == []
    await dialog.get_by_role("button", name="Ở lại").click()
    await until_kept(desk)
    # A crash asks nobody.
    page.on("dialog", lambda asked: asked.accept())
    await page.reload()
    await expect(page.get_by_text("Có bản chưa lưu lúc")).to_be_visible()
    await expect(desk.field("Lời dẫn")).to_have_text("Câu trước sự cố?")
    assert await complaints(visit) == []
    await page.get_by_role("button", name="Khôi phục").click()
    await expect(desk.field("Lời dẫn")).to_have_text("Câu sau sự cố?")
    await desk.checked()
    await desk.save()
    assert (await desk.stored(item_id))["content"]["stem"] == "Câu sau sự cố?"
    assert not await is_kept(desk)


@pytest.mark.extended
async def test_of_two_authors_the_second_is_shown_what_the_first_saved(house: House, open_visit: OpenVisit) -> None:
    visit, desk = await open_desk(house, open_visit)
    item_id = await write_plain_item(desk, "Câu hai người cùng sửa?")
    _, other = await open_desk(house, open_visit)
    await other.open(item_id)
    await other.write("Lời dẫn", "Bản của người kia?")
    await other.save()
    await desk.write("Lời dẫn", "Bản của tôi?")
    await desk.page.keyboard.press("Control+s")
    dialog = desk.page.get_by_role("dialog")
    await expect(dialog.get_by_role("region", name="Bản đã lưu")).to_contain_text("Bản của người kia?")
    await expect(dialog.get_by_role("region", name="Bản của bạn")).to_contain_text("Bản của tôi?")
    visit.console_errors.clear()
    assert await complaints(visit) == []
    await dialog.get_by_role("button", name="Lưu bản của tôi thành phiên bản mới").click()
    await expect(desk.page.get_by_text("phiên bản 3.")).to_be_visible()
    assert (await desk.stored(item_id))["content"]["stem"] == "Bản của tôi?"


@pytest.mark.extended
async def test_an_item_in_a_published_form_is_only_replaced(house: House, open_visit: OpenVisit) -> None:
    visit, desk = await open_desk(house, open_visit)
    page = desk.page
    async with house.staff("soancau") as client:
        rows = (await client.get("/api/items", params={"limit": 500})).json()["items"]
        published = next(row for row in rows if row["is_published"] and row["has_key"])
    await desk.open(published["id"])
    await expect(page.get_by_text("Câu đã nằm trong đề đã công bố")).to_be_visible()
    await expect(page.get_by_role("button", name="Lưu", exact=True)).to_have_count(0)
    assert await complaints(visit) == []
    await page.get_by_role("link", name="Tạo câu thay thế").click()
    await expect(page.get_by_role("heading", name=f"Câu thay thế {published['code']}")).to_be_visible()
    await desk.write("Lời dẫn", "Câu thay thế, viết lại cho rõ?")
    await desk.checked()
    successor = await desk.save()
    async with house.staff("soancau") as client:
        assert (await client.get(f"/api/items/{successor}")).json()["supersedes"] == published["code"]


async def test_a_stimulus_is_written_used_and_changed_with_its_items(house: House, open_visit: OpenVisit) -> None:
    visit, desk = await open_desk(house, open_visit)
    page = desk.page
    await page.goto("/board#/items/stimuli")
    await page.get_by_role("link", name="Ngữ liệu mới").click()
    await page.get_by_label("Tên ngữ liệu").fill("Bảng điểm lớp 9A")
    text = page.get_by_role("textbox", name="Nội dung ngữ liệu")
    await text.click()
    await page.keyboard.type("Bảng điểm có 40 hàng.")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("Chưa có câu nào.")).to_be_visible()
    assert await complaints(visit) == []
    address = page.url

    await desk.open_new("Một lựa chọn")
    await page.get_by_role("button", name="Chọn ngữ liệu").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("searchbox").fill("bang diem")
    await dialog.get_by_role("button", name=re.compile("Bảng điểm lớp 9A")).click()
    await expect(desk.preview.get_by_text("Bảng điểm có 40 hàng.")).to_be_visible()
    await desk.write("Lời dẫn", "Hàm nào tính điểm trung bình của bảng?")
    await write_single_choice(desk)
    await desk.place("IU04.5")
    await desk.checked()
    item_id = await desk.save()

    await page.goto(address)
    await expect(page.get_by_text("Câu dùng ngữ liệu này (1)")).to_be_visible()
    await text.click()
    await page.keyboard.press("End")
    await page.keyboard.type(" Mỗi hàng là một học sinh.")
    await page.get_by_role("button", name="Lưu", exact=True).click()
    await expect(page.get_by_text("1 câu dùng ngữ liệu này có phiên bản mới")).to_be_visible()
    assert (await desk.stored(item_id))["version_number"] == 2
    assert await complaints(visit) == []


async def test_a_page_that_is_left_while_its_editors_load_is_left_in_peace(house: House, open_visit: OpenVisit) -> None:
    visit, desk = await open_desk(house, open_visit)
    page = desk.page
    is_left = asyncio.Event()

    async def hold(route: Route) -> None:
        await is_left.wait()
        await route.continue_()

    await page.route("**/assets/editor-*.js", hold)
    await page.goto("/board#/items?module=IU04")
    link = page.get_by_role("table").locator("a[href^='#/items/']").first
    item_id = str(await link.get_attribute("href")).split("/")[2].partition("?")[0]
    async with page.expect_request("**/assets/editor-*.js"):
        await page.evaluate("(id) => { location.hash = `#/items/${id}/edit`; }", item_id)
    await page.evaluate("() => { location.hash = '#/items?module=IU03'; }")
    await expect(page.get_by_role("heading", name="Ngân hàng câu hỏi")).to_be_visible()
    async with page.expect_response("**/assets/editor-*.js"):
        is_left.set()
    assert await complaints(visit) == []


async def test_the_page_leads_through_the_list_it_was_opened_from(house: House, open_visit: OpenVisit) -> None:
    visit, desk = await open_desk(house, open_visit)
    page = desk.page
    await page.goto("/board#/items?module=IU04")
    links = page.get_by_role("table").locator("a[href^='#/items/']")
    await expect(links.nth(1)).to_be_visible()
    addresses = [str(await link.get_attribute("href")) for link in await links.all()]
    # A row may lead to its item from more than one of its cells.
    ids = list(dict.fromkeys(address.split("/")[2].partition("?")[0] for address in addresses))
    first, second = [(await desk.stored(item_id))["code"] for item_id in ids[:2]]
    await page.evaluate("(id) => { location.hash = `#/items/${id}/edit`; }", ids[0])
    await expect(page.get_by_role("heading", name=first)).to_be_visible()
    await page.get_by_role("link", name="Câu sau").click()
    await expect(page.get_by_role("heading", name=second)).to_be_visible()
    await expect(page.get_by_role("link", name="Câu trước")).to_be_visible()
    assert await complaints(visit) == []


async def test_whoever_signs_out_leaves_no_key_behind_in_the_browser(house: House, open_visit: OpenVisit) -> None:
    _, desk = await open_desk(house, open_visit)
    page = desk.page
    await desk.open_new("Một lựa chọn")
    await desk.mark("Phương án B là đáp án đúng")
    await until_kept(desk)
    await page.get_by_role("button", name="Đăng xuất").click()
    await expect(page.get_by_label("Tên đăng nhập")).to_be_visible()
    assert not await is_kept(desk)
