"""Postsmoothing of equipercentile equivalents by cubic splines.

References
----------
Kolen (1984), Journal of Educational Statistics 9, 25–44; Kolen & Brennan (2014), *Test Equating, Scaling, and Linking*,
3rd ed., section 3.3.
"""

import numpy as np
from scipy.interpolate import make_smoothing_spline
from scipy.optimize import brentq

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.equating.continuous import UniformScores
from exam_engine.psychometrics.equating.errors import EquatingError
from exam_engine.psychometrics.equating.table import EquatingTable

_FEWEST_SCORES = 5


def postsmooth(
    table: EquatingTable, *, smoothing: float, percentile_range: tuple[float, float] = (0.5, 99.5)
) -> EquatingTable:
    """Replace equivalents by the smoothest curve that stays within their errors.

    The curve is the natural cubic spline with the least curvature whose mean squared distance from the equivalents, in
    units of their standard errors, is ``smoothing``. It serves the scores within a range of percentile ranks; outside,
    straight lines lead to half a score beyond the ends of both scales.

    Parameters
    ----------
    table : equipercentile equivalents with standard errors, of a design with a target population.
    smoothing : S ≥ 0; 0 changes nothing in the range, 0.05 to 0.5 is usual. There is no test of the right amount:
        compare several, with the standard errors and with the moments of Y.
    percentile_range : percentile ranks on X between which the spline serves.

    Raises
    ------
    EquatingError
        ``bad_weight`` when smoothing is negative or the range empty, ``design_differs`` when the table has no target
        population, ``bad_frequencies`` when fewer than 5 scores in the range have a standard error.
    """
    low, high = percentile_range
    if not (smoothing >= 0.0 and np.isfinite(smoothing) and 0.0 <= low < high <= 100.0):
        raise EquatingError("bad_weight", f"smoothing {smoothing} in percentile ranks {low} … {high} makes no sense")
    if table.x is None:
        raise EquatingError("design_differs", "postsmoothing needs a table with a target population")
    ranks = 100.0 * UniformScores(table.x).cdf(table.x_scores)
    served = (ranks >= low) & (ranks <= high) & (table.standard_errors > 0.0)
    if served.sum() < _FEWEST_SCORES:
        raise EquatingError(
            "bad_frequencies", f"only {int(served.sum())} scores in the range have a standard error; 5 are needed"
        )
    x, e, errors = table.x_scores[served], table.equivalents[served], table.standard_errors[served]
    smoothed = np.asarray(table.equivalents, dtype=np.float64).copy()
    inside = (table.x_scores >= x[0]) & (table.x_scores <= x[-1])
    smoothed[inside] = _smooth(x, e, errors, smoothing, table.x_scores[inside])
    half = 0.5 * float(table.x_scores[1] - table.x_scores[0])
    ends = (
        [table.x_scores[0] - half, *table.x_scores[inside], table.x_scores[-1] + half],
        [table.y_lowest - 0.5 * table.x.step, *smoothed[inside], table.y_highest + 0.5 * table.x.step],
    )
    smoothed = np.where(inside, smoothed, np.interp(table.x_scores, *ends))
    return EquatingTable(
        method=f"{table.method}, cubic-spline postsmoothed",
        x_scores=table.x_scores,
        equivalents=smoothed,
        standard_errors=np.full(table.x_scores.size, np.nan),
        y_lowest=table.y_lowest,
        y_highest=table.y_highest,
        x=table.x,
        y=table.y,
        parameters=table.parameters | {"smoothing": smoothing},
    )


def _smooth(x: FloatArray, e: FloatArray, errors: FloatArray, smoothing: float, at: FloatArray) -> FloatArray:
    weights = errors**-2.0

    def distance(values: FloatArray) -> float:
        return float((((values - e) / errors) ** 2).mean())

    line = np.polynomial.Polynomial.fit(x, e, 1, w=1.0 / errors)
    if smoothing >= distance(line(x)):
        # The straight line has no curvature at all and is within the errors.
        return np.asarray(line(at), dtype=np.float64)
    scale = float(weights.mean()) * float(x[-1] - x[0]) ** 3

    def excess(log_penalty: float) -> float:
        spline = make_smoothing_spline(x, e, w=weights, lam=scale * float(np.exp(log_penalty)))
        return distance(spline(x)) - smoothing

    lowest, highest = -40.0, 10.0
    if smoothing == 0.0 or excess(lowest) >= 0.0:
        return np.asarray(make_smoothing_spline(x, e, w=weights, lam=0.0)(at), dtype=np.float64)
    if excess(highest) <= 0.0:
        return np.asarray(line(at), dtype=np.float64)
    chosen = float(brentq(excess, lowest, highest, xtol=1e-10))
    spline = make_smoothing_spline(x, e, w=weights, lam=scale * float(np.exp(chosen)))
    return np.asarray(spline(at), dtype=np.float64)
