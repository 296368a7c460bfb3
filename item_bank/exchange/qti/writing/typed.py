"""Typed texts, typed numbers and scales: what is right and what it earns."""

from decimal import Decimal
from fractions import Fraction

from exam_engine.interactions.content import ItemContent, NumericEntry
from exam_engine.interactions.keys import AllOrNothing, ByCount, NumberKey, PerPart, TextKey
from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.qti.writing.bodies import RESPONSE, UNIT, response_of
from item_bank.exchange.qti.writing.dialect import identifier, qti, truth
from item_bank.exchange.qti.writing.keyed import Keyed, declared
from item_bank.exchange.qti.writing.rules import (
    RIGHT,
    Processing,
    answered,
    counted,
    is_answered,
    is_correct,
    mapped,
    nothing,
    number,
    of_points,
    set_score,
    stepped,
    variable,
    when,
)


def keyed_texts(key: TextKey, points: Decimal) -> Keyed:
    """Return declarations and rules of typed texts, each of which is a variable of its own."""
    names = [response_of(gap) for gap in key.gaps]
    declarations = []
    for name, gap_key in zip(names, key.gaps.values(), strict=True):
        best = max(gap_key.accepted, key=lambda one: Decimal(one.share)).text
        is_sensitive = truth(gap_key.comparison.is_case_sensitive)
        entries = [
            qti("map-entry", {"map-key": one.text, "mapped-value": one.share, "case-sensitive": is_sensitive})
            for one in gap_key.accepted
        ]
        mapping = qti("mapping", {"default-value": "0"}, *entries)
        declarations.append(declared(name, "single", "string", [best], mapping))
    return Keyed(tuple(declarations), _of_texts(names, key.scoring, points))


def _of_texts(names: list[str], scoring: AllOrNothing | PerPart | ByCount, points: Decimal) -> Processing:
    are_right = [qti("gte", {}, mapped(name), number(1)) for name in names]
    if isinstance(scoring, AllOrNothing):
        empty = [nothing(name, "response-else-if" if place else "response-if") for place, name in enumerate(names)]
        full = qti("response-else-if", {}, _all(are_right), set_score(number(points)))
        return Processing(rules=(qti("response-condition", {}, *empty, full),))
    if isinstance(scoring, PerPart) and len(names) == 1:
        return Processing(rules=(answered(names[0], set_score(of_points(points, mapped(names[0])))),))
    if isinstance(scoring, PerPart):
        rules = [when(is_answered(name), counted(mapped(name))) for name in names]
        last = set_score(of_points(points, variable(RIGHT), len(names)))
    else:
        one = number(1)
        rules = [
            when(is_answered(name), when(is_right, counted(one)))
            for name, is_right in zip(names, are_right, strict=True)
        ]
        last = stepped(points, scoring, variable(RIGHT))
    return Processing(rules=(*rules, last), is_counting=True)


def keyed_number(content: ItemContent, key: NumberKey, points: Decimal) -> Keyed:
    """Return declarations and rules of a typed number or a scale, with the unit that is chosen beside it."""
    is_near = _is_near(key)
    value = declared(RESPONSE, "single", "float", [key.value])
    if key.unit is None or not isinstance(content, NumericEntry):
        right = qti("response-else-if", {}, _all(is_near), set_score(number(points)))
        return Keyed((value,), Processing(rules=(qti("response-condition", {}, nothing(RESPONSE), right),)))
    wrong = Decimal(key.share_with_wrong_unit)
    rules = [_adding(_all([*is_near, is_correct(UNIT)]), points * (1 - wrong))]
    if wrong:
        rules.append(_adding(_all(is_near), points * wrong))
    unit = declared(UNIT, "single", "identifier", [identifier(key.unit)])
    return Keyed((value, unit), Processing(rules=(when(is_answered(RESPONSE), *rules),)))


def _is_near(key: NumberKey) -> list[Element]:
    """Return the conditions that a number is within the tolerance.

    Bounds in figures are understood by more players than the tolerance of ``equal``, and also where the right number
    is below nought.
    """
    right, tolerance = Fraction(key.value), Fraction(key.tolerance)
    allowed = abs(right) * tolerance / 100 if key.tolerance_in == "percent" else tolerance
    if not allowed:
        return [qti("equal", {"tolerance-mode": "exact"}, variable(RESPONSE), qti("correct", {"identifier": RESPONSE}))]
    return [
        qti("gte", {}, variable(RESPONSE), number(right - allowed)),
        qti("lte", {}, variable(RESPONSE), number(right + allowed)),
    ]


def _all(conditions: list[Element]) -> Element:
    return conditions[0] if len(conditions) == 1 else qti("and", {}, *conditions)


def _adding(condition: Element, amount: Decimal) -> Element:
    return when(condition, set_score(qti("sum", {}, variable("SCORE"), number(amount))))
