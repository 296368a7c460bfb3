"""The security ground of a certificate as vectors: guilloche frame, wave field and a Đông Sơn drum.

Everything is built once from closed formulas, kept as drawing operators and drawn through form objects that a page
repeats by symmetry: a quarter of the frame four times, one sector of the drum for each ray. Fine continuous lines are
hard to copy and small in the file.
"""

from collections.abc import Callable
from functools import cache
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

WIDTH, HEIGHT = 297 * mm, 210 * mm
IVORY = HexColor("#FFFDF5")
GOLD = HexColor("#B48A35")
PALE_GOLD = HexColor("#F1E7CB")
RED = HexColor("#A61C1C")
PALE_TEAL = HexColor("#CFE1DC")
LIGHT_RED = HexColor("#D9A79C")

_HALF_WIDTH, _HALF_HEIGHT = WIDTH / 2, HEIGHT / 2
_FRAME_INSET = 13.2 * mm
_CORNER_RADIUS = 9.0 * mm
_FIELD_WIDTH = WIDTH - 2 * (_FRAME_INSET + 4.3 * mm)
_FIELD_HEIGHT = HEIGHT - 2 * (_FRAME_INSET + 4.3 * mm)
_BANDS = 5
_LINES = 12
_RAYS = 14
_BIRDS = 18

Curve = Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]]
"""From parameters (n,) to points and derivatives, both (2, n)."""


def draw_ground(canvas: Canvas) -> None:
    """Draw the ground over the whole page; the canvas is left as it was."""
    canvas.saveState()
    canvas.setFillColor(IVORY)
    edge = _FRAME_INSET - 4.35 * mm
    canvas.roundRect(edge, edge, WIDTH - 2 * edge, HEIGHT - 2 * edge, _CORNER_RADIUS + 4.35 * mm, stroke=0, fill=1)
    _define_forms(canvas)
    canvas.translate(_HALF_WIDTH, _HALF_HEIGHT)
    _draw_field(canvas)
    _repeat(canvas, "drum-sector", _RAYS)
    _repeat(canvas, "drum-bird", _BIRDS)
    canvas.doForm("drum-rings")
    for x, y in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
        canvas.addLiteral(f"q {x} 0 0 {y} 0 0 cm")
        canvas.doForm("frame-quarter")
        canvas.addLiteral("Q")
    canvas.restoreState()


def _repeat(canvas: Canvas, form: str, times: int) -> None:
    for step in range(times):
        cosine, sine = cos(2 * pi * step / times), sin(2 * pi * step / times)
        canvas.addLiteral(f"q {cosine:.6f} {sine:.6f} {-sine:.6f} {cosine:.6f} 0 0 cm")
        canvas.doForm(form)
        canvas.addLiteral("Q")


def _define_forms(canvas: Canvas) -> None:
    forms = {
        "waves": _draw_waves,
        "drum-sector": _draw_drum_sector,
        "drum-bird": _draw_drum_bird,
        "drum-rings": _draw_drum_rings,
        "frame-quarter": _draw_frame_quarter,
    }
    for name, draw in forms.items():
        canvas.beginForm(name, -_HALF_WIDTH, -_HALF_HEIGHT, _HALF_WIDTH, _HALF_HEIGHT)
        draw(canvas)
        canvas.endForm()


def _stroke(canvas: Canvas, path: str, color: Color, width: float) -> None:
    canvas.setStrokeColor(color)
    canvas.setLineWidth(width)
    canvas.addLiteral(f"{path} S")


def _fill(canvas: Canvas, path: str, color: Color) -> None:
    canvas.setFillColor(color)
    canvas.addLiteral(f"{path} f")


# --- frame ------------------------------------------------------------------------------------------------------------


def _draw_frame_quarter(canvas: Canvas) -> None:
    canvas.setLineJoin(1)
    _stroke(canvas, _braid(amplitude=3.5 * mm, waves=13, phases=12), GOLD, 0.32)
    _stroke(canvas, _braid(amplitude=2.1 * mm, waves=26, phases=6), LIGHT_RED, 0.28)
    _stroke(canvas, _braid(amplitude=0.75 * mm, waves=39, phases=2), RED, 0.45)
    for offset, width, color in ((4.35, 1.5, RED), (3.75, 0.35, GOLD), (-3.75, 0.35, GOLD), (-4.3, 0.9, RED)):
        _stroke(canvas, _rule(offset * mm), color, width)


@cache
def _braid(*, amplitude: float, waves: int, phases: int) -> str:
    """Return a family of sine lines along the frame's centre line, from the top's middle to the right side's middle.

    ``waves`` half waves fit the quarter and the phases are spread evenly, so mirrored quarters join without a break.
    """
    frequency = waves * pi / _quarter_length()
    path = PDFPathObject()
    for step in range(phases):
        phase = 2 * pi * (step + 0.5) / phases
        _add_curve(path, _wave_on_centre_line(amplitude, frequency, phase), 0.0, _quarter_length(), 2 * waves)
    return str(path.getCode())


