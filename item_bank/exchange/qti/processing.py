"""Response processing read as a sum: what each response earns, added up, perhaps turned into steps at the end.

Rules are followed from the first to the last as a program is, with formulas instead of numbers. What cannot be
written as such a formula is not understood, and then the item has no key: nothing is guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.qti.conditions import Test, is_answered, tests_of
from item_bank.exchange.qti.declarations import Response, number_of
from item_bank.exchange.qti.tree import child, children, value_of

_TEMPLATE = re.compile(
    r"(?:cc2_)?(match_correct|match_basic|match|map_response_point|map_response)(?:_?v?\d\w*)?(?:\.xml)?"
)
SCORE = "SCORE"


@dataclass(frozen=True, slots=True)
class Mapped:
    """What the mapping of a response gives; ``is_point`` where areas are mapped."""

    response: str
    is_point: bool = False


Term = Mapped | tuple[Test, ...]
"""Something that earns: a mapping, or 1 when all of some tests hold."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms with their weights, and a constant."""

    terms: Mapping[Term, Fraction] = field(default_factory=dict)
    constant: Fraction = Fraction(0)

    def plus(self, other: "Sum", factor: Fraction = Fraction(1)) -> "Sum":
        """Return this sum with a multiple of another one added."""
        terms = dict(self.terms)
        for term, weight in other.terms.items():
            terms[term] = terms.get(term, Fraction(0)) + weight * factor
        kept = {term: weight for term, weight in terms.items() if weight}
        return Sum(kept, self.constant + other.constant * factor)


@dataclass(frozen=True, slots=True)
class Steps:
    """A score that follows a sum: the value of the highest step that the sum reaches, else ``otherwise``."""

    of: Sum
    steps: tuple[tuple[Fraction, Fraction], ...]
    otherwise: Fraction


Score = Sum | Steps


def score_of(item: Element, responses: Mapping[str, Response]) -> Score | None:
    """Return what an item's response processing gives as SCORE.

    None when it is not understood. Without any response processing the declared right response earns everything.
    """
    processing = child(item, "response-processing")
    if processing is None:
        correct = [response.identifier for response in responses.values() if response.correct]
        return Sum({tuple(Test(name, "correct") for name in correct): Fraction(1)}) if correct else None
    rules = list(children(processing))
    template = processing.attributes.get("template") or processing.attributes.get("template-location") or ""
    if template and not rules:
        return _of_template(template, responses)
    program = _Program(item)
    program.run(rules)
    return program.values.get(SCORE)


def _of_template(template: str, responses: Mapping[str, Response]) -> Score | None:
    found = _TEMPLATE.fullmatch(template.rstrip("/").rpartition("/")[2].lower())
    name = "RESPONSE" if "RESPONSE" in responses or len(responses) != 1 else next(iter(responses))
    if found is None or name not in responses:
        return None
    if found[1].startswith("match"):
        return Sum({(Test(name, "correct"),): Fraction(1)})
    return Sum({Mapped(name, is_point=found[1].endswith("point")): Fraction(1)})


