"""A small delivery system: it scores responses by an item's response processing as QTI defines it.

Written after the specification and from nothing of the bank's own code, so that it tells what others make of its items.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from lxml import etree

Value = Fraction | bool | str | list[str] | None
_COMPARED: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "gte": operator.ge,
    "lte": operator.le,
    "lt": operator.lt,
    "gt": operator.gt,
}


@dataclass
class Processor:
    """An item of version 3.0 with the responses of a candidate, by variable.

    ``is_plain``: a player that knows no more of QTI than widely used ones do. It breaks off where a mapping or a
    comparison meets no value, counts no default in a set, compares numbers without tolerance, and knows pairs only in
    responses.
    """

    item: bytes
    responses: dict[str, list[str]]
    is_plain: bool = False
    outcomes: dict[str, Value] = field(default_factory=dict)

    def score(self) -> Fraction:
        """The value of SCORE after response processing."""
        self.root = etree.fromstring(self.item)
        for declared in self._all("qti-outcome-declaration"):
            values = [value.text for value in declared.iter("{*}qti-value")]
            if declared.get("base-type") == "float":
                self.outcomes[declared.get("identifier", "")] = Fraction(values[0] or "0")
        [processing] = self._all("qti-response-processing")
        template = (processing.get("template") or "").rpartition("/")[2].removesuffix(".xml")
        if template == "match_correct":
            self.outcomes["SCORE"] = Fraction(self._same("RESPONSE", self._declared("RESPONSE")))
        elif template:
            is_null = not self.responses.get("RESPONSE")
            self.outcomes["SCORE"] = Fraction(0) if is_null else self._mapped("RESPONSE", is_point="point" in template)
        else:
            self._run(list(processing))
        score = self.outcomes["SCORE"]
        assert isinstance(score, Fraction)
        return score

    def _all(self, name: str) -> list[etree._Element]:
        return list(self.root.iter(f"{{*}}{name}"))

    def _declaration(self, name: str) -> etree._Element:
        [found] = [one for one in self._all("qti-response-declaration") if one.get("identifier") == name]
        return found

    def _declared(self, name: str) -> list[str]:
        correct = self._declaration(name).find("{*}qti-correct-response")
        assert correct is not None
        return [value.text or "" for value in correct]

    def _same(self, name: str, wanted: list[str]) -> bool:
        given = self.responses.get(name, [])
        is_ordered = self._declaration(name).get("cardinality") in {"ordered", "single"}
        return bool(given) and (given == wanted if is_ordered else sorted(given) == sorted(wanted))

    def _run(self, rules: Sequence[etree._Element]) -> None:
        for rule in rules:
            name = etree.QName(rule).localname
            if name == "qti-set-outcome-value":
                self.outcomes[rule.get("identifier", "")] = self._value(rule[0])
                continue
            assert name == "qti-response-condition", name
            for branch in rule:
                if etree.QName(branch).localname == "qti-response-else":
                    self._run(list(branch))
                elif self._value(branch[0]) is True:
                    self._run(list(branch)[1:])
                    break

    def _value(self, element: etree._Element) -> Value:
        name = etree.QName(element).localname.removeprefix("qti-")
        identifier = element.get("identifier", "")
        if name == "index":
            given = self.responses.get(element[0].get("identifier", ""), [])
            place = int(element.get("n", "")) - 1
            return given[place] if place < len(given) else None
        inside = [self._value(one) for one in element]
        if name == "base-value":
            assert not (self.is_plain and element.get("base-type") == "directedPair"), "a pair in a rule"
            text = element.text or ""
            return Fraction(text) if element.get("base-type") == "float" else text
        if name == "variable":
            return self.outcomes[identifier] if identifier in self.outcomes else self.responses.get(identifier, [])
        if name == "correct":
            return self._declared(identifier)
        if name == "is-null":
            return not inside[0]
        if name == "not":
            return None if inside[0] is None else not inside[0]
        if name == "and":
            return all(one is True for one in inside)
        if name == "match":
            if not isinstance(inside[1], list):
                return None if inside[0] is None else inside[0] == inside[1]
            assert isinstance(inside[1], list)
            return self._same(element[0].get("identifier", ""), inside[1])
        if name == "member":
            assert isinstance(inside[1], list)
            return inside[0] in inside[1]
        if name == "equal":
            return self._equal(element, inside)
        if name.startswith("map-response"):
            return self._mapped(identifier, is_point=name.endswith("point"))
        if name in _COMPARED and inside[0] == []:
            assert not self.is_plain, "a comparison of no value"
            return None
        read = [Fraction(one[0]) if isinstance(one, list) else one for one in inside]
        numbers = [one for one in read if isinstance(one, Fraction)]
        assert len(numbers) == len(inside), name
        if name in _COMPARED:
            return _COMPARED[name](numbers[0], numbers[1])
        if name == "product":
            product = Fraction(1)
            for number in numbers:
                product *= number
            return product
        if name == "divide":
            return numbers[0] / numbers[1]
        if name == "sum":
            return sum(numbers, Fraction(0))
        return max(numbers) if name == "max" else min(numbers)

    def _equal(self, element: etree._Element, inside: list[Value]) -> bool | None:
        given, right = inside
        assert isinstance(given, list)
        assert isinstance(right, list)
        if not given:
            return None
        number, wanted = Fraction(given[0]), Fraction(right[0])
        if element.get("tolerance-mode") == "exact":
            return number == wanted
        assert not self.is_plain, "a tolerance"
        below, above = (Fraction(part) for part in element.get("tolerance", "").split())
        if element.get("tolerance-mode") == "relative":
            below, above = abs(wanted) * below / 100, abs(wanted) * above / 100
        return wanted - below <= number <= wanted + above

    def _mapped(self, name: str, *, is_point: bool) -> Fraction:
        [mapping] = self._declaration(name).iterfind("{*}qti-area-mapping" if is_point else "{*}qti-mapping")
        default = Fraction(mapping.get("default-value", "0"))
        total = Fraction(0)
        hit: set[int] = set()
        assert self.responses.get(name) or not self.is_plain, "a mapping of no value"
        is_set = self._declaration(name).get("cardinality") != "single"
        if self.is_plain and is_set and not is_point:
            default = Fraction(0)
        for given in self.responses.get(name, []):
            found = self._entry(mapping, given, is_point=is_point)
            if found is None:
                total += default
            elif not (is_point and found in hit):
                total += Fraction(mapping[found].get("mapped-value", ""))
                hit.add(found)
        lower, upper = mapping.get("lower-bound"), mapping.get("upper-bound")
        total = total if lower is None else max(total, Fraction(lower))
        return total if upper is None else min(total, Fraction(upper))

    @staticmethod
    def _entry(mapping: etree._Element, given: str, *, is_point: bool) -> int | None:
        for number, entry in enumerate(mapping):
            if is_point:
                x, y = map(int, given.split())
                if _is_inside(entry.get("shape", ""), [int(one) for one in entry.get("coords", "").split(",")], x, y):
                    return number
                continue
            key = entry.get("map-key", "")
            is_exact = entry.get("case-sensitive", "false") == "true" or " " in key
            if given == key or (not is_exact and given.casefold() == key.casefold()):
                return number
        return None


def _is_inside(shape: str, numbers: list[int], x: int, y: int) -> bool:
    if shape == "rect":
        return numbers[0] <= x <= numbers[2] and numbers[1] <= y <= numbers[3]
    if shape == "circle":
        return (x - numbers[0]) ** 2 + (y - numbers[1]) ** 2 <= numbers[2] ** 2
    corners = list(zip(numbers[::2], numbers[1::2], strict=True))
    is_inside = False
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (y1 > y) != (y2 > y) and Fraction(x2 - x1, y2 - y1) * (y - y1) + x1 > x:
            is_inside = not is_inside
    return is_inside
