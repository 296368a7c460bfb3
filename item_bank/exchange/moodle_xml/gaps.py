"""Moodle's texts with numbered gaps: words dragged into them, or chosen from lists."""

import re

from lxml import etree

from exam_engine.interactions.content import ChoiceGap, Gap, GapMatch, InlineChoice, Option
from exam_engine.interactions.keys import PairKey, PerPart
from item_bank.exchange.moodle_xml import marks
from item_bank.exchange.moodle_xml.question import LETTERS, Asked, Question
from item_bank.exchange.moodle_xml.source import is_set, value_in

_GAP = re.compile(r"\[\[([0-9]{1,2})\]\]")
_MOST_TEXTS = 30


def gap_span(number: int) -> str:
    """Return the mark of a gap in a passage."""
    return f'<span data-gap="g{number}"></span>'


def stem_and_passage(question: Question) -> tuple[str, str]:
    """Return the stem, where this bank wrote one before the passage, and the passage as Moodle has it."""
    if found := marks.take_block("stem", question.raw):
        return question.stem(found[0]), found[2]
    return "", question.raw


def _numbered(question: Question, choices: list[etree._Element]) -> tuple[str, str, list[int]] | None:
    """Return stem, passage with gaps, and the number of the right choice for each gap."""
    stem, raw = stem_and_passage(question)
    right = [int(number) for number in _GAP.findall(raw)]
    if not right or len(right) > _MOST_TEXTS:
        question.note("error", "moodle_gap_count", "gaps", count=len(right), most=_MOST_TEXTS)
        return None
    if missing := sorted({number for number in right if not 1 <= number <= len(choices)}):
        question.note("error", "moodle_gap_unknown", "gaps", gaps=", ".join(f"[[{number}]]" for number in missing))
        return None
    numbers = iter(range(1, len(right) + 1))
    passage = question.stem(_GAP.sub(lambda _: gap_span(next(numbers)), raw), "passage")
    return stem, passage, right


def drag_into_text(question: Question) -> Asked:
    """Read ``ddwtos``: the n-th choice belongs into the gaps ``[[n]]``; groups of words become one."""
    choices = question.element.findall("dragbox")
    read = _numbered(question, choices)
    if read is None:
        return None, None
    stem, passage, right = read
    if len({value_in(choice, "group") or "1" for choice in choices}) > 1:
        question.note("left_out", "moodle_drag_groups", "texts")
    distinct: dict[str, str] = {}
    for number, choice in enumerate(choices, start=1):
        distinct.setdefault(question.html(choice, f"texts/T{number}"), f"T{len(distinct) + 1}")
    if not 2 <= len(distinct) <= _MOST_TEXTS:
        question.note("error", "moodle_option_count", "texts", count=len(distinct), most=_MOST_TEXTS)
        return None, None
    names = [distinct[question.html(choice)] for choice in choices]
    pairs = tuple((names[number - 1], f"g{gap}") for gap, number in enumerate(right, start=1))
    are_many = len(distinct) < len(choices) or any(choice.find("infinite") is not None for choice in choices)
    content = GapMatch(
        stem=stem,
        passage=passage,
        texts=tuple(Option(id=id_, content=html) for html, id_ in distinct.items()),
        gaps=tuple(Gap(id=f"g{gap}") for gap in range(1, len(right) + 1)),
        is_reusable=are_many or len(set(right)) < len(right),
        is_shuffled=is_set(question.element, "shuffleanswers", True),
    )
    return content, PairKey(pairs=pairs, scoring=PerPart())


def choose_in_text(question: Question) -> Asked:
    """Read ``gapselect``: each gap offers the choices of the group of its right one."""
    choices = question.element.findall("selectoption")
    read = _numbered(question, choices)
    if read is None:
        return None, None
    stem, passage, right = read
    gaps, pairs = [], []
    for gap, number in enumerate(right, start=1):
        group = value_in(choices[number - 1], "group") or "1"
        own = [choice for choice in choices if (value_in(choice, "group") or "1") == group]
        if not 2 <= len(own) <= len(LETTERS):
            question.note("error", "moodle_option_count", f"gaps/g{gap}", count=len(own), most=len(LETTERS))
            return None, None
        ids = dict(zip(map(id, own), LETTERS, strict=False))
        options = tuple(
            Option(id=ids[id(choice)], content=question.html(choice, f"gaps/g{gap}/{ids[id(choice)]}"))
            for choice in own
        )
        gaps.append(ChoiceGap(id=f"g{gap}", options=options))
        pairs.append((f"g{gap}", ids[id(choices[number - 1])]))
    is_shuffled = is_set(question.element, "shuffleanswers", True)
    content = InlineChoice(stem=stem, passage=passage, gaps=tuple(gaps), is_shuffled=is_shuffled)
    return content, PairKey(pairs=tuple(pairs), scoring=PerPart())
