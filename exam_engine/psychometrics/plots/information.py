"""Draw information of test and items, and the expected-score curve."""

import numpy as np
from matplotlib.axes import Axes

from exam_engine.psychometrics.figures import InformationFigure, ScoreCurveFigure
from exam_engine.psychometrics.plots.style import COLOURS, LIGHT, MM, NORMAL, SMALL, axes_or_new, dress
from exam_engine.psychometrics.plots.words import WORDS, Language

_LARGEST_ERROR = 2.5
"""Standard error, logits, above which the curve is left out: such abilities are not measured at all."""


def draw_information(figure: InformationFigure, axes: Axes | None = None, *, language: Language = "vi") -> Axes:
    """Test information (left scale) with the standard error it gives (right scale), over the population.

    Parameters
    ----------
    figure : of ``information_figure``.
    axes : where to draw; a new figure when None, which is ``axes.figure`` of what is returned.
    language : of the labels.
    """
    axes, words = axes_or_new(axes), WORDS[language]
    top = float(figure.test_information.max(initial=0.0)) * 1.08 or 1.0
    handles = axes.plot(
        figure.theta, figure.test_information, color=COLOURS[0], linewidth=1.6, label=words["test_information"]
    )
    if figure.density.size:
        inside = (figure.density_theta >= figure.theta[0]) & (figure.density_theta <= figure.theta[-1])
        height = figure.density[inside] / figure.density.max() * top / 4.0
        axes.fill_between(figure.density_theta[inside], height, color=LIGHT, linewidth=0, zorder=0.5)
        handles += axes.plot([], [], color=LIGHT, linewidth=5, label=words["population"])
    dress(axes, x="ability", y="test_information", language=language)
    axes.set_xlim(figure.theta[0], figure.theta[-1])
    axes.set_ylim(0.0, top)
    right = axes.twinx()
    error = np.where(figure.standard_error <= _LARGEST_ERROR, figure.standard_error, np.nan)
    handles += right.plot(
        figure.theta, error, color=COLOURS[1], linestyle="--", linewidth=1.3, label=words["standard_error"]
    )
    dress(right, x="", y="standard_error", language=language)
    right.grid(visible=False)
    right.spines["right"].set_visible(True)
    highest = float(np.nanmax(error)) if np.isfinite(error).any() else 1.0
    right.set_ylim(0.0, highest * 1.08)
    axes.legend(
        handles=handles, fontsize=SMALL, frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(0, 1), borderpad=0
    )
    return axes


def draw_item_information(figure: InformationFigure, axes: Axes | None = None, *, language: Language = "vi") -> Axes:
    """Information of every item as a map, dark where an item tells little; parameters as above."""
    n_items = len(figure.item_names)
    axes = axes_or_new(axes, height=(30.0 + 3.3 * min(n_items, 60)) * MM)
    image = axes.imshow(
        figure.item_information.T,
        aspect="auto",
        cmap="cividis",
        vmin=0.0,
        extent=(float(figure.theta[0]), float(figure.theta[-1]), n_items - 0.5, -0.5),
        interpolation="nearest",
    )
    dress(axes, x="ability", y="", language=language)
    axes.grid(visible=False)
    # More than sixty names cannot be read: every n-th stands for its neighbours.
    step = max(1, -(-n_items // 60))
    axes.set_yticks(range(0, n_items, step), figure.item_names[::step], fontsize=SMALL - 0.5)
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.9, pad=0.02)
    bar.set_label(WORDS[language]["information"], fontsize=NORMAL)
    bar.ax.tick_params(labelsize=SMALL)
    dress(bar.ax, x="", y="information", language=language)
    bar.ax.grid(visible=False)
    return axes


def draw_score_curve(figure: ScoreCurveFigure, axes: Axes | None = None, *, language: Language = "vi") -> Axes:
    """Expected sum score with the band of one standard deviation of the score; parameters as above."""
    axes = axes_or_new(axes)
    axes.fill_between(
        figure.theta,
        np.maximum(figure.expected_score - figure.score_sd, 0.0),
        np.minimum(figure.expected_score + figure.score_sd, figure.max_score),
        color=LIGHT,
        linewidth=0,
        label=WORDS[language]["score_band"],
    )
    axes.plot(figure.theta, figure.expected_score, color=COLOURS[0], linewidth=1.6)
    dress(axes, x="ability", y="expected_score", language=language)
    axes.set_xlim(figure.theta[0], figure.theta[-1])
    axes.set_ylim(0.0, figure.max_score)
    axes.legend(fontsize=SMALL, frameon=False, loc="upper left")
    return axes
