"""Numbers as Word prints them before paragraphs: 1, 01, a, A, iv, IV, ①, một."""

import re
from collections.abc import Callable

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_ZERO_PADDED = re.compile(r"0{1,9}1(?=,|$)")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_MOST_ROMAN = 4999
_MOST_REPEATS = 30


def printed_number(number: int, number_format: str) -> str | None:
    """Return a number as a format prints it; None if the format is not known here.

    ``number_format`` is the name that the file uses, such as ``upperLetter``; for a format of the document's own, its
    sample, such as ``001, 002, 003, ...``.
    """
    sample = _ZERO_PADDED.match(number_format)
    if sample is not None:
        return str(number).zfill(len(sample.group()))
    known = _FORMATS.get(number_format)
    return known(number) if known is not None else None


def _letters(alphabet: str) -> Callable[[int], str]:
    def printed(number: int) -> str:
        # After z come aa, bb, cc.
        if number < 1:
            return str(number)
        repeats, index = divmod(number - 1, len(alphabet))
        return alphabet[index] * min(repeats + 1, _MOST_REPEATS)

    return printed


def _roman(number: int) -> str:
    if not 0 < number <= _MOST_ROMAN:
        return str(number)
    printed = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        printed += letters * count
    return printed


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if number % 100 in {11, 12, 13} else endings.get(number % 10, "th")
    return f"{number}{ending}"


def _vietnamese(number: int) -> str:
    if not 0 <= number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    last = {0: "", 1: "mốt" if tens > 1 else "một", 5: "lăm"}.get(ones, _DIGITS[ones])
    return f"{'mười' if tens == 1 else f'{_DIGITS[tens]} mươi'} {last}".strip()


def _from(first: int, most: int) -> Callable[[int], str]:
    """Numbers that are single characters in a row, the plain number behind the last."""
    return lambda number: chr(first + number - 1) if 1 <= number <= most else str(number)


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "lowerLetter": _letters(_LETTERS),
    "upperLetter": _letters(_LETTERS.upper()),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "russianLower": _letters(_RUSSIAN),
    "russianUpper": _letters(_RUSSIAN.upper()),
    "ordinal": _ordinal,
    "numberInDash": lambda number: f"- {number} -",
    "decimalEnclosedCircle": _from(0x2460, 20),
    "decimalEnclosedParen": _from(0x2474, 20),
    "decimalEnclosedFullstop": _from(0x2488, 20),
    "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalHalfWidth": str,
    "hex": lambda number: f"{number:X}",
    "vietnameseCounting": _vietnamese,
    "none": lambda _: "",
}
