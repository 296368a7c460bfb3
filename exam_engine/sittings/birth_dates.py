"""Dates of birth, of which old papers may give the year alone."""

import re
from datetime import date, datetime
from typing import Any

_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_YEAR_MONTH_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_YEAR = re.compile(r"\d{4}")
EARLIEST_YEAR = 1900


def parse_birth_date(value: Any) -> str | None:
    """Return ``1987-03-05``, or ``1987`` where only the year is known; None when it cannot be told for sure.

    Takes dates of a spreadsheet, dd/MM/yyyy with slash, dot or hyphen, ISO dates, and a year as number or text.
    ``00/00/1987``, as registers write it, means the year alone. Years of two digits are not guessed.
    """
    if isinstance(value, datetime):
        return value.date().isoformat() if value.year >= EARLIEST_YEAR else None
    if isinstance(value, bool) or value is None:
        return None
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    if _YEAR.fullmatch(text):
        return text if int(text) >= EARLIEST_YEAR else None
    if found := _DAY_MONTH_YEAR.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _YEAR_MONTH_DAY.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    else:
        return None
    if year < EARLIEST_YEAR:
        return None
    if day == month == 0:
        return f"{year:04d}"
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def shown_birth_date(birth_date: str) -> str:
    """Return a stored date of birth as people write it: ``05/03/1987``, or ``1987``."""
    return "/".join(reversed(birth_date.split("-")))


def birth_year(birth_date: str) -> int:
    """Return the year of a stored date of birth."""
    return int(birth_date[:4])
