"""Flaws of options."""

import pytest

from tests.item_bank.quality.linting.makers import choice, found, places

STEM = "Thiết bị nào đưa dữ liệu vào máy tính?"


@pytest.mark.parametrize(
    "text",
    [
        "Tất cả các đáp án trên",
        "Tất cả các phương án trên đều đúng.",
        "Tất cả đều đúng",
        "tat ca deu dung",
        "TẤT CẢ CÁC CÂU TRÊN",
        "Cả ba phương án trên",
        "Cả 3 đáp án đều đúng",
        "Tất cả các ý trên",
        "Toàn bộ các phương án còn lại",
        "Cả ba đều đúng",
        "Tất cả các phương án đã nêu",
        "D. Tất cả đều đúng",
    ],
)
def test_all_of_the_above_is_found_in_many_wordings(text: str) -> None:
    item = choice(STEM, "Chuột", "Bàn phím", "Máy quét", text)
    assert places(item, "all_of_above") == ["options/D"]
    assert places(item, "none_of_above") == []


@pytest.mark.parametrize(
    "text",
    [
        "Tất cả các tệp trong thư mục",
        "Cả chuột và bàn phím",
        "Tất cả các ô trong bảng",
        "Toàn bộ ổ đĩa",
        "Tất cả người dùng",
        "Cả hai bên",
        "Tất cả",
    ],
)
def test_all_of_something_else_is_an_answer_like_others(text: str) -> None:
    item = choice(STEM, "Chuột", "Bàn phím", "Máy quét", text)
    assert places(item, "all_of_above") == []
    assert places(item, "none_of_above") == []


@pytest.mark.parametrize(
    "text",
    [
        "Không có đáp án nào đúng",
        "Không phương án nào đúng.",
        "Không có câu nào đúng",
        "khong co dap an nao dung",
        "Tất cả các phương án trên đều sai",
        "Tất cả đều sai",
        "Các phương án trên đều sai",
        "Đáp án khác",
        "Một đáp án khác",
    ],
)
def test_none_of_the_above_is_found_in_many_wordings(text: str) -> None:
    item = choice(STEM, "Chuột", "Bàn phím", "Máy quét", text)
    assert places(item, "none_of_above") == ["options/D"]
    assert places(item, "all_of_above") == []


@pytest.mark.parametrize(
    "text", ["Không có tệp nào", "Không có gì thay đổi", "Không", "Không đúng định dạng", "Khác nhau hoàn toàn"]
)
def test_nothing_as_the_answer_is_no_none_of_the_above(text: str) -> None:
    assert places(choice(STEM, "Một tệp", "Hai tệp", "Ba tệp", text), "none_of_above") == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("All of the above", "all_of_above"),
        ("All of the above are correct.", "all_of_above"),
        ("None of the above", "none_of_above"),
        ("None of these", "none_of_above"),
    ],
)
def test_english_wordings_are_found(text: str, rule: str) -> None:
    assert places(choice("Which device?", "Mouse", "Disk", "Screen", text, language="en"), rule) == ["options/D"]


@pytest.mark.parametrize(
    ("text", "is_flawed"),
    [
        ("Cả A và B", True),
        ("Cả A, B và C đều đúng", True),
        ("A và C đúng", True),
        ("Chỉ đáp án B", True),
        ("Both A and B", True),
        ("Cả chuột và bàn phím", False),
        ("C và Python", False),
        ("Ổ A và ổ B", False),
    ],
)
def test_options_made_of_letters_break_when_shuffled(text: str, is_flawed: bool) -> None:
    item = choice(STEM, "Chuột", "Bàn phím", "Máy quét", text)
    assert bool(places(item, "options_cited")) is is_flawed


def test_letters_that_the_stem_uses_as_names_are_meant_as_such() -> None:
    stem = "Máy A và máy B nối với nhau, máy C đứng riêng. Những máy nào thấy nhau?"
    assert places(choice(stem, "A và B", "B và C", "A và C", "Không máy nào"), "options_cited") == []


def test_equal_options_are_an_error_and_named() -> None:
    (finding,) = found(choice(STEM, "Chuột", "Màn hình", "Chuột ", "Loa"), "options_equal")
    assert (finding.place, finding.severity) == ("options/C", "error")
    assert finding.params == {"first": "A", "second": "C"}


def test_options_equal_but_for_marks_case_or_space_are_alike() -> None:
    assert places(choice(STEM, "Bàn phím", "Màn hình", "bàn phim", "Loa"), "options_alike") == ["options/C"]
    assert places(choice(STEM, "Bàn phím", "Màn hình", "Bànphím.", "Loa"), "options_alike") == ["options/C"]
    assert places(choice(STEM, "Bàn phím", "Màn hình", "Bàn chân", "Loa"), "options_alike") == []


