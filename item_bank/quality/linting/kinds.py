"""Rules about single kinds of items: true/false tables and text entry."""

from collections.abc import Iterator

from item_bank.quality.linting.item import LintedItem, Spot
from item_bank.quality.spelling import respelled


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
    if item.interaction != "text_entry" or not item.accepted or item.ignores_spelling:
        return
    accepted = {answer.casefold() for answer in item.accepted}
    missing = [way for answer in item.accepted for way in respelled(answer) if way.casefold() not in accepted]
    if missing:
        yield Spot("answers", {"missing": ", ".join(dict.fromkeys(missing))})
