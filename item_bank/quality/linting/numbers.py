"""Numbers with units and ranges of numbers, as options write them in Vietnamese and English, marks and case folded."""

import re
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = r"-?\d+(?:[.,]\d+)*"
_QUANTITY = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>[^\d\s][^\d]*)?")
_SPAN = re.compile(
    rf"(?:tu |from |between )?(?P<low>{_NUMBER})\s*(?P<unit1>[a-z%]*)\s*(?:-|–|—|den|toi|to|and)\s*"
    rf"(?P<high>{_NUMBER})\s*(?P<unit>[^\d\s][^\d]*)?"
)
_THOUSANDS = re.compile(r"-?\d{1,3}(?:([.,])\d{3})+")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and the folded unit written after it."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Span:
    """A range of numbers with both ends."""

    low: Decimal
    high: Decimal
    unit: str


def quantity(text: str) -> Quantity | None:
    """Return a folded option that is nothing but a number with an optional unit; None for anything else.

    >>> quantity("7,5 giay")
    Quantity(value=Decimal('7.5'), unit='giay')
    """
    found = _QUANTITY.fullmatch(text)
    if found is None or (value := _decimal(found.group("number"))) is None:
        return None
    unit = (found.group("unit") or "").strip(" .")
    # "4 thư, nhận đủ các phần…" is a sentence that begins with a number, and "2-5" is no quantity.
    if len(unit.split()) > 2 or not re.fullmatch(r"[\w%°/²³ ]*", unit):
        return None
    return Quantity(value, unit)


def span(text: str) -> Span | None:
    """Return a folded option that is a range, such as "tu 10 den 20 cm"; None for anything else."""
    found = _SPAN.fullmatch(text.rstrip("."))
    if found is None:
        return None
    low, high = _decimal(found.group("low")), _decimal(found.group("high"))
    if low is None or high is None or low >= high:
        return None
    return Span(low, high, (found.group("unit") or found.group("unit1")).strip())


def _decimal(number: str) -> Decimal | None:
    if grouped := _THOUSANDS.fullmatch(number):
        # "1.320" and "1,000": three digits after the mark are thousands in both ways of writing, unless they follow
        # a leading zero.
        if not number.lstrip("-").startswith("0"):
            return Decimal(number.replace(grouped.group(1), ""))
        return Decimal(number.replace(",", ".")) if number.count(grouped.group(1)) == 1 else None
    marks = re.findall(r"[.,]", number)
    if len(marks) > 1:
        return None
    return Decimal(number.replace(",", "."))
