"""How typed numbers are read."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.interactions.typed_numbers import MAX_LENGTH, readings


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12", "12"),
        ("007", "7"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("0,125", "0.125"),
        ("0.125", "0.125"),
        ("1,234", "1.234"),
        ("1.2345", "1.2345"),
        ("1234.567", "1234.567"),
        ("12.34", "12.34"),
        (",5", "0.5"),
        (".5", "0.5"),
        ("5,", "5"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1.234.567,89", "1234567.89"),
        ("1 234", "1234"),
        ("1 234,5", "1234.5"),
        ("1 234.567", "1234.567"),
        ("1\u00a0234\u202f567", "1234567"),
        ("-3", "-3"),
        ("\u22123,5", "-3.5"),
        ("– 3", "-3"),
        ("+3", "3"),
        ("  3\t", "3"),
        ("-0", "0"),
    ],
)
def test_a_number_is_read_as_vietnamese_is_written_and_as_keypads_type(typed: str, value: str) -> None:
    assert readings(typed) == (Fraction(value),)


@pytest.mark.parametrize(
    ("typed", "decimals", "thousands"),
    [("1.234", "1.234", "1234"), ("-12.500", "-12.5", "-12500"), ("999.000", "999", "999000")],
)
def test_a_single_point_before_three_digits_is_read_both_ways(typed: str, decimals: str, thousands: str) -> None:
    assert readings(typed) == (Fraction(decimals), Fraction(thousands))


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "-", ".", ",", "abc", "1e3", "12a", "1/2", "1..2", "1,,2", "1.2.3", "1.23.456", "1.2345.678", "12 34",
        "1 2345", "1.234.5", "1,234,5", "0.123.456", "1.234,567,8", "--1", "1-", "١٢", "½", "²", "NaN", "Infinity",
        "1_000", "0x10", "1.234 567", "1'234", "5%", "5 KB",
    ],
)  # fmt: skip
def test_what_is_no_number_has_no_reading(typed: str) -> None:
    assert readings(typed) == ()


def test_the_printed_unit_may_be_typed_behind_the_number() -> None:
    assert readings("12,5 KB", "KB") == readings("12,5kb", "KB") == (Fraction("12.5"),)
    assert readings("5 %", "%") == (Fraction(5),)
    assert readings("5 MB", "KB") == ()
    assert readings("KB", "KB") == ()


def test_numbers_have_a_length_that_people_type() -> None:
    assert readings("9" * MAX_LENGTH) == (Fraction(10**MAX_LENGTH - 1),)
    assert readings("9" * (MAX_LENGTH + 1)) == ()


@given(st.decimals(-(10**9), 10**9, places=2, allow_nan=False, allow_infinity=False))
def test_numbers_with_two_decimals_mean_the_same_however_they_are_set(value: Decimal) -> None:
    english, plain = f"{value:,.2f}", f"{value:.2f}"
    vietnamese = english.replace(",", "_").replace(".", ",").replace("_", ".")
    spaced = english.replace(",", " ").replace(".", ",")
    for typed in (english, plain, plain.replace(".", ","), vietnamese, spaced):
        assert readings(typed) == (Fraction(value),)


@given(st.integers(1000, 10**12))
def test_whole_numbers_with_grouped_thousands_are_among_the_readings(value: int) -> None:
    assert Fraction(value) in readings(f"{value:,}".replace(",", "."))
    assert readings(f"{value:,}".replace(",", " ")) == (Fraction(value),)


@given(st.text(max_size=50))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert len(readings(text)) <= 2
