"""Response processing in the words of QTI: expressions, conditions and the few shapes that scoring rules take."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from exam_engine.interactions.keys import AllOrNothing, ByCount, PerPart
from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.qti.declarations import decimal_text
from item_bank.exchange.qti.writing.dialect import qti

RIGHT = "RIGHT"
"""Outcome that counts the parts that are right."""


@dataclass(frozen=True, slots=True)
class Processing:
    """Response processing: a standard template, or rules of its own."""

    template: str = ""
    rules: tuple[Element, ...] = field(default=())
    is_counting: bool = False


def number(value: Fraction | Decimal | str | int) -> Element:
    """Return a decimal number as an expression."""
    return qti("base-value", {"base-type": "float"}, decimal_text(Fraction(value)))


def name_value(base_type: str, text: str) -> Element:
    """Return an identifier or a pair as an expression."""
    return qti("base-value", {"base-type": base_type}, text)


def variable(name: str) -> Element:
    """Return the value of a variable."""
    return qti("variable", {"identifier": name})


def is_correct(name: str) -> Element:
    """Return the condition that a response is the declared right one."""
    return qti("match", {}, variable(name), qti("correct", {"identifier": name}))


def mapped(name: str) -> Element:
    """Return what the mapping of a response gives."""
    return qti("map-response", {"identifier": name})


def set_score(expression: Element, outcome: str = "SCORE") -> Element:
    """Return the rule that sets an outcome."""
    return qti("set-outcome-value", {"identifier": outcome}, expression)


def when(condition: Element, *rules: Element) -> Element:
    """Return rules under a condition."""
    return qti("response-condition", {}, qti("response-if", {}, condition, *rules))


def of_points(points: Decimal, expression: Element, parts: int = 1) -> Element:
    """Return a share of the points: the expression times the points, by the number of parts."""
    scaled = expression if points == 1 else qti("product", {}, number(points), expression)
    return scaled if parts == 1 else qti("divide", {}, scaled, number(parts))


def whole(points: Decimal, condition: Element) -> tuple[Element, ...]:
    """Return the rules that give all points under a condition, and none otherwise."""
    return (when(condition, set_score(number(points))),)


def is_answered(name: str) -> Element:
    """Return the condition that a variable has a value."""
    return qti("not", {}, qti("is-null", {}, variable(name)))


def nothing(name: str, branch: str = "response-if") -> Element:
    """Return the branch that gives no points where a variable has no value.

    Players differ in what a mapping gives for no value: nothing, its default, or an error that ends the processing.
    """
    return qti(branch, {}, qti("is-null", {}, variable(name)), set_score(number(0)))


def answered(name: str, *rules: Element) -> Element:
    """Return rules that hold only when something was answered."""
    return qti("response-condition", {}, nothing(name), qti("response-else", {}, *rules))


def counted(amount: Element) -> Element:
    """Return the rule that adds to what is right so far."""
    return set_score(qti("sum", {}, variable(RIGHT), amount), RIGHT)


def stepped(points: Decimal, scoring: ByCount, count: Element, response: str = "") -> Element:
    """Return the rule that gives points by a count; with ``response``, none where that variable has no value."""
    branches = [nothing(response)] if response else []
    for at_least in range(len(scoring.shares) - 1, 0, -1):
        name = "response-if" if not branches else "response-else-if"
        condition = qti("gte", {}, count, number(at_least))
        branches.append(qti(name, {}, condition, set_score(number(points * Decimal(scoring.shares[at_least])))))
    return qti("response-condition", {}, *branches, qti("response-else", {}, set_score(number(0))))


def counting(points: Decimal, scoring: AllOrNothing | PerPart | ByCount, parts: Sequence[Element]) -> Processing:
    """Return the rules that count the conditions that hold and give points by the count."""
    rules = [when(part, counted(number(1))) for part in parts]
    if isinstance(scoring, ByCount):
        last = stepped(points, scoring, variable(RIGHT))
    elif isinstance(scoring, PerPart):
        last = set_score(of_points(points, variable(RIGHT), len(parts)))
    else:
        return Processing(rules=whole(points, parts[0] if len(parts) == 1 else qti("and", {}, *parts)))
    return Processing(rules=(*rules, last), is_counting=True)
