"""Lines over time as SVG that stands in the page itself."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from exam_engine.core.i18n import Language
from load_tests.report.words import number, say

_WIDTH, _HEIGHT = 720, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 8, 10, 34
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its class for the style, its name in the legend, and points (second, value)."""

    style: str
    name: str
    points: Sequence[tuple[float, float]]


def line_chart(title: str, lines: Sequence[Line], span: tuple[float, float], language: Language) -> Markup:
    """Return a chart over a span of seconds; empty when there is nothing to draw."""
    if not any(line.points for line in lines):
        return Markup("")
    low, high = span[0], max(span[1], span[0] + 1)
    top = _round_up(max(y for line in lines for _, y in line.points))

    def place(x: float, y: float) -> str:
        across = _LEFT + (x - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)
        down = _HEIGHT - _BOTTOM - y / top * (_HEIGHT - _TOP - _BOTTOM)
        return f"{across:.1f},{down:.1f}"

    parts = []
    for step in range(5):
        value = top * step / 4
        y = place(low, value).split(",")[1]
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>')
        decimals = 0 if float(top / 4).is_integer() else 1 if top >= 0.4 else 2
        shown = number(value, language, decimals)
        parts.append(f'<text class="tick" x="{_LEFT - 6}" y="{y}" dy="4" text-anchor="end">{shown}</text>')
    for x in _ticks(low, high):
        across = place(x, 0).split(",")[0]
        parts.append(
            f'<text class="tick" x="{across}" y="{_HEIGHT - 16}" text-anchor="middle">{number(x, language)}</text>'
        )
    axis = escape(say("chart.axis", language))
    parts.append(f'<text class="tick" x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 2}" text-anchor="end">{axis}</text>')
    for line in lines:
        points = " ".join(place(x, y) for x, y in line.points)
        parts.append(f'<polyline class="line {line.style}" points="{points}"/>')
    label = f'role="img" aria-label="{escape(title)}"'
    # Everything in it is numbers, fixed names and escaped texts.
    return Markup(f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" {label}>{"".join(parts)}</svg>')  # noqa: S704


def _round_up(value: float) -> float:
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 10) if step * power >= value)


def _ticks(low: float, high: float) -> list[float]:
    wide = (high - low) / 6
    power = 10.0 ** math.floor(math.log10(max(wide, 1.0)))
    step = next((each * power for each in _STEPS if each * power >= wide), 10 * power)
    first = math.ceil(low / step)
    return [number * step for number in range(first, math.floor(high / step) + 1)]
