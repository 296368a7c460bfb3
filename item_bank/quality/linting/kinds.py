"""Rules about single kinds of items: true/false tables and text entry."""

from collections.abc import Iterator

from exam_engine.core.text import nfc
from item_bank.quality.linting.item import LintedAnswer, LintedItem, Spot
from item_bank.quality.spelling import one_tone_placement, respelled


def statements_uniform(item: LintedItem) -> Iterator[Spot]:
    """A true/false table whose statements are all true or all false: one answer repeated earns full marks.

    Haladyna (2004), *Developing and Validating Multiple-Choice Test Items*, 3rd ed., ch. 4 (balance true and false).
    """
    verdicts = {statement.is_true for statement in item.statements}
    if len(item.statements) >= 2 and len(verdicts) == 1 and None not in verdicts:
        yield Spot("statements", {"count": len(item.statements)})


def spelling_missing(item: LintedItem) -> Iterator[Spot]:
    """A text entry whose key lacks another right spelling of an accepted answer ("hòa" but not "hoà", "7,5", "7.5").

    A rule of fair marking; compare the comparison settings of text entry.
    """
    for answer in item.answers:
        accepted = {_compared(text, answer) for text in answer.accepted}
        ways = (way for text in answer.accepted for way in respelled(text))
        missing = [way for way in ways if _compared(way, answer) not in accepted]
        if missing:
            yield Spot(f"gaps/{answer.gap}", {"missing": ", ".join(dict.fromkeys(missing))})


def _compared(text: str, answer: LintedAnswer) -> str:
    text = nfc(text).casefold()
    if answer.ignores_tone_placement:
        text = one_tone_placement(text)
    return "".join(text.split()) if answer.ignores_spaces else text
