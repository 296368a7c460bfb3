"""Common look of the plots: legible on A4, told apart without colour and with any colour vision.

References
----------
Okabe & Ito (2008), *Color Universal Design* (the palette).
"""

from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter

from exam_engine.psychometrics.plots.words import WORDS, Language

COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#000000")
LINES: Final[tuple[Any, ...]] = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
MARKERS: Final = ("o", "s", "^", "D", "v", "P")
GREY: Final = "#666666"
LIGHT: Final = "#D0D0D0"

MM: Final = 1.0 / 25.4
"""Inches of a millimetre."""
WIDTH: Final = 165.0 * MM
HEIGHT: Final = 95.0 * MM

SMALL: Final = 7.0
NORMAL: Final = 8.5


class _CommaFormatter(ScalarFormatter):
    """Numbers of an axis with a decimal comma."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return super().__call__(x, pos).replace(".", ",")


def axes_or_new(axes: Axes | None, *, height: float = HEIGHT) -> Axes:
    """The axes given, or those of a new figure (``axes.figure``) as wide as the text of an A4 page."""
    if axes is not None:
        return axes
    return Figure(figsize=(WIDTH, height), layout="constrained").subplots()


def dress(axes: Axes, *, x: str, y: str, language: Language, title: str = "", compact: bool = False) -> None:
    """Write the labels, named in ``WORDS`` or as they are, and set the look; ``compact`` is for small multiples."""
    words = WORDS[language]
    size = SMALL if compact else NORMAL
    axes.set_xlabel(words.get(x, x), fontsize=size)
    axes.set_ylabel(words.get(y, y), fontsize=size)
    if title:
        axes.set_title(title, fontsize=size + 0.5, loc="left")
    axes.tick_params(labelsize=size - 0.5, length=2.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=LIGHT, linewidth=0.4)
    axes.set_axisbelow(True)
    if language == "vi":
        for axis in (axes.xaxis, axes.yaxis):
            if type(axis.get_major_formatter()) is ScalarFormatter:
                axis.set_major_formatter(_CommaFormatter())
