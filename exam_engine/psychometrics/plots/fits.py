"""Draw latent ability distributions and the trace of a fit."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from exam_engine.psychometrics.figures import DensityFigure, TraceFigure
from exam_engine.psychometrics.plots.style import COLOURS, GREY, LINES, SMALL, axes_or_new, dress
from exam_engine.psychometrics.plots.words import WORDS, Language, number

_VISIBLE = 5e-3
"""Largest difference from the normal density, per logit, that cannot be seen in print."""


def draw_density(figure: DensityFigure, axes: Axes | None = None, *, language: Language = "vi") -> Axes:
    """Ability distributions of the populations, and beside each the normal one where it differs.

    Parameters
    ----------
    figure : of ``density_figure``.
    axes : where to draw; a new figure when None, which is ``axes.figure`` of what is returned.
    language : of the labels.
    """
    axes, words = axes_or_new(axes), WORDS[language]
    has_normal = False
    for index, group in enumerate(figure.groups):
        label = words["moments"].format(
            name=group.name or words["everybody"],
            mean=number(group.mean, 2, language),
            sd=number(group.sd, 2, language),
        )
        colour = COLOURS[index % len(COLOURS)]
        axes.plot(
            group.theta, group.density, color=colour, linestyle=LINES[index % len(LINES)], linewidth=1.6, label=label
        )
        if np.abs(group.density - group.normal).max() > _VISIBLE:
            axes.plot(
                group.theta,
                group.normal,
                color=GREY,
                linewidth=0.8,
                label=None if has_normal else words["normal"],
                zorder=1,
            )
            has_normal = True
    dress(axes, x="ability", y="density", language=language)
    seen = [theta for group in figure.groups for theta in group.theta[group.density > 1e-3 * group.density.max()]]
    axes.set_xlim(min(seen), max(seen))
    axes.set_ylim(bottom=0.0)
    axes.legend(fontsize=SMALL, frameon=False, loc="lower left", bbox_to_anchor=(0, 1), borderpad=0)
    return axes


def draw_trace(figure: TraceFigure, axes: Axes | None = None, *, language: Language = "vi") -> Axes:
    """Distance of the objective to its final value at each iteration, on a logarithmic scale; parameters as above."""
    axes = axes_or_new(axes)
    above = figure.gap > 0.0
    if above.any():
        axes.semilogy(figure.iteration[above], figure.gap[above], "-o", color=COLOURS[0], markersize=3, linewidth=1.2)
    else:
        axes.text(0.5, 0.5, WORDS[language]["no_gap"], ha="center", transform=axes.transAxes, fontsize=SMALL)
    dress(axes, x="iteration", y="gap", language=language)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return axes
