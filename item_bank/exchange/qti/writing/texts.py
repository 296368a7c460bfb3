"""The HTML of items as the HTML that QTI knows: no underlining, no figures, in 2.1 sounds as objects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from exam_engine.interactions.rich_text import plain_text
from exam_engine.interactions.rich_text.markup import Element, Node, read
from exam_engine.interactions.rich_text.subset import BLOCKS, MATH_ELEMENTS
from item_bank.exchange.exported import ExportedMedia
from item_bank.exchange.qti.file_types import ending_of
from item_bank.exchange.qti.texts import STRUCK, UNDERLINED
from item_bank.exchange.qti.writing.dialect import identifier, qti

_CLASSES = {"u": UNDERLINED, "s": STRUCK}
_KEPT = {
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan", "scope"),
    "img": ("alt", "width", "height"),
}


class CannotWriteError(Exception):
    """The version has no form for an item; the arguments are a message code and its values."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(slots=True)
class TextWriter:
    """Writes the texts of one item and remembers the media that they show.

    ``has_audio``: the version has an element for sounds.
    """

    media: Mapping[str, ExportedMedia]
    has_audio: bool
    used: set[str] = field(default_factory=set)

    def path(self, sha256: str) -> str:
        """Return the path of a medium from an item's folder."""
        medium = self.media.get(sha256)
        if medium is None:
            raise CannotWriteError("qti_export_media_missing", file=sha256[:12])
        self.used.add(sha256)
        return f"../{media_path(sha256, medium)}"

    def flow(self, html: str, gap: Callable[[str], Node] | None = None) -> list[Node]:
        """Return a text for a place that takes words and blocks."""
        return self._nodes(read(html), gap)

    def inline(self, html: str) -> list[Node]:
        """Return a text for a place that takes words only."""
        nodes = read(html)
        if any(isinstance(node, Element) and node.name in BLOCKS for node in nodes):
            raise CannotWriteError("qti_export_inline_blocks", text=plain_text(html)[:60])
        return self._nodes(nodes, None)

    def words(self, html: str) -> list[Node]:
        """Return a text for a place that takes no markup at all."""
        if "<" in html:
            raise CannotWriteError("qti_export_markup", text=plain_text(html)[:60])
        return [node for node in read(html) if isinstance(node, str)]

    def blocks(self, html: str, gap: Callable[[str], Node] | None = None) -> list[Node]:
        """Return a text as blocks; words that stand alone get a paragraph."""
        nodes = self.flow(html, gap)
        if any(isinstance(node, Element) and node.name in BLOCKS | {"div"} for node in nodes):
            return [node for node in nodes if isinstance(node, Element) or node.strip()]
        return [Element("p", {}, nodes)]

    def _nodes(self, nodes: list[Node], gap: Callable[[str], Node] | None) -> list[Node]:
        return [self._element(node, gap) if isinstance(node, Element) else node for node in nodes]

    def _element(self, element: Element, gap: Callable[[str], Node] | None) -> Node:
        name, attributes = element.name, element.attributes
        if name in MATH_ELEMENTS:
            return element
        if "data-gap" in attributes and gap is not None:
            return gap(attributes["data-gap"])
        inside = self._nodes(element.children, gap)
        if "data-hottext" in attributes:
            return qti("hottext", {"identifier": identifier(attributes["data-hottext"])}, *inside)
        kept = {key: attributes[key] for key in _KEPT.get(name, ()) if key in attributes}
        if "lang" in attributes:
            kept["xml:lang"] = attributes["lang"]
        if name == "img":
            path = self.path(attributes.get("src", "").removeprefix("media:"))
            return Element("img", {"src": path, "alt": "", **kept})
        if name == "audio":
            sha256 = attributes.get("src", "").removeprefix("media:")
            path = self.path(sha256)
            if self.has_audio:
                return Element("audio", {"src": path, "controls": "true"})
            return Element("object", {"data": path, "type": self.media[sha256].content_type})
        if name in _CLASSES:
            return Element("span", {"class": _CLASSES[name], **kept}, inside)
        if name in {"figure", "figcaption"}:
            return Element("div", {"class": f"item-bank-{name}", **kept}, inside)
        if name == "blockquote" and not any(isinstance(one, Element) and one.name in BLOCKS for one in inside):
            inside = [Element("p", {}, inside)]
        if name == "table" and not any(isinstance(one, Element) and one.name == "tbody" for one in inside):
            # Version 2.1 asks for a body.
            inside = [
                Element("tbody", o.attributes, o.children) if isinstance(o, Element) and o.name == "thead" else o
                for o in inside
            ]
        return Element(name, kept, inside)


def media_path(sha256: str, medium: ExportedMedia) -> str:
    """Return where a medium lies in a package."""
    return f"media/{sha256}.{ending_of(medium.content_type)}"
