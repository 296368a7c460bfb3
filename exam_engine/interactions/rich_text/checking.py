"""Faults that sanitising cannot mend: what people must add or change in a rich text."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from exam_engine.interactions.rich_text.markup import Element, Node, read, text_of, walk
from exam_engine.interactions.rich_text.references import gaps_of, hottexts_of
from exam_engine.interactions.rich_text.subset import MATH_TOKENS, MEDIA

# Names that word processors and cameras give, and whatever ends like a file of a picture.
_FILE_NAME = re.compile(
    r"(?i)(?:\S.*)?\.(?:png|jpe?g|gif|bmp|webp|svg|tiff?|emf|wmf|heic)"
    r"|(?:image|img|picture|dsc|screenshot|hình|hinh|ảnh|anh|capture)[ _-]*\(?\d*\)?"
)
_INSIDE = ("data-gap", "data-hottext")


@dataclass(frozen=True, slots=True)
class RichTextFault:
    """One fault; ``code`` has a text and a fix in the catalogues, and a warning stops nothing."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    is_warning: bool = False


def check(html: str) -> list[RichTextFault]:
    """Return the faults of canonical HTML in the order of their places; numbers in ``params`` count from 1."""
    if "<" not in html:
        return []
    nodes = read(html)
    faults = list(_element_faults(nodes))
    faults.extend(_nested(nodes))
    for attribute, code, identifiers in (
        ("data-gap", "rich_text_gap_repeated", gaps_of(html)),
        ("data-hottext", "rich_text_hottext_repeated", hottexts_of(html)),
    ):
        repeated = [identifier for identifier, count in Counter(identifiers).items() if count > 1]
        faults.extend(
            RichTextFault(code, {"identifier": identifier, "attribute": attribute}) for identifier in repeated
        )
    return faults


def _element_faults(nodes: Sequence[Node]) -> Iterator[RichTextFault]:
    numbers: Counter[str] = Counter()
    for element in walk(nodes):
        numbers[element.name] += 1
        number = numbers[element.name]
        if element.name in {"img", "audio"} and not MEDIA.fullmatch(element.attributes.get("src", "")):
            source = element.attributes.get("src", "")[:80]
            yield RichTextFault("rich_text_media_unknown", {"number": number, "source": source})
        if element.name == "img":
            yield from _image_faults(element, number)
        elif element.name == "table" and not any(cell.name == "th" for cell in walk(element.children)):
            yield RichTextFault("rich_text_table_without_headers", {"number": number}, is_warning=True)
        elif element.name == "math" and not _is_drawn(element):
            yield RichTextFault("rich_text_formula_empty", {"number": number})
        elif "data-hottext" in element.attributes and not _is_heard(element):
            yield RichTextFault("rich_text_hottext_empty", {"identifier": element.attributes["data-hottext"]})


def _image_faults(image: Element, number: int) -> Iterator[RichTextFault]:
    text = image.attributes.get("alt", "").strip()
    if not text:
        yield RichTextFault("rich_text_image_without_text", {"number": number})
    elif _FILE_NAME.fullmatch(text):
        yield RichTextFault("rich_text_image_named_by_file", {"number": number, "text": text})


def _nested(nodes: Sequence[Node], outer: str = "") -> Iterator[RichTextFault]:
    for node in nodes:
        if isinstance(node, str):
            continue
        identifier = next((node.attributes[key] for key in _INSIDE if key in node.attributes), "")
        if outer and identifier:
            yield RichTextFault("rich_text_gap_nested", {"identifier": identifier, "outer": outer})
        yield from _nested(node.children, identifier or outer)


def _is_drawn(math: Element) -> bool:
    tokens = (element for element in walk(math.children) if element.name in MATH_TOKENS)
    return any(text_of(token.children).strip() for token in tokens)


def _is_heard(element: Element) -> bool:
    return bool(text_of(element.children).strip()) or any(inner.name in {"img", "math"} for inner in walk([element]))
