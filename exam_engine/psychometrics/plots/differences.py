"""Draw residuals, differential item functioning, drift and links."""

import numpy as np
from matplotlib.axes import Axes

from exam_engine.psychometrics.figures import DifFigure, DriftFigure, LinkingFigure, ResidualFigure
from exam_engine.psychometrics.plots.style import (
    COLOURS,
    GREY,
    HEIGHT,
    LIGHT,
    MARKERS,
    MM,
    SMALL,
    axes_or_new,
    dress,
)
from exam_engine.psychometrics.plots.words import WORDS, Language, number

_MOST_LABELS = 20


def draw_residuals(
    figure: ResidualFigure, axes: Axes | None = None, *, language: Language = "vi", compact: bool = False
) -> Axes:
    """Standardised residuals of one item by ability; the shaded band holds 95 % of them when the model is right.

    Parameters
    ----------
    figure : of ``residual_figures``.
    axes : where to draw; a new figure when None, which is ``axes.figure`` of what is returned.
    language : of the labels.
    compact : for small multiples: smaller letters, no axis labels.
    """
    axes = axes_or_new(axes)
    axes.axhspan(-1.96, 1.96, color=LIGHT, alpha=0.5, linewidth=0)
    axes.axhline(0.0, color="black", linewidth=0.7)
    axes.vlines(figure.theta, 0.0, figure.standardised, color=GREY, linewidth=0.8)
    large = np.abs(figure.standardised) > 1.96
    for chosen, face in ((~large, "white"), (large, COLOURS[1])):
        axes.plot(
            figure.theta[chosen],
            figure.standardised[chosen],
            "o",
            markersize=4,
            markeredgecolor="black",
            markerfacecolor=face,
        )
    reach = float(np.nanmax(np.abs(figure.standardised), initial=3.0)) * 1.1
    dress(
        axes,
        x="" if compact else "ability",
        y="" if compact else "standardised_residual",
        language=language,
        title=figure.item_name,
        compact=compact,
    )
    axes.set_ylim(-reach, reach)
    return axes


def draw_dif(figure: DifFigure, axes: Axes | None = None, *, language: Language = "vi") -> Axes:
    """Effect of each item with its interval; the marker tells the class. Parameters as above."""
    n_items = len(figure.item_names)
    axes, words = axes_or_new(axes, height=(22.0 + 4.2 * max(n_items, 5)) * MM), WORDS[language]
    rows = np.arange(n_items)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.hlines(rows, figure.lower, figure.upper, color=GREY, linewidth=0.9)
    looks = {"A": (COLOURS[0], "o", "white"), "B": (COLOURS[3], "s", COLOURS[3]), "C": (COLOURS[1], "^", COLOURS[1])}
    for letter in ("A", "B", "C", None):
        chosen = np.array([own == letter for own in figure.classes], dtype=np.bool_)
        chosen &= np.isfinite(figure.effect)
        if not chosen.any():
            continue
        colour, marker, face = looks.get(str(letter), ("black", "D", "white"))
        label = words["unclassified"] if letter is None else words["classes"].format(letter=letter)
        axes.plot(
            figure.effect[chosen],
            rows[chosen],
            marker,
            color=colour,
            markerfacecolor=face,
            markersize=4.5,
            label=label,
        )
    dress(axes, x=figure.effect_name, y="", language=language)
    axes.set_yticks(rows, figure.item_names, fontsize=SMALL)
    axes.set_ylim(n_items - 0.4, -0.6)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=SMALL, frameon=False, ncols=4, loc="lower left", bbox_to_anchor=(0, 1), borderpad=0)
    axes.set_title(f"{figure.method}: {figure.focal} − {figure.reference}", loc="right", fontsize=SMALL)
    return axes


def draw_drift(figure: DriftFigure, axes: Axes | None = None, *, language: Language = "vi") -> Axes:
    """Change of difficulty against the distance of the curves, drifted items by name; parameters as above."""
    axes, words = axes_or_new(axes), WORDS[language]
    flagged, left_out = np.array(figure.flagged, dtype=np.bool_), np.array(figure.left_out, dtype=np.bool_)
    difference = np.nan_to_num(figure.difficulty_difference)
    for chosen, word, colour, marker in (
        (~flagged & ~left_out, "kept", COLOURS[0], "o"),
        (flagged & ~left_out, "flagged", COLOURS[3], "s"),
        (left_out, "left_out", COLOURS[1], "X"),
    ):
        if chosen.any():
            axes.plot(difference[chosen], figure.rmsd[chosen], marker, color=colour, markersize=5, label=words[word])
    if figure.rmsd_limit is not None:
        axes.axhline(figure.rmsd_limit, color=GREY, linestyle="--", linewidth=0.9)
    axes.axvline(0.0, color=GREY, linewidth=0.6)
    shown = np.flatnonzero(flagged | left_out)
    for item in shown[np.argsort(-figure.rmsd[shown])][:_MOST_LABELS]:
        _name(axes, figure.item_names[item], float(difference[item]), float(figure.rmsd[item]))
    dress(axes, x="difficulty_difference", y="rmsd", language=language)
    axes.set_ylim(bottom=0.0)
    axes.margins(x=0.12)
    axes.legend(fontsize=SMALL, frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(0, 1), borderpad=0)
    return axes


def draw_linking(figure: LinkingFigure, axes: Axes | None = None, *, language: Language = "vi") -> Axes:
    """Thresholds of the common items in both calibrations with the linking line. Parameters as above."""
    axes, words = axes_or_new(axes, height=1.15 * HEIGHT), WORDS[language]
    left_out = np.array(figure.left_out, dtype=np.bool_)
    ends = np.array([figure.new.min(initial=-1.0), figure.new.max(initial=1.0)])
    ends += np.array([-0.3, 0.3])
    label = words["link"].format(
        slope=number(figure.slope, 3, language),
        sign="+" if figure.intercept >= 0.0 else "−",
        intercept=number(abs(figure.intercept), 3, language),
    )
    axes.plot(ends, figure.slope * ends + figure.intercept, color="black", linewidth=1.0, label=label)
    for chosen, word, colour, marker in (
        (~left_out, "kept", COLOURS[0], MARKERS[0]),
        (left_out, "left_out", COLOURS[1], "X"),
    ):
        if chosen.any():
            axes.plot(figure.new[chosen], figure.old[chosen], marker, color=colour, markersize=5, label=words[word])
    for point in np.flatnonzero(left_out)[:_MOST_LABELS]:
        _name(axes, figure.item_names[point], float(figure.new[point]), float(figure.old[point]))
    dress(axes, x="new_thresholds", y="old_thresholds", language=language)
    axes.legend(fontsize=SMALL, frameon=False, loc="upper left")
    return axes


def _name(axes: Axes, name: str, x: float, y: float) -> None:
    axes.annotate(name, (x, y), xytext=(5, 3), textcoords="offset points", fontsize=SMALL)
