"""Internal consistency from the covariances of the items: alpha, the Kuder–Richardson formulas, Guttman's bounds.

References
----------
Cronbach (1951), Psychometrika 16, 297–334. Kuder & Richardson (1937), Psychometrika 2, 151–160 (KR-20, KR-21). Guttman
(1945), Psychometrika 10, 255–282 (λ1 … λ6). Feldt (1965), Psychometrika 30, 357–370; Feldt, Woodruff & Salih (1987),
Applied Psychological Measurement 11, 93–103 (confidence interval).
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from scipy.special import fdtri

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.covariance import (
    ItemCovariance,
    MissingRule,
    item_covariance,
    total_scores,
)
from exam_engine.psychometrics.classical.errors import ClassicalDataError
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.responses import ResponseMatrix

ReliabilityFlag = Literal[
    "pairwise_covariances", "impossible_covariances", "negative_alpha", "constant_items", "singular_correlations"
]

_CONDITION_LIMIT: Final = 1e10
"""Condition of the correlation matrix above which squared multiple correlations are noise."""


@dataclass(frozen=True, eq=False, slots=True)
class CoefficientAlpha:
    """Coefficient alpha of the sum of all items.

    Attributes
    ----------
    alpha : a lower bound to reliability when errors are uncorrelated, equal to it for essentially τ-equivalent items;
        KR-20 when every item is dichotomous.
    lower, upper : confidence limits of Feldt; exact for normal scores and items of equal variance and covariance.
    confidence : of the interval.
    standardized : alpha of the items scaled to equal variance; NaN when an item is constant.
    total_sd, standard_error_of_measurement : in score points.
    n_items, n_candidates : what it rests on; with pairwise covariances the thinnest pair.
    flags : ``pairwise_covariances``; ``impossible_covariances`` when these belong to no set of scores, so that alpha is
        not to be trusted and may exceed 1 (interval and error are then NaN); ``negative_alpha``; ``constant_items``.
    """

    alpha: float
    lower: float
    upper: float
    confidence: float
    standardized: float
    total_sd: float
    standard_error_of_measurement: float
    n_items: int
    n_candidates: float
    flags: tuple[ReliabilityFlag, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


@dataclass(frozen=True, eq=False, slots=True)
class GuttmanBounds:
    """Guttman's lower bounds to reliability that need no search; λ3 is alpha.

    Attributes
    ----------
    lambda1, lambda2, lambda3, lambda5 : from the covariances.
    lambda6 : from squared multiple correlations; NaN with flag ``singular_correlations`` or ``constant_items``.
    flags : see above and ``CoefficientAlpha``.
    """

    lambda1: float
    lambda2: float
    lambda3: float
    lambda5: float
    lambda6: float
    flags: tuple[ReliabilityFlag, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


def coefficient_alpha(
    responses: ResponseMatrix, *, confidence: float = 0.95, missing: MissingRule = "pairwise"
) -> CoefficientAlpha:
    """Coefficient alpha with its confidence interval.

    Raises
    ------
    ClassicalDataError
        Of ``item_covariance``, or ``total_constant`` when no total score varies.
    ValueError
        When confidence is not between 0 and 1.
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence is {confidence}; it lies between 0 and 1")
    cov = item_covariance(responses, missing=missing)
    alpha = _alpha(cov)
    n_items = len(cov.item_names)
    lower, upper = feldt_interval(alpha, n_items=n_items, n_candidates=cov.n_candidates, confidence=confidence)
    flags = _flags(cov)
    if alpha < 0.0:
        flags += ("negative_alpha",)
    standardized = float("nan")
    if cov.varies.all():
        total_r = float(_correlations(cov).sum())
        if total_r > 1e-12:
            standardized = n_items / (n_items - 1) * (1.0 - n_items / total_r)
    sd = cov.total_variance**0.5
    return CoefficientAlpha(
        alpha=alpha,
        lower=lower,
        upper=upper,
        confidence=confidence,
        standardized=standardized,
        total_sd=sd,
        standard_error_of_measurement=sd * (1.0 - alpha) ** 0.5 if alpha <= 1.0 else float("nan"),
        n_items=n_items,
        n_candidates=cov.n_candidates,
        flags=flags,
    )


def feldt_interval(alpha: float, *, n_items: int, n_candidates: float, confidence: float = 0.95) -> tuple[float, float]:
    """Limits from (1 − α) / (1 − α̂) ~ F with (N − 1) and (N − 1)(J − 1) degrees of freedom; NaN for alpha above 1."""
    if alpha > 1.0:
        return float("nan"), float("nan")
    df, tail = n_candidates - 1.0, 0.5 * (1.0 - confidence)
    quantiles = fdtri(df, df * (n_items - 1), [1.0 - tail, tail])
    lower, upper = 1.0 - (1.0 - alpha) * quantiles
    return float(lower), float(upper)


