"""Interactions that stand in a text: words typed, numbers typed, choices in gaps."""

from collections.abc import Sequence

from exam_engine.core.text import clean_line
from exam_engine.interactions.content import ChoiceGap, InlineChoice, NumericEntry, TextEntry, TextGap
from exam_engine.interactions.rich_text import plain_text
from exam_engine.interactions.rich_text.markup import Element, Node
from item_bank.exchange.qti.inline_keys import inline_choice_key
from item_bank.exchange.qti.interactions import Asked, Body, UnsupportedError, check_count, options_of
from item_bank.exchange.qti.naming import numbered
from item_bank.exchange.qti.tree import children
from item_bank.exchange.qti.typed_keys import number_key, text_key

STEM, PASSAGE = "item-bank-stem", "item-bank-passage"
"""Classes of the blocks in which this bank writes the two texts of an item."""

_NUMBERS = frozenset({"float", "integer"})
_LONGEST_UNIT = 24
_FIELD = "[…]"
"""How the place of a field is shown in a stem that goes on behind it."""


def read_text_entry(body: Body) -> Asked:
    """Read words typed into gaps; a single gap that takes a number is a numeric entry."""
    fields = body.interactions
    responses = [body.response(one) for one in fields]
    if len(fields) == 1 and responses[0].base_type in _NUMBERS:
        return read_number(body, fields[0], None)
    check_count("gaps", fields, 1, 30)
    body.texts.names = numbered("g", (response.identifier for response in responses))
    gaps = list(body.texts.names.values())
    if len(gaps) < len(fields):
        raise UnsupportedError("qti_identifier_twice")
    stem, passage = _parts(body)
    content = TextEntry(
        language=body.language,
        stem=body.texts.html(stem, "stem"),
        passage=body.texts.html(passage, "passage"),
        gaps=tuple(
            TextGap(id=gap, expected_length=_length(field, 12, 60), is_numeric=response.base_type in _NUMBERS)
            for gap, field, response in zip(gaps, fields, responses, strict=True)
        ),
    )
    return Asked(content, lambda score: text_key(responses, gaps, score))


def read_inline_choice(body: Body) -> Asked:
    """Read choices in the gaps of a text."""
    fields = body.interactions
    check_count("gaps", fields, 1, 30)
    responses = [body.response(one) for one in fields]
    body.texts.names = numbered("g", (response.identifier for response in responses))
    gaps = list(body.texts.names.values())
    if len(gaps) < len(fields):
        raise UnsupportedError("qti_identifier_twice")
    offered = [
        options_of(list(children(one, "inline-choice")), body, f"gaps/{gap}")
        for one, gap in zip(fields, gaps, strict=True)
    ]
    for gap, (_, options) in zip(gaps, offered, strict=True):
        check_count(f"gaps/{gap}", options, 2, 20)
    stem, passage = _parts(body)
    content = InlineChoice(
        language=body.language,
        stem=body.texts.html(stem, "stem"),
        passage=body.texts.html(passage, "passage"),
        gaps=tuple(ChoiceGap(id=gap, options=options) for gap, (_, options) in zip(gaps, offered, strict=True)),
        is_shuffled=any(one.attributes.get("shuffle") in {"true", "1"} for one in fields),
    )
    names = [one for one, _ in offered]
    return Asked(content, lambda score: inline_choice_key(content, responses, names, score))


def read_number(body: Body, field: Element, unit_choice: Element | None) -> Asked:
    """Read a number to type, with a unit behind it: a few words printed, or a choice."""
    number = body.response(field)
    before, after = _around(body.stem, field)
    if unit_choice is not None:
        _, after = _around(after, unit_choice)
    behind = clean_line(plain_text(body.texts.html(after)))
    unit = "" if unit_choice is not None or len(behind) > _LONGEST_UNIT else behind
    # A question that goes on behind the field keeps a sign of its place.
    stem = before if unit or not behind else [*before, _FIELD, *after]
    unit_response = None if unit_choice is None else body.response(unit_choice)
    names, units = (
        ({}, ()) if unit_choice is None else options_of(list(children(unit_choice, "inline-choice")), body, "units")
    )
    check_count("units", units, 0, 12)
    content = NumericEntry(
        language=body.language,
        stem=body.texts.html(stem, "stem"),
        unit=unit,
        units=units,
        expected_length=_length(field, 8, 24),
    )
    return Asked(content, lambda score: number_key(number, score, unit_response, names))


def _parts(body: Body) -> tuple[list[Node], list[Node]]:
    """Return stem and passage: apart where this bank wrote them, else everything is passage."""
    blocks = {one.attributes.get("class", ""): one for one in body.stem if isinstance(one, Element)}
    if PASSAGE in blocks:
        stem = blocks.get(STEM)
        return (stem.children if stem is not None else []), blocks[PASSAGE].children
    return [], body.stem


def _around(nodes: Sequence[Node], field: Element) -> tuple[list[Node], list[Node]]:
    """Return what stands before an element and what stands after it, each with its blocks around it."""
    before: list[Node] = []
    for number, node in enumerate(nodes):
        if node is field:
            return before, list(nodes[number + 1 :])
        if isinstance(node, Element) and _holds(node, field):
            inner, rest = _around(node.children, field)
            first = Element(node.name, dict(node.attributes), inner)
            last = Element(node.name, dict(node.attributes), rest)
            return [*before, first], [last, *nodes[number + 1 :]]
        before.append(node)
    return before, []


def _holds(node: Element, field: Element) -> bool:
    return any(one is field or (isinstance(one, Element) and _holds(one, field)) for one in node.children)


def _length(field: Element, default: int, most: int) -> int:
    text = field.attributes.get("expected-length", "")
    return min(max(int(text), 1), most) if text.isdigit() and len(text) < 6 else default
