"""Residuals of the moments of one booklet, whitened, and the part of them that no free parameter explains."""

from contextlib import suppress
from typing import NamedTuple

import numpy as np
from scipy.linalg import LinAlgError, cholesky, qr, solve_triangular

from exam_engine.psychometrics.arrays import FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.fit.free_parameters import probability_derivatives
from exam_engine.psychometrics.fit.moments import LimitedStatistic, Moments, correlations
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import category_curves

_RANK_TOLERANCE = 1e-8


class WhitenedBlock(NamedTuple):
    """Residual moments of one booklet and their derivatives, times √N over the root of the moments' covariance.

    Parameters
    ----------
    residual : (p,) observed less expected moments; independent with variance 1 under known parameters.
    by_items, by_density : (p, P), (p, D) derivatives in the free parameters.
    srmsr : root mean square difference of observed and implied correlations, NaN where undefined.
    null_statistic, null_df : the same test of independent items.
    """

    residual: FloatArray
    by_items: FloatArray
    by_density: FloatArray
    srmsr: float
    null_statistic: float
    null_df: int


def whitened_block(
    scores: ScoreArray,
    weights: FloatArray,
    items: ItemParameters,
    ability: Quadrature,
    statistic: LimitedStatistic,
    design: FloatArray,
    density_columns: FloatArray,
) -> WhitenedBlock:
    """Compare complete responses of one booklet with the model.

    ``design`` (T, P) and ``density_columns`` (2, D) hold the free parameters' influence on natural ones.

    Raises
    ------
    FitError
        ``singular_moments``.
    """
    curves = category_curves(ability.nodes, items)
    moments = Moments.of(statistic, ability.weights, curves.p, items.n_categories)
    observed = moments.observed(scores, weights)
    factor = _factor(moments.covariance())
    by_items = moments.derivatives(probability_derivatives(ability.nodes, items)) @ design
    by_density = moments.density_derivatives(curves.slope, ability.nodes) @ density_columns
    size = np.sqrt(weights.sum())
    null_statistic, null_df = _independence(scores, weights, items.n_categories, statistic)
    ordinal = "nominal" not in items.families
    return WhitenedBlock(
        residual=size * solve_triangular(factor, observed - moments.expected(), lower=True),
        by_items=size * solve_triangular(factor, by_items, lower=True),
        by_density=size * solve_triangular(factor, by_density, lower=True),
        srmsr=_srmsr(scores, weights, moments) if ordinal else float("nan"),
        null_statistic=null_statistic,
        null_df=null_df,
    )


def _factor(covariance: FloatArray) -> FloatArray:
    spread = np.sqrt(np.diag(covariance))
    if (spread > 0.0).all():
        with suppress(LinAlgError):
            # Scaled to correlations, so that rare categories do not look like dependence.
            factor: FloatArray = cholesky(covariance / np.outer(spread, spread), lower=True) * spread[:, None]
            return factor
    raise FitError(
        "singular_moments",
        "the covariance of the moments is singular: an item repeats others, or a category has no expected answers; "
        "leave out the item or join its categories",
    )


def unexplained(residual: FloatArray, influence: FloatArray) -> tuple[float, int]:
    """Squared length of the residual off the parameters' directions, and how many directions those are."""
    length = np.linalg.norm(influence, axis=0)
    felt = length > _RANK_TOLERANCE * length.max(initial=0.0)
    if not felt.any():
        return float(residual @ residual), 0
    scaled = influence[:, felt] / length[felt]
    basis, triangle, _ = qr(scaled, mode="economic", pivoting=True)
    size = np.abs(np.diag(triangle))
    rank = int((size > _RANK_TOLERANCE * size[0]).sum())
    off = residual - basis[:, :rank] @ (basis[:, :rank].T @ residual)
    return float(off @ off), rank


def _independence(
    scores: ScoreArray, weights: FloatArray, n_categories: IntArray, statistic: LimitedStatistic
) -> tuple[float, int]:
    """Statistic and df of the model that all items are independent with the observed proportions."""
    n_items = n_categories.size
    width = int(n_categories.max())
    p = np.zeros((1, n_items, width))
    derivatives = []
    for item, size in enumerate(n_categories):
        p[0, item, :size] = np.bincount(scores[:, item], weights, minlength=size) / weights.sum()
        derivatives.append(np.concatenate([-np.ones((1, 1, size - 1)), np.eye(size - 1)[None]], axis=1))
    moments = Moments.of(statistic, np.ones(1), p, n_categories)
    n_moments = moments.expected().size
    df = n_moments - int((n_categories - 1).sum())
    if df <= 0:
        return float("nan"), 0
    try:
        factor = _factor(moments.covariance())
    except FitError:
        # An item that all answered alike is independent of all others: the comparison says nothing.
        return float("nan"), 0
    residual = solve_triangular(factor, moments.observed(scores, weights) - moments.expected(), lower=True)
    influence = solve_triangular(factor, moments.derivatives(derivatives), lower=True)
    value, _ = unexplained(residual, influence)
    return value * float(weights.sum()), df


def _srmsr(scores: ScoreArray, weights: FloatArray, moments: Moments) -> float:
    observed = correlations(np.cov(scores, rowvar=False, aweights=weights, ddof=0))
    difference = (observed - moments.score_correlations())[np.triu_indices(moments.n_categories.size, 1)]
    return float(np.sqrt((difference**2).mean()))
