"""Official wording: the place and date line of Nghị định 30/2020/NĐ-CP and Vietnamese marks."""

from datetime import date

import pytest

from certificates.rendering.wording import format_date_line, format_mark


@pytest.mark.parametrize(
    ("day", "line"),
    [
        (date(2026, 2, 5), "Lâm Đồng, ngày 05 tháng 02 năm 2026"),
        (date(2017, 6, 2), "Lâm Đồng, ngày 02 tháng 6 năm 2017"),
        (date(2026, 1, 9), "Lâm Đồng, ngày 09 tháng 01 năm 2026"),
        (date(2026, 3, 10), "Lâm Đồng, ngày 10 tháng 3 năm 2026"),
        (date(2026, 9, 9), "Lâm Đồng, ngày 09 tháng 9 năm 2026"),
        (date(2026, 10, 31), "Lâm Đồng, ngày 31 tháng 10 năm 2026"),
    ],
)
def test_only_days_below_ten_and_the_first_two_months_take_a_zero(day: date, line: str) -> None:
    assert format_date_line("Lâm Đồng", day) == line


def test_marks_are_printed_with_a_decimal_comma() -> None:
    assert format_mark("7.25") == "7,25"
    assert format_mark("10.00") == "10,00"
