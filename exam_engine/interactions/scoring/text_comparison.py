"""When two short texts count as the same, with what Vietnamese spelling and typing ask for."""

import re
import unicodedata

from exam_engine.core.text import clean_line
from exam_engine.interactions.keys import TextComparison

# Word processors and phones set these by themselves; nobody means another answer by them.
_PLAIN_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        "\u2026": "...",
    }
)
_STROKED_D = str.maketrans({"đ": "d", "Đ": "D"})
_TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Grave, hook above, tilde, acute, dot below: the five tone marks."""
_QUALITIES = "\u0302\u0306\u031b"
"""Circumflex, breve and horn make other letters (â, ă, ơ); they are no tones."""
_VOWELS = re.compile(f"(?:[aeiouyAEIOUY][{_TONES}{_QUALITIES}]*){{2,}}")
_TONE = re.compile(f"[{_TONES}]")


def is_same_text(typed: str, accepted: str, comparison: TextComparison) -> bool:
    """Return whether a typed text counts as an accepted one."""
    return comparison_form(typed, comparison) == comparison_form(accepted, comparison)


def comparison_form(text: str, comparison: TextComparison) -> str:
    """Return the form in which a text is compared; equal forms count as the same text.

    Unicode form, invisible characters, white space at the ends and in runs, and typographic quotes, dashes and dots
    never matter. i and y, and letters of other alphabets, are never taken for each other; đ and d only where marks
    are not required.
    """
    form = clean_line(text).translate(_PLAIN_SIGNS)
    if comparison.are_spaces_ignored:
        form = form.replace(" ", "")
    if not comparison.is_case_sensitive:
        form = form.casefold()
    if not comparison.are_marks_required:
        form = _without_marks(form)
    elif not comparison.is_tone_placement_sensitive:
        form = _with_tones_at_the_end(form)
    return unicodedata.normalize("NFC", form)


def _without_marks(text: str) -> str:
    letters = (letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return "".join(letters).translate(_STROKED_D)


def _with_tones_at_the_end(text: str) -> str:
    """Return the text with the tone of each syllable behind the last letter of its run of vowels.

    The place of a tone mark carries no meaning: the letters of a syllable fix it, on the main vowel (hoà, khoẻ, thuý)
    by article 8 of the Ministry of Education and Training's Decision 1989/QĐ-BGDĐT of 25 May 2018, one letter earlier
    in open oa, oe, uy (hòa, khỏe, thúy) by the older custom that most keyboards and many laws follow; qu and gi at
    the front of a syllable mislead some into qúy and gìa. So one place for all runs makes equal what is equal and
    merges no two syllables. Where spaces are ignored, the vowels of two syllables may meet in a run of two tones.
    """
    if text.isascii():
        return text
    return _VOWELS.sub(_with_tone_at_the_end, unicodedata.normalize("NFD", text))


def _with_tone_at_the_end(run: re.Match[str]) -> str:
    return _TONE.sub("", run[0]) + "".join(_TONE.findall(run[0]))
