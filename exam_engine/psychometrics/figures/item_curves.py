"""Item characteristic curves with empirical points and bands.

References
----------
Hambleton, Swaminathan & Rogers (1991), *Fundamentals of Item Response Theory*, ch. 4 (curves against observed shares).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.stats import norm

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.figures.grid import FIGURE_THETA
from exam_engine.psychometrics.fit import CurveDeviations, EmpiricalCurve
from exam_engine.psychometrics.item_parameters import ItemModel, ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import category_probabilities, expected_item_scores

_POINT_SPACING: Final = 0.4
"""Logits between empirical points; neighbouring nodes share most of their candidates."""
_OUTERMOST: Final = 0.005
_LARGEST_ERROR: Final = 0.15
"""Standard error of a share above which a point tells nothing."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ItemCurveFigure:
    """Expected score of one item as a share of its highest score; of a right/wrong item the probability of right.

    Parameters
    ----------
    item_name, model : of the item.
    theta, expected : (Q,) abilities and the model's curve.
    group_theta, observed, lower, upper : (G,) abilities, observed shares and limits of their intervals; empty without
        responses.
    n_candidates : (G,) candidates in each group of ability, NaN where abilities are nodes and not groups.
    confidence : of the intervals.
    """

    item_name: str
    model: ItemModel
    theta: FloatArray
    expected: FloatArray
    group_theta: FloatArray
    observed: FloatArray
    lower: FloatArray
    upper: FloatArray
    n_candidates: FloatArray
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        result: dict[str, Any] = json_value(self)
        return result


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class CategoryCurveFigure:
    """Probabilities of the K categories of one item.

    Parameters
    ----------
    item_name, model : of the item.
    categories : K labels, the scores unless told otherwise.
    theta : (Q,) abilities; probabilities : (Q, K).
    group_theta, n_candidates : (G,) groups of ability; observed, lower, upper : (G, K) observed shares with limits of
        their intervals; empty without responses.
    confidence : of the intervals.
    """

    item_name: str
    model: ItemModel
    categories: tuple[str, ...]
    theta: FloatArray
    probabilities: FloatArray
    group_theta: FloatArray
    observed: FloatArray
    lower: FloatArray
    upper: FloatArray
    n_candidates: FloatArray
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        result: dict[str, Any] = json_value(self)
        return result