@cache
def _rule(offset: float) -> str:
    path = PDFPathObject()
    straight_x, straight_y = _straight_lengths()
    radius = _CORNER_RADIUS + offset
    top, right = _HALF_HEIGHT - _FRAME_INSET + offset, _HALF_WIDTH - _FRAME_INSET + offset
    handle = 0.5523 * radius
    path.moveTo(0, _round(top))
    path.lineTo(_round(straight_x), _round(top))
    points = (straight_x + handle, top, right, straight_y + handle, right, straight_y)
    path.curveTo(*map(_round, points))
    path.lineTo(_round(right), 0)
    return str(path.getCode())


def _straight_lengths() -> tuple[float, float]:
    inset = _FRAME_INSET + _CORNER_RADIUS
    return _HALF_WIDTH - inset, _HALF_HEIGHT - inset


def _quarter_length() -> float:
    straight_x, straight_y = _straight_lengths()
    return float(straight_x + straight_y + _CORNER_RADIUS * pi / 2)


def _wave_on_centre_line(amplitude: float, frequency: float, phase: float) -> Curve:
    straight_x, straight_y = _straight_lengths()
    arc = _CORNER_RADIUS * pi / 2

    def curve(s: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        # Heading of the centre line: 0 along the top, turning to -90 degrees through the corner.
        heading = -np.clip((s - straight_x) / _CORNER_RADIUS, 0.0, pi / 2)
        turning = np.where((s > straight_x) & (s < straight_x + arc), -1 / _CORNER_RADIUS, 0.0)
        tangent = np.array([np.cos(heading), np.sin(heading)])
        normal = np.array([-tangent[1], tangent[0]])
        corner = np.array([[straight_x], [straight_y]])
        before = np.minimum(s - straight_x, 0.0)
        after = np.maximum(s - straight_x - arc, 0.0)
        centre = (
            corner + _CORNER_RADIUS * normal + before * np.array([[1.0], [0.0]]) + after * np.array([[0.0], [-1.0]])
        )
        height = amplitude * np.sin(frequency * s + phase)
        slope = amplitude * frequency * np.cos(frequency * s + phase)
        return centre + height * normal, (1 - height * turning) * tangent + slope * normal

    return curve


# --- field of waves ---------------------------------------------------------------------------------------------------


def _draw_field(canvas: Canvas) -> None:
    canvas.saveState()
    inside = PDFPathObject()
    inside.rect(-_FIELD_WIDTH / 2, -_FIELD_HEIGHT / 2, _FIELD_WIDTH, _FIELD_HEIGHT)
    canvas.clipPath(inside, stroke=0, fill=0)
    for band in range(_BANDS):
        canvas.addLiteral(f"q 1 0 0 1 0 {(band - (_BANDS - 1) / 2) * _FIELD_HEIGHT / _BANDS:.3f} cm")
        canvas.doForm("waves")
        canvas.addLiteral("Q")
    canvas.restoreState()


def _draw_waves(canvas: Canvas) -> None:
    _stroke(canvas, _wave_band(), PALE_TEAL, 0.3)


@cache
def _wave_band() -> str:
    """Return the lines of one band; their phases go once round, so the next band goes on without a seam."""
    path = PDFPathObject()
    frequency = 2 * pi * 5 / _FIELD_WIDTH
    for line in range(_LINES):
        base = ((line + 0.5) / _LINES - 0.5) * _FIELD_HEIGHT / _BANDS
        wave = _swell(base, 3.2 * mm, frequency, 2 * pi * line / _LINES)
        _add_curve(path, wave, -_FIELD_WIDTH / 2, _FIELD_WIDTH / 2, 20)
    return str(path.getCode())


def _swell(base: float, amplitude: float, frequency: float, phase: float) -> Curve:
    def curve(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        y = base + amplitude * np.sin(frequency * x + phase)
        return np.array([x, y]), np.array([np.ones_like(x), amplitude * frequency * np.cos(frequency * x + phase)])

    return curve


# --- drum -------------------------------------------------------------------------------------------------------------

_RING_RADII = (20.0, 20.7, 24.6, 25.3, 30.6, 31.3, 44.4, 45.1, 50.4, 51.1, 55.0, 55.7, 60.0, 60.9)
"""Circles that bound the drum's bands, mm."""


def _draw_drum_rings(canvas: Canvas) -> None:
    _stroke(canvas, _rings(), PALE_GOLD, 0.55)


@cache
def _rings() -> str:
    path = PDFPathObject()
    for radius in _RING_RADII:
        path.circle(0, 0, radius * mm)
    return str(path.getCode())


def _draw_drum_sector(canvas: Canvas) -> None:
    _fill(canvas, _star_ray(), PALE_GOLD)
    _stroke(canvas, _sector_lines(), PALE_GOLD, 0.5)
    _fill(canvas, _saw_teeth(), PALE_GOLD)


@cache
def _star_ray() -> str:
    path = PDFPathObject()
    half = pi / _RAYS
    _polygon(path, [(0.0, 0.0), _polar(6.0, half), _polar(18.6, 0.0), _polar(6.0, -half)])
    return str(path.getCode())


@cache
def _sector_lines() -> str:
    """Return the chevrons between two rays, tangent circles with dots, and ladders: one sector of the drum."""
    path = PDFPathObject()
    half = pi / _RAYS
    for inner, spread in ((9.6, 0.30), (11.9, 0.44), (14.2, 0.55), (16.5, 0.63)):
        # The point of a chevron lies between two rays, its feet run along them.
        _line(
            path,
            [_polar(inner + 3.2, half - spread * half), _polar(inner, half), _polar(inner + 3.2, half + spread * half)],
        )
    for radius, count in ((27.95, 3), (47.75, 5)):
        size = radius * sin(half / count) * 0.62
        for step in range(count):
            angle = 2 * half * step / count
            following = 2 * half * (step + 1) / count
            for part in (1.0, 0.35):
                path.circle(*_points(_polar(radius, angle)), _round(size * part * mm))
            _line(path, [_polar(radius + size, angle), _polar(radius - size, following)])
    for step in range(12):
        angle = 2 * half * step / 12
        _line(path, [_polar(20.7, angle), _polar(24.6, angle + 0.03)])
        _line(path, [_polar(51.1, angle), _polar(55.0, angle)])
    return str(path.getCode())


@cache
def _saw_teeth() -> str:
    path = PDFPathObject()
    step = 2 * pi / _RAYS / 6
    for tooth in range(6):
        middle = tooth * step
        _polygon(path, [_polar(55.7, middle - step / 2), _polar(59.4, middle), _polar(55.7, middle + step / 2)])
    return str(path.getCode())


def _draw_drum_bird(canvas: Canvas) -> None:
    _fill(canvas, _bird(), PALE_GOLD)


@cache
def _bird() -> str:
    """Return one bird of the drum in flight: long beak, crest, raised wing, fan of a tail; 37 mm out, heading left."""
    path = PDFPathObject()
    outline = (
        ((-7.6, 0.1), (-6.0, 0.5), (-5.0, 0.9), (-4.3, 1.2)),
        ((-4.3, 1.2), (-3.6, 1.5), (-2.6, 2.0), (-1.7, 2.9)),
        ((-1.7, 2.9), (-2.2, 1.8), (-2.8, 1.2), (-3.2, 0.7)),
        ((-3.2, 0.7), (-2.4, 0.5), (-1.6, 0.6), (-1.0, 0.8)),
        ((-1.0, 0.8), (-0.4, 2.8), (1.4, 4.8), (4.4, 5.6)),
        ((4.4, 5.6), (3.2, 4.2), (2.6, 2.6), (2.6, 0.9)),
        ((2.6, 0.9), (4.2, 0.9), (5.8, 1.4), (7.2, 2.1)),
        ((7.2, 2.1), (6.9, 1.0), (6.8, 0.2), (7.0, -0.7)),
        ((7.0, -0.7), (4.6, -0.6), (2.2, -1.2), (0.4, -1.3)),
        ((0.4, -1.3), (-1.8, -1.3), (-3.0, -0.5), (-3.9, 0.0)),
        ((-3.9, 0.0), (-5.2, 0.0), (-6.4, 0.0), (-7.6, 0.1)),
    )
    path.moveTo(*_points(_above(outline[0][0])))
    for _, *rest in outline:
        path.curveTo(*(value for point in rest for value in _points(_above(point))))
    path.close()
    return str(path.getCode())


def _above(point: tuple[float, float]) -> tuple[float, float]:
    return point[0], point[1] + 36.8


# --- path building ----------------------------------------------------------------------------------------------------


def _polar(radius: float, angle: float) -> tuple[float, float]:
    return radius * sin(angle), radius * cos(angle)


def _points(point: tuple[float, float]) -> tuple[float, float]:
    return _round(point[0] * mm), _round(point[1] * mm)


def _polygon(path: PDFPathObject, corners: list[tuple[float, float]]) -> None:
    _line(path, corners)
    path.close()


def _line(path: PDFPathObject, corners: list[tuple[float, float]]) -> None:
    path.moveTo(*_points(corners[0]))
    for corner in corners[1:]:
        path.lineTo(*_points(corner))


def _add_curve(path: PDFPathObject, curve: Curve, start: float, end: float, pieces: int) -> None:
    """Add a smooth curve as cubic pieces that meet it in place and direction at ``pieces + 1`` parameters."""
    parameters = np.linspace(start, end, pieces + 1)
    points, slopes = curve(parameters)
    handles = slopes * ((end - start) / pieces / 3)
    path.moveTo(_round(points[0, 0]), _round(points[1, 0]))
    for i in range(pieces):
        first, second, last = points[:, i] + handles[:, i], points[:, i + 1] - handles[:, i + 1], points[:, i + 1]
        path.curveTo(*(_round(value) for value in (*first, *second, *last)))


def _round(value: float) -> float:
    # A hundredth of a point is 3.5 micrometres: below what any press can place.
    return round(float(value), 2)
