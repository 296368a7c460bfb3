"""The sheet that minutes and their addenda are printed on: A4 in the form of an official document, and its parts."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Table as Grid

from exam_engine.core.document_fonts import SERIF, SERIF_BOLD, SERIF_ITALIC, drawable
from exam_engine.core.numbered_pages import numbered_pages
from exam_engine.core.time import VIETNAM

# Text encodings inside the file only make it larger; nothing here needs seven-bit PDFs.
rl_config.useA85 = 0

_LEFT, _RIGHT, _TOP, _BOTTOM = 30 * mm, 15 * mm, 20 * mm, 20 * mm
"""Margins within those that Decree 30/2020/NĐ-CP sets for official documents."""
WIDTH = A4[0] - _LEFT - _RIGHT
RULE, _SHADE, _INK, _WARNING = HexColor("#6B7280"), HexColor("#EEF1F6"), HexColor("#12348C"), HexColor("#A61C1C")
_SIGNATURE_HEIGHT = 20 * mm
_STROKE_WIDTH, _STROKE_HEIGHT = 1000, 400
"""The field that strokes were drawn in, in the thousandths they are counted in."""


def _style(name: str, size: float, **changes: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=SERIF, fontSize=size, leading=size * 1.28, **changes)


BODY = _style("body", 13, alignment=TA_JUSTIFY, spaceAfter=3)
CENTRED = _style("centred", 13, alignment=TA_CENTER)
SMALL = _style("small", 10, alignment=TA_CENTER)
BOLD = ParagraphStyle("bold", parent=CENTRED, fontName=SERIF_BOLD)
STATE = ParagraphStyle("state", parent=BOLD, fontSize=11.5, leading=15)
COUNCIL = ParagraphStyle("council", parent=BOLD, fontSize=12, leading=15)
ITALIC = ParagraphStyle("italic", parent=CENTRED, fontName=SERIF_ITALIC)
TITLE = ParagraphStyle("title", parent=CENTRED, fontName=SERIF_BOLD, fontSize=15, leading=20)
_HEADING = ParagraphStyle("heading", parent=BODY, fontName=SERIF_BOLD, alignment=TA_LEFT, spaceBefore=7)
PREVIEW = ParagraphStyle("preview", parent=BOLD, fontSize=11, textColor=_WARNING)
_CELL = _style("cell", 11, alignment=TA_LEFT)
_CELL_CENTRED = ParagraphStyle("cell centred", parent=_CELL, alignment=TA_CENTER)
_CELL_HEAD = ParagraphStyle("cell head", parent=_CELL_CENTRED, fontName=SERIF_BOLD)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature to print; without strokes the name was typed."""

    name: str
    at: datetime
    strokes: tuple[tuple[tuple[int, int], ...], ...]


class _Strokes(Flowable):  # type: ignore[misc]
    """A drawn signature, scaled into the field above the signer's name."""

    def __init__(self, signed: Signed, width: float) -> None:
        super().__init__()
        self.width, self.height = width, _SIGNATURE_HEIGHT
        self._signed = signed

    def draw(self) -> None:
        scale = min(self.width / _STROKE_WIDTH, self.height / _STROKE_HEIGHT)
        left = (self.width - _STROKE_WIDTH * scale) / 2
        canvas = self.canv
        canvas.setStrokeColor(_INK)
        canvas.setLineWidth(1.2)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        for stroke in self._signed.strokes:
            path = canvas.beginPath()
            for number, (x, y) in enumerate(stroke):
                place = left + x * scale, self.height - y * scale
                if number == 0:
                    path.moveTo(*place)
                else:
                    path.lineTo(*place)
            if len(stroke) == 1:
                path.lineTo(left + stroke[0][0] * scale + 0.1, self.height - stroke[0][1] * scale)
            canvas.drawPath(path)