def item_curve_figures(
    items: ItemParameters,
    *,
    empirical: Sequence[EmpiricalCurve] | CurveDeviations = (),
    population: Quadrature | None = None,
    theta: FloatArray | None = None,
    confidence: float = 0.95,
) -> tuple[ItemCurveFigure, ...]:
    """One figure an item, in the order of the items.

    Parameters
    ----------
    items : parameters.
    empirical : curves of ``empirical_curves`` or of ``rmsd``, matched by name; items without one get no points. Groups
        of estimated abilities are the usual picture, but estimates are off true abilities, the more the shorter the
        test, and the points off the curve with them. The curves of ``rmsd`` spread each candidate over the posterior
        instead and are right at any length. The band of a right/wrong item's group is Wilson's; others are ± z
        standard errors, kept within 0 and 1.
    population : with curves of ``rmsd``, points stand only between the outermost half percents of this distribution:
        beyond, a few candidates' posteriors say more about the prior than about the item.
    theta : (Q,) abilities, −4 to 4 when None.
    confidence : of the bands of ``rmsd``; curves of ``empirical_curves`` have their own.

    Raises
    ------
    ItemParameterError
        For an empirical curve of an item that is not here.
    ValueError
        When the confidence is not between 0 and 1.
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"the confidence {confidence} is not between 0 and 1")
    grid = FIGURE_THETA if theta is None else np.asarray(theta, dtype=np.float64)
    expected = expected_item_scores(grid, items) / items.max_scores
    if isinstance(empirical, CurveDeviations):
        ends = _central_range(population, grid)
        points = {
            name: _posterior_points(empirical, index, ends, confidence)
            for index, name in enumerate(empirical.item_names)
        }
    else:
        points = {curve.item_name: _group_points(curve) for curve in empirical}
        confidence = empirical[0].confidence if empirical else confidence
    items.positions(list(points))
    figures = []
    for index, name in enumerate(items.names):
        own = points.get(name, np.empty((5, 0)))
        figures.append(
            ItemCurveFigure(
                item_name=name,
                model=items.models[index],
                theta=grid,
                expected=expected[:, index],
                group_theta=own[0],
                observed=own[1],
                lower=own[2],
                upper=own[3],
                n_candidates=own[4],
                confidence=confidence,
            )
        )
    return tuple(figures)


def category_curve_figures(
    items: ItemParameters,
    *,
    empirical: Sequence[EmpiricalCurve] = (),
    category_labels: Sequence[Sequence[str]] | None = None,
    theta: FloatArray | None = None,
) -> tuple[CategoryCurveFigure, ...]:
    """One figure an item, in the order of the items.

    Parameters
    ----------
    items, empirical, theta : as in ``item_curve_figures``.
    category_labels : for each item the names of its categories (options of a multiple-choice item, scores before a gap
        was closed); 0 … K−1 when None.

    Raises
    ------
    ItemParameterError
        For an empirical curve of an item that is not here.
    ValueError
        When an item has another number of labels than of categories.
    """
    grid = FIGURE_THETA if theta is None else np.asarray(theta, dtype=np.float64)
    probabilities = category_probabilities(grid, items)
    items.positions([curve.item_name for curve in empirical])
    by_name = {curve.item_name: curve for curve in empirical}
    figures = []
    for index, name in enumerate(items.names):
        n_categories = int(items.n_categories[index])
        if category_labels is None:
            labels = tuple(str(score) for score in range(n_categories))
        else:
            labels = tuple(category_labels[index])
        if len(labels) != n_categories:
            raise ValueError(f"item {name!r} has {n_categories} categories but {len(labels)} labels")
        curve, nothing = by_name.get(name), np.empty((0, n_categories))
        figures.append(
            CategoryCurveFigure(
                item_name=name,
                model=items.models[index],
                categories=labels,
                theta=grid,
                probabilities=probabilities[:, index, :n_categories],
                group_theta=np.empty(0) if curve is None else curve.theta,
                observed=nothing if curve is None else curve.observed,
                lower=nothing if curve is None else curve.lower,
                upper=nothing if curve is None else curve.upper,
                n_candidates=np.empty(0) if curve is None else curve.n_candidates,
                confidence=0.95 if curve is None else curve.confidence,
            )
        )
    return tuple(figures)


def _group_points(curve: EmpiricalCurve) -> FloatArray:
    """(5, G) ability, mean score share, limits of its interval, candidates."""
    highest, n = curve.observed.shape[1] - 1, curve.n_candidates
    if highest == 1:
        return np.stack([curve.theta, curve.observed[:, 1], curve.lower[:, 1], curve.upper[:, 1], n])
    share = np.arange(highest + 1) / highest
    mean = curve.observed @ share
    error = np.sqrt(np.maximum(curve.observed @ share**2 - mean**2, 0.0) / n)
    half = float(norm.ppf(0.5 + curve.confidence / 2.0)) * error
    return np.stack([curve.theta, mean, np.maximum(mean - half, 0.0), np.minimum(mean + half, 1.0), n])


def _central_range(population: Quadrature | None, grid: FloatArray) -> tuple[float, float]:
    """Abilities between which points are drawn."""
    if population is None:
        return float(grid[0]), float(grid[-1])
    reached = np.cumsum(population.weights)
    first, last = np.searchsorted(reached, [_OUTERMOST, 1.0 - _OUTERMOST])
    return max(float(grid[0]), float(population.nodes[first])), min(float(grid[-1]), float(population.nodes[last]))


def _posterior_points(curves: CurveDeviations, item: int, ends: tuple[float, float], confidence: float) -> FloatArray:
    """(5, G) as above at nodes that candidates reach, not closer than ``_POINT_SPACING``."""
    error = curves.standard_errors[item]
    inside = (curves.nodes >= ends[0]) & (curves.nodes <= ends[1])
    known = inside & np.isfinite(curves.observed[item]) & (error <= _LARGEST_ERROR)
    every = max(1, round(_POINT_SPACING / float(curves.nodes[1] - curves.nodes[0])))
    # Counted from the middle, so that items compare and the point at the mean is among them.
    chosen = np.flatnonzero(known & ((np.arange(curves.nodes.size) - curves.nodes.size // 2) % every == 0))
    observed = curves.observed[item, chosen]
    half = float(norm.ppf(0.5 + confidence / 2.0)) * error[chosen]
    return np.stack(
        [
            curves.nodes[chosen],
            observed,
            np.maximum(observed - half, 0.0),
            np.minimum(observed + half, 1.0),
            np.full(chosen.size, np.nan),
        ]
    )
