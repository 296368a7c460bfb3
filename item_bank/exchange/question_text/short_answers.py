"""Questions whose answer is typed: a number with what it is counted in, or words."""

import re
from collections.abc import Sequence
from fractions import Fraction

from exam_engine.core.text import clean_line
from exam_engine.interactions.content import ItemContent, NumericEntry, TextEntry, TextGap
from exam_engine.interactions.keys import AcceptedText, ItemKey, NumberKey, TextGapKey, TextKey
from exam_engine.interactions.typed_numbers import readings
from item_bank.exchange.question_text.answers import Stated
from item_bank.exchange.question_text.evidence import Problem

_NUMBER_WITH_UNIT = re.compile(
    r"(?P<number>[+\-−–]?\s?[\d.,]+(?:\s\d{3})*)\s*(?P<unit>[^\W\d_°%/]{1,8}(?:[/²³][^\W\d_]{0,4})?|%|°C?)?"
)
_MOST_DECIMALS = 9
_MOST_TEXTS = 50
_GAP = "g1"


def short_answer(stem: str, stated: Sequence[Stated]) -> tuple[ItemContent, ItemKey | None, Problem | None]:
    """Return a question with a field to type in, its key, and why it has none.

    An answer that is a number makes a numeric entry, anything else a text entry; ``|`` parts texts that are all right.
    """
    words = TextEntry(stem=stem, passage=f'<span data-gap="{_GAP}"></span>', gaps=(TextGap(id=_GAP),))
    if not stated:
        return words, None, Problem("key_missing_in_text", {})
    texts = list(dict.fromkeys(clean_line(one.text).rstrip(".") for one in stated))
    if len({text.casefold() for text in texts}) > 1:
        return words, None, Problem("key_conflict", {"letters": ", ".join(texts)[:200]}, stated[0].place)
    text, place = texts[0], stated[0].place
    found = _NUMBER_WITH_UNIT.fullmatch(text)
    values = readings(found["number"]) if found else ()
    if not found or not values:
        accepted = [AcceptedText(text=one[:500]) for one in map(clean_line, text.split("|")) if one][:_MOST_TEXTS]
        if not accepted:
            return words, None, Problem("key_missing_in_text", {}, place)
        return words, TextKey(gaps={_GAP: TextGapKey(accepted=tuple(accepted))}), None
    content = NumericEntry(stem=stem, unit=found["unit"] or "")
    if len(values) > 1:
        return content, None, Problem("answer_number_unclear", {"answer": text}, place)
    value = _number_text(values[0])
    if value is None:
        return content, None, Problem("answer_number_too_long", {"answer": text[:80]}, place)
    return content, NumberKey(value=value), None


def _number_text(value: Fraction) -> str | None:
    """Return a number as text with all its decimals; None when it has more digits than are kept."""
    for decimals in range(_MOST_DECIMALS + 1):
        scaled = value * 10**decimals
        if scaled.denominator == 1:
            digits = str(abs(scaled.numerator)).rjust(decimals + 1, "0")
            whole = digits[: len(digits) - decimals]
            sign = "-" if value < 0 else ""
            if len(whole) > 15:
                return None
            return f"{sign}{whole}.{digits[len(digits) - decimals :]}" if decimals else f"{sign}{whole}"
    return None
