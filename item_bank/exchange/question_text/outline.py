"""Which lines of a document belong to which question, passage, explanation and table of answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from item_bank.exchange.question_text.answers import AnswerTable, Stated
from item_bank.exchange.question_text.lines import Line
from item_bank.exchange.word.blocks import Place

SectionKind = Literal["", "choice", "true_false", "short", "essay"]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document; ``number`` is 0 before the first, ``kind`` empty where no heading says what is asked."""

    number: int = 0
    kind: SectionKind = ""


NO_SECTION = Section()


@dataclass
class Passage:
    """A text that several questions share: those from ``first`` to ``last``, or all of its group of McMix."""

    ref: str
    place: Place
    first: int = 0
    last: int = 0
    section: Section = NO_SECTION
    is_group: bool = False
    lines: list[Line] = field(default_factory=list)


@dataclass
class RawQuestion:
    """A question as its lines; ``number`` is the one printed, 0 for none."""

    number: int
    place: Place
    section: Section = NO_SECTION
    lines: list[Line] = field(default_factory=list)
    explanation: list[Line] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    passage: Passage | None = None
    problems: list[tuple[str, Place, dict[str, Any]]] = field(default_factory=list)
    pins: dict[int, str] = field(default_factory=dict)
    last_paragraph: int = 0

    @property
    def paragraphs(self) -> Iterator[int]:
        """Numbers of its paragraphs."""
        return iter(range(self.place.paragraph, max(self.place.paragraph, self.last_paragraph) + 1))


@dataclass
class Outline:
    """A document by its questions; ``dropped`` are lines that belong to none."""

    questions: list[RawQuestion] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    table: AnswerTable = field(default_factory=AnswerTable)
    dropped: list[Line] = field(default_factory=list)
    families: set[str] = field(default_factory=set)
