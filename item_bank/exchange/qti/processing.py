"""Response processing read as a sum: what each response earns, added up, perhaps turned into steps at the end.

Rules are followed from the first to the last as a program is, with formulas instead of numbers. What cannot be
written as such a formula is not understood, and then the item has no key: nothing is guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.qti.declarations import Response, number_of
from item_bank.exchange.qti.tree import child, children, value_of

_TEMPLATE = re.compile(
    r"(?:cc2_)?(match_correct|match_basic|match|map_response_point|map_response)(?:_?v?\d\w*)?(?:\.xml)?"
)
SCORE = "SCORE"


@dataclass(frozen=True, slots=True)
class Test:
    """Whether one response is as it should be.

    ``correct``: the declared right response; ``value``: one of some values; ``member``, ``absent``: a value chosen or
    not; ``index``: a value at a place of an order, from 1; ``mapped``: the mapping gives at least ``least``.
    """

    response: str
    kind: Literal["correct", "value", "member", "absent", "index", "mapped"]
    values: tuple[str, ...] = ()
    place: int = 0
    least: Fraction = Fraction(0)
    tolerance: Fraction = Fraction(0)
    is_percent: bool = False
    is_case_sensitive: bool = True


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
        is_negated = condition.name == "not" and not _is_answered(condition)
        tests = self._tests(next(children(condition), condition) if is_negated else condition)
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

    def _tests(self, element: Element) -> tuple[Test, ...] | None:
        """Return the tests that must all hold, None when the condition is not understood."""
        inside = list(children(element))
        match element.name:
            case "and":
                found = [self._tests(one) for one in inside]
                known = [tests for tests in found if tests is not None]
                return tuple(test for tests in known for test in tests) if len(known) == len(found) else None
            case "or":
                return _alternatives([self._tests(one) for one in inside])
            case "match" | "equal" | "string-match" if len(inside) == 2:
                return _equality(element, *inside)
            case "member" if len(inside) == 2 and inside[0].name == "base-value" and inside[1].name == "variable":
                return (Test(inside[1].attributes.get("identifier", ""), "member", (value_of(inside[0]),)),)
            case "not" if _is_answered(element):
                return ()
            case "not" if len(inside) == 1 and inside[0].name == "member":
                tests = self._tests(inside[0])
                return (Test(tests[0].response, "absent", tests[0].values),) if tests else None
            case "gte" if len(inside) == 2 and inside[0].name == "map-response":
                least = number_of(value_of(inside[1])) if inside[1].name == "base-value" else None
                name = inside[0].attributes.get("identifier", "")
                return None if least is None else (Test(name, "mapped", least=least),)
            case _:
                return None


def _is_answered(condition: Element) -> bool:
    return condition.name == "not" and all(one.name == "is-null" for one in children(condition))


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


def _alternatives(found: list[tuple[Test, ...] | None]) -> tuple[Test, ...] | None:
    """Return one test for several values of one response; any other choice of conditions is not understood."""
    singles = [tests[0] for tests in found if tests is not None and len(tests) == 1 and tests[0].kind == "value"]
    if not singles or len(singles) < len(found):
        return None
    first = singles[0]
    looks = {(test.response, test.is_case_sensitive, test.tolerance, test.is_percent) for test in singles}
    values = tuple(value for test in singles for value in test.values)
    return (
        (Test(first.response, "value", values, is_case_sensitive=first.is_case_sensitive),) if len(looks) == 1 else None
    )


def _equality(element: Element, left: Element, right: Element) -> tuple[Test, ...] | None:
    if left.name != "variable" and left.name != "index":
        left, right = right, left
    attributes = element.attributes
    is_case_sensitive = element.name != "string-match" or attributes.get("case-sensitive", "true") in {"true", "1"}
    tolerance, mode = Fraction(0), attributes.get("tolerance-mode", "exact")
    if element.name == "equal" and mode != "exact":
        bounds = {number_of(part) for part in attributes.get("tolerance", "").split()}
        known = [bound for bound in bounds if bound is not None]
        # The bank's tolerance is the same on both sides, and its bounds belong to it.
        is_open = "false" in {attributes.get("include-lower-bound"), attributes.get("include-upper-bound")}
        if len(bounds) != 1 or not known or is_open:
            return None
        tolerance = known[0]
    if attributes.get("substring", "false") in {"true", "1"}:
        return None
    name = left.attributes.get("identifier", "")
    if left.name == "index" and right.name == "base-value":
        inner, place = next(children(left), None), left.attributes.get("n", "")
        if inner is None or inner.name != "variable" or not place.isdigit():
            return None
        return (Test(inner.attributes.get("identifier", ""), "index", (value_of(right),), place=int(place)),)
    if left.name != "variable":
        return None
    made = Test(
        name,
        "value",
        tolerance=tolerance,
        is_percent=mode == "relative",
        is_case_sensitive=is_case_sensitive,
    )
    if right.name == "correct" and right.attributes.get("identifier") == name:
        return (replace(made, kind="correct"),)
    if right.name == "base-value":
        return (replace(made, values=(value_of(right),)),)
    return None
