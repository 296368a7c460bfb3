"""Questions without letters: AZtest, with a star before each right option, and texts whose right option comes first."""

import re
from collections.abc import Iterable, Iterator, Sequence

from item_bank.exchange.question_text import signs
from item_bank.exchange.question_text.keeping import KeptSplit
from item_bank.exchange.question_text.lines import Line, cut, line_of, trimmed
from item_bank.exchange.question_text.options import LETTERS, LetteredPart, SplitQuestion
from item_bank.exchange.question_text.outline import Outline, RawQuestion

_LETTER = re.compile(r"\s*[A-Ha-h]\s?[.)]\s*")


def starred_outline(lines: Iterable[Line]) -> Outline:
    """Return the questions of AZtest: a paragraph that asks, options, ``>`` explanations; a blank line ends each."""
    outline = Outline(families={"aztest"})
    for block in _blocks(lines):
        question = _question(block)
        size = next((number for number, line in enumerate(block[1:], 1) if not line.is_soft), len(block))
        stem, rest = block[:size], block[size:]
        parts: list[list[Line]] = []
        is_explaining = False
        for line in rest:
            if opening := signs.EXPLAINED.match(line.text):
                is_explaining = True
                question.explanation.append(cut(line, opening.end()))
            elif is_explaining:
                question.explanation.append(line)
            elif line.is_soft and parts:
                parts[-1].append(line)
            else:
                parts.append([line])
        if not parts:
            outline.drop(block)
            continue
        if len(parts) > len(LETTERS):
            question.problems.append(("options_too_many", block[0].place, {"most": len(LETTERS)}))
        made = [_starred(letter, part) for letter, part in zip(LETTERS, parts, strict=False)]
        question.split = KeptSplit(SplitQuestion(tuple(stem), tuple(made)))
        outline.questions.append(question)
    return outline


def correct_first_outline(lines: Iterable[Line]) -> Outline:
    """Return the questions of a text whose right option is the first line behind the question.

    Questions begin with a number, whatever its order, or behind a blank line. ``#!`` names the right option at another
    place and keeps it there, ``#$`` keeps a wrong one at its place; letters before options are dropped.
    """
    outline = Outline(families={"correct_first"})
    for block in _numbered_blocks(lines):
        if len(block) == 1 and signs.CORRECT_FIRST.search(block[0].text, 0, 400):
            continue
        question = _question(block)
        explanation = next(
            (at for at, line in enumerate(block) if at and signs.EXPLANATION.match(line.text)), len(block)
        )
        for at, line in enumerate(block[explanation:]):
            opening = signs.EXPLANATION.match(line.text) if at == 0 else None
            question.explanation.append(cut(line, opening.end()) if opening else line)
        options = [line for line in block[1:explanation] if not line.is_blank]
        if not options:
            outline.drop(block)
            continue
        if len(options) > len(LETTERS):
            question.problems.append(("options_too_many", block[0].place, {"most": len(LETTERS)}))
        made = []
        for number, (letter, line) in enumerate(zip(LETTERS, options, strict=False)):
            pin = signs.PINNED.match(line.text)
            if pin:
                question.pins[number] = pin["sign"]
            found = pin or _LETTER.match(line.text)
            made.append(LetteredPart(letter, line_of(line.place, ()), (cut(line, found.end()) if found else line,)))
        number_found = signs.QUESTION_NUMBER.match(block[0].text) or signs.QUESTION_WORD.match(block[0].text)
        stem = cut(block[0], number_found.end()) if number_found else block[0]
        question.split = KeptSplit(SplitQuestion((stem,), tuple(made)))
        outline.questions.append(question)
    return outline


def _question(block: Sequence[Line]) -> RawQuestion:
    number = signs.QUESTION_NUMBER.match(block[0].text) or signs.QUESTION_WORD.match(block[0].text)
    return RawQuestion(
        int(number["number"]) if number else 0,
        block[0].place,
        last_paragraph=block[-1].place.paragraph,
    )


def _starred(letter: str, lines: Sequence[Line]) -> LetteredPart:
    star = signs.STARRED.match(lines[0].text)
    if star is None:
        return LetteredPart(letter, line_of(lines[0].place, ()), tuple(lines))
    label, first = cut(lines[0], 0, star.end()), cut(lines[0], star.end())
    return LetteredPart(letter, label, (first, *lines[1:]), is_starred=True)


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield the lines between blank ones."""
    block: list[Line] = []
    for line in lines:
        if line.is_blank:
            if block:
                yield block
            block = []
        else:
            block.append(line)
    if block:
        yield block


def _numbered_blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield the lines of each question: from a number, or from behind a blank line, to the next."""
    for block in _blocks(lines):
        start = 0
        for at in range(1, len(block)):
            text = block[at].text
            begins = signs.QUESTION_WORD.match(text) or signs.QUESTION_NUMBER.match(text)
            if (begins and at - start >= 3) or (
                at - start == 1 and signs.CORRECT_FIRST.search(block[start].text, 0, 400)
            ):
                yield trimmed(block[start:at])
                start = at
        yield trimmed(block[start:])
