"""The authoring page in Chromium: an item of every kind is written, tried in the preview, saved and read back."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import expect

from tests.end_to_end.authoring_desk import AuthoringDesk
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

Steps = Callable[[AuthoringDesk], Awaitable[None]]


async def nothing_to_try(desk: AuthoringDesk) -> None:
    """People mark this kind."""
    await expect(desk.preview.get_by_text("Dạng này do người chấm.")).to_be_visible()


@dataclass(frozen=True, slots=True)
class Written:
    """How an item is written, answered in the preview, and what must come of both."""

    kind: str
    write: Steps
    key: dict[str, Any]
    content: dict[str, Any] = field(default_factory=dict)
    answer: Steps = nothing_to_try
    earned: str | None = "1/1"


async def write_options(desk: AuthoringDesk, *texts: str) -> None:
    for letter, text in zip("ABCD", texts, strict=False):
        await desk.write(f"Phương án {letter}", text)


async def write_single_choice(desk: AuthoringDesk) -> None:
    await write_options(desk, "SUM", "COUNT", "MAX", "MIN")
    await desk.mark("Phương án A là đáp án đúng")


async def choose_first(desk: AuthoringDesk) -> None:
    await desk.preview.get_by_role("radio").first.check()


async def write_multiple_response(desk: AuthoringDesk) -> None:
    await write_options(desk, "Bàn phím", "Màn hình", "Chuột", "Loa")
    for letter in "AC":
        await desk.mark(f"Phương án {letter} là đáp án đúng")
    await desk.page.get_by_role("radio", name="Chia theo lựa chọn").check()


async def choose_three_of_two(desk: AuthoringDesk) -> None:
    for place in range(3):
        await desk.preview.get_by_role("checkbox").nth(place).check()


async def write_true_false(desk: AuthoringDesk) -> None:
    for letter in "abcd":
        await desk.write(f"Phát biểu {letter}", f"Phát biểu thứ {letter} về bảng tính")
        verdict = "Đúng" if letter in "ac" else "Sai"
        await desk.page.get_by_role("radiogroup", name=f"Phát biểu {letter}").get_by_label(verdict).check()


async def say_all_true(desk: AuthoringDesk) -> None:
    for row in range(4):
        await desk.preview.get_by_role("radio").nth(2 * row).check()


async def write_text_entry(desk: AuthoringDesk) -> None:
    await desk.write_with("gap", "Bộ nhớ ", "[RAM]", " mất dữ liệu, ", "[ổ cứng]", " thì không.")
    await expect(desk.field("Đáp án của chỗ trống 2")).to_have_value("ổ cứng")
    gap = desk.page.get_by_role("group", name="Chỗ trống 1")
    await gap.get_by_role("button", name="Thêm cách trả lời khác").click()
    await desk.field("Đáp án 2 của chỗ trống 1").fill("bộ nhớ truy cập ngẫu nhiên")
    await gap.get_by_label("Phần điểm").nth(1).fill("0,5")
    await gap.get_by_label("Phân biệt chữ hoa, chữ thường").check()


async def type_both_words(desk: AuthoringDesk) -> None:
    await desk.preview.get_by_role("textbox").nth(0).fill("RAM")
    await desk.preview.get_by_role("textbox").nth(1).fill("Ổ CỨNG")


async def write_numeric_entry(desk: AuthoringDesk) -> None:
    await desk.mark("Khoảng từ – đến")
    await desk.field("Từ").fill("12,4")
    await desk.field("Đến").fill("12,6")
    await desk.field("Đơn vị in sau ô").fill("giây")


async def type_number(desk: AuthoringDesk) -> None:
    await desk.preview.get_by_role("textbox").fill("12,5")


async def write_match(desk: AuthoringDesk) -> None:
    for number, text in enumerate(("Writer", "Ubuntu", "Firefox"), start=1):
        await desk.write(f"Mục {number} ở cột trái", text)
    for letter, text in zip("ABC", ("Hệ điều hành", "Trình duyệt", "Soạn thảo"), strict=True):
        await desk.write(f"Mục {letter} ở cột phải", text)
    for pair in ("Ghép 1 với C", "Ghép 2 với A", "Ghép 3 với B"):
        await desk.mark(pair)
    await desk.page.get_by_role("radio", name="Chia đều theo từng ý").check()


async def choose_partners(desk: AuthoringDesk) -> None:
    for row, target in enumerate(("Soạn thảo", "Hệ điều hành")):
        await desk.preview.get_by_role("combobox").nth(row).select_option(label=target)


async def write_order(desk: AuthoringDesk) -> None:
    for number, text in enumerate(("Chọn máy in", "Mở văn bản", "Bấm In"), start=1):
        await desk.write(f"Bước {number}", text)
    await desk.add("Xoá Bước 4")
    # The second step belongs at the first place.
    await desk.page.locator(".form").get_by_role("textbox", name="Bước 2", exact=True).click()
    await desk.page.keyboard.press("Alt+ArrowUp")


async def order_steps(desk: AuthoringDesk) -> None:
    # The page shows the steps in another order than the key: 2, 1, 3 of it.
    await desk.preview.get_by_role("button", name="Chuyển lên").nth(1).click()


async def write_gap_match(desk: AuthoringDesk) -> None:
    await desk.write_with("gap", "Bộ nhớ ", "[RAM]", " mất dữ liệu, ", "[ổ cứng]", " thì không.")
    await desk.add("Thêm từ")
    await desk.write("Từ C", "bộ xử lý")


async def place_words(desk: AuthoringDesk) -> None:
    await desk.preview.get_by_role("combobox").nth(0).select_option("A")
    await desk.preview.get_by_role("combobox").nth(1).select_option("B")


async def write_inline_choice(desk: AuthoringDesk) -> None:
    await desk.write_with("gap", "Sao chép bằng Ctrl + ", "[C]", ".")
    await desk.write("Chỗ trống 1, phương án B", "V")


async def choose_word(desk: AuthoringDesk) -> None:
    await desk.preview.get_by_role("combobox").select_option(label="C")


async def write_hot_text(desk: AuthoringDesk) -> None:
    await desk.write_with("hottext", "Máy tính ", "[sử lý]", " và ", "[lưu trữ]", " dữ liệu.")
    await desk.mark("sử lý")


async def choose_marked(desk: AuthoringDesk) -> None:
    await desk.preview.get_by_text("sử lý").click()


async def write_hotspot(desk: AuthoringDesk) -> None:
    await desk.upload_picture()
    await desk.draw("Chữ nhật", (40, 40), (160, 100))
    await desk.draw("Hình tròn", (300, 100), (340, 100))
    for place, name in enumerate(("Nút xanh", "Nút đỏ")):
        await desk.page.locator(".form").get_by_label("Tên vùng").nth(place).fill(name)
    # A pixel by keyboard, the edge by number.
    await desk.page.locator(".form").get_by_role("button", name="Vùng 1: Chữ nhật").focus()
    await desk.page.keyboard.press("ArrowRight")
    await desk.page.keyboard.press("ArrowLeft")
    await desk.page.locator(".form").get_by_label("Phải", exact=True).fill("150")
    await desk.mark("Vùng 1 là đáp án đúng")


async def choose_area(desk: AuthoringDesk) -> None:
    await desk.preview.get_by_role("button", name="Nút xanh").click()


async def write_select_point(desk: AuthoringDesk) -> None:
    await desk.upload_picture()
    await desk.add("Hình tròn")
    await desk.add("Thêm vào giữa hình")
    for label, value in (("Tâm, ngang", "300"), ("Tâm, dọc", "100"), ("Bán kính", "40")):
        await desk.field(label).fill(value)


async def point_at(desk: AuthoringDesk) -> None:
    box = await desk.preview.get_by_role("application").bounding_box()
    assert box is not None
    await desk.page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 100 / 240)


async def write_slider(desk: AuthoringDesk) -> None:
    await desk.field("Giá trị lớn nhất").fill("10")
    await desk.field("Bước").fill("0,5")
    await desk.field("Giá trị đúng").fill("7,5")


async def slide(desk: AuthoringDesk) -> None:
    await desk.preview.get_by_role("textbox").fill("7,5")
    await desk.preview.get_by_role("textbox").press("Enter")


async def write_rubric(desk: AuthoringDesk) -> None:
    for number, (title, points) in enumerate((("Nội dung", "2"), ("Trình bày", "1,5")), start=1):
        await desk.add("Thêm tiêu chí")
        await desk.field(f"Tiêu chí {number}").fill(title)
        await desk.field("Điểm tối đa").nth(number - 1).fill(points)
    await desk.field("Các mức của tiêu chí 1").fill("2 điểm: đủ ý")
    await expect(desk.page.get_by_text("Tổng: 3,5 điểm")).to_be_visible()


async def write_file_upload(desk: AuthoringDesk) -> None:
    await desk.page.locator(".form input[type=file]").set_input_files(
        {"name": "so lieu.csv", "mimeType": "text/csv", "buffer": "tên,điểm\nAn,9\n".encode()}
    )
    await expect(desk.page.get_by_role("link", name="so lieu.csv")).to_be_visible()
    await desk.field("Loại tệp được nộp").fill("xlsx, ods")
    await write_rubric(desk)


RUBRIC = {
    "form": "rubric",
    "criteria": [
        {"id": "c1", "title": "Nội dung", "description": "2 điểm: đủ ý", "points": "2"},
        {"id": "c2", "title": "Trình bày", "description": "", "points": "1.5"},
    ],
    "model_answer": "",
}
USUAL = {
    "is_case_sensitive": False,
    "is_tone_placement_sensitive": False,
    "are_marks_required": True,
    "are_spaces_ignored": False,
}
NUMBER = {"form": "number", "tolerance_in": "units", "unit": None, "share_with_wrong_unit": "0"}
SHARES_2025 = ["0", "0.1", "0.25", "0.5", "1"]
EACH = {"rule": "per_part"}
WHOLE = {"rule": "all_or_nothing"}

ITEMS = [
    Written(
        "Một lựa chọn",
        write_single_choice,
        {"form": "choice", "correct": ["A"], "scoring": WHOLE},
        answer=choose_first,
    ),
    Written(
        "Nhiều lựa chọn",
        write_multiple_response,
        {"form": "choice", "correct": ["A", "C"], "scoring": {"rule": "per_option", "penalty": "1"}},
        answer=choose_three_of_two,
        earned="0,5/1",
    ),
    Written(
        "Đúng/Sai nhiều ý",
        write_true_false,
        {
            "form": "true_false",
            "values": {"a": True, "b": False, "c": True, "d": False},
            "scoring": {"rule": "by_count", "shares": SHARES_2025},
        },
        answer=say_all_true,
        earned="0,25/1",
    ),
    Written(
        "Điền khuyết",
        write_text_entry,
        {
            "form": "text",
            "gaps": {
                "g1": {
                    "accepted": [
                        {"text": "RAM", "share": "1"},
                        {"text": "bộ nhớ truy cập ngẫu nhiên", "share": "0.5"},
                    ],
                    "comparison": USUAL | {"is_case_sensitive": True},
                },
                "g2": {"accepted": [{"text": "ổ cứng", "share": "1"}], "comparison": USUAL},
            },
            "scoring": EACH,
        },
        {
            "passage": 'Bộ nhớ <span data-gap="g1"></span> mất dữ liệu, <span data-gap="g2"></span> thì không.',
        },
        answer=type_both_words,
    ),
    Written(
        "Trả lời bằng số",
        write_numeric_entry,
        NUMBER | {"value": "12.5", "tolerance": "0.1"},
        {"unit": "giây", "units": []},
        answer=type_number,
    ),
    Written(
        "Ghép đôi",
        write_match,
        {"form": "pairs", "pairs": [["s1", "t3"], ["s2", "t1"], ["s3", "t2"]], "scoring": EACH},
        {"max_per_source": 1, "max_per_target": 1},
        answer=choose_partners,
        earned="0,6667/1",
    ),
    Written(
        "Sắp xếp thứ tự",
        write_order,
        {"form": "order", "order": ["B", "A", "C"], "scoring": WHOLE},
        answer=order_steps,
    ),
    Written(
        "Kéo từ vào chỗ trống",
        write_gap_match,
        {"form": "pairs", "pairs": [["A", "g1"], ["B", "g2"]], "scoring": EACH},
        {"gaps": [{"id": "g1"}, {"id": "g2"}]},
        answer=place_words,
    ),
    Written(
        "Chọn từ trong câu",
        write_inline_choice,
        {"form": "pairs", "pairs": [["g1", "A"]], "scoring": EACH},
        answer=choose_word,
    ),
    Written(
        "Chọn từ trong đoạn văn",
        write_hot_text,
        {"form": "choice", "correct": ["h1"], "scoring": WHOLE},
        {"hottexts": ["h1", "h2"], "max_choices": 1},
        answer=choose_marked,
    ),
    Written(
        "Chọn vùng trên hình",
        write_hotspot,
        {"form": "choice", "correct": ["p1"], "scoring": WHOLE},
        answer=choose_area,
    ),
    Written(
        "Đánh dấu điểm trên hình",
        write_select_point,
        {
            "form": "areas",
            "areas": [{"shape": "circle", "coordinates": [300, 100, 40], "share": "1"}],
            "penalty": "0",
        },
        {"max_points": 1},
        answer=point_at,
    ),
    Written(
        "Thanh trượt",
        write_slider,
        NUMBER | {"value": "7.5", "tolerance": "0"},
        {"lower": "0", "upper": "10", "step": "0.5"},
        answer=slide,
    ),
    Written("Tự luận", write_rubric, RUBRIC, earned=None),
    Written(
        "Thực hành, nộp tệp",
        write_file_upload,
        RUBRIC,
        {"file_types": ["xlsx", "ods"], "max_files": 1},
        earned=None,
    ),
]


async def open_desk(house: House, open_visit: OpenVisit, username: str = "soancau") -> tuple[Any, AuthoringDesk]:
    visit = await open_visit(viewport={"width": 1280, "height": 900})
    await sign_in(visit, house, username)
    return visit, AuthoringDesk(visit.page)


@pytest.mark.parametrize("item", ITEMS, ids=[item.write.__name__ for item in ITEMS])
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
