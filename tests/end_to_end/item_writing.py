"""How an item of every kind is written at the authoring page, tried in its preview, and what must come of both."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import expect

from tests.end_to_end.authoring_desk import AuthoringDesk

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
