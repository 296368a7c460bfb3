"""Responses to items of every kind: drawn at random, put as QTI's variables, and moved to an item's copy."""

from collections.abc import Iterator, Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from exam_engine.interactions.content import (
    GapMatch,
    HotspotChoice,
    HotText,
    InlineChoice,
    ItemContent,
    Match,
    MultipleResponse,
    NumericEntry,
    Order,
    SelectPoint,
    SingleChoice,
    Slider,
    TextEntry,
    TrueFalseTable,
)
from exam_engine.interactions.keys import AreaKey, ItemKey, NumberKey, TextKey
from exam_engine.interactions.responses import halves
from exam_engine.interactions.right_responses import right_response


def part_ids(content: ItemContent) -> list[list[str]]:
    """The names of an item's parts, group by group, each in the order in which it is written."""
    match content:
        case SingleChoice() | MultipleResponse() | Order():
            return [[option.id for option in content.options]]
        case HotText():
            return [list(content.hottexts)]
        case HotspotChoice():
            return [[hotspot.id for hotspot in content.hotspots]]
        case TrueFalseTable():
            return [[statement.id for statement in content.statements], ["true", "false"]]
        case Match():
            return [[source.id for source in content.sources], [target.id for target in content.targets]]
        case GapMatch():
            return [[text.id for text in content.texts], [gap.id for gap in content.gaps]]
        case InlineChoice():
            return [[gap.id for gap in content.gaps], *([option.id for option in gap.options] for gap in content.gaps)]
        case TextEntry():
            return [[gap.id for gap in content.gaps]]
        case NumericEntry():
            return [[unit.id for unit in content.units]]
        case _:
            return [[]]


def responses(content: ItemContent, key: ItemKey) -> SearchStrategy[list[str]]:
    """Responses that the item allows: right ones, wrong ones and some of both; sometimes the very right one."""
    return st.just(right_response(content, key)) | _drawn(content, key)


@st.composite
def _drawn(draw: DrawFn, content: ItemContent, key: ItemKey) -> list[str]:
    groups = part_ids(content)
    match content:
        case SingleChoice():
            return [draw(st.sampled_from(groups[0]))]
        case MultipleResponse() | HotText() | HotspotChoice():
            most = content.max_choices or len(groups[0])
            return draw(st.lists(st.sampled_from(groups[0]), unique=True, min_size=1, max_size=most))
        case Order():
            return draw(st.permutations(groups[0]))
        case TrueFalseTable():
            said = [(one, draw(st.sampled_from(["true", "false", ""]))) for one in groups[0]]
            return [f"{one} {value}" for one, value in said if value]
        case Match() | GapMatch():
            return draw(_pairs(content, groups))
        case InlineChoice():
            return [f"{gap} {draw(st.sampled_from(own))}" for gap, own in zip(groups[0], groups[1:], strict=True)]
        case TextEntry():
            assert isinstance(key, TextKey)
            texts = [one.text for gap in key.gaps.values() for one in gap.accepted]
            return [f"{gap} {draw(st.sampled_from([*texts, 'khác']))}" for gap in groups[0]]
        case NumericEntry():
            assert isinstance(key, NumberKey)
            number = f"{float(key.value) + draw(st.sampled_from([0, 0.25, 3, 11, 900])):.4f}".replace(".", ",")
            return [number, *([draw(st.sampled_from(groups[0]))] if content.units else [])]
        case Slider():
            return [draw(st.sampled_from([content.lower, content.upper]))]
        case SelectPoint():
            assert isinstance(key, AreaKey)
            points = [*right_response(content, key), "639 479", "1 470"]
            return draw(st.lists(st.sampled_from(points), min_size=1, max_size=content.max_points))
        case _:
            return []


@st.composite
def _pairs(draw: DrawFn, content: Match | GapMatch, groups: Sequence[Sequence[str]]) -> list[str]:
    if isinstance(content, Match):
        per_first, per_second = content.max_per_source, content.max_per_target or len(groups[0])
    else:
        per_first, per_second = len(groups[1]) if content.is_reusable else 1, 1
    pairs = [(first, second) for first in groups[0] for second in groups[1]]
    chosen: list[tuple[str, str]] = []
    for first, second in draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1)):
        is_open = sum(one == first for one, _ in chosen) < per_first
        if is_open and sum(one == second for _, one in chosen) < per_second:
            chosen.append((first, second))
    return [f"{first} {second}" for first, second in chosen]


def _named(name: str) -> str:
    return name if name[:1].isalpha() else f"_{name}"


def as_variables(content: ItemContent, response: Sequence[str]) -> dict[str, list[str]]:
    """A response as the values of QTI's variables."""
    match content:
        case InlineChoice():
            return {f"RESPONSE_{gap}": [_named(option)] for gap, option in map(halves, response)}
        case TextEntry():
            return {f"RESPONSE_{gap}": [text] for gap, text in map(halves, response)}
        case NumericEntry():
            number = {"RESPONSE": [response[0].replace(",", ".")]}
            return {**number, "UNIT": [_named(response[1])]} if len(response) > 1 else number
        case TrueFalseTable():
            truths = {"true": "T", "false": "F"}
            return {"RESPONSE": [f"{_named(first)} {truths[second]}" for first, second in map(halves, response)]}
        case Match() | GapMatch():
            return {"RESPONSE": [" ".join(map(_named, halves(entry))) for entry in response]}
        case Slider() | SelectPoint():
            return {"RESPONSE": list(response)}
        case _:
            return {"RESPONSE": [_named(entry) for entry in response]}


def moved(response: Sequence[str], content: ItemContent, copy: ItemContent) -> list[str]:
    """The same response to a copy of the item whose parts have other names."""
    old, new = part_ids(content), part_ids(copy)
    assert [len(group) for group in old] == [len(group) for group in new]
    return list(_moved(response, content, old, new))


def _moved(
    response: Sequence[str], content: ItemContent, old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]
) -> Iterator[str]:
    names = [dict(zip(was, now, strict=True)) for was, now in zip(old, new, strict=True)]
    for number, entry in enumerate(response):
        first, second = halves(entry)
        if isinstance(content, Match | GapMatch | TrueFalseTable):
            yield f"{names[0][first]} {names[1][second]}"
        elif isinstance(content, InlineChoice):
            yield f"{names[0][first]} {names[1 + old[0].index(first)][second]}"
        elif isinstance(content, TextEntry):
            yield f"{names[0][first]} {second}"
        elif isinstance(content, NumericEntry):
            yield names[0][entry] if number else entry
        elif isinstance(content, Slider | SelectPoint):
            yield entry
        else:
            yield names[0][entry]
