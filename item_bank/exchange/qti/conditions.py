"""Conditions of response processing as tests of single responses."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.qti.declarations import decimal_text, number_of
from item_bank.exchange.qti.tree import children, value_of


@dataclass(frozen=True, slots=True)
class Test:
    """Whether one response is as it should be.

    ``correct``: the declared right response; ``value``: one of some values; ``member``, ``absent``: a value chosen or
    not; ``index``: a value at a place of an order, from 1; ``mapped``: the mapping gives at least ``least``; ``from``,
    ``to``: a number at or beyond a bound; ``range``: a number within ``tolerance`` of a value.
    """

    response: str
    kind: Literal["correct", "value", "member", "absent", "index", "mapped", "from", "to", "range"]
    values: tuple[str, ...] = ()
    place: int = 0
    least: Fraction = Fraction(0)
    tolerance: Fraction = Fraction(0)
    is_percent: bool = False
    is_case_sensitive: bool = True


def tests_of(element: Element) -> tuple[Test, ...] | None:
    """Return the tests that must all hold, None when the condition is not understood."""
    inside = list(children(element))
    match element.name:
        case "and":
            found = [tests_of(one) for one in inside]
            known = [tests for tests in found if tests is not None]
            return _with_ranges([test for tests in known for test in tests]) if len(known) == len(found) else None
        case "or":
            return _alternatives([tests_of(one) for one in inside])
        case "match" | "equal" | "string-match" if len(inside) == 2:
            return _equality(element, *inside)
        case "member" if len(inside) == 2 and inside[0].name == "base-value" and inside[1].name == "variable":
            return (Test(inside[1].attributes.get("identifier", ""), "member", (value_of(inside[0]),)),)
        case "not" if is_answered(element):
            return ()
        case "not" if len(inside) == 1 and inside[0].name == "member":
            tests = tests_of(inside[0])
            return (Test(tests[0].response, "absent", tests[0].values),) if tests else None
        case "gte" if len(inside) == 2 and inside[0].name == "map-response":
            least = number_of(value_of(inside[1])) if inside[1].name == "base-value" else None
            name = inside[0].attributes.get("identifier", "")
            return None if least is None else (Test(name, "mapped", least=least),)
        case "gte" | "lte" if len(inside) == 2 and [one.name for one in inside] == ["variable", "base-value"]:
            name = inside[0].attributes.get("identifier", "")
            kind: Literal["from", "to"] = "from" if element.name == "gte" else "to"
            return (Test(name, kind, (value_of(inside[1]),)),)
        case _:
            return None


def is_answered(condition: Element) -> bool:
    """Return whether a condition asks only that something was answered."""
    return condition.name == "not" and all(one.name == "is-null" for one in children(condition))


def _with_ranges(tests: list[Test]) -> tuple[Test, ...]:
    """Return tests that must all hold, two bounds of one number as one test."""
    kept: list[Test] = []
    for test in tests:
        ends = [one for one in tests if one.response == test.response and one.kind in {"from", "to"}]
        numbers = [number_of(one.values[0]) for one in sorted(ends, key=lambda one: one.kind)]
        if test not in ends or [one.kind for one in ends] not in (["from", "to"], ["to", "from"]):
            kept.append(test)
            continue
        least, most = numbers
        if least is None or most is None:
            kept.append(test)
        elif test is ends[0]:
            middle = decimal_text((least + most) / 2)
            kept.append(Test(test.response, "range", (middle,), tolerance=(most - least) / 2))
    return tuple(kept)


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
