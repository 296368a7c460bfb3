"""How questions and parts begin, by their words and numbers."""

import re
from dataclasses import dataclass

from item_bank.exchange.question_text import signs
from item_bank.exchange.question_text.answers import letters_of, truths_of
from item_bank.exchange.question_text.outline import SectionKind

STATEMENTS = 4
"""Statements of a true/false question of 2025."""

LONGEST_ANSWER = 500
_TYPED = re.compile(r"[+\-−–]?[\d.,]{1,20}\s*\w{0,8}")


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the questions of a document begin: by a word and a number, a bare number, or at the marks of McMix."""

    has_words: bool
    is_bare: bool = False
    is_grouped: bool = False


def word_start(text: str) -> tuple[int, int] | None:
    """Return the number behind a word such as Câu, and where the text behind it starts; None when there is none."""
    found = signs.QUESTION_WORD.match(text)
    if found is None:
        return None
    if found["space"] is not None:
        rest = text[found.end() :].lstrip()
        if not rest[:1].isupper() or signs.PASSAGE_RANGE.match(text):
            return None
    return int(found["number"]), found.end()


def kind_of(text: str) -> SectionKind:
    """Return what a heading says is asked; empty when it does not say."""
    for kind, pattern in signs.SECTION_KINDS:
        if pattern.search(text):
            return kind  # type: ignore[return-value]
    return ""


def short_statement(text: str, *, is_typed: bool) -> str:
    """Return an answer that stands alone behind a number, such as ``B`` or ``Đáp án B.``; empty when there is more."""
    found = signs.ANSWER.match(text)
    value = found["value"].strip() if found else text
    if letters_of(value) or truths_of(value, STATEMENTS):
        return value
    is_stated = found is not None and found["colon"] is not None
    is_bare_number = is_typed and _TYPED.fullmatch(value) is not None
    return value[:LONGEST_ANSWER] if is_typed and (is_stated or is_bare_number) else ""
