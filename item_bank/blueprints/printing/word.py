"""Printed tables as a Word document: A4 landscape, Times New Roman, headings repeated on each page."""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt
from docx.table import _Cell

from item_bank.blueprints.printing.tables import Box, PrintedDocument, PrintedTable, placed

_FONT = "Times New Roman"
_MARGIN = Cm(1.5)
_WIDTH = Cm(29.7) - 2 * _MARGIN
_DOTS = "." * 30


def render_word(document: PrintedDocument) -> bytes:
    """Return the .docx; each table begins a page."""
    word = Document()
    style = word.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    style.paragraph_format.space_after = Pt(0)
    word.core_properties.title, word.core_properties.author = document.title, document.school
    _lay_out(word.sections[0], document.page_label)
    for number, table in enumerate(document.tables):
        if number:
            word.add_section(WD_SECTION.NEW_PAGE)
        else:
            _letterhead(word, document)
        _heading(word, table.title, document.lines)
        _set_table(word, table)
        for note in table.notes:
            line = word.add_paragraph()
            line.add_run(note).italic = True
            line.runs[0].font.size = Pt(10)
    _signatures(word, document.signatures)
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def _lay_out(section: Any, page_label: str) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = _MARGIN
    section.top_margin = section.bottom_margin = _MARGIN
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, _, rest = page_label.partition("{page}")
    between, _, after = rest.partition("{pages}")
    footer.add_run(before)
    _field(footer, "PAGE")
    footer.add_run(between)
    _field(footer, "NUMPAGES")
    footer.add_run(after)


def _field(paragraph: Any, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)  # the library has no way to add a field


def _letterhead(word: Any, document: PrintedDocument) -> None:
    for text, is_bold in ((document.agency or _DOTS, False), (document.school or _DOTS, True)):
        line = word.add_paragraph()
        line.paragraph_format.left_indent = Cm(1)
        line.add_run(text).bold = is_bold


def _heading(word: Any, title: str, lines: Sequence[str]) -> None:
    texts = (title, *lines)
    for number, text in enumerate(texts):
        line = word.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.keep_with_next = True
        line.paragraph_format.space_before = Pt(8 if number == 0 else 0)
        line.paragraph_format.space_after = Pt(6 if number == len(texts) - 1 else 0)
        run = line.add_run(text)
        run.bold, run.font.size = number == 0, Pt(14 if number == 0 else 12)


def _set_table(word: Any, table: PrintedTable) -> None:
    # The cells are written one after the other: the library walks the whole table for each that it joins.
    columns = len(table.widths)
    whole = sum(table.widths)
    widths = [int(_WIDTH * width / whole) for width in table.widths]
    shown = word.add_table(0, columns)
    shown.style, shown.autofit = "Table Grid", False
    for column, width in zip(shown.columns, widths, strict=True):
        column.width = width
    _narrow_margins(shown)
    rows = [*table.head, *table.rows]
    boxes = {(one.row, one.column): one.box for one in placed(rows, columns)}
    below: dict[tuple[int, int], int] = {}
    for at in range(len(rows)):
        row: Any = OxmlElement("w:tr")
        properties = row.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if at < len(table.head):
            properties.append(OxmlElement("w:tblHeader"))
        column = 0
        while column < columns:
            box = boxes.get((at, column))
            span = box.columns if box is not None else below[at, column]
            width = sum(widths[column : column + span])
            row.append(_cell(shown, box, span, width, size=table.letter_size, is_head=at < len(table.head)))
            if box is not None:
                below.update({(at + down, column): span for down in range(1, box.rows)})
            column += span
        shown._tbl.append(row)  # written whole


def _narrow_margins(table: Any) -> None:
    """Let figures have the room of their columns, most of which the usual margins of cells would take."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "40")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    look.addprevious(margins)  # the schema has them in this order


def _cell(table: Any, box: Box | None, span: int, width: int, *, size: float, is_head: bool) -> Any:
    """Return a cell; without a box one that continues the cell above it."""
    element: Any = OxmlElement("w:tc")
    element.append(OxmlElement("w:p"))
    cell = _Cell(element, table)
    cell.width = Emu(width)
    properties = element.get_or_add_tcPr()
    if span > 1:
        properties.grid_span = span
    if box is None or box.rows > 1:
        merge = OxmlElement("w:vMerge")
        if box is not None:
            merge.set(qn("w:val"), "restart")
        properties.append(merge)
    align = OxmlElement("w:vAlign")
    align.set(qn("w:val"), "center")
    if is_head:
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E8EDF5")):
            shade.set(qn(f"w:{name}"), value)
        properties.append(shade)
    properties.append(align)
    if box is not None:
        for number, text in enumerate(box.text.split("\n")):
            line = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            line.alignment = WD_ALIGN_PARAGRAPH.LEFT if box.is_left else WD_ALIGN_PARAGRAPH.CENTER
            run = line.add_run(text)
            run.bold, run.font.size = box.is_bold, Pt(size)
    return element


def _signatures(word: Any, signatures: Sequence[tuple[str, str]]) -> None:
    word.add_paragraph()
    table = word.add_table(1, len(signatures))
    for cell, (who, how) in zip(table.rows[0].cells, signatures, strict=True):
        for number, text in enumerate((who, how)):
            line = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            line.paragraph_format.keep_with_next = True
            run = line.add_run(text)
            run.bold, run.italic = number == 0, number == 1
