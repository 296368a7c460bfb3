"""Reading Aiken files: a question on a line, its options below it, then the line that names the right one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from exam_engine.core.text import clean_line
from exam_engine.interactions.content import Option, SingleChoice
from exam_engine.interactions.keys import ChoiceKey
from exam_engine.interactions.rich_text import LatexError, formulas, text_to_html
from item_bank.exchange.imported import FileReading, ImportedFile, ImportedItem, Notice
from item_bank.exchange.question_text.text_source import decoded, lines_of
from item_bank.exchange.word.blocks import Place, first_words

_HEAD = 20_000
_ANSWER = re.compile(r"\s*ANSWER\s*:\s*(.*?)\s*", re.IGNORECASE)
_ANSWER_LINE = re.compile(r"^\s*ANSWER\s*:", re.IGNORECASE | re.MULTILINE)
_OPTION = re.compile(r"\s*([A-Za-z])\s?(?:[.)]\s+|\))(.*)")
_MOST_OPTIONS = 20


@dataclass(slots=True)
class _Gathered:
    """A question while its lines are read."""

    line: int = 0
    stem: list[str] = field(default_factory=list)
    options: list[list[str]] = field(default_factory=list)


def looks_like(name: str, content: bytes) -> bool:
    """Whether a file seems to be Aiken: a text in which lines begin with ``ANSWER:``."""
    head = content[:_HEAD].decode("utf-8", errors="ignore")
    return name.lower().endswith(".txt") and bool(_ANSWER_LINE.search(head))


def read(content: bytes, name: str) -> ImportedFile:
    """Read an Aiken file, strict or as people type it: ``A.`` or ``A)``, small letters, texts over several lines.

    A question without its ``ANSWER:`` line, or whose answer names no option, keeps no key.

    Raises
    ------
    InvalidInputError
        The file is no text that can be read.
    """
    return begin(content, name).whole()


def begin(content: bytes, name: str) -> FileReading:
    """Begin to read an Aiken file, as :func:`read`; questions come one at a time."""
    return FileReading("aiken", _items(decoded(content)))


def _items(text: str) -> Iterator[ImportedItem]:
    numbers = count(1)
    current = _Gathered()
    for number, line in enumerate(lines_of(text), start=1):
        if match := _ANSWER.fullmatch(line):
            if current.stem or current.options:
                yield _item(current, next(numbers), match[1])
            current = _Gathered()
        elif not line.strip():
            if current.options:
                yield _item(current, next(numbers), None)
                current = _Gathered()
        elif (option := _OPTION.fullmatch(line)) and _follows(current, option[1]):
            current.options.append([option[2]])
        elif current.options:
            current.options[-1].append(line.strip())
        else:
            current.line = current.line or number
            current.stem.append(line.strip())
    if current.stem or current.options:
        yield _item(current, next(numbers), None)


def _follows(current: _Gathered, letter: str) -> bool:
    """Whether a letter is the next one of the question's options, so that "A. Einstein" inside a text begins none."""
    return bool(current.stem) and ord(letter.upper()) - ord("A") == len(current.options) < _MOST_OPTIONS


def _item(gathered: _Gathered, number: int, answer: str | None) -> ImportedItem:
    place = str(Place(gathered.line, first_words(" ".join(gathered.stem))))
    notices: list[Notice] = []
    if len(gathered.options) < 2:
        notices.append(Notice("error", "aiken_option_count", place, "options", {"count": len(gathered.options)}))
        return ImportedItem(number, place, None, None, notices=tuple(notices))
    ids = [chr(ord("A") + index) for index in range(len(gathered.options))]
    options = tuple(
        Option(id=id_, content=_html("\n".join(lines))) for id_, lines in zip(ids, gathered.options, strict=True)
    )
    right = clean_line(answer or "").rstrip(".)").upper()
    key = ChoiceKey(correct=(right,)) if right in ids else None
    if answer is None or not right:
        notices.append(Notice("error", "aiken_answer_missing", place, "key"))
    elif key is None:
        notices.append(Notice("error", "aiken_answer_unknown", place, "key", {"answer": right[:40]}))
    stem = _html("\n".join(gathered.stem))
    return ImportedItem(number, place, SingleChoice(stem=stem, options=options), key, notices=tuple(notices))


def _html(text: str) -> str:
    try:
        return formulas(text)
    except LatexError:
        return text_to_html(text)
