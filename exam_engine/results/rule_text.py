"""A pass rule in words, for the board and for documents."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from exam_engine.core.i18n import Language
from exam_engine.results.marks import shown_mark
from exam_engine.results.pass_rule import PassRule

Text = Callable[..., str]
"""Gives the words of a message code, filled with keyword values."""


def rule_in_words(rule: PassRule, language: Language, text: Text) -> str:
    """Return the conditions of a rule and how marks are rounded, one sentence each."""

    def shown(mark: Decimal) -> str:
        return shown_mark(mark) if language == "vi" else str(mark)

    sentences = [
        text("rule_minimum", paper=getattr(paper.name, language), mark=shown(paper.minimum))
        for paper in rule.papers
        if paper.minimum is not None
    ]
    if rule.mean_minimum is not None:
        sentences.append(text("rule_mean", mark=shown(rule.mean_minimum)))
    if rule.floor is not None:
        sentences.append(text("rule_floor", mark=shown(rule.floor)))
    sentences.append(text("rule_rounding", decimals=rule.decimals))
    if rule.violations is not None:
        steps = "; ".join(
            text(
                "rule_violation_step",
                name=getattr(step.name, language),
                percent=f"{(step.deduction * 100).normalize():f}",
            )
            for step in rule.violations.steps
        )
        sentences.append(text("rule_violations", steps=steps))
    return " ".join(sentences)


def texts_in(language: Language, find: Callable[[str, Language, dict[str, Any]], str]) -> Text:
    """Return the words of one language from a catalogue's ``text`` method."""
    return lambda code, **params: find(code, language, params)
