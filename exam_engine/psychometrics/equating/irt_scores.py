"""Equating of sum scores through item parameters on one scale: by true scores and by modelled observed scores.

Both forms must be on one ability scale first (``linking``).

References
----------
Lord (1980), *Applications of Item Response Theory to Practical Testing Problems*, ch. 13; Kolen (1981), Journal of
Educational Measurement 18, 1–11 (scores below the sum of the guessing parameters); Lord & Wingersky (1984), Applied
Psychological Measurement 8, 453–461; Kolen & Brennan (2014), *Test Equating, Scaling, and Linking*, 3rd ed., ch. 6.
"""

from dataclasses import replace

import numpy as np

from exam_engine.psychometrics.ability.sum_scores import sum_score_distribution
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.equating.designs import EquatingDesign
from exam_engine.psychometrics.equating.distributions import ScoreDistribution
from exam_engine.psychometrics.equating.equipercentile import equipercentile_equating
from exam_engine.psychometrics.equating.errors import EquatingError
from exam_engine.psychometrics.equating.table import EquatingTable
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import category_curves, expected_item_scores

_BISECTIONS = 200
_WIDEST_ABILITY = 1e6


def irt_true_score_equating(x_items: ItemParameters, y_items: ItemParameters) -> EquatingTable:
    """Give each score on X the expected score on Y of the ability whose expected score on X it is.

    Below the sum of the lower asymptotes no ability has a score as its expected one; there equivalents lie on the line
    from the lowest scores of both forms to their sums of asymptotes (Kolen 1981), and likewise above the sums of upper
    asymptotes. The parameters name both sums.

    Parameters
    ----------
    x_items, y_items : all items of each form, on one scale.

    Raises
    ------
    EquatingError
        ``nominal_item`` when an item's categories have no order, ``not_increasing`` when a form's expected score does
        not rise with ability because a slope is not positive.
    """
    for items, form in ((x_items, "X"), (y_items, "Y")):
        _check_form(items, form)
    x_highest, y_highest = float(x_items.max_scores.sum()), float(y_items.max_scores.sum())
    x_floor, y_floor = float(x_items.c.sum()), float(y_items.c.sum())
    x_ceiling = float((x_items.max_scores * x_items.u).sum())
    y_ceiling = float((y_items.max_scores * y_items.u).sum())
    scores = np.arange(int(x_highest) + 1, dtype=np.float64)
    reached = (scores > x_floor) & (scores < x_ceiling)
    equivalents = np.empty(scores.size)
    theta = np.full(scores.size, np.nan)
    theta[reached] = _ability(scores[reached], x_items)
    equivalents[reached] = expected_item_scores(theta[reached], y_items).sum(axis=1)
    low, high = scores <= x_floor, scores >= x_ceiling
    equivalents[low] = scores[low] * (y_floor / x_floor if x_floor > 0.0 else 1.0)
    above = (y_highest - y_ceiling) / (x_highest - x_ceiling) if x_ceiling < x_highest else 1.0
    equivalents[high] = y_highest - (x_highest - scores[high]) * above
    return EquatingTable(
        method="IRT true score",
        x_scores=scores,
        equivalents=equivalents,
        standard_errors=np.full(scores.size, np.nan),
        y_lowest=0.0,
        y_highest=y_highest,
        parameters={
            "x lower asymptotes": x_floor,
            "y lower asymptotes": y_floor,
            "x upper asymptotes": x_ceiling,
            "y upper asymptotes": y_ceiling,
        },
    )


def irt_observed_score_equating(
    x_items: ItemParameters,
    y_items: ItemParameters,
    *,
    x_population: Quadrature,
    y_population: Quadrature | None = None,
    x_weight: float = 0.5,
) -> EquatingTable:
    """Equipercentile equating of the score distributions that the model expects in a synthetic population.

    Parameters
    ----------
    x_items, y_items : all items of each form, on one scale.
    x_population, y_population : ability distributions of the groups that took X and Y, on the scale of the items; None
        for the second takes the first for both.
    x_weight : share of the first group in the synthetic population.

    Raises
    ------
    EquatingError
        ``nominal_item`` as for true scores, ``bad_weight`` when the share is not in [0, 1].
    """
    if not 0.0 <= x_weight <= 1.0:
        raise EquatingError("bad_weight", f"a share of {x_weight} is not in [0, 1]")
    for items, form in ((x_items, "X"), (y_items, "Y")):
        _check_ordered(items, form)
    groups = ((x_population, x_weight), (x_population if y_population is None else y_population, 1.0 - x_weight))
    x, y = (
        ScoreDistribution(
            scores=np.arange(int(items.max_scores.sum()) + 1, dtype=np.float64),
            probabilities=sum(
                (
                    share * (group.weights / group.weights.sum()) @ sum_score_distribution(items, group.nodes)
                    for group, share in groups
                ),
                start=np.zeros(int(items.max_scores.sum()) + 1),
            ),
            n_candidates=np.inf,
        )
        for items in (x_items, y_items)
    )
    n = x.scores.size + y.scores.size
    table = equipercentile_equating(EquatingDesign(name="synthetic population", x=x, y=y, covariance=np.zeros((n, n))))
    return replace(
        table,
        method="IRT observed score",
        standard_errors=np.full(x.scores.size, np.nan),
        gradient=None,
        covariance=None,
    )


def _ability(scores: FloatArray, items: ItemParameters) -> FloatArray:
    """(S,) abilities with these expected scores: bracketed by doubling, then bisected with Newton steps inside."""
    low, high = np.full(scores.size, -4.0), np.full(scores.size, 4.0)
    while ((expected_item_scores(low, items).sum(axis=1) > scores) & (low > -_WIDEST_ABILITY)).any():
        low *= 2.0
    while ((expected_item_scores(high, items).sum(axis=1) < scores) & (high < _WIDEST_ABILITY)).any():
        high *= 2.0
    theta: FloatArray = 0.5 * (low + high)
    categories = np.arange(int(items.n_categories.max()), dtype=np.float64)
    for _ in range(_BISECTIONS):
        curves = category_curves(theta, items)
        excess = (curves.p[:, :, : categories.size] @ categories).sum(axis=1) - scores
        slope = (curves.slope[:, :, : categories.size] @ categories).sum(axis=1)
        low, high = np.where(excess < 0.0, theta, low), np.where(excess < 0.0, high, theta)
        newton = theta - np.divide(excess, slope, out=np.full_like(excess, np.inf), where=slope > 0.0)
        following = np.where((newton >= low) & (newton <= high), newton, 0.5 * (low + high))
        if np.abs(following - theta).max(initial=0.0) <= 1e-12 * max(1.0, float(np.abs(theta).max(initial=0.0))):
            break
        theta = following
    return theta


def _check_ordered(items: ItemParameters, form: str) -> None:
    for name, family in zip(items.names, items.families, strict=True):
        if family == "nominal":
            raise EquatingError(
                "nominal_item", f"item {name!r} of form {form} is nominal: its categories are no scores to sum"
            )


def _check_form(items: ItemParameters, form: str) -> None:
    _check_ordered(items, form)
    falling = ~(items.a > 0.0)
    if falling.any():
        j = int(np.argmax(falling))
        raise EquatingError(
            "not_increasing",
            f"item {items.names[j]!r} of form {form} has slope {items.a[j]}; true scores need positive slopes",
        )