def alpha_if_deleted(cov: ItemCovariance) -> FloatArray:
    """(J,) alpha of the other items; NaN where fewer than two are left or their total does not vary."""
    n_left = len(cov.item_names) - 1
    if n_left < 2:
        return np.full(n_left + 1, np.nan)
    variances = np.diagonal(cov.covariance)
    total = cov.total_variance - 2.0 * cov.covariance.sum(axis=0) + variances
    share = np.full(n_left + 1, np.nan)
    np.divide(variances.sum() - variances, total, out=share, where=total > 0.0)
    result: FloatArray = n_left / (n_left - 1) * (1.0 - share)
    return result


def guttman_bounds(responses: ResponseMatrix, *, missing: MissingRule = "pairwise") -> GuttmanBounds:
    """Guttman's λ1, λ2, λ3, λ5 and λ6; the best split half λ4 is the maximum of ``split_half(method="all")``.

    Raises
    ------
    ClassicalDataError
        Of ``item_covariance``, or ``total_constant``.
    """
    cov = item_covariance(responses, missing=missing)
    alpha, total, n_items = _alpha(cov), cov.total_variance, len(cov.item_names)
    variances = np.diagonal(cov.covariance)
    squares = (cov.covariance - np.diag(variances)) ** 2
    lambda1 = 1.0 - variances.sum() / total
    flags, lambda6 = _flags(cov), float("nan")
    if cov.varies.all():
        r = _correlations(cov)
        if np.linalg.cond(r) < _CONDITION_LIMIT:
            lambda6 = float(1.0 - (variances / np.diagonal(np.linalg.inv(r))).sum() / total)
        else:
            flags += ("singular_correlations",)
    return GuttmanBounds(
        lambda1=float(lambda1),
        lambda2=float(lambda1 + (n_items / (n_items - 1) * squares.sum()) ** 0.5 / total),
        lambda3=alpha,
        lambda5=float(lambda1 + 2.0 * squares.sum(axis=0).max() ** 0.5 / total),
        lambda6=lambda6,
        flags=flags,
    )


def kr_20(responses: ResponseMatrix) -> float:
    """Kuder–Richardson formula 20: alpha of items scored 0 and 1, which everybody was shown.

    Raises
    ------
    ClassicalDataError
        ``not_dichotomous``, ``responses_missing`` or those of ``coefficient_alpha``.
    """
    _refuse_polytomous(responses)
    return _alpha(item_covariance(responses, missing="refuse"))


def kr_21(responses: ResponseMatrix) -> float:
    """Kuder–Richardson formula 21: KR-20 as if all items were equally difficult; at most KR-20.

    Raises
    ------
    ClassicalDataError
        ``not_dichotomous``, ``responses_missing`` or those of ``kr_21_of_scores``.
    """
    _refuse_polytomous(responses)
    return kr_21_of_scores(total_scores(responses), n_items=len(responses.item_names), weights=responses.weights)


def kr_21_of_scores(scores: FloatArray, *, n_items: int, weights: FloatArray | None = None) -> float:
    """KR-21 from (N,) number-correct scores.

    Raises
    ------
    ClassicalDataError
        ``too_few_items``, ``too_few_candidates`` or ``total_constant``.
    """
    if n_items < 2:
        raise ClassicalDataError("too_few_items", f"KR-21 needs at least 2 items, got {n_items}", n_items=n_items)
    if not scores.size:
        raise ClassicalDataError("too_few_candidates", "there are no candidates")
    mean = float(np.average(scores, weights=weights))
    variance = float(np.average((scores - mean) ** 2, weights=weights))
    if not variance > 0.0:
        raise ClassicalDataError("total_constant", "every candidate has the same total score: no reliability exists")
    return n_items / (n_items - 1) * (1.0 - mean * (n_items - mean) / (n_items * variance))


def _alpha(cov: ItemCovariance) -> float:
    total, n_items = cov.total_variance, len(cov.item_names)
    if not total > 1e-12 * np.abs(cov.covariance).sum():
        raise ClassicalDataError("total_constant", "the total score does not vary: no reliability exists")
    return float(n_items / (n_items - 1) * (1.0 - np.trace(cov.covariance) / total))


def _correlations(cov: ItemCovariance) -> FloatArray:
    sd = np.sqrt(np.diagonal(cov.covariance))
    result: FloatArray = cov.covariance / np.outer(sd, sd)
    return result


def _flags(cov: ItemCovariance) -> tuple[ReliabilityFlag, ...]:
    flags: list[ReliabilityFlag] = []
    if not cov.complete:
        flags.append("pairwise_covariances")
        eigenvalues = np.linalg.eigvalsh(cov.covariance)
        if eigenvalues[0] < -1e-10 * eigenvalues[-1]:
            flags.append("impossible_covariances")
    if not cov.varies.all():
        flags.append("constant_items")
    return tuple(flags)


def _refuse_polytomous(responses: ResponseMatrix) -> None:
    high = np.flatnonzero(responses.n_categories > 2)
    if high.size:
        name = responses.item_names[high[0]]
        raise ClassicalDataError(
            "not_dichotomous", f"item {name!r} has scores above 1; use coefficient_alpha", item=name
        )
