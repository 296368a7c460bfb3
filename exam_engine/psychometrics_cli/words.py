"""Words and numbers of the commands' output."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from exam_engine.core.i18n import Language
from exam_engine.psychometrics.calibration import CalibrationResult
from exam_engine.psychometrics_cli.errors import CATALOGUE

_EXPONENT = re.compile(r"e\+?(-?)0*([0-9]+)")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Words:
    """How output is written.

    Parameters
    ----------
    language : of the words.
    for_print : numbers as the language prints them (decimal comma in Vietnamese, a true minus sign); else as programs
        read them, because what stands in a terminal is copied into other programs.
    """

    language: Language
    for_print: bool = False


def say(code: str, words: Words, **params: Any) -> str:
    """Text of a code of this slice."""
    return CATALOGUE.text(f"psychometrics.{code}", words.language, params)


def number(value: float | None, decimals: int, words: Words) -> str:
    """A number; a dash for what does not exist."""
    if value is None or np.isnan(value):
        return "–" if words.for_print else "-"
    if np.isinf(value):
        return _written("∞" if value > 0 else "-∞", words)
    # Adding 0 after rounding turns −0 into 0.
    return _written(f"{round(value, decimals) + 0.0:.{decimals}f}", words)


def whole(value: float, words: Words) -> str:
    """A count, in print with its thousands apart; a weighted count keeps one decimal."""
    decimals = 0 if float(value).is_integer() else 1
    if not words.for_print:
        return f"{value:.{decimals}f}"
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if words.language == "vi" else text


def small(value: float | None, words: Words) -> str:
    """A number of unknown size with three digits."""
    if value is None or not np.isfinite(value):
        return number(value, 3, words)
    return _written(f"{value:.3g}", words)


def p_value(value: float | None, words: Words) -> str:
    """A p value; small ones as a bound."""
    if value is not None and value < 0.001:
        return "< " + number(0.001, 3, words)
    return number(value, 3, words)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for a terminal: the first column to the left, the others to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = []
    for row in [head, *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def flags_in_words(flags: Sequence[str], words: Words) -> str:
    """Flags of an item as one phrase."""
    return "; ".join(say(f"flag.{flag}", words) for flag in flags)


def warnings_in_words(result: CalibrationResult, words: Words) -> list[str]:
    """Everything that a reader of the fit must know, as sentences."""
    return [
        say(f"warning.{warning.code}", words, **{key: small(value, words) for key, value in warning.data.items()})
        for warning in result.warnings
    ]


def left_aside_in_words(names: Sequence[str], words: Words) -> list[str]:
    """A sentence about columns without parameters, if there are any."""
    return [say("without_parameters", words, count=len(names), items=", ".join(names[:12]))] if names else []


def exclusions_in_words(result: CalibrationResult, words: Words) -> list[str]:
    """Items that were left out, each with its reason."""
    return [f"{item.name}: {say(f'excluded.{item.reason}', words)}" for item in result.excluded]


def _written(text: str, words: Words) -> str:
    if not words.for_print:
        return text
    text = _EXPONENT.sub(lambda match: "·10" + (match.group(1) + match.group(2)).translate(_RAISED), text).replace(
        "-", "−"
    )
    return text.replace(".", ",") if words.language == "vi" else text