class _Program:
    """Response rules being followed; ``values`` has each outcome's formula, None where it is not understood."""

    def __init__(self, item: Element) -> None:
        self.values: dict[str, Score | None] = {SCORE: Sum()}
        for outcome in children(item, "outcome-declaration"):
            default = child(outcome, "default-value")
            values = [value_of(value) for value in children(default, "value")] if default is not None else []
            number = number_of(values[0]) if len(values) == 1 else Fraction(0) if not values else None
            self.values[outcome.attributes.get("identifier", "")] = None if number is None else Sum(constant=number)

    def run(self, rules: Sequence[Element]) -> None:
        """Follow rules in their order."""
        for rule in rules:
            if rule.name == "set-outcome-value":
                name = rule.attributes.get("identifier", "")
                self.values[name] = self._expression(next(children(rule), None))
            elif rule.name == "response-condition":
                self._condition(list(children(rule)))
            elif rule.name == "response-processing-fragment":
                self.run(list(children(rule)))
            else:
                self.values = dict.fromkeys(self.values)

    def _condition(self, branches: list[Element]) -> None:
        if not branches:
            return
        if (steps := self._steps(branches)) is not None:
            name, value = steps
            self.values[name] = value
            return
        first, *others = branches
        if first.name == "response-else":
            self.run(list(children(first)))
            return
        condition, *rules = list(children(first)) or [Element("none")]
        if condition.name == "is-null":
            # Nothing answered earns nothing in this bank whatever the rules say of it.
            self._condition(others)
            return
        if is_answered(condition):
            self.run(rules)
            return
        is_negated = condition.name == "not"
        tests = tests_of(next(children(condition), condition) if is_negated else condition)
        before = dict(self.values)
        self.run(rules)
        then, self.values = self.values, dict(before)
        self._condition(others)
        if is_negated:
            then, self.values = self.values, then
        self.values = {
            name: _either(tests, then.get(name, Sum()), self.values.get(name, Sum())) for name in {*then, *self.values}
        }

    def _steps(self, branches: list[Element]) -> tuple[str, Score] | None:
        """Read branches that compare one sum with falling or single numbers, each setting the same outcome."""
        found: list[tuple[Fraction, Fraction]] = []
        otherwise = Fraction(0)
        of: Sum | None = None
        target = ""
        for branch in branches:
            parts = list(children(branch))
            if branch.name == "response-else":
                if len(parts) != 1 or (value := self._constant(parts[0], target)) is None:
                    return None
                otherwise = value
                continue
            if len(parts) != 2 or parts[0].name not in {"gte", "equal"} or parts[1].name != "set-outcome-value":
                return None
            target = target or parts[1].attributes.get("identifier", "")
            value = self._constant(parts[1], target)
            left, right = ([self._expression(one) for one in children(parts[0])] + [None, None])[:2]
            if value is None or not isinstance(left, Sum) or not isinstance(right, Sum) or right.terms:
                return None
            if (
                not left.terms
                or (of is not None and left != of)
                or any(isinstance(t, Mapped) is False and not t for t in left.terms)
            ):
                return None
            of = left
            found.append((right.constant - left.constant, value))
        if of is None or len(branches) < 2:
            return None
        falls = all(later[0] < earlier[0] for earlier, later in pairwise(found))
        return (target, Steps(Sum(of.terms), tuple(found), otherwise)) if falls else None

    def _constant(self, rule: Element, target: str) -> Fraction | None:
        if rule.name != "set-outcome-value" or rule.attributes.get("identifier", "") != target:
            return None
        value = self._expression(next(children(rule), None))
        return value.constant if isinstance(value, Sum) and not value.terms else None

    def _expression(self, element: Element | None) -> Score | None:
        if element is None:
            return None
        inside = list(children(element))
        identifier = element.attributes.get("identifier", "")
        match element.name:
            case "base-value":
                number = number_of(value_of(element))
                return None if number is None else Sum(constant=number)
            case "variable":
                return self.values.get(identifier)
            case "map-response":
                return Sum({Mapped(identifier): Fraction(1)})
            case "map-response-point":
                return Sum({Mapped(identifier, is_point=True): Fraction(1)})
            case "sum" | "subtract" | "product" | "divide":
                return _combined(element.name, [self._expression(one) for one in inside])
            case _:
                return None


def _either(tests: tuple[Test, ...] | None, then: Score | None, otherwise: Score | None) -> Score | None:
    """Return the formula of an outcome that has one value when tests hold and another one when they do not."""
    if then == otherwise:
        return then
    if tests is None or not isinstance(then, Sum) or not isinstance(otherwise, Sum):
        return None
    difference = then.plus(otherwise, Fraction(-1))
    # Only a fixed amount can be added under a condition.
    return None if difference.terms else otherwise.plus(Sum({tests: difference.constant}))


def _combined(operator: str, values: list[Score | None]) -> Score | None:
    sums = [value for value in values if isinstance(value, Sum)]
    if len(sums) < len(values) or not sums:
        return None
    first, *others = sums
    if operator == "sum":
        total = Sum()
        for one in sums:
            total = total.plus(one)
        return total
    if operator == "subtract":
        return first.plus(others[0], Fraction(-1)) if len(others) == 1 else None
    if operator == "divide":
        divisor = others[0] if len(others) == 1 else Sum()
        return Sum().plus(first, 1 / divisor.constant) if not divisor.terms and divisor.constant else None
    varying = [one for one in sums if one.terms]
    if len(varying) > 1:
        return None
    factor = Fraction(1)
    for one in sums:
        factor *= one.constant if not one.terms else 1
    return Sum().plus(varying[0], factor) if varying else Sum(constant=factor)
