"""Wright map: candidates and item thresholds on one ability scale.

References
----------
Wilson (2005), *Constructing Measures*, ch. 5; Thurstonian thresholds as in Masters (1982), Psychometrika 47, 149–174.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import category_probabilities

_GRID = np.linspace(-12.0, 12.0, 4801)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class WrightMapFigure:
    """Persons on the left, item thresholds on the right.

    Parameters
    ----------
    bin_edges : (B + 1,) abilities; shares : (B,) share of the candidates in each bin, summing to at most 1.
    item_names : J names.
    thresholds : (J, M) ability at which a score of m or more becomes more likely than not; NaN beyond an item's
        categories and where no ability from −12 to 12 does (an asymptote in the way, or a slope of 0).
    below, above : shares of the candidates outside the bins, among them infinite estimates.
    """

    bin_edges: FloatArray
    shares: FloatArray
    item_names: tuple[str, ...]
    thresholds: FloatArray
    below: float
    above: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values; a threshold that does not exist is null."""
        result: dict[str, Any] = json_value(self)
        return result


def wright_map_figure(
    items: ItemParameters,
    population: Quadrature | FloatArray,
    *,
    weights: FloatArray | None = None,
    lower: float = -4.0,
    upper: float = 4.0,
    n_bins: int = 32,
) -> WrightMapFigure:
    """Thresholds of the items beside the abilities of the candidates.

    Parameters
    ----------
    items : parameters.
    population : estimated ability distribution, or (N,) estimates; those that are NaN are left out.
    weights : (N,) candidates that an estimate stands for, 1 each when None; only with estimates.
    lower, upper, n_bins : of the histogram, logits.

    Raises
    ------
    ValueError
        When the range is empty or nobody has an estimate.
    """
    if not (lower < upper and n_bins >= 1):
        raise ValueError(f"{n_bins} bins from {lower} to {upper} make no histogram")
    edges = np.linspace(lower, upper, n_bins + 1)
    if isinstance(population, Quadrature):
        # The distribution function between nodes is linear, so that bins need not fall on nodes.
        ends = np.append(population.nodes - population.spacing / 2.0, population.nodes[-1] + population.spacing / 2.0)
        reached = np.interp(edges, ends, np.concatenate([[0.0], np.cumsum(population.weights)]))
    else:
        known = ~np.isnan(population)
        mass = np.ones(population.size) if weights is None else weights
        if not mass[known].sum() > 0.0:
            raise ValueError("no candidate has an estimated ability; there is nobody to draw")
        order = np.argsort(population[known], kind="stable")
        total = np.concatenate([[0.0], np.cumsum(mass[known][order])])
        reached = total[np.searchsorted(population[known][order], edges, side="left")] / total[-1]
    return WrightMapFigure(
        bin_edges=edges,
        shares=np.diff(reached),
        item_names=items.names,
        thresholds=_thresholds(items),
        below=float(reached[0]),
        above=float(1.0 - reached[-1]),
    )


def _thresholds(items: ItemParameters) -> FloatArray:
    """(J, M) abilities at which P(score ≥ m) passes one half, by interpolation on a grid of 0.005 logits."""
    p = category_probabilities(_GRID, items)
    at_least = np.cumsum(p[:, :, ::-1], axis=2)[:, :, ::-1][:, :, 1:] - 0.5
    crosses = np.signbit(at_least[:-1]) != np.signbit(at_least[1:])
    first = crosses.argmax(axis=0)
    item, step = np.indices(first.shape)
    before, after = at_least[first, item, step], at_least[first + 1, item, step]
    place = _GRID[first] + (_GRID[1] - _GRID[0]) * before / np.where(before == after, 1.0, before - after)
    has_step = step < items.max_scores[:, None]
    result: FloatArray = np.where(crosses.any(axis=0) & has_step, place, np.nan)
    return result
