"""Item characteristic curves with empirical points and bands.

References
----------
Hambleton, Swaminathan & Rogers (1991), *Fundamentals of Item Response Theory*, ch. 4 (curves against observed shares).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.figures.grid import FIGURE_THETA
from exam_engine.psychometrics.fit import EmpiricalCurve
from exam_engine.psychometrics.item_parameters import ItemModel, ItemParameters
from exam_engine.psychometrics.response_functions import category_probabilities, expected_item_scores


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ItemCurveFigure:
    """Expected score of one item as a share of its highest score; of a right/wrong item the probability of right.

    Parameters
    ----------
    item_name, model : of the item.
    theta, expected : (Q,) abilities and the model's curve.
    group_theta, observed, lower, upper, n_candidates : (G,) mean ability, observed share, limits of its interval and
        number of candidates of each group of ability; empty without responses.
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
    items: ItemParameters, *, empirical: Sequence[EmpiricalCurve] = (), theta: FloatArray | None = None
) -> tuple[ItemCurveFigure, ...]:
    """One figure an item, in the order of the items.

    Parameters
    ----------
    items : parameters.
    empirical : curves of ``empirical_curves``, matched by name; items without one are drawn without points. The band of
        a right/wrong item is Wilson's; of other items the mean score ± z standard errors, kept within 0 and 1.
    theta : (Q,) abilities, −4 to 4 when None.

    Raises
    ------
    ItemParameterError
        For an empirical curve of an item that is not here.
    """
    grid = FIGURE_THETA if theta is None else np.asarray(theta, dtype=np.float64)
    expected = expected_item_scores(grid, items) / items.max_scores
    items.positions([curve.item_name for curve in empirical])
    by_name = {curve.item_name: curve for curve in empirical}
    figures = []
    for index, name in enumerate(items.names):
        points = _mean_scores(by_name[name]) if name in by_name else np.empty((4, 0))
        figures.append(
            ItemCurveFigure(
                item_name=name,
                model=items.models[index],
                theta=grid,
                expected=expected[:, index],
                group_theta=points[0],
                observed=points[1],
                lower=points[2],
                upper=points[3],
                n_candidates=by_name[name].n_candidates if name in by_name else np.empty(0),
                confidence=by_name[name].confidence if name in by_name else 0.95,
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


def _mean_scores(curve: EmpiricalCurve) -> FloatArray:
    """(4, G) ability, mean score share and limits of its interval."""
    highest = curve.observed.shape[1] - 1
    if highest == 1:
        return np.stack([curve.theta, curve.observed[:, 1], curve.lower[:, 1], curve.upper[:, 1]])
    share = np.arange(highest + 1) / highest
    mean = curve.observed @ share
    error = np.sqrt(np.maximum(curve.observed @ share**2 - mean**2, 0.0) / curve.n_candidates)
    half = float(norm.ppf(0.5 + curve.confidence / 2.0)) * error
    return np.stack([curve.theta, mean, np.maximum(mean - half, 0.0), np.minimum(mean + half, 1.0)])
