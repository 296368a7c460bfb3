"""Category probabilities of items, their derivatives in ability, and what follows: scores and information.

Arrays over categories are (N, J, K) with K the largest number of categories; an item's categories beyond its own have
probability 0 (log-probability −∞).
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, log_expit, log_softmax

from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import NOT_PRESENTED


class CategoryCurves(NamedTuple):
    """Probabilities of the categories and their first and second derivatives in θ, each (N, J, K)."""

    p: FloatArray
    slope: FloatArray
    curvature: FloatArray


def category_probabilities(theta: FloatArray, items: ItemParameters) -> FloatArray:
    """Probability of each category; theta (N,), result (N, J, K), rows over K sum to 1."""
    result: FloatArray = np.exp(category_log_probabilities(theta, items))
    return result


def category_log_probabilities(theta: FloatArray, items: ItemParameters) -> FloatArray:
    """Natural logarithm of each category's probability, exact in the tails; theta (N,), result (N, J, K)."""
    result = np.full((theta.size, len(items), items.d.shape[1] + 1), -np.inf)
    families = np.array(items.families)
    for n_categories in np.unique(items.n_categories):
        for family in ("logistic", "graded", "partial", "nominal"):
            chosen = np.flatnonzero((families == family) & (items.n_categories == n_categories))
            if chosen.size:
                part = _LOG_PROBABILITIES[family](theta, items, chosen, int(n_categories) - 1)
                result[:, chosen, :n_categories] = part
    return result


def category_curves(theta: FloatArray, items: ItemParameters) -> CategoryCurves:
    """Probabilities with their derivatives in ability; theta (N,)."""
    p = category_probabilities(theta, items)
    slope, curvature = np.zeros_like(p), np.zeros_like(p)
    families = np.array(items.families)

    exponential = np.flatnonzero((families == "partial") | (families == "nominal"))
    if exponential.size:
        weights = _category_slopes(items)[exponential]
        own = p[:, exponential]
        centred = weights - (own * weights).sum(axis=2, keepdims=True)
        slope[:, exponential] = own * centred
        curvature[:, exponential] = own * (centred**2 - (own * centred**2).sum(axis=2, keepdims=True))

    cumulative = np.flatnonzero((families == "logistic") | (families == "graded"))
    if cumulative.size:
        a = items.a[cumulative][:, None]
        z = np.where(
            np.isnan(items.d[cumulative]), -np.inf, a * theta[:, None, None] + np.nan_to_num(items.d[cumulative])
        )
        upper = expit(z)
        density = (items.u - items.c)[cumulative][:, None] * upper * expit(-z)
        first = a * density
        second = a**2 * density * (1.0 - 2.0 * upper)
        edge = ((0, 0), (0, 0), (1, 1))
        # P(k) is the difference of two neighbouring cumulative curves, so its derivatives are differences too.
        slope[:, cumulative] = -np.diff(np.pad(first, edge), axis=2)
        curvature[:, cumulative] = -np.diff(np.pad(second, edge), axis=2)
    return CategoryCurves(p, slope, curvature)


def expected_item_scores(theta: FloatArray, items: ItemParameters) -> FloatArray:
    """Expected score of each item; theta (N,), result (N, J)."""
    p = category_probabilities(theta, items)
    result: FloatArray = p @ np.arange(p.shape[2], dtype=np.float64)
    return result


def fisher_information(theta: FloatArray, items: ItemParameters) -> FloatArray:
    """Information Σ_k (dP_k/dθ)² / P_k of each item; theta (N,), result (N, J).

    References
    ----------
    Samejima (1969), ch. 6.
    """
    curves = category_curves(theta, items)
    relative = np.divide(curves.slope, curves.p, out=np.zeros_like(curves.p), where=curves.p > 0.0)
    # The square of a slope would vanish in the tails long before its product with the relative slope does.
    result: FloatArray = (relative * curves.slope).sum(axis=2)
    return result


