"""Rich texts set in a Word document: paragraphs, lists, tables, pictures, formulas, gaps."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.shared import Cm, Emu, Pt
from PIL import Image

from exam_engine.interactions.rich_text.markup import Element, Node, read
from exam_engine.interactions.rich_text.subset import BLOCKS
from item_bank.exchange.exported import ExportedMedia
from item_bank.exchange.paper.formulas import office_math

_PIXEL = Emu(9525)
_TAKEN_AS_IT_IS = frozenset({"image/png", "image/jpeg", "image/gif"})
_BLANK = "." * 24
_INDENT = Cm(0.75)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_STYLES = {"strong": "bold", "em": "italic", "u": "underline", "s": "strike", "sub": "subscript", "sup": "superscript"}


@dataclass(frozen=True, slots=True)
class _Look:
    marks: frozenset[str] = frozenset()
    is_code: bool = False
    keeps_space: bool = False


@dataclass(slots=True)
class TextSetter:
    """Sets texts into a container: a document or a cell.

    ``gaps`` numbers the places to fill in; ``width`` is what pictures and tables may take, in EMU.
    """

    container: Any
    media: Mapping[str, ExportedMedia]
    gaps: dict[str, int] = field(default_factory=dict)
    width: int = Cm(17)
    _paragraph: Any = None
    _is_begun: bool = False

    def set(self, html: str, paragraph: Any = None) -> None:
        """Add a text; its first line goes on in ``paragraph``, where one is given."""
        self._paragraph, self._is_begun = paragraph, False
        self._nodes(read(html), _Look())
        self._paragraph = None

    def _nodes(self, nodes: Sequence[Node], look: _Look) -> None:
        for node in nodes:
            if isinstance(node, Element):
                self._element(node, look)
            elif node.strip() or self._paragraph is not None:
                self._text(node, look)

    def _line(self) -> Any:
        if self._paragraph is None:
            self._paragraph = self.container.add_paragraph()
        self._is_begun = True
        return self._paragraph

    def _text(self, text: str, look: _Look) -> None:
        shown = text if look.keeps_space else _SPACES.sub(" ", text)
        run = self._line().add_run(shown)
        for mark in look.marks:
            setattr(run.font, mark, True)
        if look.is_code:
            run.font.name = "Courier New"
            run.font.size = Pt(11)

    def _element(self, element: Element, look: _Look) -> None:
        name = element.name
        if name in _STYLES:
            self._nodes(element.children, replace(look, marks=look.marks | {_STYLES[name]}))
        elif name == "code":
            self._nodes(element.children, replace(look, is_code=True))
        elif name == "br":
            self._line().add_run().add_break()
        elif name == "img":
            self._picture(element)
        elif name == "math":
            self._line()._p.append(office_math(element))  # the library has no way to add a formula
        elif name == "audio":
            self._text(f"[Âm thanh: {element.attributes.get('aria-label') or 'nghe tại phòng thi'}]", look)
        elif name == "span" and "data-gap" in element.attributes:
            number = self.gaps.get(element.attributes["data-gap"], 1)
            self._text(f"({number}) {_BLANK}" if len(self.gaps) > 1 else _BLANK, look)
        elif name == "span" and "data-hottext" in element.attributes:
            self._text("[", look)
            self._nodes(element.children, replace(look, marks=look.marks | {"underline"}))
            self._text("]", look)
        elif name == "table":
            self._table(element)
        elif name in {"ul", "ol"}:
            self._list(element, look)
        elif name in BLOCKS:
            if self._is_begun:
                self._paragraph = None
            is_code = name == "pre"
            self._nodes(element.children, replace(look, is_code=look.is_code or is_code, keeps_space=is_code))
            self._paragraph, self._is_begun = None, False
        else:
            self._nodes(element.children, look)

    def _list(self, element: Element, look: _Look) -> None:
        self._paragraph = None
        items = [child for child in element.children if isinstance(child, Element) and child.name == "li"]
        for number, item in enumerate(items, start=1):
            line = self._line()
            line.paragraph_format.left_indent = _INDENT
            line.add_run(f"{number}. " if element.name == "ol" else "– ")
            self._nodes(item.children, look)
            self._paragraph = None

    def _picture(self, element: Element) -> None:
        medium = self.media.get(element.attributes.get("src", "").removeprefix("media:"))
        alternative = element.attributes.get("alt", "")
        if medium is None:
            self._text(f"[Hình: {alternative}]", _Look())
            return
        add_picture(self._line(), medium, alternative, self.width)

    def _table(self, element: Element) -> None:
        self._paragraph = None
        rows = list(_rows(element))
        columns = max((sum(_span(cell) for cell in row) for row in rows), default=0)
        if not columns:
            return
        for caption in (one for one in element.children if isinstance(one, Element) and one.name == "caption"):
            self._nodes(caption.children, _Look(frozenset({"italic"})))
            self._paragraph = None
        table = new_table(self.container, len(rows), columns, self.width)
        for number, row in enumerate(rows):
            column = 0
            for cell in row:
                target = table.cell(number, column)
                if _span(cell) > 1:
                    target = target.merge(table.cell(number, min(column + _span(cell), columns) - 1))
                inner = TextSetter(target, self.media, self.gaps, self.width // columns)
                inner._paragraph = target.paragraphs[0]
                look = _Look(frozenset({"bold"})) if cell.name == "th" else _Look()
                inner._nodes(cell.children, look)
                column += _span(cell)
                if column >= columns:
                    break


def add_picture(paragraph: Any, medium: ExportedMedia, alternative: str, width: int) -> None:
    """Add a picture at its own size, at most ``width`` EMU wide; its alternative text goes with it."""
    content = medium.content
    with Image.open(io.BytesIO(content)) as picture:
        pixels = picture.width
        if medium.content_type not in _TAKEN_AS_IT_IS:
            buffer = io.BytesIO()
            picture.save(buffer, "PNG")
            content = buffer.getvalue()
    shape = paragraph.add_run().add_picture(io.BytesIO(content), width=min(pixels * _PIXEL, width))
    shape._inline.docPr.set("descr", alternative)  # the library has no way to say it


def new_table(container: Any, rows: int, columns: int, width: int) -> Any:
    """Return a new table with lines, its columns equally wide."""
    try:
        table = container.add_table(rows, columns)
    except TypeError:
        table = container.add_table(rows, columns, Emu(width))
    table.style = "Table Grid"
    for row in table.rows:
        # A row that is cut by the end of a page is read wrongly.
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # the library cannot say it
    return table


def dotted(paragraph: Any, to: int) -> None:
    """Add a line of dots to write on, as far as ``to`` EMU from the left margin, whatever the font."""
    paragraph.paragraph_format.tab_stops.add_tab_stop(to, WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.DOTS)
    paragraph.add_run("\t")


def _rows(table: Element) -> list[list[Element]]:
    found: list[list[Element]] = []
    for child in table.children:
        if not isinstance(child, Element):
            continue
        if child.name == "tr":
            found.append([cell for cell in child.children if isinstance(cell, Element)])
        elif child.name in {"thead", "tbody"}:
            found.extend(_rows(child))
    return found


def _span(cell: Element) -> int:
    text = cell.attributes.get("colspan", "1")
    return max(1, int(text)) if text.isdigit() else 1
