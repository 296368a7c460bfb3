"""The HTML of items as Moodle takes it: formulas in TeX, media as files beside the text that shows them."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from lxml import etree

from exam_engine.interactions.rich_text import plain_text
from exam_engine.interactions.rich_text.markup import Element, Node, escape, read, write
from exam_engine.interactions.rich_text.mathematics import tex_source
from item_bank.exchange.exported import ExportedMedia
from item_bank.exchange.moodle_xml.media import PLUGIN_FILE
from item_bank.exchange.qti.file_types import ending_of

_APART = "<span></span>"
"""Stands between signs that Moodle's filter would take for the beginning of a formula."""


class CannotWriteError(Exception):
    """Moodle has no form for an item; the arguments are a message code and its values."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(slots=True)
class TextWriter:
    """Writes the texts of one item; ``warnings`` are codes with values of what is written otherwise."""

    media: Mapping[str, ExportedMedia]
    warnings: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def warn(self, code: str, **params: str) -> None:
        """Keep a warning, the same one once."""
        if (code, params) not in self.warnings:
            self.warnings.append((code, params))

    def raw(self, html: str, files: dict[str, bytes], gap: Callable[[str], str] | None = None) -> str:
        """Return a text as Moodle's HTML and keep its files; ``gap`` writes the gaps of a passage."""
        return "".join(self._node(node, files, gap) for node in read(html))

    def element(self, name: str, html: str, **attributes: str) -> etree._Element:
        """Return an element with a text as HTML and the files that it shows."""
        files: dict[str, bytes] = {}
        return text_element(name, self.raw(html, files), files, **attributes)

    def words(self, html: str) -> str:
        """Return a text for a place that takes no markup at all."""
        if "<" in html:
            raise CannotWriteError("moodle_export_words", text=plain_text(html)[:60])
        return plain_text(html)

    def stored(self, sha256: str) -> ExportedMedia:
        """Return a medium by its hash."""
        medium = self.media.get(sha256)
        if medium is None:
            raise CannotWriteError("moodle_export_media_missing", file=sha256[:12])
        return medium

    def _node(self, node: Node, files: dict[str, bytes], gap: Callable[[str], str] | None) -> str:
        if isinstance(node, str):
            text = escape(node)
            for sign in (r"\(", r"\[", "$$"):
                text = text.replace(sign, f"{sign[0]}{_APART}{sign[1]}")
            # A passage has signs of its own for gaps.
            return text if gap is None else text.replace("{", "&#123;").replace("[[", "[&#91;")
        if node.name == "math":
            return self._formula(node)
        attributes = dict(node.attributes)
        if gap is not None and "data-gap" in attributes:
            return gap(attributes["data-gap"])
        if node.name in {"img", "audio"}:
            sha256 = attributes.get("src", "").removeprefix("media:")
            medium = self.stored(sha256)
            name = f"{sha256[:16]}.{ending_of(medium.content_type)}"
            files[name] = medium.content
            attributes["src"] = f"{PLUGIN_FILE}{name}"
        inside = "".join(self._node(child, files, gap) for child in node.children)
        empty = write([Element(node.name, attributes)])
        closing = f"</{node.name}>"
        return f"{empty.removesuffix(closing)}{inside}{closing}" if empty.endswith(closing) else empty

    def _formula(self, math: Element) -> str:
        latex = tex_source(math)
        is_block = math.attributes.get("display") == "block"
        if not latex or r"\)" in latex or r"\]" in latex:
            self.warn("moodle_export_formula")
            return write([math])
        return rf"\[{escape(latex)}\]" if is_block else rf"\({escape(latex)}\)"


def text_element(name: str, raw: str, files: Mapping[str, bytes], **attributes: str) -> etree._Element:
    """Return an element with a text that is HTML already, and its files."""
    element = etree.Element(name, {"format": "html", **attributes})
    etree.SubElement(element, "text").text = raw
    for file, content in files.items():
        one = etree.SubElement(element, "file", {"name": file, "path": "/", "encoding": "base64"})
        one.text = base64.b64encode(content).decode()
    return element


def value_element(name: str, value: str) -> etree._Element:
    """Return an element with a plain value."""
    element = etree.Element(name)
    element.text = value
    return element


def link_to(name: str) -> str:
    """Return a link to a file beside a text."""
    return f'<a href="{PLUGIN_FILE}{quote(name)}">{escape(name)}</a>'
