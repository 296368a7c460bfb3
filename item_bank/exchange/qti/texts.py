"""Texts of QTI files as the HTML that items keep."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exam_engine.interactions.rich_text import RichTextTooComplexError, RichTextTooLongError, sanitise, text_to_html
from exam_engine.interactions.rich_text.markup import Element, Node, text_of, write
from exam_engine.interactions.rich_text.subset import ATTRIBUTES, MATH_ELEMENTS
from item_bank.exchange.imported import Notice
from item_bank.exchange.qti.media import MediaReader
from item_bank.exchange.qti.tree import children, words

UNDERLINED, STRUCK = "qti-underline", "item-bank-struck"
"""Classes of spans: the first one is of QTI 3's shared vocabulary, the second one is this bank's own."""

_CLASSES: Mapping[str, str] = {UNDERLINED: "u", STRUCK: "s", "underline": "u", "item-bank-figure": "figure"}
_UNWRAPPED = frozenset(
    {
        "content-body", "item-body", "stimulus-body", "prompt", "rubric-block", "q", "abbr", "acronym", "big", "small",
        "bdo", "bdi", "label", "a", "picture", "mark", "time", "template-block-feedback", "feedback-inline",
        "feedback-block", "modal-feedback", "ruby", "rb", "data",
    }
)  # fmt: skip
_DROPPED = frozenset(
    {"stylesheet", "catalog-info", "rp", "rt", "companion-materials-info", "source", "track", "speech-audio"}
)
_GONE = frozenset({"printed-variable", "template-inline", "template-block", "include"})
_WHITE_SPACE = re.compile("[ \t\r\n]+")
_GAPS = frozenset({"gap", "inline-choice-interaction", "text-entry-interaction"})


@dataclass(slots=True)
class TextReader:
    """Turns nodes of one file into sanitised HTML; ``names`` has the new names of gaps and marked words."""

    media: MediaReader
    folder: str
    place: str
    notices: list[Notice]
    names: dict[str, str] = field(default_factory=dict)

    def html(self, nodes: Sequence[Node], part: str = "") -> str:
        """Return nodes as the HTML that is kept; what the bank's HTML does not hold is noticed once for the text."""
        gone: set[str] = set()
        try:
            found = sanitise(write(self._nodes(nodes, gone, is_preformatted=False)).strip())
        except (RichTextTooComplexError, RichTextTooLongError) as error:
            self.notices.append(Notice("error", error.code, self.place, part, dict(error.params)))
            return text_to_html(" ".join(text_of(nodes).split())[:5000])
        gone |= set(found.removed)
        if gone:
            self.notices.append(
                Notice("left_out", "qti_markup_left_out", self.place, part, {"names": ", ".join(sorted(gone))})
            )
        return found.html.strip()

    def _nodes(self, nodes: Sequence[Node], gone: set[str], *, is_preformatted: bool) -> list[Node]:
        made: list[Node] = []
        for node in nodes:
            if isinstance(node, Element):
                made.extend(self._element(node, gone, is_preformatted=is_preformatted))
            else:
                made.append(node if is_preformatted else _with_single_spaces(node))
        return made

    def _element(self, element: Element, gone: set[str], *, is_preformatted: bool) -> list[Node]:
        name = element.name
        if name in _DROPPED:
            return []
        if name in _GONE:
            gone.add(name)
            return []
        if name in _GAPS:
            identifier = element.attributes.get("identifier") or element.attributes.get("response-identifier", "")
            return [Element("span", {"data-gap": self.names[identifier]})] if identifier in self.names else []
        if name in {"img", "object", "audio", "video"}:
            return self._medium(element, gone)
        inside = self._nodes(element.children, gone, is_preformatted=is_preformatted or name == "pre")
        if name == "hottext":
            identifier = element.attributes.get("identifier", "")
            return (
                [Element("span", {"data-hottext": self.names[identifier]}, inside)]
                if identifier in self.names
                else inside
            )
        if name.endswith("-interaction"):
            return []
        if name in _UNWRAPPED:
            return inside
        if name.startswith("speech-"):
            return inside
        known = ATTRIBUTES.get(name, {})
        attributes = {key: value for key, value in element.attributes.items() if key in known}
        if name in MATH_ELEMENTS:
            return [Element(name, attributes, inside)]
        for class_ in element.attributes.get("class", "").split():
            if class_ in _CLASSES and name in {"span", "div"}:
                name = _CLASSES[class_]
        return [Element(name, attributes, inside)]

    def _medium(self, element: Element, gone: set[str]) -> list[Node]:
        attributes = element.attributes
        source = attributes.get("src") or attributes.get("data") or _inner_source(element)
        if source.startswith("data:"):
            self.notices.append(Notice("left_out", "qti_media_outside", self.place, params={"file": "data:"}))
            return []
        type_ = attributes.get("type", "").lower()
        if element.name == "video" or type_.startswith("video/"):
            gone.add("video")
            return []
        if element.name == "audio" or type_.startswith("audio/"):
            sound = self.media.read(self.folder, source, "sound", self.place, self.notices)
            return [Element("audio", {"src": f"media:{sound.sha256}", "controls": ""})] if sound is not None else []
        if element.name == "object" and type_ and not type_.startswith("image/"):
            gone.add("object")
            return []
        picture = self.media.read(self.folder, source, "picture", self.place, self.notices)
        if picture is None:
            return []
        shown = {key: attributes[key] for key in ("width", "height") if attributes.get(key, "").isdigit()}
        alternative = attributes.get("alt", "") or words(element)
        return [Element("img", {"src": f"media:{picture.sha256}", "alt": alternative, **shown})]


def _inner_source(element: Element) -> str:
    return next((one.attributes.get("src", "") for one in children(element, "source", "img")), "")


def _with_single_spaces(text: str) -> str:
    if not text.strip(" \t\r\n"):
        return " " if text else ""
    before = " " if text[0] in " \t\r\n" else ""
    after = " " if text[-1] in " \t\r\n" else ""
    # Fixed spaces are no white space of the markup, so this is no split() without an argument.
    return f"{before}{' '.join(part for part in _WHITE_SPACE.split(text) if part)}{after}"
