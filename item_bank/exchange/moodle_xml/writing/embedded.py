"""Gaps as Moodle embeds them in a text: ``{1:SHORTANSWER:=word}``."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from exam_engine.interactions.keys import TextGapKey
from item_bank.exchange.moodle_xml.writing.fractions import percent

_SIGNS = str.maketrans({sign: f"&#{ord(sign)};" for sign in '~}#=%{"/'})
"""Signs of the notation, as references; none of them begins anything then."""


def choice_gap(options: Sequence[tuple[str, bool]], *, is_shuffled: bool) -> str:
    """Return a list to choose from; each option is words and whether it is right."""
    listed = "~".join(f"{'=' if is_right else ''}{_words(text)}" for text, is_right in options)
    return f"{{1:{'MULTICHOICE_S' if is_shuffled else 'MULTICHOICE'}:{listed}}}"


def text_gap(key: TextGapKey) -> str:
    """Return a field to type into."""
    answers = []
    for one in key.accepted:
        mark = "=" if Decimal(one.share) == 1 else f"%{percent(one.share)}%"
        answers.append(f"{mark}{_words(one.text, is_typed=True)}")
    kind = "SHORTANSWER_C" if key.comparison.is_case_sensitive else "SHORTANSWER"
    return f"{{1:{kind}:{'~'.join(answers)}}}"


def _words(text: str, *, is_typed: bool = False) -> str:
    # A backslash at the end would hide the sign that follows; a typed star stands for any letters.
    words = escape(text, quote=False).translate(_SIGNS).replace("\\", "&#92;")
    return words.replace("*", "\\*") if is_typed else words
