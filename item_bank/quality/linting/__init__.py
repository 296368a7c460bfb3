"""A linter of item-writing flaws: rules of the literature, held against single items and sets of items."""

from item_bank.quality.linting.item import (
    Finding,
    LintedAnswer,
    LintedItem,
    LintedOption,
    LintedStatement,
    Severity,
)
from item_bank.quality.linting.rules import RULES, RULES_BESIDES_HINTS, Rule, lint
from item_bank.quality.linting.sets import CrossCue, KeyPositions, SetReport, lint_set

__all__ = [
    "RULES",
    "RULES_BESIDES_HINTS",
    "CrossCue",
    "Finding",
    "KeyPositions",
    "LintedAnswer",
    "LintedItem",
    "LintedOption",
    "LintedStatement",
    "Rule",
    "SetReport",
    "Severity",
    "lint",
    "lint_set",
]
