"""The report as PDF, A4 in the form of an official document: state and council above, signatures below."""

import io
from html import escape
from typing import Any

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)
from reportlab.platypus import (
    Table as Grid,
)

from exam_engine.core.document_fonts import SERIF, SERIF_BOLD, SERIF_ITALIC, drawable, register_fonts
from exam_engine.core.numbered_pages import numbered_pages
from item_bank.assembly.report.blocks import Block, Chart, Report, Section, Table, Value
from item_bank.assembly.report.charts import draw_chart
from item_bank.assembly.wording import Wording

# Text encodings inside the file only make it larger; nothing here needs seven-bit PDFs.
rl_config.useA85 = 0

_LEFT, _RIGHT, _TOP, _BOTTOM = 30 * mm, 15 * mm, 20 * mm, 20 * mm
"""Margins within those that Decree 30/2020/NĐ-CP sets for official documents."""
_WIDTH = A4[0] - _LEFT - _RIGHT
_RULE, _SHADE = HexColor("#6B7280"), HexColor("#EEF1F6")


def _style(name: str, size: float, **changes: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=SERIF, fontSize=size, leading=size * 1.28, **changes)


_BODY = _style("body", 12, alignment=TA_JUSTIFY, spaceAfter=4)
_CENTRED = _style("centred", 12, alignment=TA_CENTER)
_LETTERHEAD = ParagraphStyle("letterhead", parent=_CENTRED, fontSize=11, leading=14)
_BOLD = ParagraphStyle("bold", parent=_CENTRED, fontName=SERIF_BOLD)
_ITALIC = ParagraphStyle("italic", parent=_CENTRED, fontName=SERIF_ITALIC)
_TITLE = ParagraphStyle("title", parent=_CENTRED, fontName=SERIF_BOLD, fontSize=14, leading=19)
_HEADING = ParagraphStyle("heading", parent=_BODY, fontName=SERIF_BOLD, alignment=TA_LEFT, spaceBefore=9)
_CAPTION = ParagraphStyle("caption", parent=_ITALIC, fontSize=11, spaceBefore=4, spaceAfter=2)


def render_pdf(report: Report, wording: Wording) -> bytes:
    """Return the PDF; the same report always gives the same bytes."""
    register_fonts()
    output = io.BytesIO()
    document = BaseDocTemplate(
        output,
        pagesize=A4,
        leftMargin=_LEFT,
        rightMargin=_RIGHT,
        topMargin=_TOP,
        bottomMargin=_BOTTOM,
        title=f"{report.title} – {report.subject}",
        author=report.head.council,
        creator="exam-engine",
        invariant=1,
        initialFontName=SERIF,
    )
    frame = Frame(_LEFT, _BOTTOM, _WIDTH, A4[1] - _TOP - _BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("page", [frame]))
    story: list[Flowable] = [*_head(report)]
    for section in report.sections[:-1]:
        story += _section(section, wording)
    # The list of items is an annex: people sign the report above it.
    story += [*_signatures(report), PageBreak(), *_section(report.sections[-1], wording)]
    document.build(story, canvasmaker=numbered_pages(report.page_label, height=11 * mm))
    return output.getvalue()


def _text(text: str) -> str:
    return escape(drawable(text), quote=False)


