"""Estimates of ability between items, by lookup in the tables; precise estimates are made at the end of a test.

EAP is the mean of the posterior on the grid. The others are the zero of a slope: of the log-likelihood (MLE, between
fences), with that of the log-prior (MAP) or of Warm's weight (WLE). The node with the highest value brackets it, and
the cubic through the slopes at the four nodes around gives the place.

References
----------
Bock & Mislevy (1982), Applied Psychological Measurement 6, 431–444; Warm (1989), Psychometrika 54, 427–450.
"""

import numpy as np
from scipy.integrate import cumulative_trapezoid

from exam_engine.psychometrics.adaptive.progress import CandidateProgress
from exam_engine.psychometrics.arrays import FloatArray, IntArray

_NEWTON_STEPS = 6
_WINDOW = 4
_LEAST_INFORMATION = 1e-200


def update_estimates(progress: CandidateProgress) -> None:
    """Renew ``theta`` and ``standard_error`` after a response."""
    if progress.log_likelihood is None:
        progress.theta, progress.standard_error = progress.posterior_moments()
    else:
        progress.theta, progress.standard_error = _mode(progress, progress.log_likelihood)


def _mode(progress: CandidateProgress, log_likelihood: FloatArray) -> tuple[FloatArray, FloatArray]:
    test = progress.test
    settings, tables = test.settings, test.tables
    nodes = tables.nodes
    given = progress.items[:, : progress.n_given]
    precision = settings.prior_sd**-2.0 if settings.estimator == "MAP" else 0.0
    low, high = settings.fences if settings.estimator == "MLE" else (nodes[0], nodes[-1])

    extra_slope = np.broadcast_to(-precision * (nodes - settings.prior_mean), log_likelihood.shape)
    objective = log_likelihood - 0.5 * precision * (nodes - settings.prior_mean) ** 2
    if settings.estimator == "WLE":
        information = tables.information[given].sum(axis=1)
        skew = tables.skew[given].sum(axis=1)
        usable = information > _LEAST_INFORMATION
        extra_slope = np.divide(0.5 * skew, information, out=np.zeros_like(skew), where=usable)
        objective = objective + cumulative_trapezoid(extra_slope, nodes, axis=1, initial=0.0)
    allowed = (nodes >= low) & (nodes <= high)
    best = np.where(allowed, objective, -np.inf).argmax(axis=1)

    responses = given * tables.n_categories + progress.scores[:, : progress.n_given]

    def slope_at(node: IntArray) -> FloatArray:
        own = tables.log_slope[responses[:, :, None], node[:, None, :]].sum(axis=1)
        result: FloatArray = own + np.take_along_axis(extra_slope, node, axis=1)
        return result

    uphill = slope_at(best[:, None])[:, 0] > 0.0
    cell = np.clip(np.where(uphill, best, best - 1), 0, nodes.size - 2)
    first = np.clip(cell - 1, 0, nodes.size - _WINDOW)
    place = _zero_of_cubic(slope_at(first[:, None] + np.arange(_WINDOW)), cell - first)
    theta = np.clip(nodes[first] + place * tables.spacing, low, high)

    part = (theta - nodes[cell]) / tables.spacing
    left, right = (tables.information[given, (cell + side)[:, None]].sum(axis=1) for side in (0, 1))
    curvature = (1.0 - part) * left + part * right + precision
    with np.errstate(divide="ignore"):
        return theta, np.where(curvature > 0.0, 1.0 / np.sqrt(curvature), np.inf)


def _zero_of_cubic(values: FloatArray, start: IntArray) -> FloatArray:
    """Where in [start, start + 1] the cubic through (n, 4) values at 0, 1, 2, 3 crosses 0 downwards, else the end."""
    f0, f1, f2, f3 = values.T
    # Newton's form on forward differences.
    d1, d2, d3 = f1 - f0, (f2 - 2.0 * f1 + f0) / 2.0, (f3 - 3.0 * f2 + 3.0 * f1 - f0) / 6.0
    rows = np.arange(start.size)
    before, after = values[rows, start], values[rows, start + 1]
    falls = (before > 0.0) & (after < 0.0)
    span = np.where(falls, before - after, 1.0)
    end = np.where(before > 0.0, 1.0, 0.0)
    low, high = start.astype(np.float64), start + 1.0
    x = low + np.where(falls, before / span, end)
    for _ in range(_NEWTON_STEPS):
        value = f0 + x * (d1 + (x - 1.0) * (d2 + (x - 2.0) * d3))
        slope = d1 + (2.0 * x - 1.0) * d2 + (3.0 * x**2 - 6.0 * x + 2.0) * d3
        x = np.where(falls & (slope < 0.0), np.clip(x - value / np.where(slope < 0.0, slope, -1.0), low, high), x)
    return x
