"""Interactions that point into a picture: hotspots and points, in pixels of the stored picture."""

from collections.abc import Sequence
from fractions import Fraction

from exam_engine.core.text import clean_line
from exam_engine.interactions.content import Hotspot, HotspotChoice, Picture, SelectPoint, Shape
from exam_engine.interactions.keys import Area
from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.imported import Notice
from item_bank.exchange.qti.declarations import coordinates_of
from item_bank.exchange.qti.interactions import Asked, Body, UnsupportedError, check_count, limit
from item_bank.exchange.qti.keys import area_key, choice_key
from item_bank.exchange.qti.naming import option_names
from item_bank.exchange.qti.tree import child, children, words

_SHAPES: dict[str, Shape] = {"rect": "rectangle", "circle": "circle", "poly": "polygon"}
SHAPE_NAMES = {shape: name for name, shape in _SHAPES.items()}
"""What QTI calls the bank's shapes."""

Scale = tuple[Fraction, Fraction]


def read_hotspot(body: Body, element: Element) -> Asked:
    """Read areas of a picture to choose."""
    response = body.response(element)
    choices = list(children(element, "hotspot-choice"))
    check_count("hotspots", choices, 2, 40)
    names = option_names(one.attributes.get("identifier", "") for one in choices)
    if len(names) < len(choices):
        raise UnsupportedError("qti_identifier_twice")
    picture, scale = _picture(body, element)
    hotspots = tuple(_hotspot(one, names, number, scale) for number, one in enumerate(choices, start=1))
    at_most = limit(element, "max-choices", 1)
    content = HotspotChoice(
        **body.common(element),
        picture=picture,
        hotspots=hotspots,
        min_choices=limit(element, "min-choices", 0) or 0,
        max_choices=None if at_most is None else min(at_most, len(hotspots)),
    )
    return Asked(content, lambda score: choice_key(content, response, names, score))


def _hotspot(element: Element, names: dict[str, str], number: int, scale: Scale) -> Hotspot:
    attributes = element.attributes
    shape, coordinates = _area(attributes.get("shape", ""), coordinates_of(attributes.get("coords", "")), scale)
    label = clean_line(attributes.get("hotspot-label", ""))[:200] or str(number)
    return Hotspot(id=names[attributes.get("identifier", "")], shape=shape, coordinates=coordinates, label=label)


def read_select_point(body: Body, element: Element) -> Asked:
    """Read points to mark in a picture."""
    response = body.response(element)
    picture, scale = _picture(body, element)
    content = SelectPoint(
        **body.common(element), picture=picture, max_points=min(limit(element, "max-choices", 1) or 20, 20)
    )
    areas: list[Area] = []
    for entry in response.areas.entries if response.areas is not None else ():
        shape, coordinates = _area(entry.shape, entry.coordinates, scale)
        areas.append(Area(shape=shape, coordinates=coordinates))
    return Asked(content, lambda score: area_key(content, response, areas, score))


def _picture(body: Body, element: Element) -> tuple[Picture, Scale]:
    """Return the picture, and by how much its stored pixels are more than those that the file counts in."""
    shown = child(element, "img", "object", "picture")
    if shown is not None and shown.name == "picture":
        shown = child(shown, "img")
    source = "" if shown is None else shown.attributes.get("src") or shown.attributes.get("data", "")
    texts = body.texts
    stored = texts.media.read(texts.folder, source, "picture", texts.place, texts.notices)
    if shown is None or stored is None or stored.width is None or stored.height is None:
        raise UnsupportedError("qti_picture_missing")
    alternative = clean_line(shown.attributes.get("alt", "") or words(shown))[:500]
    if not alternative:
        texts.notices.append(Notice("warning", "qti_alternative_text_missing", texts.place, "picture"))
        alternative = clean_line(body.title)[:500] or "?"
    width, height = (_pixels(shown.attributes.get(name, "")) for name in ("width", "height"))
    picture = Picture(media=stored.sha256, alternative_text=alternative, width=stored.width, height=stored.height)
    return picture, (Fraction(stored.width, width or stored.width), Fraction(stored.height, height or stored.height))


def _pixels(text: str) -> int | None:
    text = text.strip().removesuffix("px")
    return int(text) if text.isdigit() and 0 < len(text) < 6 and int(text) else None


def _area(shape: str, numbers: Sequence[Fraction] | None, scale: Scale) -> tuple[Shape, tuple[int, ...]]:
    if shape not in _SHAPES or not numbers or not 3 <= len(numbers) <= 64:
        raise UnsupportedError("qti_shape_unsupported", shape=shape)
    if shape == "poly" and len(numbers) > 6 and numbers[:2] == numbers[-2:]:
        # The last corner may close the polygon; here it closes by itself.
        numbers = numbers[:-2]
    scaled = [round(number * scale[place % 2]) for place, number in enumerate(numbers)]
    if any(abs(number) > 100_000 for number in scaled):
        raise UnsupportedError("qti_shape_unsupported", shape=shape)
    return _SHAPES[shape], tuple(scaled)
