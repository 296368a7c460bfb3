"""Estimates of ability between items, by lookup in the tables; precise estimates are made at the end of a test.

EAP is the mean of the posterior on the grid. The others are the zero of a slope: of the log-likelihood (MLE, between
fences), with that of the log-prior (MAP) or of Warm's weight (WLE). The node with the highest value brackets it, and
the polynomial through the slopes at the eight nodes around gives the place.

References
----------
Bock & Mislevy (1982), Applied Psychological Measurement 6, 431–444; Warm (1989), Psychometrika 54, 427–450.
"""

from math import factorial

import numpy as np
from scipy.integrate import cumulative_trapezoid

from exam_engine.psychometrics.adaptive.progress import CandidateProgress
from exam_engine.psychometrics.arrays import FloatArray, IntArray

_NEWTON_STEPS = 4
_WINDOW = 8
"""Nodes of the polynomial; its zero is then within about 1e-6 of that of the function."""
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
    first = np.clip(cell - (_WINDOW // 2 - 1), 0, nodes.size - _WINDOW)
    window = first[:, None] + np.arange(_WINDOW)
    place = _zero_of_polynomial(slope_at(window), cell - first)
    theta = np.clip(nodes[first] + place * tables.spacing, low, high)

    around = tables.information[given[:, :, None], window[:, None, :]].sum(axis=1)
    at_theta, _ = _polynomial(_differences(around), (theta - nodes[first]) / tables.spacing)
    curvature = np.maximum(at_theta, 0.0) + precision
    with np.errstate(divide="ignore"):
        return theta, np.where(curvature > 0.0, 1.0 / np.sqrt(curvature), np.inf)


def _zero_of_polynomial(values: FloatArray, start: IntArray) -> FloatArray:
    """Where in [start, start + 1] the polynomial through (n, W) values at 0 … W − 1 falls through 0; else the end."""
    coefficients = _differences(values)
    rows = np.arange(start.size)
    before, after = values[rows, start], values[rows, start + 1]
    falls = (before > 0.0) & (after < 0.0)
    low, high = start.astype(np.float64), start + 1.0
    x = low + np.where(falls, before / np.where(falls, before - after, 1.0), np.where(before > 0.0, 1.0, 0.0))
    for _ in range(_NEWTON_STEPS):
        value, slope = _polynomial(coefficients, x)
        downhill = falls & (slope < 0.0)
        x = np.where(downhill, np.clip(x - value / np.where(downhill, slope, -1.0), low, high), x)
    return x


def _differences(values: FloatArray) -> list[FloatArray]:
    """Coefficients (n,) of Newton's form of the polynomials through (n, W) values at 0 … W − 1."""
    coefficients = []
    for order in range(values.shape[1]):
        coefficients.append(values[:, 0] / factorial(order))
        values = np.diff(values, axis=1)
    return coefficients


def _polynomial(coefficients: list[FloatArray], x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(n,) values and derivatives at x."""
    value, slope = coefficients[-1], np.zeros_like(x)
    for order in range(len(coefficients) - 2, -1, -1):
        slope = slope * (x - order) + value
        value = value * (x - order) + coefficients[order]
    return value, slope
