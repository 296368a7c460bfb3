"""Draw the Wright map."""

import numpy as np
from matplotlib.axes import Axes

from exam_engine.psychometrics.figures import WrightMapFigure
from exam_engine.psychometrics.plots.style import COLOURS, GREY, LIGHT, MM, NORMAL, SMALL, axes_or_new, dress
from exam_engine.psychometrics.plots.words import WORDS, Language, number

_MOST_NAMES = 48


def draw_wright_map(figure: WrightMapFigure, axes: Axes | None = None, *, language: Language = "vi") -> Axes:
    """Candidates as bars on the left, thresholds of the items, easiest first, on the right.

    Steps of an item with several thresholds are numbered. Thresholds outside the range stand at its edge as triangles.

    Parameters
    ----------
    figure : of ``wright_map_figure``.
    axes : where to draw; a new figure when None, which is ``axes.figure`` of what is returned.
    language : of the labels.
    """
    axes, words = axes_or_new(axes, height=120.0 * MM), WORDS[language]
    n_items, n_steps = figure.thresholds.shape
    low, high = float(figure.bin_edges[0]), float(figure.bin_edges[-1])
    known = np.isfinite(figure.thresholds)
    middle = np.where(known, figure.thresholds, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    order = np.argsort(np.where(known.any(axis=1), middle, np.inf), kind="stable")

    width = 0.35 * n_items + 1.0
    peak = float(figure.shares.max()) or 1.0
    axes.barh(
        figure.bin_edges[:-1],
        -figure.shares / peak * width,
        height=np.diff(figure.bin_edges),
        align="edge",
        left=0.0,
        color=LIGHT,
        edgecolor=GREY,
        linewidth=0.4,
    )
    axes.axvline(0.0, color="black", linewidth=0.8)
    for place, item in enumerate(order, start=1):
        for step in range(n_steps):
            value = figure.thresholds[item, step]
            if not np.isfinite(value):
                continue
            several = known[item].sum() > 1
            if low <= value <= high:
                marker = f"${step + 1}$" if several else "o"
                axes.plot(place, value, marker=marker, color=COLOURS[0], markersize=4.5, markeredgewidth=0.4)
            else:
                edge, marker = (low, "v") if value < low else (high, "^")
                axes.plot(place, edge, marker=marker, color=COLOURS[1], markersize=5, clip_on=False)

    dress(axes, x="", y="ability", language=language)
    every = max(1, -(-n_items // _MOST_NAMES))
    names = [figure.item_names[item] for item in order][::every]
    rotated = sum(len(name) + 1 for name in names) > 70
    axes.set_xticks(
        range(1, n_items + 1, every), names, rotation=90 if rotated else 0, fontsize=SMALL - (1 if n_items > 30 else 0)
    )
    axes.grid(axis="x", visible=False)
    axes.set_xlim(-width * 1.03, n_items + 1)
    axes.set_ylim(low, high)
    axes.text(-width * 0.5, 1.015, words["candidates"], transform=axes.get_xaxis_transform(), ha="center", size=NORMAL)
    axes.text(
        (n_items + 1) / 2, 1.015, words["items"].lower(), transform=axes.get_xaxis_transform(), ha="center", size=NORMAL
    )
    if figure.below + figure.above > 5e-4:
        outside = words["outside"].format(
            below=number(100.0 * figure.below, 1, language), above=number(100.0 * figure.above, 1, language)
        )
        axes.text(0.005, -0.02, outside, transform=axes.transAxes, size=SMALL - 1, va="top", color=GREY)
    return axes
