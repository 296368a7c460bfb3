"""The form of responses: what the browser sends for each interaction, and what of it cannot be scored.

A response is a list of strings, as in QTI:

=====================================================  ==============================================================
interaction                                            entries
=====================================================  ==============================================================
single_choice, multiple_response, hot_text, hotspot    ids of what was chosen
true_false_table                                       ``"<statement> true"`` or ``"<statement> false"``
match                                                  ``"<source> <target>"``
order                                                  all option ids, in order
gap_match                                              ``"<text> <gap>"``
inline_choice                                          ``"<gap> <option>"``
text_entry                                             ``"<gap> <what was typed>"``
numeric_entry                                          what was typed; then the id of the unit, where one is chosen
slider                                                 the value, with a decimal point
select_point                                           ``"<x> <y>"``, whole pixels of the stored picture
extended_text                                          the text
file_upload                                            ``"<SHA-256> <file name>"``
=====================================================  ==============================================================

An empty list is an omitted response.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Literal

from exam_engine.core.text import clean_line
from exam_engine.interactions.content import (
    ExtendedText,
    FileUpload,
    GapMatch,
    HotspotChoice,
    HotText,
    InlineChoice,
    ItemContent,
    Match,
    MultipleResponse,
    NumericEntry,
    Order,
    SelectPoint,
    SingleChoice,
    Slider,
    TextEntry,
    TrueFalseTable,
)
from exam_engine.interactions.typed_numbers import readings

ScoreFlag = Literal["omitted", "unknown_option", "too_many_options", "malformed", "awaiting_marker"]
"""Why a response earned nothing, besides being wrong."""

MAX_ENTRIES = 64
MAX_ENTRY_LENGTH = 10_100
"""Characters; the longest text plus its name."""

_POINT = re.compile(r"([0-9]{1,5}) ([0-9]{1,5})")
_SLIDER_VALUE = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]{1,20})?")
_FILE = re.compile(r"([0-9a-f]{64}) ([^/\\:*?\"<>|\x00-\x1f]{1,120})")


def response_flag(content: ItemContent, response: Sequence[str]) -> ScoreFlag | None:
    """Return why a response cannot be scored, or None when it can; any list of strings is judged, none raises.

    ``omitted``: nothing was answered. ``malformed``: not the form of the interaction, or no number where one is asked.
    ``unknown_option``: names something that the item does not offer. ``too_many_options``: more than the item allows,
    or the same thing twice.
    """
    if len(response) > MAX_ENTRIES or any(len(entry) > MAX_ENTRY_LENGTH for entry in response):
        return "malformed"
    if not response:
        return "omitted"
    match content:
        case SingleChoice():
            return _choice_flag(response, [option.id for option in content.options], 1)
        case MultipleResponse():
            return _choice_flag(response, [option.id for option in content.options], content.max_choices)
        case HotText():
            return _choice_flag(response, content.hottexts, content.max_choices)
        case HotspotChoice():
            return _choice_flag(response, [hotspot.id for hotspot in content.hotspots], content.max_choices)
        case TrueFalseTable():
            return _true_false_flag(content, response)
        case Match() | GapMatch() | InlineChoice():
            return _pairs_flag(content, response)
        case Order():
            return _order_flag(content, response)
        case TextEntry():
            return _texts_flag(content, response)
        case NumericEntry():
            return _number_flag(content, response)
        case Slider():
            return None if len(response) == 1 and slider_value(content, response[0]) is not None else "malformed"
        case SelectPoint():
            return _points_flag(content, response)
        case ExtendedText():
            return _written_flag(content, response)
        case FileUpload():
            return _files_flag(content, response)


def halves(entry: str) -> tuple[str, str]:
    """Return what stands before the first space of an entry and what stands after it."""
    first, _, second = entry.partition(" ")
    return first, second


def slider_value(content: Slider, entry: str) -> Fraction | None:
    """Return the step of the scale that an entry means; None when it is no number or off the scale."""
    if not _SLIDER_VALUE.fullmatch(entry):
        return None
    lower, upper, step = Fraction(content.lower), Fraction(content.upper), Fraction(content.step)
    if step <= 0:
        return None
    # Browsers count in binary fractions and may say 0.30000000000000004 for the third of ten steps.
    value = lower + round((Fraction(entry.replace(",", ".")) - lower) / step) * step
    return value if lower <= value <= upper else None


def point_of(entry: str) -> tuple[int, int] | None:
    """Return the point that an entry names, in pixels."""
    found = _POINT.fullmatch(entry)
    return (int(found[1]), int(found[2])) if found else None


def named_file(entry: str) -> tuple[str, str] | None:
    """Return SHA-256 and name of the file that an entry names."""
    found = _FILE.fullmatch(entry)
    return (found[1], found[2]) if found else None


def ending_of(file_name: str) -> str:
    """Return the ending of a file name in small letters without its dot; empty where there is none."""
    return PurePosixPath(file_name).suffix.lower().removeprefix(".")


def _choice_flag(response: Sequence[str], offered: Collection[str], at_most: int | None) -> ScoreFlag | None:
    if not set(response) <= set(offered):
        return "unknown_option"
    if _has_repeats(response) or (at_most is not None and len(response) > at_most):
        return "too_many_options"
    return None


def _true_false_flag(content: TrueFalseTable, response: Sequence[str]) -> ScoreFlag | None:
    said = [halves(entry) for entry in response]
    if any(value not in ("true", "false") for _, value in said):
        return "malformed"
    return _choice_flag([statement for statement, _ in said], [part.id for part in content.statements], None)


def _pairs_flag(content: Match | GapMatch | InlineChoice, response: Sequence[str]) -> ScoreFlag | None:
    pairs = [halves(entry) for entry in response]
    if not all(first and second for first, second in pairs):
        return "malformed"
    if not set(pairs) <= _offered_pairs(content):
        return "unknown_option"
    per_first, per_second = _pair_limits(content)
    uses_too_often = _is_above(per_first, (first for first, _ in pairs)) or _is_above(
        per_second, (second for _, second in pairs)
    )
    return "too_many_options" if uses_too_often or _has_repeats(pairs) else None


def _offered_pairs(content: Match | GapMatch | InlineChoice) -> set[tuple[str, str]]:
    match content:
        case Match():
            return {(source.id, target.id) for source in content.sources for target in content.targets}
        case GapMatch():
            return {(text.id, gap.id) for text in content.texts for gap in content.gaps}
        case InlineChoice():
            return {(gap.id, option.id) for gap in content.gaps for option in gap.options}


def _pair_limits(content: Match | GapMatch | InlineChoice) -> tuple[int | None, int | None]:
    """Return how often the first and the second half of a pair may be used."""
    match content:
        case Match():
            return content.max_per_source, content.max_per_target
        case GapMatch():
            return None if content.is_reusable else 1, 1
        case InlineChoice():
            return 1, None


def _order_flag(content: Order, response: Sequence[str]) -> ScoreFlag | None:
    flag = _choice_flag(response, [option.id for option in content.options], None)
    return "malformed" if flag is None and len(response) < len(content.options) else flag


def _texts_flag(content: TextEntry, response: Sequence[str]) -> ScoreFlag | None:
    typed = [halves(entry) for entry in response]
    flag = _choice_flag([gap for gap, _ in typed], [gap.id for gap in content.gaps], None)
    if flag is None and not any(clean_line(text) for _, text in typed):
        return "omitted"
    return flag


def _number_flag(content: NumericEntry, response: Sequence[str]) -> ScoreFlag | None:
    if len(response) > (2 if content.units else 1):
        return "malformed"
    # No unit chosen yet may be said by an empty text.
    if response[1:] and response[1] not in {"", *(unit.id for unit in content.units)}:
        return "unknown_option"
    if not clean_line(response[0]):
        return "omitted"
    return None if readings(response[0], content.unit) else "malformed"


def _points_flag(content: SelectPoint, response: Sequence[str]) -> ScoreFlag | None:
    points = [point_of(entry) for entry in response]
    width, height = content.picture.width, content.picture.height
    if any(point is None or point[0] > width or point[1] > height for point in points):
        return "malformed"
    return "too_many_options" if len(points) > content.max_points else None


def _written_flag(content: ExtendedText, response: Sequence[str]) -> ScoreFlag | None:
    if len(response) > 1 or len(response[0]) > content.max_characters:
        return "malformed"
    return None if clean_line(response[0]) else "omitted"


def _files_flag(content: FileUpload, response: Sequence[str]) -> ScoreFlag | None:
    names = [named[1] for entry in response if (named := named_file(entry))]
    endings = {ending_of(name) for name in names}
    if len(names) < len(response) or not endings <= set(content.file_types):
        return "malformed"
    return "too_many_options" if len(names) > content.max_files or _has_repeats(names) else None


def _is_above(limit: int | None, used: Iterable[str]) -> bool:
    return limit is not None and max(Counter(used).values()) > limit


def _has_repeats(entries: Sequence[object]) -> bool:
    return len(set(entries)) < len(entries)