def render(story: Sequence[Flowable], *, page_label: str, title: str, author: str, subject: str) -> bytes:
    """Return the PDF; the same story always gives the same bytes.

    Parameters
    ----------
    page_label : below each page, with ``{page}`` and ``{pages}`` in it.
    """
    output = io.BytesIO()
    document = BaseDocTemplate(
        output,
        pagesize=A4,
        leftMargin=_LEFT,
        rightMargin=_RIGHT,
        topMargin=_TOP,
        bottomMargin=_BOTTOM,
        title=title,
        author=author,
        subject=subject,
        creator="exam-engine",
        lang="vi-VN",
        invariant=1,
        initialFontName=SERIF,
    )
    frame = Frame(_LEFT, _BOTTOM, WIDTH, A4[1] - _TOP - _BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("page", [frame]))
    document.build(list(story), canvasmaker=numbered_pages(page_label, height=11 * mm))
    return output.getvalue()


def drawn(text: str) -> str:
    """Return text as a paragraph takes it, with line breaks and without letters that the face does not have."""
    return escape(drawable(text), quote=False).replace("\n", "<br/>")


def line(text: str) -> Paragraph:
    """Return a paragraph of running text."""
    return Paragraph(drawn(text), BODY)


def no_padding() -> list[tuple[Any, ...]]:
    """Return the style of a grid that only puts things beside each other."""
    # The library's own face would go into the file without being embedded.
    return [
        ("FONT", (0, 0), (-1, -1), SERIF),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ]


def heading(text: str) -> Flowable:
    """Return the heading of a section."""
    # A heading never stands alone at the foot of a page.
    return KeepTogether([CondPageBreak(24 * mm), Paragraph(drawn(text), _HEADING)])


def table(columns: Sequence[tuple[str, float]], rows: Sequence[Sequence[Any]], *, left: set[int]) -> Flowable:
    """Return a table of columns with the given shares of the width; those in ``left`` are set to the left."""
    total = sum(width for _, width in columns)
    content = [[Paragraph(drawn(name), _CELL_HEAD) for name, _ in columns]]
    content += [
        [Paragraph(drawn(str(value)), _CELL if number in left else _CELL_CENTRED) for number, value in enumerate(row)]
        for row in rows
    ]
    grid = Grid(content, colWidths=[WIDTH * width / total for _, width in columns], repeatRows=1, splitInRow=1)
    grid.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), SERIF),
                ("GRID", (0, 0), (-1, -1), 0.4, RULE),
                ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    grid.spaceBefore, grid.spaceAfter = 2, 5
    return grid


def signatures_beside(places: Sequence[tuple[str, str, Signed | None]]) -> Flowable:
    """Return places to sign, by title, name and signature if there is one; up to three beside each other."""
    cells = [_signature(title, name, signed) for title, name, signed in places]
    across = min(3, len(cells))
    rows = [cells[start : start + across] for start in range(0, len(cells), across)]
    rows[-1] += [[] for _ in range(across - len(rows[-1]))]
    grid = Grid(rows, colWidths=[WIDTH / across] * across)
    grid.setStyle(
        TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (0, 0), (-1, -1), "CENTER"), *no_padding()])
    )
    return grid


def _signature(title: str, name: str, signed: Signed | None) -> list[Flowable]:
    width = WIDTH / 3 - 4 * mm
    story: list[Flowable] = [Paragraph(drawn(title), ParagraphStyle("who", parent=BOLD, fontSize=10.5, leading=14))]
    if signed is None:
        return [*story, Paragraph(drawn("(Ký, ghi rõ họ tên)"), SMALL), Spacer(1, _SIGNATURE_HEIGHT), *_named(name)]
    local = signed.at.astimezone(VIETNAM)
    at = f"{local:%H:%M} {local:%d/%m/}{local.year}"
    if signed.strokes:
        story += [Paragraph(drawn(f"(Ký trên màn hình\n{at})"), SMALL), _Strokes(signed, width)]
    else:
        story += [
            Paragraph(drawn(f"(Ký bằng mật khẩu\n{at})"), SMALL),
            Spacer(1, _SIGNATURE_HEIGHT / 3),
            Paragraph(drawn(signed.name), ParagraphStyle("typed", parent=ITALIC, fontSize=14, textColor=_INK)),
            Spacer(1, _SIGNATURE_HEIGHT / 3),
        ]
    return [*story, *_named(name)]


def _named(name: str) -> list[Flowable]:
    return [Paragraph(drawn(name), ParagraphStyle("named", parent=BOLD, fontSize=12, leading=15))] if name else []
