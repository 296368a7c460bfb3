"""Marks on the ten-point scale, in figures and in Vietnamese words."""

from decimal import Decimal
from fractions import Fraction

SCALE = 10
MOST_DECIMALS = 2

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def mark_of(raw: Decimal, max_points: Decimal, *, decimals: int = MOST_DECIMALS) -> Decimal:
    """Return points as a mark from 0 to 10, rounded half up.

    The quotient is rounded once and exactly: 4.995 gives 5.00 and the largest number below it 4.99, whatever a
    binary or a truncated decimal quotient would say.

    Raises
    ------
    ValueError
        Points below 0 or above the maximum, a maximum of 0, or more than two decimals.
    """
    if not 0 <= raw <= max_points or max_points == 0:
        raise ValueError(f"{raw} of {max_points} points is no mark")
    return rounded(Fraction(raw) * SCALE / Fraction(max_points), decimals)


def rounded(value: Fraction, decimals: int) -> Decimal:
    """Return a value that is not negative, rounded half up to so many decimals.

    Raises
    ------
    ValueError
        More than two decimals.
    """
    if not 0 <= decimals <= MOST_DECIMALS:
        raise ValueError(f"marks have 0 to {MOST_DECIMALS} decimals")
    units = int(value * 10**decimals + Fraction(1, 2))
    return Decimal(units).scaleb(-decimals)


def shown_mark(mark: Decimal) -> str:
    """Return a mark as Vietnamese documents print it: ``7,25``, with the decimals it has."""
    return str(mark).replace(".", ",")


def mark_in_words(mark: Decimal) -> str:
    """Return a mark from 0 to 10 in Vietnamese words: ``7.25`` is ``Bảy phẩy hai mươi lăm``.

    Trailing zeros are not read; a zero before the last figure is: ``8.05`` is ``Tám phẩy không năm``.

    Raises
    ------
    ValueError
        Not from 0 to 10, or more than two decimals.
    """
    hundredths = mark * 100
    if not 0 <= mark <= SCALE or hundredths != int(hundredths):
        raise ValueError(f"{mark} is no mark")
    whole, part = divmod(int(hundredths), 100)
    words = "mười" if whole == SCALE else _DIGITS[whole]
    if part:
        words += f" phẩy {_decimals_in_words(part)}"
    return words[0].upper() + words[1:]


def _decimals_in_words(hundredths: int) -> str:
    tens, units = divmod(hundredths, 10)
    if units == 0:
        return _DIGITS[tens]
    if tens == 0:
        return f"không {_DIGITS[units]}"
    # After a ten, five is "lăm"; after twenty and more, one is "mốt".
    last = "lăm" if units == 5 else "mốt" if units == 1 and tens > 1 else _DIGITS[units]
    return f"mười {last}" if tens == 1 else f"{_DIGITS[tens]} mươi {last}"