def test_where_the_difference_is_what_is_asked_options_may_be_alike() -> None:
    spelt = ("Sắp xếp", "Xắp xếp", "Sắp sếp", "Xắp sếp")
    assert places(choice("Từ nào viết đúng chính tả?", *spelt), "options_alike") == []
    cased = ("=SUM(A1)", "=sum(a1)", "=Sum(A1)", "=SUM (A1)")
    assert places(choice("Cách viết nào được chấp nhận?", *cased), "options_alike") == []


@pytest.mark.parametrize(
    ("options", "is_flawed"),
    [
        (("Từ 1 đến 10 ngày", "Từ 10 đến 20 ngày", "Từ 21 đến 30 ngày", "Từ 31 đến 40 ngày"), True),
        (("Từ 1 đến 10 ngày", "Từ 11 đến 20 ngày", "Từ 21 đến 30 ngày", "Từ 31 đến 40 ngày"), False),
        (("0-255", "0-127", "1-100", "2-50"), True),
        (("1–2 GB", "3–4 GB", "5–6 GB", "7–8 GB"), False),
        (("1–2 GB", "1–2 MB", "1–2 KB", "1–2 TB"), False),
    ],
)
def test_ranges_must_not_overlap(options: tuple[str, ...], is_flawed: bool) -> None:
    assert bool(places(choice("Bao lâu?", *options), "options_overlap")) is is_flawed


@pytest.mark.parametrize(
    ("options", "is_flawed"),
    [
        (("8 bit", "4 bit", "16 bit", "2 bit"), True),
        (("2 bit", "4 bit", "8 bit", "16 bit"), False),
        (("16", "8", "4", "2"), False),
        (("7,5", "7,25", "8", "9"), True),
        (("1.000 đồng", "900 đồng", "2.000 đồng", "3.000 đồng"), True),
        (("900 đồng", "1.000 đồng", "2.000 đồng", "3.000 đồng"), False),
        (("1 GB", "512 MB", "2 GB", "4 GB"), False),
        (("3", "1", "2", "Không xác định"), False),
    ],
)
def test_numbers_stand_in_order(options: tuple[str, ...], is_flawed: bool) -> None:
    assert bool(places(choice("Bao nhiêu?", *options), "numbers_unordered")) is is_flawed


def test_steps_to_be_ordered_are_no_numeric_options() -> None:
    assert places(choice("Xếp lại", "3", "1", "2", interaction="order"), "numbers_unordered") == []


def test_one_option_far_longer_than_the_others_is_noted() -> None:
    long = "Thiết bị dùng để nhập văn bản vào máy tính"
    (finding,) = found(choice(STEM, "Chuột", "Loa", long, "Màn hình"), "option_lengths")
    assert (finding.place, finding.params["length"]) == ("options/C", 42)
    assert places(choice(STEM, "Chuột", "Loa", long[:40], "Màn hình"), "option_lengths") == []
    # As long as twice the median of the others is still fair.
    assert places(choice(STEM, "x" * 21, "y" * 21, long, "z" * 21), "option_lengths") == []
    assert places(choice(STEM, "x" * 20, "y" * 20, long, "z" * 20), "option_lengths") == ["options/C"]


def test_options_carry_no_letters_of_their_own() -> None:
    assert places(choice(STEM, "A. Chuột", "B. Loa", "C. Máy in", "D. Màn hình"), "option_lettered") == ["options/A"]
    assert places(choice(STEM, "a) Chuột", "b) Loa", "c) Máy in", "d) Màn hình"), "option_lettered") == ["options/A"]
    assert places(choice(STEM, "C: là ổ hệ thống", "D: là ổ dữ liệu", "Ổ E", "Ổ F"), "option_lettered") == []
    assert places(choice(STEM, "A1", "B2", "C3", "D4"), "option_lettered") == []


def test_options_end_alike() -> None:
    (finding,) = found(choice(STEM, "Chuột.", "Loa.", "Máy in", "Màn hình."), "option_punctuation")
    assert (finding.place, finding.params["options"]) == ("options/C", "C")
    assert places(choice(STEM, "Chuột.", "Loa.", "Máy in.", "Màn hình."), "option_punctuation") == []
    assert places(choice(STEM, "Chuột", "Loa", "Máy in", "Màn hình"), "option_punctuation") == []


@pytest.mark.parametrize(("count", "few", "many"), [(2, True, False), (3, False, False), (6, False, False)])
def test_three_to_six_options_are_fair(count: int, few: bool, many: bool) -> None:
    item = choice(STEM, *(f"Thiết bị {name}" for name in ("một", "hai", "ba", "bốn", "năm", "sáu")[:count]))
    assert bool(places(item, "few_options")) is few
    assert bool(places(item, "many_options")) is many


def test_seven_options_are_many_but_not_where_several_are_right() -> None:
    texts = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy")
    assert places(choice(STEM, *texts), "many_options") == ["options"]
    assert places(choice(STEM, *texts, interaction="multiple_response"), "many_options") == []
