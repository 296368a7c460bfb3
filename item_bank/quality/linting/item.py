"""What the linter reads and what it finds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from exam_engine.core.text import clean_line, search_key
from item_bank.quality.linting.negation import Negation, negation

_LETTERED = re.compile(r"^\s*[A-Ha-h]\s*[.):/]\s+(?=\S)")
_MARKS = re.compile(r"[.;:!“”\"]+")

Severity = Literal["error", "warning", "hint"]
"""An error harms every candidate (or breaks when options are shuffled), a warning is a flaw that research or rules
name, a hint is worth a second look."""

CHOICE_KINDS = frozenset({"single_choice", "multiple_response", "inline_choice"})
"""Interactions whose options compete for being right; the options of others (order, match) are not distractors."""


@dataclass(slots=True)
class LintedOption:
    """An option as plain text; ``html`` is needed only to look at pictures.

    An id with a slash is a place of its own, such as ``gaps/g1/A`` or ``sources/A``. The forms in which rules compare
    the text are worked out once for all rules: ``line`` is the text on one line, ``folded`` has neither marks nor case,
    ``phrase`` is the folded text without a letter in front of it and without punctuation.
    """

    id: str
    text: str
    html: str = ""
    line: str = field(init=False)
    folded: str = field(init=False)
    phrase: str = field(init=False)

    def __post_init__(self) -> None:
        self.line = clean_line(self.text)
        self.folded = folded = search_key(self.text)
        text = _LETTERED.sub("", self.text, count=1)
        if text != self.text:
            folded = search_key(text)
        self.phrase = " ".join(_MARKS.sub(" ", folded).split())

    @property
    def letter(self) -> str:
        """How people call the option."""
        return self.id.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class LintedStatement:
    """A line of a true/false table; ``is_true`` is None for those who may not see keys."""

    id: str
    text: str
    is_true: bool | None = None


@dataclass(frozen=True, slots=True)
class LintedAnswer:
    """The texts that one gap of a text entry accepts, and what their comparison takes as equal anyway."""

    gap: str
    accepted: tuple[str, ...]
    ignores_tone_placement: bool = False
    ignores_spaces: bool = False


@dataclass(frozen=True)
class LintedItem:
    """One item as the linter needs it; options stand in stored order.

    ``correct`` holds the ids of right options, or is None when the caller may not see keys: rules about the key are
    then silent. ``answers`` are the right texts of a text entry and ``explanation`` says why the key is right; both are
    left empty likewise. ``has_stimulus`` says that the item belongs to a passage, picture or file shown with it.
    """

    interaction: str
    stem: str
    stem_html: str = ""
    code: str = ""
    language: str = "vi"
    options: tuple[LintedOption, ...] = ()
    correct: frozenset[str] | None = None
    cognitive_level: str = ""
    statements: tuple[LintedStatement, ...] = ()
    answers: tuple[LintedAnswer, ...] = ()
    explanation: str = ""
    has_stimulus: bool = False

    @property
    def is_choice(self) -> bool:
        """Whether options compete for being right."""
        return self.interaction in CHOICE_KINDS and len(self.options) > 1

    @cached_property
    def keys(self) -> tuple[LintedOption, ...]:
        """The right options; empty when the key is not known."""
        return tuple(option for option in self.options if option.id in (self.correct or ()))

    @cached_property
    def distractors(self) -> tuple[LintedOption, ...]:
        """The wrong options; empty when the key is not known."""
        keys = {option.id for option in self.keys}
        return tuple(option for option in self.options if option.id not in keys) if keys else ()

    @cached_property
    def negation(self) -> Negation | None:
        """The word that makes the stem ask for what is not so."""
        return negation(self.stem, self.stem_html, self.language)

    @cached_property
    def texts(self) -> list[tuple[str, str]]:
        """Every text of the item with its place."""
        return [
            ("stem", self.stem),
            *((place_of(option.id), option.text) for option in self.options),
            *((f"statements/{statement.id}", statement.text) for statement in self.statements),
            ("explanation", self.explanation),
        ]


def place_of(option_id: str) -> str:
    """Return the place of an option."""
    return option_id if "/" in option_id else f"options/{option_id}"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a rule is broken, with the values for its texts.

    Places are those of texts (``stem``, ``options/A``, ``statements/a``, ``gaps/g1/A``, ``sources/A``), and ``item``,
    ``options``, ``statements``, ``gaps/g1``, ``explanation``.
    """

    place: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule; ``rule`` is the code of its text, ``fix_code`` that of what to do."""

    rule: str
    severity: Severity
    place: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def fix_code(self) -> str:
        """The code of the advice."""
        return f"{self.rule}.fix"


_WEIGHT: dict[Severity, int] = {"error": 0, "warning": 1, "hint": 2}


def in_order_of_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Return errors before warnings before hints, each in the order given."""
    return sorted(findings, key=lambda finding: _WEIGHT[finding.severity])
