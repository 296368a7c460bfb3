"""Texts and numbers as each language writes them."""

from typing import Any

from exam_engine.core.i18n import Catalogue, Language

CATALOGUE = Catalogue(("load_tests",))
_SWAPPED = str.maketrans(",.", ".,")


def say(code: str, language: Language, **params: Any) -> str:
    """Return the text of a code of this kit."""
    return CATALOGUE.text(f"load.{code}", language, params)


def number(value: float, language: Language, decimals: int = 0) -> str:
    """Return a number with its thousands apart."""
    text = f"{value:,.{decimals}f}"
    return text.translate(_SWAPPED) if language == "vi" else text


def milliseconds(value: float, language: Language) -> str:
    """Return milliseconds with one decimal while they are few."""
    return number(value, language, 1 if value < 100 else 0)


def share(value: float, language: Language) -> str:
    """Return a share in per cent; small ones with two decimals."""
    return f"{number(value * 100, language, 0 if value == 0 or value >= 0.1 else 2)} %"


def size(value: float, language: Language) -> str:
    """Return bytes in MB or GB."""
    if value >= 1e9:
        return f"{number(value / 1e9, language, 1)} GB"
    return f"{number(value / 1e6, language)} MB"
