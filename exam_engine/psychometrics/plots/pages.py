"""Small multiples on A4 pages."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from matplotlib.figure import Figure

from exam_engine.psychometrics.plots.style import MM, NORMAL
from exam_engine.psychometrics.plots.words import WORDS, Language

_FigureData = TypeVar("_FigureData")


def draw_pages(
    figures: Sequence[_FigureData],
    draw: Callable[..., Any],
    *,
    x: str,
    y: str,
    language: Language = "vi",
    columns: int = 3,
    rows: int = 5,
) -> tuple[Figure, ...]:
    """Pages of ``rows`` × ``columns`` small plots, the last one only as high as it needs to be.

    Parameters
    ----------
    figures : what to draw, in order.
    draw : a drawer that knows ``compact``, such as ``draw_item_curve``.
    x, y : names of the axes, which stand once a page: ``ability``, ``probability_right``, ``expected_share``,
        ``probability``, ``standardised_residual``, or any text.
    language : of the labels.
    columns, rows : plots across and down a page.

    Raises
    ------
    ValueError
        When a page has no room.
    """
    if columns < 1 or rows < 1:
        raise ValueError(f"a page of {rows} × {columns} plots has no room")
    words = WORDS[language]
    pages = []
    for start in range(0, len(figures), rows * columns):
        part = figures[start : start + rows * columns]
        used = -(-len(part) // columns)
        page = Figure(figsize=(180.0 * MM, (8.0 + 48.0 * used) * MM), layout="constrained")
        grid = page.subplots(used, columns, squeeze=False, sharex=True, sharey=False)
        for index, axes in enumerate(grid.flat):
            if index < len(part):
                draw(part[index], axes, language=language, compact=True)
                # With fewer plots in the last row those above them are the lowest of their columns.
                axes.tick_params(labelbottom=index + columns >= len(part))
            else:
                axes.set_visible(False)
        page.supxlabel(words.get(x, x), fontsize=NORMAL)
        page.supylabel(words.get(y, y), fontsize=NORMAL)
        pages.append(page)
    return tuple(pages)
