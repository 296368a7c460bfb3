"""Numbers as people in Viet Nam type them: decimal comma or point, thousands set apart by points, commas or spaces."""

import re
from fractions import Fraction

from exam_engine.core.text import clean_line

MAX_LENGTH = 40
"""Characters of a typed number; longer ones are no numbers anybody means."""

_MINUS_SIGNS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))
_SIGNED = re.compile(r"([+-]?) ?([0-9.,][0-9., ]*)")
_PLAIN = re.compile(r"[0-9]+")
_WITH_DECIMALS = re.compile(r"([0-9]*)[.,]([0-9]*)")
_GROUPED = re.compile(r"([1-9][0-9]{0,2}(?:(?P<mark>[., ])[0-9]{3})(?:(?P=mark)[0-9]{3})*)(?:[.,]([0-9]*))?")


def readings(text: str, unit: str = "") -> tuple[Fraction, ...]:
    """Return the values that a typed number may have; none when it is no number, two when it can be read both ways.

    One comma or point alone sets off the decimals. Marks that repeat, spaces, and marks followed by one of the other
    kind set apart thousands, always in groups of three: ``1.234.567``, ``1 234,5``, ``1.234,5``, ``1,234.5``. Only a
    single point before exactly three digits, ``1.234``, is read both ways: as thousands, which is how Vietnamese is
    written, and as decimals, which is what calculators, spreadsheets and the numeric keypad give. A single comma is
    never read as thousands, since Vietnamese has no other mark for decimals.

    Parameters
    ----------
    text : as typed; a unit behind the number is allowed when it is the one printed after the field.
    unit : printed after the field.

    >>> readings("12,5")
    (Fraction(25, 2),)
    >>> readings("1.234")
    (Fraction(617, 500), Fraction(1234, 1))
    """
    cleaned = clean_line(text).translate(_MINUS_SIGNS)
    printed = clean_line(unit)
    if printed and cleaned.casefold().endswith(printed.casefold()):
        cleaned = cleaned[: -len(printed)].rstrip()
    signed = _SIGNED.fullmatch(cleaned) if len(cleaned) <= MAX_LENGTH else None
    if signed is None:
        return ()
    sign = -1 if signed[1] == "-" else 1
    return tuple(sign * value for value in _unsigned(signed[2]))


def _unsigned(text: str) -> tuple[Fraction, ...]:
    if _PLAIN.fullmatch(text):
        return (Fraction(text),)
    decimal = _as_decimals(text)
    grouped = _as_groups(text)
    if decimal is None:
        return () if grouped is None else (grouped,)
    if grouped is None or "," in text:
        return (decimal,)
    return decimal, grouped


def _as_decimals(text: str) -> Fraction | None:
    found = _WITH_DECIMALS.fullmatch(text)
    if found is None or not (found[1] or found[2]):
        return None
    return Fraction(f"{found[1] or 0}.{found[2] or 0}")


def _as_groups(text: str) -> Fraction | None:
    found = _GROUPED.fullmatch(text)
    if found is None:
        return None
    mark, decimals = found["mark"], found[3]
    whole = found[1].replace(mark, "")
    # "1.234.5": the last mark must be of another kind than those between thousands.
    if decimals is not None and text[len(found[1])] == mark:
        return None
    return Fraction(f"{whole}.{decimals or 0}")
