"""What the linter reads and what it finds."""

from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "hint"]
"""An error harms every candidate (or breaks when options are shuffled), a warning is a flaw that research or rules
name, a hint is worth a second look."""

CHOICE_KINDS = frozenset({"single_choice", "multiple_response", "inline_choice"})
"""Interactions whose options compete for being right; the options of others (order, match) are not distractors."""


@dataclass(frozen=True, slots=True)
class LintedOption:
    """An option as plain text; ``html`` is needed only to look at pictures."""

    id: str
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class LintedStatement:
    """A line of a true/false table; ``is_true`` is None for those who may not see keys."""

    id: str
    text: str
    is_true: bool | None = None


@dataclass(frozen=True, slots=True)
class LintedItem:
    """One item as the linter needs it; options stand in stored order.

    ``correct`` holds the ids of right options, or is None when the caller may not see keys: rules about the key are
    then silent. ``accepted`` are the right texts of a text entry (None likewise); ``ignores_spelling`` says that its
    comparison already takes tone placement and i/y as equal. ``has_stimulus`` says that the item belongs to a passage,
    picture or file that is shown with it.
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
    accepted: tuple[str, ...] | None = None
    ignores_spelling: bool = False
    explanation: str = ""
    has_stimulus: bool = False

    @property
    def is_choice(self) -> bool:
        """Whether options compete for being right."""
        return self.interaction in CHOICE_KINDS and len(self.options) > 1

    @property
    def keys(self) -> tuple[LintedOption, ...]:
        """The right options; empty when the key is not known."""
        return tuple(option for option in self.options if option.id in (self.correct or ()))

    @property
    def distractors(self) -> tuple[LintedOption, ...]:
        """The wrong options; empty when the key is not known."""
        return () if not self.keys else tuple(option for option in self.options if option not in self.keys)

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Every text of the item with its place."""
        return [
            ("stem", self.stem),
            *((f"option:{option.id}", option.text) for option in self.options),
            *((f"statement:{statement.id}", statement.text) for statement in self.statements),
            ("explanation", self.explanation),
        ]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a rule is broken, with the values for its texts.

    Places are ``stem``, ``explanation``, ``options``, ``option:<id>``, ``statements``, ``statement:<id>``, ``answers``.
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
