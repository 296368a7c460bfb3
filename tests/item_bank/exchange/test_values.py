"""Single values of an item sheet: what is understood and what is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.exchange.values import (
    UnreadableValueError,
    read_key,
    read_keys,
    read_kind,
    read_level,
    read_order,
    read_points,
    read_seconds,
    read_truths,
)

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
        ("I", "key_names_no_option"),
        ("0", "key_unreadable"),
        ("9", "key_names_no_option"),
        ("21", "key_several"),
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


@pytest.mark.parametrize("text", ["Khó", "3"])
def test_an_unknown_level_is_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_level(text)
    assert refused.value.code == "level_unknown"


def test_empty_cells_say_nothing_of_level_points_and_time() -> None:
    assert (read_level(""), read_points(""), read_seconds("")) == (None, None, None)


@pytest.mark.parametrize("text", ["", "Một lựa chọn", "một lựa chọn", "single_choice", "Trắc nghiệm", "1 đáp án"])
def test_single_choice_is_taken(text: str) -> None:
    assert read_kind(text) == "single_choice"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Nhiều lựa chọn", "multiple_response"),
        ("Đúng/Sai", "true_false_table"),
        ("dung-sai", "true_false_table"),
        ("Trả lời ngắn", "text_entry"),
        ("Điền số", "numeric_entry"),
        ("SẮP XẾP", "order"),
        ("Ghép nối", "match"),
    ],
)
def test_kinds_are_told_by_their_names(text: str, kind: str) -> None:
    assert read_kind(text) == kind


@pytest.mark.parametrize("text", ["Tự luận", "Thực hành", "Câu hỏi"])
def test_other_kinds_are_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_kind(text)
    assert refused.value.code == "kind_not_supported"


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("A, C", [0, 2]),
        ("AC", [0, 2]),
        ("c;a", [2, 0]),
        ("1 3", [0, 2]),
        ("13", [0, 2]),
        ("A và C", [0, 2]),
        ("D", [3]),
    ],
)
def test_several_letters_or_numbers_are_a_key_of_several(text: str, indexes: list[int]) -> None:
    assert read_keys(text, FOUR) == indexes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "key_missing"),
        ("A, A", "key_repeats_option"),
        ("A, E", "key_names_no_option"),
        ("A hoặc C", "key_unreadable"),
        ("Đ, S", "key_unreadable"),
    ],
)
def test_a_key_of_several_that_is_not_clear_is_refused(text: str, code: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_keys(text, FOUR)
    assert refused.value.code == code


def test_an_order_names_every_option() -> None:
    assert read_order("B → D → A → C", FOUR) == [1, 3, 0, 2]
    with pytest.raises(UnreadableValueError) as refused:
        read_order("B, D, A", FOUR)
    assert refused.value.code == "key_order_incomplete"


@pytest.mark.parametrize(
    "text",
    [
        "ĐSĐS",
        "đ s đ s",
        "1010",
        "T F T F",
        "Đúng, Sai, Đúng, Sai",
        "a đúng; b sai; c đúng; d sai",
        "d) S; c) Đ; b) S; a) Đ",
    ],
)
def test_truths_are_told_in_many_ways(text: str) -> None:
    assert read_truths(text, 4) == [True, False, True, False]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "key_missing"),
        ("ĐSĐ", "key_truths_incomplete"),
        ("ĐSĐSĐ", "key_truths_incomplete"),
        ("a đúng; b sai", "key_truths_incomplete"),
        ("a đúng; a sai; c đúng; d sai", "key_repeats_option"),
        ("ABCD", "key_truths_unreadable"),
        ("ĐS?S", "key_truths_unreadable"),
    ],
)
def test_truths_that_do_not_speak_of_every_statement_are_refused(text: str, code: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_truths(text, 4)
    assert refused.value.code == code


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_truths_written_are_truths_read(truths: list[bool]) -> None:
    assert read_truths("".join("Đ" if true else "S" for true in truths), len(truths)) == truths


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90 giây", 90), ("2 phút", 120), ("1:30", 90), ("5", 5), ("36000", 36_000)]
)
def test_times_are_seconds_or_minutes(text: str, seconds: int) -> None:
    assert read_seconds(text) == seconds


@pytest.mark.parametrize("text", ["4", "36001", "một phút", "-5", "1:99"])
def test_times_outside_the_range_are_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_seconds(text)
    assert refused.value.code == "seconds_invalid"


@pytest.mark.parametrize(
    ("text", "points"),
    [("0,25", "0.25"), ("0.25", "0.25"), ("2", "2"), ("10.0", "10"), ("100", "100"), ("0,01", "0.01")],
)
def test_points_take_comma_or_dot(text: str, points: str) -> None:
    assert str(read_points(text)) == points
    assert read_points(text) == Decimal(points)


@pytest.mark.parametrize("text", ["0", "-1", "100,01", "0,001", "một", "NaN", "Infinity", "1e9", "1.000,5"])
def test_points_outside_the_range_are_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError) as refused:
        read_points(text)
    assert refused.value.code == "points_invalid"
