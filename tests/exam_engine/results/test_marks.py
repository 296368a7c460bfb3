"""Marks: exact rounding half up, figures with a comma, words as mark sheets need them."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.results.marks import mark_in_words, mark_of, rounded, shown_mark

D = Decimal


@pytest.mark.parametrize(
    ("raw", "most", "mark"),
    [
        ("0", "40", "0.00"),
        ("40", "40", "10.00"),
        ("20", "40", "5.00"),
        ("19", "40", "4.75"),
        ("29", "40", "7.25"),
        ("1", "3", "3.33"),
        ("2", "3", "6.67"),
        ("4.995", "10", "5.00"),
        ("4.994999999999999999999999999999", "10", "4.99"),
        ("5.005", "10", "5.01"),
        ("1", "8", "1.25"),
        ("1", "1600", "0.01"),
        ("1", "2000", "0.01"),
        ("1", "2001", "0.00"),
    ],
)
def test_points_become_a_mark_rounded_half_up(raw: str, most: str, mark: str) -> None:
    assert str(mark_of(D(raw), D(most))) == mark


@pytest.mark.parametrize(("decimals", "mark"), [(0, "5"), (1, "4.6"), (2, "4.55")])
def test_the_rule_says_how_many_decimals(decimals: int, mark: str) -> None:
    assert str(mark_of(D("4.55"), D(10), decimals=decimals)) == mark


@pytest.mark.parametrize(("raw", "most"), [("-1", "40"), ("40.01", "40"), ("0", "0"), ("1", "0")])
def test_impossible_points_are_an_error(raw: str, most: str) -> None:
    with pytest.raises(ValueError, match="no mark"):
        mark_of(D(raw), D(most))


def test_more_than_two_decimals_are_an_error() -> None:
    with pytest.raises(ValueError, match="decimals"):
        rounded(Fraction(1), 3)


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_a_mark_is_within_half_a_hundredth_of_the_quotient_and_ties_go_up(raw: int, most: int) -> None:
    raw = min(raw, most)
    error = Fraction(mark_of(D(raw), D(most))) - Fraction(10 * raw, most)
    assert -Fraction(1, 200) < error <= Fraction(1, 200)


@given(st.integers(0, 100_000))
def test_rounding_agrees_with_the_decimal_module_on_exact_decimals(ten_thousandths: int) -> None:
    value = D(ten_thousandths).scaleb(-4)
    assert rounded(Fraction(value), 2) == value.quantize(D("0.01"), rounding=ROUND_HALF_UP)


def test_a_mark_is_shown_with_a_comma() -> None:
    assert shown_mark(D("7.25")) == "7,25"
    assert shown_mark(D("10.00")) == "10,00"


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("8.05", "Tám phẩy không năm"),
        ("7.5", "Bảy phẩy năm"),
        ("7.50", "Bảy phẩy năm"),
        ("7.25", "Bảy phẩy hai mươi lăm"),
        ("10", "Mười"),
        ("10.00", "Mười"),
        ("0", "Không"),
        ("0.00", "Không"),
        ("6.21", "Sáu phẩy hai mươi mốt"),
        ("6.15", "Sáu phẩy mười lăm"),
        ("6.24", "Sáu phẩy hai mươi bốn"),
        ("6.11", "Sáu phẩy mười một"),
        ("6.01", "Sáu phẩy không một"),
        ("6.10", "Sáu phẩy một"),
        ("6.20", "Sáu phẩy hai"),
        ("6.55", "Sáu phẩy năm mươi lăm"),
        ("6.51", "Sáu phẩy năm mươi mốt"),
        ("5", "Năm"),
        ("0.5", "Không phẩy năm"),
        ("0.05", "Không phẩy không năm"),
        ("9.99", "Chín phẩy chín mươi chín"),
    ],
)
def test_a_mark_reads_in_words_as_people_say_it(mark: str, words: str) -> None:
    assert mark_in_words(D(mark)) == words


# Numbers from 0 to 10 and the words inside numbers, to read the words back without the code under test.
WORDS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
FIGURES = {word: figure for figure, word in enumerate(WORDS)} | {"mốt": 1, "lăm": 5}


def read_back(words: str) -> Decimal:
    whole, _, part = words.lower().partition(" phẩy ")
    value = D(10) if whole == "mười" else D(FIGURES[whole])
    figures = part.split()
    match figures:
        case []:
            return value
        case [tenths]:
            return value + D(FIGURES[tenths]) / 10
        case ["không", last]:
            return value + D(FIGURES[last]) / 100
        case ["mười", last]:
            return value + D(10 + FIGURES[last]) / 100
        case [tens, "mươi", last]:
            return value + D(10 * FIGURES[tens] + FIGURES[last]) / 100
    raise AssertionError(words)


def test_every_mark_from_0_to_10_has_words_of_its_own_that_say_it() -> None:
    marks = [D(hundredths).scaleb(-2) for hundredths in range(1001)]
    words = [mark_in_words(mark) for mark in marks]
    assert len(set(words)) == 1001
    assert [read_back(text) for text in words] == marks


@pytest.mark.parametrize("mark", ["-0.01", "10.01", "7.255"])
def test_what_is_no_mark_has_no_words(mark: str) -> None:
    with pytest.raises(ValueError, match="no mark"):
        mark_in_words(D(mark))
