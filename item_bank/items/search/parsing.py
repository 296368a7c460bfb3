"""What people type into the search box: words, "phrases", -exclusions and typed filters such as ``code:IU04-0``."""

import re
from dataclasses import dataclass
from typing import Literal, get_args

from exam_engine.core.text import nfc, search_key
from exam_engine.interactions.content import Interaction
from item_bank.items.content import COGNITIVE_LEVELS
from item_bank.items.search.words import tag_key, words
from item_bank.items.workflow import STATUSES

Field = Literal["code", "tag", "module", "reference", "level", "status", "kind", "author", "assignee", "has"]
Measure = Literal["p", "item_rest", "a", "b", "forms", "seconds"]
Trait = Literal["key", "parameters", "stimulus", "tags", "assignee", "simulated", "published", "comments"]

TRAITS: tuple[Trait, ...] = get_args(Trait)
KINDS: tuple[str, ...] = get_args(Interaction)

FIELDS: dict[str, Field] = {
    **dict.fromkeys(("code", "ma"), "code"),
    **dict.fromkeys(("tag", "the", "nhan"), "tag"),
    **dict.fromkeys(("module", "modun"), "module"),
    **dict.fromkeys(("ref", "muc"), "reference"),
    **dict.fromkeys(("level", "mucdo"), "level"),
    **dict.fromkeys(("status", "trangthai"), "status"),
    **dict.fromkeys(("kind", "loai"), "kind"),
    **dict.fromkeys(("author", "tacgia"), "author"),
    **dict.fromkeys(("assignee", "giao"), "assignee"),
    **dict.fromkeys(("has", "is", "co"), "has"),
}
"""Names of filters by value, in English and in Vietnamese without marks."""

MEASURES: dict[str, Measure] = {
    "p": "p",
    "r": "item_rest",
    "a": "a",
    "b": "b",
    **dict.fromkeys(("forms", "de"), "forms"),
    **dict.fromkeys(("seconds", "giay"), "seconds"),
}
"""Names of filters by range: share of right answers, item-rest correlation, slope, difficulty, forms, seconds."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand beside each other in an item; of the last one the beginning is enough if ``is_prefix``."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter by value: one of the values holds, or none of them if ``is_excluded``."""

    field: Field
    values: tuple[str, ...]
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """A filter by a figure; an end is None where the range is open. Items without the figure never match."""

    measure: Measure
    low: float | None
    high: float | None
    is_low_open: bool = False
    is_high_open: bool = False


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What was typed, understood; all its parts hold together. ``unknown`` are filters whose value nobody knows."""

    terms: tuple[Term, ...] = ()
    conditions: tuple[Condition, ...] = ()
    ranges: tuple[Range, ...] = ()
    unknown: tuple[str, ...] = ()
    code: str = ""
    """The whole text as the beginning of a code, lower case; items that bear it come first."""


_PART = re.compile(
    r'(?P<minus>-)?(?:(?P<field>[^\W\d_]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+))', flags=re.UNICODE
)
_NUMBER = r"-?\d+(?:[.,]\d+)?"
_SPAN = re.compile(rf"(?P<low>{_NUMBER})?\.\.(?P<high>{_NUMBER})?")
_BOUND = re.compile(rf"(?P<sign><=|>=|<|>|=)?(?P<value>{_NUMBER})")


def parse(text: str) -> SearchQuery:
    """Return what a search text asks for; nothing that can be typed is an error.

    While somebody types, the last word is a beginning. A filter without a value yet asks for nothing; one with a value
    that nobody knows is named in ``unknown``, and the search then finds nothing.
    """
    terms: list[Term] = []
    conditions: list[Condition] = []
    ranges: list[Range] = []
    unknown: list[str] = []
    text = nfc(text)
    for part in _PART.finditer(text):
        name = search_key(part["field"] or "")
        is_excluded = part["minus"] is not None
        value = part["quoted"] if part["quoted"] is not None else part["bare"]
        if name in FIELDS:
            condition = _condition(FIELDS[name], value, is_excluded=is_excluded)
            if condition is None:
                unknown.append(part[0])
            elif condition.values:
                conditions.append(condition)
        elif name in MEASURES and part["quoted"] is None and (span := _range(MEASURES[name], value)) is not None:
            if is_excluded:
                unknown.append(part[0])
            else:
                ranges.append(span)
        elif name in MEASURES and len(name) > 1:
            unknown.append(part[0])
        elif _is_unfinished(part["bare"]):
            continue
        else:
            text_of_part = value if part["field"] is None else f"{part['field']}:{value}"
            if found := tuple(words(text_of_part)):
                is_typed_last = part["quoted"] is None and part.end() == len(text)
                terms.append(Term(found, is_prefix=is_typed_last and not is_excluded, is_excluded=is_excluded))
    return SearchQuery(
        tuple(terms), tuple(conditions), tuple(ranges), tuple(unknown), code=search_key(text) if terms else ""
    )


def _is_unfinished(bare: str | None) -> bool:
    if bare is None or not bare.endswith(":"):
        return False
    name = search_key(bare[:-1])
    return name in FIELDS or name in MEASURES


def _condition(field: Field, value: str, *, is_excluded: bool) -> Condition | None:
    values = [one.strip() for one in value.split(",")] if field != "tag" else [value]
    values = [one for one in values if one]
    known: tuple[str, ...] | None = {"status": STATUSES, "kind": KINDS, "has": TRAITS}.get(field)
    if field == "level":
        values, known = [one.upper() for one in values], COGNITIVE_LEVELS
    elif field in {"module", "reference"}:
        values = [one.upper() for one in values]
    elif field == "tag":
        values = [tag_key(one) for one in values]
    else:
        values = [search_key(one) for one in values]
    if known is not None and any(one not in known for one in values):
        return None
    return Condition(field, tuple(values), is_excluded)


def _range(measure: Measure, value: str) -> Range | None:
    if (span := _SPAN.fullmatch(value)) and (span["low"] or span["high"]):
        return Range(measure, _number(span["low"]), _number(span["high"]))
    if (bound := _BOUND.fullmatch(value)) is None:
        return None
    number = _number(bound["value"])
    match bound["sign"]:
        case "<" | "<=":
            return Range(measure, None, number, is_high_open=bound["sign"] == "<")
        case ">" | ">=":
            return Range(measure, number, None, is_low_open=bound["sign"] == ">")
        case _:
            return Range(measure, number, number)


def _number(text: str | None) -> float | None:
    return None if text is None else float(text.replace(",", "."))
