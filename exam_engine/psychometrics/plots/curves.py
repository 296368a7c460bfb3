"""Draw item characteristic curves and category curves."""

import numpy as np
from matplotlib.axes import Axes

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.figures import CategoryCurveFigure, ItemCurveFigure
from exam_engine.psychometrics.plots.style import COLOURS, GREY, LINES, MARKERS, SMALL, axes_or_new, dress
from exam_engine.psychometrics.plots.words import WORDS, Language


def draw_item_curve(
    figure: ItemCurveFigure, axes: Axes | None = None, *, language: Language = "vi", compact: bool = False
) -> Axes:
    """Curve of the model with observed shares and their intervals.

    Parameters
    ----------
    figure : of ``item_curve_figures``.
    axes : where to draw; a new figure when None, which is ``axes.figure`` of what is returned.
    language : of the labels.
    compact : for small multiples: smaller letters, no axis labels.
    """
    axes = axes_or_new(axes)
    axes.plot(figure.theta, figure.expected, color=COLOURS[0], linewidth=1.4)
    _points(axes, figure.group_theta, figure.observed, figure.lower, figure.upper, "black", "o")
    is_right_wrong = figure.model in ("Rasch", "1PL", "2PL", "3PL", "4PL")
    label = "probability_right" if is_right_wrong else "expected_share"
    dress(
        axes,
        x="" if compact else "ability",
        y="" if compact else label,
        language=language,
        title=f"{figure.item_name} ({figure.model})",
        compact=compact,
    )
    axes.set_xlim(figure.theta[0], figure.theta[-1])
    axes.set_ylim(-0.02, 1.02)
    return axes


def draw_category_curves(
    figure: CategoryCurveFigure, axes: Axes | None = None, *, language: Language = "vi", compact: bool = False
) -> Axes:
    """Curves of all categories of one item with observed shares and their intervals; parameters as above."""
    axes = axes_or_new(axes)
    for category, name in enumerate(figure.categories):
        colour = COLOURS[category % len(COLOURS)]
        label = WORDS[language]["score_category"].format(category=name) if name.isdigit() else name
        axes.plot(
            figure.theta,
            figure.probabilities[:, category],
            color=colour,
            linestyle=LINES[category % len(LINES)],
            linewidth=1.4,
            label=name if compact else label,
        )
        _points(
            axes,
            figure.group_theta,
            figure.observed[:, category],
            figure.lower[:, category],
            figure.upper[:, category],
            colour,
            MARKERS[category % len(MARKERS)],
        )
    dress(
        axes,
        x="" if compact else "ability",
        y="" if compact else "probability",
        language=language,
        title=f"{figure.item_name} ({figure.model})",
        compact=compact,
    )
    axes.set_xlim(figure.theta[0], figure.theta[-1])
    axes.set_ylim(-0.02, 1.02)
    if compact:
        # Each curve is named at its highest point, which leaves no room to be lost to a legend.
        for category, name in enumerate(figure.categories):
            top = int(np.argmax(figure.probabilities[:, category]))
            axes.annotate(
                name,
                (figure.theta[top], figure.probabilities[top, category]),
                xytext=(4 if top == 0 else -4 if top == figure.theta.size - 1 else 0, 2),
                textcoords="offset points",
                ha="left" if top == 0 else "right" if top == figure.theta.size - 1 else "center",
                va="bottom" if figure.probabilities[top, category] < 0.9 else "top",
                fontsize=SMALL,
            )
    else:
        axes.legend(
            fontsize=SMALL, frameon=False, ncols=min(len(figure.categories), 6), loc="lower left", bbox_to_anchor=(0, 1)
        )
        axes.set_title(axes.get_title(loc="left"), loc="right", fontsize=SMALL + 2)
        axes.set_title("", loc="left")
    return axes


def _points(
    axes: Axes, theta: FloatArray, observed: FloatArray, lower: FloatArray, upper: FloatArray, colour: str, marker: str
) -> None:
    if not theta.size:
        return
    axes.vlines(theta, lower, upper, color=GREY, linewidth=0.8)
    axes.plot(theta, observed, marker, color=colour, markersize=3.0, markerfacecolor="white", markeredgewidth=0.9)
