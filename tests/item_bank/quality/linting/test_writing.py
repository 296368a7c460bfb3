"""Flaws of spelling and typing, and pictures without words."""

import pytest

from item_bank.quality.linting import LintedOption
from tests.item_bank.quality.linting.makers import choice, found, places


def test_two_placements_of_tone_marks_in_one_item_are_mixed() -> None:
    (finding,) = found(choice("Máy hòa mạng thế nào?", "Hoà tan", "Chờ", "Tắt", "Mở"), "tone_placement_mixed")
    assert finding.params == {"first": "hòa", "second": "hoà"}
    assert places(choice("Máy hòa mạng thế nào?", "Xóa", "Khỏe", "Tùy", "Mở"), "tone_placement_mixed") == []
    assert places(choice("Máy hoà mạng thế nào?", "Xoá", "Khoẻ", "Tuỳ", "Mở"), "tone_placement_mixed") == []


@pytest.mark.parametrize("word", ["quý", "quả", "quỳ", "hoàn", "toán", "khoảng", "tuyết"])
def test_syllables_with_one_place_for_the_tone_decide_nothing(word: str) -> None:
    for other in ("hòa", "hoà"):
        assert places(choice(f"Từ {word} và {other} là gì?"), "tone_placement_mixed") == []


def test_decomposed_letters_are_read_like_composed_ones() -> None:
    assert places(choice("Máy ho\u0300a mạng hoà bình là gì?"), "tone_placement_mixed") == ["item"]


def test_one_word_with_i_and_with_y_is_mixed() -> None:
    (finding,) = found(choice("Nêu kĩ thuật cần kỹ năng nào?"), "spelling_mixed")
    assert finding.params == {"first": "kĩ", "second": "kỹ"}
    assert places(choice("Nêu kĩ thuật cần kĩ năng nào?"), "spelling_mixed") == []
    # Different words, each spelt in one way.
    assert places(choice("Nêu lý do cần kĩ năng nào?"), "spelling_mixed") == []
    # A name keeps its spelling.
    assert places(choice("Bạn Lý nêu lí do nào?"), "spelling_mixed") == []
    # "Công ty" and "ti vi" are different words.
    assert places(choice("Công ty bán ti vi nào?"), "spelling_mixed") == []


def test_letters_of_other_alphabets_inside_words_are_found() -> None:
    (finding,) = found(choice("Gì?", "M\u0430y tính", "Chuột", "Loa", "Mic"), "look_alike")
    assert finding.place == "options/A"
    assert finding.params == {"letter": "\u0430", "latin": "a", "script": "Cyrillic", "count": 1}
    assert places(choice("Góc α trong tam giác bằng bao nhiêu?"), "look_alike") == []
    assert places(choice("Từ Привет thuộc tiếng nào?"), "look_alike") == []


def test_two_spaces_are_found_but_not_in_code() -> None:
    assert places(choice("Thiết bị  nào?"), "double_space") == ["stem"]
    assert places(choice("Thiết bị nào?", "Bàn  phím", "Chuột", "Loa", "Mic"), "double_space") == ["options/A"]
    assert places(choice("Lệnh x  = 1 là gì?", stem_html="Lệnh <code>x  = 1</code> là gì?"), "double_space") == []
    assert places(choice("Thiết bị nào?\n  Hãy chọn"), "double_space") == []
    for piece in ('<span data-gap="g1"></span>', '<img src="a" alt="Biểu tượng">'):
        assert places(choice("Ô nào?", stem_html=f"Ô {piece} là gì?"), "double_space") == []


@pytest.mark.parametrize(
    ("stem", "is_flawed"),
    [
        ("Thiết bị nào ?", True),
        ("Chuột , bàn phím là gì?", True),
        ("Thiết bị nào?", False),
        ("Kí tự đại diện ? thay cho gì?", False),
        ("Dấu ? thay cho gì?", False),
        ("Tỉ lệ 3 : 4 là gì?", False),
    ],
)
def test_no_space_stands_before_a_mark(stem: str, is_flawed: bool) -> None:
    assert bool(places(choice(stem), "space_before_mark")) is is_flawed


@pytest.mark.parametrize(
    ("picture", "is_flawed"),
    [
        ('<img src="a">', True),
        ('<img src="a" alt="">', True),
        ('<img src="a" alt="  ">', True),
        ('<img src="a" alt="IMG_2034.jpg">', True),
        ('<img src="a" alt="Hình 1">', True),
        ('<img src="a" alt="Hộp thoại Print với mục Copies bằng 2">', False),
    ],
)
def test_a_picture_needs_words_that_say_what_it_shows(picture: str, is_flawed: bool) -> None:
    assert places(choice("Gì?", stem_html=f"<p>Gì?{picture}</p>"), "image_without_alternative") == ["stem"] * is_flawed
    options = (LintedOption("A", "", html=picture), LintedOption("B", "Chuột"), LintedOption("C", "Loa"))
    item = choice("Gì?", options=options)
    assert places(item, "image_without_alternative") == ["options/A"] * is_flawed
