"""Printed tables as PDF: A4 landscape, headings repeated on each page, page numbers below."""

import io
from html import escape
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_LEFT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.doctemplate import LayoutError

from exam_engine.core.document_fonts import SERIF, SERIF_BOLD, SERIF_ITALIC, drawable, register_fonts
from exam_engine.core.numbered_pages import numbered_pages
from item_bank.blueprints.printing.tables import PrintedDocument, PrintedTable, placed

_PAGE = landscape(A4)
_MARGIN = 15 * mm
_WIDTH = _PAGE[0] - 2 * _MARGIN
_RULE, _SHADE = HexColor("#6B7280"), HexColor("#E8EDF5")
_DOTS = "." * 40
_MOST_KEPT = 6


def _style(name: str, size: float, **changes: Any) -> ParagraphStyle:
    return ParagraphStyle(name, **{"fontName": SERIF, "fontSize": size, "leading": size * 1.25, **changes})


_TITLE = _style("title", 14, alignment=TA_CENTER, fontName=SERIF_BOLD, spaceBefore=6)
_LINE = _style("line", 11.5, alignment=TA_CENTER)
_AGENCY = _style("agency", 11.5)
_SCHOOL = _style("school", 11.5, fontName=SERIF_BOLD)
_NOTE = _style("note", 9, fontName=SERIF_ITALIC)
_SIGN = _style("sign", 11.5, alignment=TA_CENTER, fontName=SERIF_BOLD)
_HOW = _style("how", 11, alignment=TA_CENTER, fontName=SERIF_ITALIC)


def render_pdf(document: PrintedDocument) -> bytes:
    """Return the PDF; the same document always gives the same bytes."""
    register_fonts()
    try:
        return _built(document, keeps_together=True)
    except LayoutError:
        # A topic with more in it than a page holds: it goes on on the next, wherever the page ends.
        return _built(document, keeps_together=False)


def _built(document: PrintedDocument, *, keeps_together: bool) -> bytes:
    output = io.BytesIO()
    template = BaseDocTemplate(
        output,
        pagesize=_PAGE,
        title=document.title,
        author=document.school,
        creator="exam-engine",
        invariant=1,
        initialFontName=SERIF,
    )
    frame = Frame(_MARGIN, 16 * mm, _WIDTH, _PAGE[1] - 28 * mm, 0, 0, 0, 0)
    template.addPageTemplates(PageTemplate("page", [frame]))
    story: list[Flowable] = [
        Paragraph(_text(document.agency or _DOTS), _AGENCY),
        Paragraph(_text(document.school or _DOTS), _SCHOOL),
    ]
    for number, table in enumerate(document.tables):
        if number:
            story.append(PageBreak())
        story.append(Paragraph(_text(table.title), _TITLE))
        story += [Paragraph(_text(line), _LINE) for line in document.lines]
        story += [Spacer(1, 3 * mm), _grid(table, keeps_together=keeps_together), Spacer(1, 1.5 * mm)]
        story += [Paragraph(_text(note), _NOTE) for note in table.notes]
    cells = [[Paragraph(_text(who), _SIGN), Paragraph(_text(how), _HOW)] for who, how in document.signatures]
    signatures = Table([cells], colWidths=[_WIDTH / len(cells)] * len(cells))
    story.append(KeepTogether([Spacer(1, 6 * mm), signatures, Spacer(1, 18 * mm)]))
    template.build(story, canvasmaker=numbered_pages(document.page_label, height=9 * mm))
    return output.getvalue()


def _text(text: str) -> str:
    return escape(drawable(text), quote=False).replace("\n", "<br/>")


def _grid(table: PrintedTable, *, keeps_together: bool) -> Table:
    rows, columns = [*table.head, *table.rows], len(table.widths)
    styles = {
        (is_left, is_bold): _style(
            f"cell {is_left} {is_bold}",
            table.letter_size - 0.5,
            alignment=TA_LEFT if is_left else TA_CENTER,
            fontName=SERIF_BOLD if is_bold else SERIF,
        )
        for is_left in (False, True)
        for is_bold in (False, True)
    }
    cells: list[list[Any]] = [[""] * columns for _ in rows]
    commands: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, _RULE),
        ("BACKGROUND", (0, 0), (-1, len(table.head) - 1), _SHADE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2.5),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    for one in placed(rows, columns):
        box = one.box
        cells[one.row][one.column] = Paragraph(_text(box.text), styles[box.is_left, box.is_bold])
        if (box.columns, box.rows) != (1, 1):
            end = (one.column + box.columns - 1, one.row + box.rows - 1)
            commands.append(("SPAN", (one.column, one.row), end))
            if keeps_together and one.row >= len(table.head) and box.rows <= _MOST_KEPT:
                # A few rows that belong together stay on one page.
                commands.append(("NOSPLIT", (one.column, one.row), end))
    whole = sum(table.widths)
    widths = [_WIDTH * width / whole for width in table.widths]
    least_of_split_row = 0 if keeps_together else 1
    grid = Table(cells, colWidths=widths, repeatRows=len(table.head), splitInRow=least_of_split_row)
    grid.setStyle(TableStyle(commands))
    return grid
