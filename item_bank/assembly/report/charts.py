"""Curves as vectors: axes with round numbers, one line a form, marks where the forms are held against each other."""

import math

from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

from exam_engine.core.document_fonts import SERIF
from item_bank.assembly.report.blocks import Chart
from item_bank.assembly.wording import Wording

_INK, _GRID, _MARK = HexColor("#1B1B1F"), HexColor("#D9DDE6"), HexColor("#8A5A00")
_COLOURS = [
    HexColor(code) for code in ("#1D4ED8", "#B91C1C", "#047857", "#7C3AED", "#B45309", "#0E7490", "#BE185D", "#4D7C0F")
]
_DASHES: tuple[list[int] | None, ...] = (None, [4, 2], [1, 2])
"""Line styles tell forms apart where colours repeat, and in a copy without colours."""
_LEFT, _RIGHT, _BOTTOM, _TOP = 34.0, 8.0, 30.0, 8.0
_LEGEND_ROW = 11.0
_LEGEND_COLUMNS = 10


def draw_chart(chart: Chart, wording: Wording, *, width: float, height: float) -> Drawing:
    """Return the chart as a drawing with a legend below."""
    legend_rows = math.ceil(len(chart.curves) / _LEGEND_COLUMNS)
    drawing = Drawing(width, height + legend_rows * _LEGEND_ROW)
    base = legend_rows * _LEGEND_ROW + _BOTTOM
    highest = max(max(curve.y) for curve in chart.curves)
    highest = max([highest, *(value for _, value in chart.targets)])
    step = _round_step(highest / 5.0)
    top = step * math.ceil(highest / step * 1.02)
    first, last = chart.x[0], chart.x[-1]
    inner_width, inner_height = width - _LEFT - _RIGHT, height - _BOTTOM - _TOP

    def place(x: float, y: float) -> tuple[float, float]:
        return _LEFT + (x - first) / (last - first) * inner_width, base + y / top * inner_height

    for number in range(round(top / step) + 1):
        _, y = place(first, number * step)
        drawing.add(Line(_LEFT, y, _LEFT + inner_width, y, strokeColor=_GRID, strokeWidth=0.5))
        drawing.add(_label(_LEFT - 4, y - 3, wording.number(number * step), "end"))
    for whole in range(math.ceil(first), math.floor(last) + 1):
        x, y = place(whole, 0.0)
        drawing.add(Line(x, y, x, y - 3, strokeColor=_INK, strokeWidth=0.5))
        drawing.add(_label(x, y - 12, wording.number(whole), "middle"))
    drawing.add(_label(_LEFT + inner_width / 2, base - 24, wording.text("report.theta_axis"), "middle"))
    for mark in chart.marks:
        x, y = place(mark, 0.0)
        drawing.add(Line(x, y, x, y + inner_height, strokeColor=_MARK, strokeWidth=0.6, strokeDashArray=[2, 2]))
    for place_in_legend, curve in enumerate(chart.curves):
        points = [part for x, y in zip(chart.x, curve.y, strict=True) for part in place(x, y)]
        colour, dash = _style(place_in_legend)
        drawing.add(PolyLine(points, strokeColor=colour, strokeWidth=0.9, strokeDashArray=dash))
        _legend(drawing, place_in_legend, curve.label, legend_rows, inner_width)
    for theta, value in chart.targets:
        drawing.add(Circle(*place(theta, value), 2.6, strokeColor=_INK, strokeWidth=0.9, fillColor=None))
    drawing.add(Rect(_LEFT, base, inner_width, inner_height, strokeColor=_INK, strokeWidth=0.6, fillColor=None))
    return drawing


def _style(number: int) -> tuple[Color, list[int] | None]:
    return _COLOURS[number % len(_COLOURS)], _DASHES[number // len(_COLOURS) % len(_DASHES)]


def _legend(drawing: Drawing, number: int, label: str, rows: int, width: float) -> None:
    row, column = divmod(number, _LEGEND_COLUMNS)
    x = _LEFT + column * width / _LEGEND_COLUMNS
    y = (rows - 1 - row) * _LEGEND_ROW + 3
    colour, dash = _style(number)
    drawing.add(Line(x, y + 3, x + 14, y + 3, strokeColor=colour, strokeWidth=1.2, strokeDashArray=dash))
    drawing.add(_label(x + 17, y, label, "start"))


def _label(x: float, y: float, text: str, anchor: str) -> String:
    return String(x, y, text, fontName=SERIF, fontSize=8, fillColor=_INK, textAnchor=anchor)


def _round_step(step: float) -> float:
    """Return 1, 2 or 5 times a power of ten, not below ``step``."""
    size: float = 10.0 ** math.floor(math.log10(step))
    return next(factor * size for factor in (1.0, 2.0, 5.0, 10.0) if factor * size >= step)