def response_log_likelihood(scores: ScoreArray, theta: FloatArray, items: ItemParameters) -> FloatArray:
    """Log-likelihood of all responses of each candidate at each of several abilities.

    Parameters
    ----------
    scores : (N, J) scores 0 … K−1 and ``NOT_PRESENTED``, which contributes nothing; columns are the items.
    theta : (Q,) abilities.

    Returns
    -------
    (N, Q) natural logarithms.
    """
    log_p = category_log_probabilities(theta, items)
    result = np.zeros((scores.shape[0], theta.size))
    for category in range(log_p.shape[2]):
        with_category = items.n_categories > category
        chosen = (scores[:, with_category] == category).astype(np.float64)
        result += chosen @ log_p[:, with_category, category].T
    return result


def check_scores(scores: ScoreArray, items: ItemParameters) -> None:
    """Refuse scores that the items do not have.

    Raises
    ------
    ValueError
        Naming the row, the item and the score.
    """
    if scores.ndim != 2 or scores.shape[1] != len(items):
        raise ValueError(f"scores of shape {scores.shape} need one column for each of {len(items)} items")
    outside = (scores < NOT_PRESENTED) | (scores >= items.n_categories)
    if outside.any():
        row, column = np.argwhere(outside)[0]
        raise ValueError(
            f"row {row + 1}, item {items.names[column]!r}: score {scores[row, column]} is outside "
            f"0 … {items.n_categories[column] - 1}"
        )


def _category_slopes(items: ItemParameters) -> FloatArray:
    """(J, K) slopes s_k of partial-credit (k a) and nominal items."""
    steps = np.arange(items.d.shape[1] + 1, dtype=np.float64)
    nominal = np.pad(np.nan_to_num(items.s), ((0, 0), (1, 0)))
    is_nominal = np.array([family == "nominal" for family in items.families])
    result: FloatArray = np.where(is_nominal[:, None], nominal, np.nan_to_num(items.a)[:, None] * steps)
    return result


def _logistic(theta: FloatArray, items: ItemParameters, chosen: IntArray, _steps: int) -> FloatArray:
    z = items.a[chosen] * theta[:, None] + items.d[chosen, 0]
    c, u = items.c[chosen], items.u[chosen]
    right, wrong = log_expit(z), log_expit(-z)
    if (c > 0.0).any() or (u < 1.0).any():
        # Logarithms of sums lose nothing: no term vanishes before its logarithm is taken.
        with np.errstate(divide="ignore"):
            log_lower, log_upper = np.log(c), np.log1p(-u)
        log_span = np.log(u - c)
        right, wrong = np.logaddexp(log_lower, log_span + right), np.logaddexp(log_upper, log_span + wrong)
    return np.stack([wrong, right], axis=2)


def _graded(theta: FloatArray, items: ItemParameters, chosen: IntArray, steps: int) -> FloatArray:
    z = items.a[chosen][:, None] * theta[:, None, None] + items.d[chosen, :steps]
    above = np.pad(log_expit(z), ((0, 0), (0, 0), (1, 0)))
    below = np.pad(log_expit(-z), ((0, 0), (0, 0), (0, 1)))
    # P(k) = σ(z_k) σ(−z_{k+1}) (1 − exp(z_{k+1} − z_k)): no difference of nearly equal numbers.
    gap = np.diff(items.d[chosen, :steps], axis=1)
    inner = np.pad(np.log(-np.expm1(gap)), ((0, 0), (1, 1)))
    result: FloatArray = above + below + inner
    return result


def _partial(theta: FloatArray, items: ItemParameters, chosen: IntArray, steps: int) -> FloatArray:
    score = np.arange(steps + 1, dtype=np.float64)
    intercepts = np.pad(np.cumsum(items.d[chosen, :steps], axis=1), ((0, 0), (1, 0)))
    z = (items.a[chosen][:, None] * score) * theta[:, None, None] + intercepts
    result: FloatArray = log_softmax(z, axis=2)
    return result


def _nominal(theta: FloatArray, items: ItemParameters, chosen: IntArray, steps: int) -> FloatArray:
    slopes = np.pad(items.s[chosen, :steps], ((0, 0), (1, 0)))
    intercepts = np.pad(items.d[chosen, :steps], ((0, 0), (1, 0)))
    result: FloatArray = log_softmax(slopes * theta[:, None, None] + intercepts, axis=2)
    return result


_LOG_PROBABILITIES = {"logistic": _logistic, "graded": _graded, "partial": _partial, "nominal": _nominal}
