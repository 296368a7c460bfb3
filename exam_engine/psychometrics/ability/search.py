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
    best_node: IntArray


def search(
    values: FloatArray,
    nodes: FloatArray,
    slope_and_bend: Callable[[FloatArray, IntArray], tuple[FloatArray, FloatArray]],
) -> Maximum:
    """Climb from the best node of each candidate to the top between its neighbours.

    Newton's method, halving the bracket whenever a step would leave it.

    Parameters
    ----------
    values : (N, Q) objective at the nodes.
    nodes : (Q,) increasing abilities, at least three.
    slope_and_bend : derivative of the objective, and (nearly) that of the derivative, at abilities (M,) of the
        candidates (M,).
    """
    best = np.argmax(values, axis=1)
    low, high = nodes[np.maximum(best - 1, 0)], nodes[np.minimum(best + 1, nodes.size - 1)]
    tolerance = _STEP_TOLERANCE * (high - low)
    theta = _peak_of_parabola(values, nodes, best)
    converged = np.zeros(best.size, dtype=np.bool_)
    active = np.arange(best.size)
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
        done = np.abs(proposal - here) <= tolerance[active]
        converged[active] = done
        active = active[~done]
        if not active.size:
            break
    return Maximum(theta, converged, best)


def _peak_of_parabola(values: FloatArray, nodes: FloatArray, best: IntArray) -> FloatArray:
    """Abscissa of the parabola through the best node and its neighbours; the node itself at an end of the grid."""
    row, middle = np.arange(best.size), np.clip(best, 1, nodes.size - 2)
    back, forward = nodes[middle] - nodes[middle - 1], nodes[middle + 1] - nodes[middle]
    rise, fall = values[row, middle] - values[row, middle - 1], values[row, middle] - values[row, middle + 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = 0.5 * (rise * forward**2 - fall * back**2) / (rise * forward + fall * back)
    inside = (best == middle) & (np.abs(shift) < np.minimum(forward, back))
    return nodes[best] + np.where(inside, shift, 0.0)
