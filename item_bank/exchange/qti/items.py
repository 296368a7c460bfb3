"""One item of a QTI file: what it asks, its key, its explanation."""

import posixpath
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from pydantic import ValidationError

from exam_engine.core.text import clean_line
from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.keys import ItemKey
from exam_engine.interactions.rich_text.markup import Element, Node
from item_bank.exchange.imported import ImportedItem, Notice, StatedMetadata
from item_bank.exchange.qti.declarations import declared_points, responses_of
from item_bank.exchange.qti.inline import STEM, read_inline_choice, read_number, read_text_entry
from item_bank.exchange.qti.interactions import (
    Asked,
    Body,
    UnsupportedError,
    read_choice,
    read_extended_text,
    read_gap_match,
    read_hot_text,
    read_match,
    read_order,
    read_slider,
    read_upload,
)
from item_bank.exchange.qti.media import MediaReader
from item_bank.exchange.qti.pointing import read_hotspot, read_select_point
from item_bank.exchange.qti.processing import score_of
from item_bank.exchange.qti.rubrics import read_rubric
from item_bank.exchange.qti.stimuli import shows_stimulus
from item_bank.exchange.qti.texts import TextReader
from item_bank.exchange.qti.tree import child, children, descendants

_READERS: dict[str, Callable[[Body, Element], Asked]] = {
    "choice-interaction": read_choice,
    "match-interaction": read_match,
    "order-interaction": read_order,
    "gap-match-interaction": read_gap_match,
    "hottext-interaction": read_hot_text,
    "hotspot-interaction": read_hotspot,
    "select-point-interaction": read_select_point,
    "slider-interaction": read_slider,
    "extended-text-interaction": read_extended_text,
    "upload-interaction": read_upload,
}
_FEEDBACK = ("modal-feedback", "feedback-block", "feedback-inline")
_LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,31}")


def read_item(item: Element, number: int, path: str, media: MediaReader, metadata: StatedMetadata) -> ImportedItem:
    """Return the item of an XML file; what stands in the way of taking it is among its notices."""
    attributes = item.attributes
    title = clean_line(attributes.get("title", ""))
    place = f"{path} ({title})" if title else path
    notices: list[Notice] = []
    texts = TextReader(media, posixpath.dirname(path), place, notices)
    language = attributes.get("lang", "")
    content: ItemContent | None = None
    key: ItemKey | None = None
    full: Fraction | None = None
    explanation = ""
    try:
        explanation = texts.html(_feedback(item), "explanation")
        asked, body = _asked(item, texts, language if _LANGUAGE.fullmatch(language) else "vi", title)
        content = asked.content
        key, full = _key(item, asked, body, place, notices)
    except UnsupportedError as error:
        notices.append(Notice("error", error.code, place, params=error.params))
    except ValidationError as error:
        part = "/".join(str(step) for step in error.errors()[0]["loc"])
        notices.append(Notice("error", "qti_item_invalid", place, params={"part": part}))
    code = clean_line(attributes.get("identifier", "")).upper()
    points = _points(declared_points(item) or full)
    return ImportedItem(
        number=number,
        place=place,
        content=content,
        key=key,
        code=code if _CODE.fullmatch(code) else None,
        explanation=explanation,
        metadata=metadata if metadata.points is not None or points is None else _with_points(metadata, points),
        notices=tuple(notices),
    )


def _asked(item: Element, texts: TextReader, language: str, title: str) -> tuple[Asked, Body]:
    body_element = child(item, "item-body")
    if body_element is None:
        raise UnsupportedError("qti_without_interaction")
    if item.attributes.get("adaptive") in {"true", "1"}:
        raise UnsupportedError("qti_adaptive")
    if child(item, "template-declaration", "template-processing") is not None:
        raise UnsupportedError("qti_templates")
    found = list(_interactions(body_element))
    kinds = {one.name for one in found}
    is_inline = kinds <= {"text-entry-interaction", "inline-choice-interaction"}
    stem = _without(body_element.children, [] if is_inline else found)
    body = Body(found, stem, responses_of(item), language, texts, title)
    if not found:
        raise UnsupportedError("qti_without_interaction")
    if kinds == {"text-entry-interaction"}:
        return read_text_entry(body), body
    if kinds == {"inline-choice-interaction"}:
        return read_inline_choice(body), body
    if is_inline and len(found) == 2 and body.response(found[0]).base_type in {"float", "integer"}:
        return read_number(body, found[0], found[1]), body
    unknown = next((one.name for one in found if one.name not in _READERS and not is_inline), None)
    if unknown is not None:
        raise UnsupportedError("qti_interaction_unsupported", interaction=unknown)
    if len(found) != 1:
        raise UnsupportedError("qti_interactions_several", count=len(found))
    return _READERS[found[0].name](body, found[0]), body


def _interactions(element: Element) -> list[Element]:
    found: list[Element] = []
    for one in children(element):
        if one.name.endswith("-interaction"):
            found.append(one)
        elif one.name not in {"rubric-block", "catalog-info"}:
            found.extend(_interactions(one))
    return found


def _without(nodes: list[Node], gone: list[Element]) -> list[Node]:
    """Return nodes without some elements, without feedback and without what only markers see."""
    kept: list[Node] = []
    for node in nodes:
        if not isinstance(node, Element):
            kept.append(node)
            continue
        is_gone = any(node is one for one in gone) or node.name in _FEEDBACK or _is_for_markers(node)
        is_gone = is_gone or shows_stimulus(node)
        if is_gone:
            continue
        if node.name.endswith("-interaction"):
            # Fields are found again by identity.
            kept.append(node)
        elif node.name == "div" and node.attributes.get("class") == STEM and gone:
            kept.extend(_without(node.children, gone))
        else:
            kept.append(Element(node.name, dict(node.attributes), _without(node.children, gone)))
    return kept


def _is_for_markers(element: Element) -> bool:
    return element.name == "rubric-block" and "candidate" not in element.attributes.get("view", "candidate").split()


def _key(
    item: Element, asked: Asked, body: Body, place: str, notices: list[Notice]
) -> tuple[ItemKey | None, Fraction | None]:
    if asked.content.interaction in {"extended_text", "file_upload"}:
        return read_rubric(item, body.texts), None
    found = asked.read_key(score_of(item, body.responses))
    notices.extend(Notice("warning", code, place, "key") for code in found.warnings)
    is_said = child(item, "response-processing") is not None or any(
        response.correct or response.mapping or response.areas for response in body.responses.values()
    )
    if found.key is None and is_said:
        notices.append(Notice("left_out", "qti_scoring_left_out", place, "key"))
    return found.key, found.full if found.key is not None else None


def _feedback(item: Element) -> list[Node]:
    """Return all that is shown after an answer; candidates get it as one explanation."""
    return [Element("p", {}, list(one.children)) for one in descendants(item.children, *_FEEDBACK)]


def _points(full: Fraction | None) -> Decimal | None:
    if full is None or not 0 < full <= 100 or (full * 100).denominator != 1:
        return None
    return Decimal((full * 100).numerator) / 100


def _with_points(metadata: StatedMetadata, points: Decimal) -> StatedMetadata:
    return replace(metadata, points=points)
