"""The computation of a survey; pure, so that it can run in a process of its own."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from exam_engine.interactions.content import CONTENT
from exam_engine.interactions.keys import KEY
from item_bank.quality.duplicates import DuplicateIndex, ItemText
from item_bank.quality.linting import RULES, Finding, LintedItem, lint_set
from item_bank.quality.reading import ReadableItem, findings_of, linted_item

MOST_SHOWN = 200
"""Findings kept of one rule; more of one kind tell a board nothing new, and their number is kept."""
MOST_PAIRS = 500
_MOST_QUERIES = 5_000
"""Items up to which each is looked up by itself; above, all pairs of the bank are found in one sweep."""
_ITEMS_A_WORD = 100

Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class SurveyedItem:
    """One item of the survey as it is stored; ``key`` None and ``explanation`` empty for those who may not see keys."""

    id: UUID
    code: str
    module_code: str
    cognitive_level: str
    stem_text: str
    content: Mapping[str, Any]
    key: Mapping[str, Any] | None
    explanation: str
    has_stimulus: bool


def survey(items: Sequence[SurveyedItem], texts: Mapping[str, ItemText], *, tell: Tell) -> dict[str, Any]:
    """Return findings, near-duplicates and the figures of each module as plain JSON.

    Parameters
    ----------
    items : what is surveyed.
    texts : what is compared of every item of the bank by code, the surveyed ones too.
    tell : called with ``{"stage", "done", "total"}``.
    """
    linted: dict[str, list[LintedItem]] = defaultdict(list)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    totals: dict[str, int] = defaultdict(int)
    flawed: set[str] = set()
    for number, item in enumerate(items):
        if number % _ITEMS_A_WORD == 0:
            tell({"stage": "linting", "done": number, "total": len(items)})
        readable = _readable(item)
        linted[item.module_code].append(linted_item(readable))
        for finding in findings_of(readable):
            totals[finding.rule] += 1
            if finding.severity != "hint":
                flawed.add(item.code)
            if len(found[finding.rule]) < MOST_SHOWN:
                found[finding.rule].append(_shown(finding, item))
    pairs = list(_pairs({item.code for item in items}, texts, tell))
    return {
        "items": len(items),
        "flawed": len(flawed),
        "rules": [
            {"rule": rule.code, "severity": rule.severity, "total": totals[rule.code], "found": found[rule.code]}
            for rule in RULES
            if totals[rule.code]
        ],
        "pairs": pairs[:MOST_PAIRS],
        "pairs_total": len(pairs),
        "modules": [_module(code, linted[code]) for code in sorted(linted)],
    }


def _readable(item: SurveyedItem) -> ReadableItem:
    return ReadableItem(
        content=CONTENT.validate_python(item.content),
        code=item.code,
        cognitive_level=item.cognitive_level,
        key=None if item.key is None else KEY.validate_python(item.key),
        explanation=item.explanation,
        has_stimulus=item.has_stimulus,
    )


def _shown(finding: Finding, item: SurveyedItem) -> dict[str, Any]:
    return {"id": str(item.id), "code": item.code, "place": finding.place, "params": finding.params}


def _pairs(wanted: set[str], texts: Mapping[str, ItemText], tell: Tell) -> Iterator[dict[str, Any]]:
    """Yield pairs with at least one wanted item, most alike first."""
    index = DuplicateIndex.build(texts)
    if len(wanted) > _MOST_QUERIES:
        tell({"stage": "comparing", "done": 0, "total": len(wanted)})
        found = {
            (pair.first, pair.second): (pair.similarity, pair.reason)
            for pair in index.pairs()
            if pair.first in wanted or pair.second in wanted
        }
    else:
        found = {}
        for number, code in enumerate(sorted(wanted)):
            if number % _ITEMS_A_WORD == 0:
                tell({"stage": "comparing", "done": number, "total": len(wanted)})
            for match in index.similar(texts[code], besides=code):
                found.setdefault(_in_order(code, match.code), (match.similarity, match.reason))
    for (first, second), (similarity, reason) in sorted(found.items(), key=lambda pair: (-pair[1][0], pair[0])):
        yield {"first": first, "second": second, "similarity": similarity, "reason": reason}


def _in_order(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first < second else (second, first)


def _module(code: str, items: Iterable[LintedItem]) -> dict[str, Any]:
    report = lint_set(list(items))
    return {
        "module_code": code,
        "items": report.items,
        "negative_stems": report.negative_stems,
        "key_positions": list(report.key_positions.counts),
        "p_value": report.key_positions.p_value,
        "findings": [asdict(finding) for finding in report.findings],
    }
