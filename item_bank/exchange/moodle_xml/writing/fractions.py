"""The parts of a mark that Moodle knows."""

from decimal import Decimal
from fractions import Fraction

from item_bank.exchange.moodle_xml.writing.texts import CannotWriteError

_KNOWN = (
    "100", "90", "83.33333", "80", "75", "70", "66.66667", "60", "50", "40", "33.33333", "30", "25", "20", "16.66667",
    "14.28571", "12.5", "11.11111", "10", "5", "0",
)  # fmt: skip
_NEAR = Fraction(6, 1000)
"""Shares have four decimals: a third is 0.3333."""


def known_fraction(share: Fraction) -> str:
    """Return a share as Moodle writes it.

    Raises
    ------
    CannotWriteError
        Moodle's list of fractions has no such part; it would refuse the whole file.
    """
    size = abs(share) * 100
    found = next((known for known in _KNOWN if abs(Fraction(known) - size) <= _NEAR), None)
    if found is None:
        raise CannotWriteError("moodle_export_fraction", share=f"{float(share):.4g}")
    return found if share >= 0 or found == "0" else f"-{found}"


def percent(share: str) -> str:
    """Return a share of four decimals in per cent, as embedded answers take it.

    >>> percent("0.3333")
    '33.33'
    """
    return format((Decimal(share) * 100).normalize(), "f")
