"""Global search for the maximum of every candidate's objective on one grid, then Newton's method inside a bracket."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.item_parameters import ItemParameters

_MOST_CORE_NODES = 301
_PROMINENCE = 1e-6
"""Depth of the dip, in log-likelihood, that makes two maxima of one; far above rounding, far below what matters."""
_RIVAL = 1.92
"""Log-likelihood below the highest point at which another maximum still counts: half the 95 % point of χ² with 1 df."""
_MAX_STEPS = 60
_STEP_TOLERANCE = 1e-5
"""Last step, as a share of the bracket; Newton's method about squares it, so that the error left is near rounding."""


def search_grid(items: ItemParameters, *, include: tuple[float, float] | None = None) -> FloatArray:
    """(Q,) increasing abilities that bracket every maximum a record on these items can have.

    The core covers the items' thresholds at a spacing that no response curve can turn within; its flanks widen
    geometrically, because a maximum may lie far beyond the items. The grid moves and stretches with the scale of the
    items, so that estimates do not depend on where the scale has its origin.

    Parameters
    ----------
    items : J items.
    include : range that the core has to cover besides, such as that of a prior.
    """
    a = np.where(np.isnan(items.a)[:, None], items.s, items.a[:, None])
    usable = np.isfinite(items.d) & np.isfinite(a) & (a != 0.0)
    bounds = list(include) if include is not None else []
    if usable.any():
        slopes, locations = np.abs(a[usable]), -items.d[usable] / a[usable]
        margin = 4.0 / float(np.median(slopes))
        # Items that hardly discriminate have thresholds anywhere; they must not stretch the core.
        low, high = np.quantile(locations, [0.02, 0.98])
        bounds += [float(low) - margin, float(high) + margin]
        spacing = 0.25 / float(np.quantile(slopes, 0.95))
    else:
        bounds = bounds or [-4.0, 4.0]
        spacing = (max(bounds) - min(bounds)) / 64.0
    low, high = min(bounds), max(bounds)
    n_core = int(np.clip(np.ceil((high - low) / spacing) + 1, 41, _MOST_CORE_NODES))
    core = np.linspace(low, high, n_core)
    flank = (core[1] - core[0]) * (1.5 ** np.arange(1, 28) - 1.0) / 0.5
    return np.concatenate([low - flank[::-1], core, high + flank])


def count_maxima(values: FloatArray) -> IntArray:
    """Maxima along each row of (N, Q) values that a 95 % likelihood region holds; an end that is high enough counts.

    A lower maximum is no rival: under guessing nearly every record has one at minus infinity.
    """
    enough = values.max(axis=1) - _RIVAL
    rising = np.ones(values.shape[0], dtype=np.bool_)
    extreme = values[:, 0].copy()
    count = np.zeros(values.shape[0], dtype=np.intp)
    for column in values.T[1:]:
        extreme = np.where(rising, np.maximum(extreme, column), np.minimum(extreme, column))
        turned = np.where(rising, column < extreme - _PROMINENCE, column > extreme + _PROMINENCE)
        count += turned & rising & (extreme >= enough)
        extreme = np.where(turned, column, extreme)
        rising ^= turned
    result: IntArray = count + (rising & (extreme >= enough))
    return result


class Maximum(NamedTuple):
    """Where the search ended; each (N,)."""

    theta: FloatArray
    converged: BoolArray


def climb(
    slope_and_bend: Callable[[FloatArray, IntArray], tuple[FloatArray, FloatArray]],
    start: FloatArray,
    low: FloatArray,
    high: FloatArray,
) -> Maximum:
    """Find a zero of the slope by Newton's method, halving the bracket whenever a step would leave it.

    Parameters
    ----------
    slope_and_bend : first derivative and (nearly) its derivative at abilities (M,) of the rows (M,).
    start, low, high : (N,) starting points inside brackets where the objective is highest.
    """
    theta, low, high = start.copy(), low.copy(), high.copy()
    scale = high - low
    converged = np.zeros(theta.size, dtype=np.bool_)
    active = np.arange(theta.size)
    for _ in range(_MAX_STEPS):
        here = theta[active]
        slope, bend = slope_and_bend(here, active)
        low[active] = np.where(slope > 0.0, here, low[active])
        high[active] = np.where(slope < 0.0, here, high[active])
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            proposal = np.where(slope == 0.0, here, here - slope / bend)
        inside = (proposal >= low[active]) & (proposal <= high[active]) & ((bend < 0.0) | (slope == 0.0))
        proposal = np.where(inside, proposal, 0.5 * (low[active] + high[active]))
        theta[active] = proposal
        done = np.abs(proposal - here) <= _STEP_TOLERANCE * scale[active]
        converged[active] = done
        active = active[~done]
        if not active.size:
            break
    return Maximum(theta, converged)
