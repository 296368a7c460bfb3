"""Dates of birth as people write them."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.sittings.birth_dates import birth_year, parse_birth_date, shown_birth_date


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("05/03/1987", "1987-03-05"),
        ("5/3/1987", "1987-03-05"),
        ("5-3-1987", "1987-03-05"),
        ("05.03.1987", "1987-03-05"),
        ("1987-03-05", "1987-03-05"),
        (" 05/03/1987 ", "1987-03-05"),
        (datetime(1987, 3, 5), "1987-03-05"),  # noqa: DTZ001 (spreadsheets know no zones)
        ("1987", "1987"),
        (1987, "1987"),
        (1987.0, "1987"),
        ("00/00/1987", "1987"),
        ("29/02/2000", "2000-02-29"),
        ("01/01/1900", "1900-01-01"),
    ],
)
def test_a_date_or_a_year_is_understood(written: Any, stored: str) -> None:
    assert parse_birth_date(written) == stored


@pytest.mark.parametrize(
    "written",
    [
        "",
        None,
        "05/03/87",
        "03/25/1987",
        "29/02/1900",
        "31/04/1990",
        "00/03/1987",
        "05/1987",
        "31/12/1899",
        "1899",
        31841,
        True,
        "năm 1987",
        "1987?",
        1987.5,
    ],
)
def test_a_date_that_could_mean_several_things_or_none_is_not_guessed(written: Any) -> None:
    assert parse_birth_date(written) is None


def test_a_stored_date_is_shown_with_leading_zeros_and_a_year_alone_as_a_year() -> None:
    assert shown_birth_date("1987-03-05") == "05/03/1987"
    assert shown_birth_date("1987") == "1987"
    assert birth_year("1987-03-05") == birth_year("1987") == 1987


@given(st.dates(min_value=datetime(1900, 1, 1).date()))  # noqa: DTZ001
def test_what_is_shown_is_understood_again(day: Any) -> None:
    assert parse_birth_date(shown_birth_date(day.isoformat())) == day.isoformat()
