"""Plain text to rich text and back: what a reader hears, what a search finds."""

import re
from collections.abc import Sequence

from exam_engine.interactions.rich_text.characters import clean
from exam_engine.interactions.rich_text.markup import Element, Node, escape, read, text_of
from exam_engine.interactions.rich_text.mathematics import tex_source
from exam_engine.interactions.rich_text.subset import BLOCKS, CELLS, MATH_TOKENS

GAP = "___"
"""How a gap is read out in plain text."""

_RUN_OF_SPACE = re.compile(r"[ \t\n\r\f]+")
_ONE_LINE = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")
_PLAIN_SPACE = " \t\n\r\f"


def text_to_html(text: str) -> str:
    """Return plain text as canonical HTML: nothing in it is read as markup, line breaks become ``<br>``."""
    cleaned = escape(clean(text))
    return cleaned.replace("\n", "<br>") if "\n" in cleaned else cleaned


def plain_text(html: str) -> str:
    """Return what a reader hears of canonical HTML.

    Paragraphs, items and rows end with a line break, cells are parted by tabs, images are read by their alternative
    text, formulas by their LaTeX source, gaps as :data:`GAP`. White space counts as a browser shows it.
    """
    if "<" not in html and "&" not in html:
        return (_RUN_OF_SPACE.sub(" ", html) if _ONE_LINE.search(html) else html).strip(" \n")
    reading = _Reading()
    reading.read(read(html))
    return reading.text()


def spoken_formula(math: Element) -> str:
    """Return a formula as one line: its LaTeX source or, when it has none, its signs with fractions as a/b."""
    return tex_source(math) or _linear(math.children)


class _Reading:
    """Lines as they are heard; the last one is still growing."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []

    def text(self) -> str:
        self._close_line()
        return "\n".join(self._lines).strip("\n")

    def read(self, nodes: Sequence[Node], *, preformatted: bool = False) -> None:
        for node in nodes:
            if isinstance(node, Element):
                self._element(node, preformatted=preformatted)
            elif preformatted:
                first, *others = node.split("\n")
                self._line.append(first)
                for line in others:
                    self._end_line(trim=False)
                    self._line.append(line)
            else:
                self._line.append(_RUN_OF_SPACE.sub(" ", node))

    def _element(self, element: Element, *, preformatted: bool) -> None:
        name = element.name
        if name == "br":
            self._end_line()
        elif name == "img":
            self._line.append(element.attributes.get("alt", ""))
        elif name == "math":
            self._line.append(spoken_formula(element))
        elif "data-gap" in element.attributes:
            self._line.append(GAP)
        elif name == "tr":
            self._close_line()
            self._lines.append("\t".join(_cell(cell) for cell in element.children if isinstance(cell, Element)))
        elif name in BLOCKS - CELLS:
            self._close_line()
            self.read(element.children, preformatted=name == "pre")
            self._close_line(trim=name != "pre")
        else:
            self.read(element.children, preformatted=preformatted)

    def _close_line(self, *, trim: bool = True) -> None:
        """End the line when it holds anything."""
        if "".join(self._line).strip(_PLAIN_SPACE):
            self._end_line(trim=trim)
        self._line.clear()

    def _end_line(self, *, trim: bool = True) -> None:
        line = "".join(self._line)
        self._lines.append(_RUN_OF_SPACE.sub(" ", line).strip(" ") if trim else line.rstrip(" "))
        self._line.clear()


def _cell(cell: Element) -> str:
    reading = _Reading()
    reading.read(cell.children)
    return " ".join(reading.text().split("\n"))


def _linear(nodes: Sequence[Node]) -> str:
    return "".join(_linear_element(node) for node in nodes if isinstance(node, Element))


def _linear_element(element: Element) -> str:
    name = element.name
    if name == "mphantom":
        return ""
    if name in MATH_TOKENS:
        return text_of(element.children)
    parts = [_linear([child]) for child in element.children]
    match name, parts:
        case "mfrac", [over, under]:
            return f"{_grouped(over)}/{_grouped(under)}"
        case "msqrt", _:
            return f"√{_grouped(''.join(parts))}"
        case "mroot", [base, index]:
            return f"{_grouped(index)}√{_grouped(base)}"
        case "msup" | "mover", [base, upper]:
            return f"{base}^{_grouped(upper)}"
        case "msub" | "munder", [base, lower]:
            return f"{base}_{_grouped(lower)}"
        case "msubsup" | "munderover", [base, lower, upper]:
            return f"{base}_{_grouped(lower)}^{_grouped(upper)}"
        case "mtr", _:
            return ", ".join(parts)
        case "mtable", _:
            return "; ".join(parts)
        case _:
            return "".join(parts)


def _grouped(text: str) -> str:
    return text if len(text) == 1 or text.isalnum() else f"({text})"
