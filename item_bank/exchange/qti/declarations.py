"""What an item declares of its responses and outcomes: right values, mappings, areas, points."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.qti.tree import child, children, value_of

_LONGEST_NUMBER = 40


def number_of(text: str | None) -> Fraction | None:
    """Return the number that a text is, None when it is none or one that nobody means."""
    if text is None or len(text) > _LONGEST_NUMBER or "/" in text or "_" in text:
        return None
    mantissa, _, exponent = text.strip().lower().partition("e")
    try:
        # Thirty is far beyond any score, and an exponent of a million would take memory.
        return Fraction(mantissa) * Fraction(10) ** int(exponent or 0) if abs(int(exponent or 0)) <= 30 else None
    except (ValueError, ZeroDivisionError):
        return None


def number_text(number: Fraction) -> str | None:
    """Return a number as decimals, None when it has more than the bank can hold.

    >>> number_text(Fraction(-5, 2))
    '-2.5'
    """
    return decimal_text(number) if (number * 10**9).denominator == 1 and abs(number) < 10**15 else None


def decimal_text(number: Fraction) -> str:
    """Return a number with at most thirty decimals, without an exponent.

    >>> decimal_text(Fraction(-1, 8))
    '-0.125'
    """
    whole, after = divmod(round(abs(number) * 10**30), 10**30)
    text = f"{whole}.{after:030}".rstrip("0").rstrip(".")
    return f"-{text}" if number < 0 and text != "0" else text


@dataclass(frozen=True, slots=True)
class MapEntry:
    """One value of a mapping with what it earns."""

    key: str
    value: Fraction
    is_case_sensitive: bool


@dataclass(frozen=True, slots=True)
class ValueMapping:
    """What values earn; a value that is not listed earns ``default``, the sum is held between the bounds."""

    entries: tuple[MapEntry, ...]
    default: Fraction
    lower: Fraction | None
    upper: Fraction | None

    @property
    def values(self) -> dict[str, Fraction]:
        """What each listed value earns."""
        return {entry.key: entry.value for entry in self.entries}


@dataclass(frozen=True, slots=True)
class AreaEntry:
    """One area with what a point in it earns."""

    shape: str
    coordinates: tuple[Fraction, ...]
    value: Fraction


@dataclass(frozen=True, slots=True)
class AreaMapping:
    """What points earn by the areas that they lie in."""

    entries: tuple[AreaEntry, ...]
    default: Fraction
    lower: Fraction | None
    upper: Fraction | None


@dataclass(frozen=True, slots=True)
class Response:
    """One response variable."""

    identifier: str
    cardinality: str
    base_type: str
    correct: tuple[str, ...]
    mapping: ValueMapping | None
    areas: AreaMapping | None


def responses_of(item: Element) -> dict[str, Response]:
    """Return the response variables of an item by their identifier."""
    return {
        response.identifier: response
        for response in (_response(element) for element in children(item, "response-declaration"))
    }


def _response(element: Element) -> Response:
    attributes = element.attributes
    correct = child(element, "correct-response")
    return Response(
        identifier=attributes.get("identifier", ""),
        cardinality=attributes.get("cardinality", "single"),
        base_type=attributes.get("base-type", ""),
        correct=tuple(value_of(value) for value in children(correct, "value")) if correct is not None else (),
        mapping=_mapping(child(element, "mapping")),
        areas=_area_mapping(child(element, "area-mapping")),
    )


def _mapping(element: Element | None) -> ValueMapping | None:
    if element is None:
        return None
    entries = []
    for entry in children(element, "map-entry"):
        value = number_of(entry.attributes.get("mapped-value"))
        if value is None:
            return None
        is_case_sensitive = entry.attributes.get("case-sensitive", "false") in {"true", "1"}
        entries.append(MapEntry(" ".join(entry.attributes.get("map-key", "").split()), value, is_case_sensitive))
    return ValueMapping(tuple(entries), *_bounds(element.attributes))


def _bounds(attributes: Mapping[str, str]) -> tuple[Fraction, Fraction | None, Fraction | None]:
    default = number_of(attributes.get("default-value", "0"))
    return (
        Fraction(0) if default is None else default,
        number_of(attributes.get("lower-bound")),
        number_of(attributes.get("upper-bound")),
    )


def _area_mapping(element: Element | None) -> AreaMapping | None:
    if element is None:
        return None
    entries = []
    for entry in children(element, "area-map-entry"):
        value = number_of(entry.attributes.get("mapped-value"))
        coordinates = coordinates_of(entry.attributes.get("coords", ""))
        if value is None or coordinates is None:
            return None
        entries.append(AreaEntry(entry.attributes.get("shape", ""), coordinates, value))
    return AreaMapping(tuple(entries), *_bounds(element.attributes))


def coordinates_of(text: str) -> tuple[Fraction, ...] | None:
    """Return the numbers of a list of coordinates, None when one of them is no number."""
    numbers = [number_of(part) for part in text.replace(",", " ").split()]
    known = tuple(number for number in numbers if number is not None)
    return known if len(known) == len(numbers) <= 64 else None


def declared_points(item: Element) -> Fraction | None:
    """Return the points that an item says it is worth: MAXSCORE, or the maximum of SCORE."""
    found: dict[str, Fraction | None] = {}
    for outcome in children(item, "outcome-declaration"):
        name = outcome.attributes.get("identifier", "").upper()
        default = child(outcome, "default-value")
        if name == "MAXSCORE" and default is not None:
            found[name] = next((number_of(value_of(value)) for value in children(default, "value")), None)
        elif name == "SCORE":
            found[name] = number_of(outcome.attributes.get("normal-maximum"))
    return found.get("MAXSCORE") or found.get("SCORE")