def _head(report: Report) -> list[Flowable]:
    def rule(width: str) -> HRFlowable:
        return HRFlowable(width=width, thickness=0.6, color=_RULE, spaceBefore=1, spaceAfter=4)

    left = [
        Paragraph(_text(report.head.agency.upper()), _LETTERHEAD),
        Paragraph(_text(report.head.council.upper()), _BOLD),
        rule("35%"),
        Paragraph(_text(report.number_line), _CENTRED),
    ]
    right = [
        Paragraph(_text(report.national_name), _BOLD),
        Paragraph(_text(report.national_motto), _BOLD),
        rule("55%"),
        Paragraph(_text(report.place_and_date), _ITALIC),
    ]
    grid = Grid([[left, right]], colWidths=[_WIDTH * 0.45, _WIDTH * 0.55])
    grid.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("ALIGN", (0, 0), (-1, -1), "CENTER"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return [
        grid,
        Spacer(1, 6 * mm),
        Paragraph(_text(report.title), _TITLE),
        Paragraph(_text(report.subject), _BOLD),
        Paragraph(_text(report.state), _ITALIC),
        Spacer(1, 3 * mm),
    ]


def _section(section: Section, wording: Wording) -> list[Flowable]:
    heading = Paragraph(_text(section.title), _HEADING)
    blocks = [flowable for block in section.blocks for flowable in _block(block, wording)]
    # A heading never stands alone at the foot of a page.
    return [CondPageBreak(32 * mm), heading, *blocks]


def _block(block: Block, wording: Wording) -> list[Flowable]:
    if isinstance(block, str):
        return [Paragraph(_text(block), _BODY)]
    if isinstance(block, Table):
        return [Spacer(1, 1.5 * mm), _grid(block, wording), Spacer(1, 3 * mm)]
    return [KeepTogether([Paragraph(_text(block.title), _CAPTION), _chart(block, wording), Spacer(1, 3 * mm)])]


def _chart(chart: Chart, wording: Wording) -> Flowable:
    return draw_chart(chart, wording, width=_WIDTH, height=62 * mm)


def _grid(table: Table, wording: Wording) -> Grid:
    size = _letter_size(len(table.columns))
    cell = _style("cell", size, alignment=TA_CENTER)
    left = ParagraphStyle("left", parent=cell, alignment=TA_LEFT)
    right = ParagraphStyle("right", parent=cell, alignment=TA_RIGHT)
    head = ParagraphStyle("head", parent=cell, fontName=SERIF_BOLD)
    last = ParagraphStyle("last", parent=cell, fontName=SERIF_BOLD)

    def style(number: int, value: Value, is_summary: bool) -> ParagraphStyle:
        if is_summary:
            return last
        if isinstance(value, float):
            return right
        return left if table.columns[number].is_left else cell

    first_summary = len(table.rows) - table.summary_rows
    content = [[Paragraph(_text(column.heading), head) for column in table.columns]]
    content += [
        [
            Paragraph(
                _text(_shown(value, table.columns[number].digits, wording)), style(number, value, at >= first_summary)
            )
            for number, value in enumerate(row)
        ]
        for at, row in enumerate(table.rows)
    ]
    total = sum(column.width for column in table.columns)
    grid = Grid(
        content,
        colWidths=[_WIDTH * column.width / total for column in table.columns],
        repeatRows=1,
    )
    padding = 3 if size > 8 else 1
    commands: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.4, _RULE),
        ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), padding),
        ("RIGHTPADDING", (0, 0), (-1, -1), padding),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    if table.summary_rows:
        commands.append(("LINEABOVE", (0, first_summary + 1), (-1, first_summary + 1), 1.0, _RULE))
    grid.setStyle(TableStyle(commands))
    return grid


def _letter_size(n_columns: int) -> float:
    """Letters of tables with many columns shrink so that a number stays on its line."""
    for most, size in ((9, 10.5), (13, 9.0), (18, 8.0), (24, 6.5)):
        if n_columns <= most:
            return size
    return 5.5


def _shown(value: Value, digits: int, wording: Wording) -> str:
    if isinstance(value, str):
        return value
    return wording.fixed(value, digits)


def _signatures(report: Report) -> list[Flowable]:
    cells = [
        [Paragraph(_text(who), _BOLD), Paragraph(_text(how), _ITALIC), Spacer(1, 24 * mm)]
        for who, how in report.signatures
    ]
    grid = Grid([cells], colWidths=[_WIDTH / len(cells)] * len(cells))
    grid.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return [KeepTogether([Spacer(1, 8 * mm), grid])]
