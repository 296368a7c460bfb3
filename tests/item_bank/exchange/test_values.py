"""Single values of an item sheet: what is understood and what is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.exchange.values import UnreadableValueError, check_kind, read_key, read_level, read_points

FOUR = ("bốn", "ba", "hai", "một")


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("A", 0),
        ("d", 3),
        ("1", 0),
        ("4", 3),
        ("B.", 1),
        ("c)", 2),
        ("Đáp án B", 1),
        ("Phương án C", 2),
        ("option a", 0),
    ],
)
def test_one_letter_or_number_is_a_key(text: str, index: int) -> None:
    assert read_key(text, FOUR) == index


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "key_missing"),
        ("AB", "key_several"),
        ("A, C", "key_several"),
        ("A;B;C", "key_several"),
        ("A và C", "key_several"),
        ("1 2", "key_several"),
        ("Đ", "key_unreadable"),
        ("Đúng", "key_unreadable"),
        ("\u0412", "key_unreadable"),  # Cyrillic Ve, which looks like B
        ("I", "key_unreadable"),
        ("0", "key_unreadable"),
        ("9", "key_unreadable"),
        ("?", "key_unreadable"),
        ("hai", "key_unreadable"),
        ("E", "key_names_no_option"),
        ("5", "key_names_no_option"),
    ],
)
def test_anything_else_is_refused_and_never_guessed(text: str, code: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_key(text, FOUR)
    assert refused.value.code == code


def test_a_key_on_an_empty_option_is_refused() -> None:
    assert read_key("C", ("x", "y", "z", "")) == 2
    with pytest.raises(UnreadableValueError) as refused:
        read_key("D", ("x", "y", "z", ""))
    assert refused.value.code == "key_names_no_option"


def test_a_number_that_is_also_the_text_of_another_option_is_ambiguous() -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_key("2", ("4", "3", "2", "1"))
    assert refused.value.code == "key_ambiguous"
    assert read_key("B", ("4", "3", "2", "1")) == 1
    assert read_key("2", ("1", "2", "3", "4")) == 1, "position and text say the same"


@given(st.text(max_size=12))
def test_a_key_is_either_a_filled_option_or_refused(text: str) -> None:
    options = ("một", "hai", "", "")
    try:
        index = read_key(text, options)
    except UnreadableValueError:
        return
    assert options[index]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("NB", "NB"),
        ("nb", "NB"),
        ("[TH]", "TH"),
        ("Nhận biết", "NB"),
        ("thông  hiểu".replace("  ", " "), "TH"),
        ("VẬN DỤNG", "VD"),
        ("van dung cao", "VDC"),
        ("VDC", "VDC"),
        ("VC", "VDC"),
    ],
)
def test_levels_are_understood_abbreviated_and_in_full(text: str, level: str) -> None:
    assert read_level(text) == level


@pytest.mark.parametrize(("text", "code"), [("", "level_missing"), ("Khó", "level_unknown"), ("3", "level_unknown")])
def test_an_unknown_level_is_refused(text: str, code: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_level(text)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["", "Một lựa chọn", "một lựa chọn", "single_choice", "Trắc nghiệm", "1 đáp án"])
def test_single_choice_is_taken(text: str) -> None:
    check_kind(text)


@pytest.mark.parametrize("text", ["Nhiều lựa chọn", "Đúng/Sai", "Tự luận", "Điền khuyết"])
def test_other_kinds_are_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        check_kind(text)
    assert refused.value.code == "kind_not_supported"


@pytest.mark.parametrize(
    ("text", "points"),
    [("", "1"), ("0,25", "0.25"), ("0.25", "0.25"), ("2", "2"), ("10.0", "10"), ("100", "100"), ("0,01", "0.01")],
)
def test_points_take_comma_or_dot(text: str, points: str) -> None:
    assert str(read_points(text)) == points
    assert read_points(text) == Decimal(points)


@pytest.mark.parametrize("text", ["0", "-1", "100,01", "0,001", "một", "NaN", "Infinity", "1e9", "1.000,5"])
def test_points_outside_the_range_are_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_points(text)
    assert refused.value.code == "points_invalid"
