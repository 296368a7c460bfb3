"""Four-parameter beta distribution of true proportion-correct scores, from the moments of number-correct scores.

References
----------
Lord (1965), Psychometrika 30, 239–270. Hanson (1991), *Method of Moments Estimates for the Four-Parameter Beta Compound
Binomial Model and the Calculation of Classification Consistency Indexes*, ACT Research Report 91-5 (what to do when the
fit leaves [0, 1]).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import betainc, betaincinv, roots_legendre

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.errors import ClassicalDataError

TrueScoreFlag = Literal["upper_bound_at_1", "lower_bound_at_0", "two_parameter_beta"]

_NODES, _WEIGHTS = roots_legendre(200)
_HALFWAY = 0.5 * (_NODES + 1.0)
# Steps that grow from and shrink to 0 at both ends smooth the fractional powers that quantiles have there.
_RANKS = _HALFWAY**3 * (10.0 - 15.0 * _HALFWAY + 6.0 * _HALFWAY**2)
_RANK_WEIGHTS = 0.5 * _WEIGHTS * 30.0 * (_HALFWAY * (1.0 - _HALFWAY)) ** 2
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class BetaTrueScores:
    """True proportion-correct scores: lower + (upper − lower) · Beta(alpha, beta).

    Attributes
    ----------
    alpha, beta : shapes, positive.
    lower, upper : ends of the range, 0 ≤ lower < upper ≤ 1.
    flags : ``upper_bound_at_1`` or ``lower_bound_at_0`` when the fit to four moments left [0, 1], that end was held and
        three moments were met; ``two_parameter_beta`` when both ends were held and mean and variance were met.
    """

    alpha: float
    beta: float
    lower: float = 0.0
    upper: float = 1.0
    flags: tuple[TrueScoreFlag, ...] = ()

    def cdf(self, proportion: float) -> float:
        """Share of true scores below a proportion."""
        inside = np.clip((proportion - self.lower) / (self.upper - self.lower), 0.0, 1.0)
        return float(betainc(self.alpha, self.beta, inside))

    def moment(self, order: int) -> float:
        """Raw moment."""
        return self.expectation(lambda t: t**order, 0.0, 1.0)

    def expectation(self, function: Callable[[FloatArray], FloatArray], lower: float, upper: float) -> float:
        """Integral of a function of the true score over those between two proportions.

        The integral runs over ranks, on which the density is 1 whatever the shapes are.
        """
        start, end = self.cdf(lower), self.cdf(upper)
        ranks = start + (end - start) * _RANKS
        scores = self.lower + (self.upper - self.lower) * betaincinv(self.alpha, self.beta, ranks)
        return float((end - start) * (_RANK_WEIGHTS @ function(scores)))


def fit_beta_true_scores(scores: FloatArray, length: float, weights: FloatArray | None = None) -> BetaTrueScores:
    """Fit the four-parameter beta under binomial error.

    Parameters
    ----------
    scores : (N,) number-correct scores on 0 … length, or scores brought to that scale.
    length : number of items, or the effective test length.
    weights : (N,) how many candidates a score stands for; 1 when None.

    Raises
    ------
    ClassicalDataError
        ``no_true_score_distribution`` when the scores vary no more than binomial error does, or more than any
        distribution on [0, 1] allows.
    """
    if length <= 1.0 + _ROUNDING:
        raise ClassicalDataError(
            "no_true_score_distribution",
            f"a test of effective length {length:.3g} says nothing about the spread of true scores",
            length=float(length),
        )
    # Under binomial error the k-th factorial moment of the score is that of length items times the true score's.
    moments = np.ones(5)
    falling, share = np.ones_like(scores), 1.0
    for order in range(1, 5):
        falling = falling * (scores - (order - 1))
        share *= length - (order - 1)
        moments[order] = float(np.average(falling, weights=weights)) / share if share > _ROUNDING else np.nan
    mean = float(moments[1])
    variance = float(moments[2]) - mean**2
    if not (0.0 < mean < 1.0 and 0.0 < variance < mean * (1.0 - mean)):
        raise ClassicalDataError(
            "no_true_score_distribution",
            f"mean {mean:.4g} and variance {variance:.4g} of the true proportions belong to no distribution on [0, 1]; "
            "the scores vary no more than chance does, or too few candidates were tested",
            mean=float(mean),
            variance=float(variance),
        )
    skewness = (moments[3] - 3.0 * mean * moments[2] + 2.0 * mean**3) / variance**1.5
    kurtosis = (moments[4] - 4.0 * mean * moments[3] + 6.0 * mean**2 * moments[2] - 3.0 * mean**4) / variance**2
    four = _from_four_moments(mean, variance, skewness, kurtosis)
    if four is not None:
        return four
    held = [fit for fit in _from_three_moments(mean, variance, skewness) if fit is not None]
    if held:
        # An effective length of up to 3 has no fourth moment to choose by.
        target = kurtosis if np.isfinite(kurtosis) else 3.0
        return min(held, key=lambda fit: abs(_kurtosis(fit.alpha, fit.beta) - target))
    alpha, beta = _shapes(mean, variance, 0.0, 1.0)
    return BetaTrueScores(alpha, beta, 0.0, 1.0, ("two_parameter_beta",))


def _from_four_moments(mean: float, variance: float, skewness: float, kurtosis: float) -> BetaTrueScores | None:
    denominator = 6.0 + 3.0 * skewness**2 - 2.0 * kurtosis
    if not np.isfinite(kurtosis) or denominator <= 0.0:
        return None
    total = 6.0 * (kurtosis - skewness**2 - 1.0) / denominator
    if total <= 0.0:
        return None
    lean = (total + 2.0) * skewness / ((total + 2.0) ** 2 * skewness**2 + 16.0 * (total + 1.0)) ** 0.5
    alpha, beta = 0.5 * total * (1.0 - lean), 0.5 * total * (1.0 + lean)
    if min(alpha, beta) <= 0.0:
        return None
    width = (variance * (total + 1.0) / (alpha * beta)) ** 0.5 * total
    lower = mean - width * alpha / total
    if lower < -_ROUNDING or lower + width > 1.0 + _ROUNDING:
        return None
    return BetaTrueScores(float(alpha), float(beta), max(float(lower), 0.0), min(float(lower + width), 1.0))


def _from_three_moments(mean: float, variance: float, skewness: float) -> list[BetaTrueScores | None]:
    if not np.isfinite(skewness):
        return []
    return [
        _with_one_end(lambda end: (end, 1.0), 0.0, mean, mean, variance, skewness, "upper_bound_at_1"),
        _with_one_end(lambda end: (0.0, end), mean, 1.0, mean, variance, skewness, "lower_bound_at_0"),
    ]


def _with_one_end(
    ends: Callable[[float], tuple[float, float]],
    low: float,
    high: float,
    mean: float,
    variance: float,
    skewness: float,
    flag: TrueScoreFlag,
) -> BetaTrueScores | None:
    """Move the free end until the skewness agrees; None when it never does."""
    # Close to the mean the range cannot hold the variance; stay where (mean − lower)(upper − mean) exceeds it.
    other = 1.0 - mean if flag == "upper_bound_at_1" else mean
    margin = variance / other * (1.0 + 1e-6)
    low, high = (low, high - margin) if flag == "upper_bound_at_1" else (low + margin, high)
    if low >= high:
        return None

    def excess(end: float) -> float:
        return _skewness(*_shapes(mean, variance, *ends(end))) - skewness

    if excess(low) * excess(high) > 0.0:
        return None
    lower, upper = ends(brentq(excess, low, high, xtol=1e-14))
    alpha, beta = _shapes(mean, variance, lower, upper)
    return BetaTrueScores(alpha, beta, lower, upper, (flag,))


def _shapes(mean: float, variance: float, lower: float, upper: float) -> tuple[float, float]:
    total = (mean - lower) * (upper - mean) / variance - 1.0
    return total * (mean - lower) / (upper - lower), total * (upper - mean) / (upper - lower)


def _skewness(alpha: float, beta: float) -> float:
    total = alpha + beta
    return float(2.0 * (beta - alpha) * (total + 1.0) ** 0.5 / ((total + 2.0) * (alpha * beta) ** 0.5))


def _kurtosis(alpha: float, beta: float) -> float:
    total = alpha + beta
    numerator = 3.0 * (total + 1.0) * (2.0 * total**2 + alpha * beta * (total - 6.0))
    return numerator / (alpha * beta * (total + 2.0) * (total + 3.0))
