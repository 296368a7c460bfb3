"""Which lines of a document belong to which question, passage, explanation and table of answers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from item_bank.exchange.question_text.answers import AnswerTable, Stated
from item_bank.exchange.question_text.keeping import KeptLines, KeptSplit
from item_bank.exchange.question_text.lines import Line
from item_bank.exchange.word.blocks import Place

_FAR_APART = 2
"""Paragraphs; text that lies nearer together is one stretch."""

SectionKind = Literal["", "choice", "true_false", "short", "essay"]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document; ``number`` is 0 before the first, ``kind`` empty where no heading says what is asked."""

    number: int = 0
    kind: SectionKind = ""


NO_SECTION = Section()


@dataclass(slots=True)
class Passage:
    """A text that several questions share: those from ``first`` to ``last``, or all of its group of McMix."""

    ref: str
    place: Place
    first: int = 0
    last: int = 0
    section: Section = NO_SECTION
    is_group: bool = False
    lines: KeptLines = field(default_factory=KeptLines)


@dataclass(slots=True)
class RawQuestion:
    """A question as its lines; ``number`` is the one printed, 0 for none.

    ``split`` are its stem and options, in families where their place in the document tells them apart.
    """

    number: int
    place: Place
    section: Section = NO_SECTION
    lines: KeptLines = field(default_factory=KeptLines)
    explanation: KeptLines = field(default_factory=KeptLines)
    split: KeptSplit | None = None
    stated: list[Stated] = field(default_factory=list)
    passage: Passage | None = None
    problems: list[tuple[str, Place, dict[str, Any]]] = field(default_factory=list)
    pins: dict[int, str] = field(default_factory=dict)
    last_paragraph: int = 0

    @property
    def paragraphs(self) -> Iterator[int]:
        """Numbers of its paragraphs."""
        return iter(range(self.place.paragraph, max(self.place.paragraph, self.last_paragraph) + 1))


@dataclass(slots=True)
class Stretch:
    """Neighbouring lines that belong to no question: where the first stands, and in which paragraph the last."""

    place: Place
    last_paragraph: int
    lines: int = 1


@dataclass
class Outline:
    """A document by its questions; ``dropped`` are lines that belong to none."""

    questions: list[RawQuestion] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    table: AnswerTable = field(default_factory=AnswerTable)
    dropped: list[Stretch] = field(default_factory=list)
    families: set[str] = field(default_factory=set)

    def drop(self, lines: Iterable[Line]) -> None:
        """Take lines that belong to no question."""
        for line in lines:
            paragraph = line.place.paragraph
            if self.dropped and paragraph - self.dropped[-1].last_paragraph <= _FAR_APART:
                self.dropped[-1].lines += 1
                self.dropped[-1].last_paragraph = paragraph
            else:
                self.dropped.append(Stretch(line.place, paragraph))
