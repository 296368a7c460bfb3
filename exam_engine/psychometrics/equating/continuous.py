"""Continuous distributions in place of discrete scores, so that every percentile has a score.

References
----------
Kolen & Brennan (2014), *Test Equating, Scaling, and Linking*, 3rd ed., ch. 2 (percentile ranks); von Davier, Holland &
Thayer (2004), *The Kernel Method of Test Equating*, ch. 4 (Gaussian kernel, penalties); Andersson & von Davier
(2014), Journal of Educational Measurement 51, 223–238 (rule-of-thumb bandwidth).
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import ndtr

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.equating.distributions import ScoreDistribution
from exam_engine.psychometrics.equating.errors import EquatingError

BandwidthRule = Literal["penalty", "rule-of-thumb"]

_NORMAL_DENSITY = 1.0 / np.sqrt(2.0 * np.pi)
_BISECTIONS = 100


class ContinuousScores(Protocol):
    """A continuous distribution of scores that depends smoothly on the probabilities of the discrete ones."""

    def cdf(self, x: FloatArray) -> FloatArray:
        """(S,) cumulative probabilities."""
        ...

    def density(self, x: FloatArray) -> FloatArray:
        """(S,) densities."""
        ...

    def quantile(self, p: FloatArray) -> FloatArray:
        """(S,) scores with these cumulative probabilities."""
        ...

    def cdf_gradient(self, x: FloatArray) -> FloatArray:
        """(S, J) derivatives of the cumulative probabilities in the probabilities of the scores."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class UniformScores:
    """Each score spread evenly over half a step to both sides: the distribution behind percentile ranks."""

    distribution: ScoreDistribution

    @property
    def _limits(self) -> FloatArray:
        scores, step = self.distribution.scores, self.distribution.step
        limits: FloatArray = np.append(scores - 0.5 * step, scores[-1] + 0.5 * step)
        return limits

    @property
    def _cumulative(self) -> FloatArray:
        sums = np.concatenate([[0.0], np.cumsum(self.distribution.probabilities)])
        cumulative: FloatArray = sums / sums[-1]
        return cumulative

    def cdf(self, x: FloatArray) -> FloatArray:
        """(S,) percentile ranks over 100."""
        return np.interp(x, self._limits, self._cumulative)

    def density(self, x: FloatArray) -> FloatArray:
        """(S,) densities; 0 outside the scores."""
        inside = (x >= self._limits[0]) & (x <= self._limits[-1])
        result: FloatArray = np.where(
            inside, self.distribution.probabilities[self._cell(x)] / self.distribution.step, 0.0
        )
        return result

    def quantile(self, p: FloatArray) -> FloatArray:
        """(S,) middle of the scores with these percentile ranks, which are many where nobody has a score."""
        limits, cumulative = self._limits, self._cumulative
        p = np.clip(p, 0.0, 1.0)
        bounds = []
        for side in ("left", "right"):
            upper = np.searchsorted(cumulative, p, side=side)
            lower = np.clip(upper - 1, 0, None)
            upper = np.minimum(upper, cumulative.size - 1)
            height = cumulative[upper] - cumulative[lower]
            share = np.divide(p - cumulative[lower], height, out=np.zeros_like(p), where=height > 0.0)
            bounds.append(limits[lower] + share * (limits[upper] - limits[lower]))
        result: FloatArray = 0.5 * (bounds[0] + bounds[1])
        return result

    def cdf_gradient(self, x: FloatArray) -> FloatArray:
        """(S, J) shares of each score's interval that lie below x."""
        result: FloatArray = np.clip((x[:, None] - self._limits[:-1]) / self.distribution.step, 0.0, 1.0)
        return result

    def _cell(self, x: FloatArray) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
        return np.asarray(
            np.clip(np.floor((x - self._limits[0]) / self.distribution.step).astype(np.intp), 0, self._limits.size - 2),
            dtype=np.intp,
        )


@dataclass(frozen=True, eq=False, slots=True)
class GaussianScores:
    """Each score spread by a normal kernel, shrunk so that mean and variance stay those of the scores.

    Parameters
    ----------
    distribution : the discrete scores.
    bandwidth : h > 0; a large one (20 standard deviations) makes kernel equating linear.
    """

    distribution: ScoreDistribution
    bandwidth: float

    @property
    def _shrinkage(self) -> float:
        variance = self.distribution.sd**2
        return float(np.sqrt(variance / (variance + self.bandwidth**2)))

    def _standardised(self, x: FloatArray) -> FloatArray:
        a, mean = self._shrinkage, self.distribution.mean
        centres = a * self.distribution.scores + (1.0 - a) * mean
        result: FloatArray = (x[:, None] - centres) / (a * self.bandwidth)
        return result

    def cdf(self, x: FloatArray) -> FloatArray:
        """(S,) cumulative probabilities."""
        result: FloatArray = ndtr(self._standardised(x)) @ self.distribution.probabilities
        return result

    def density(self, x: FloatArray) -> FloatArray:
        """(S,) densities."""
        z = self._standardised(x)
        result: FloatArray = (
            _NORMAL_DENSITY * np.exp(-0.5 * z**2) @ self.distribution.probabilities / (self._shrinkage * self.bandwidth)
        )
        return result

    def density_slope(self, x: FloatArray) -> FloatArray:
        """(S,) derivatives of the density."""
        z = self._standardised(x)
        width = self._shrinkage * self.bandwidth
        result: FloatArray = -_NORMAL_DENSITY * (z * np.exp(-0.5 * z**2)) @ self.distribution.probabilities / width**2
        return result

    def quantile(self, p: FloatArray) -> FloatArray:
        """(S,) scores with these cumulative probabilities."""
        reach = 10.0 * (self.distribution.sd + self.bandwidth)
        low = np.full(p.shape, self.distribution.scores[0] - reach)
        high = np.full(p.shape, self.distribution.scores[-1] + reach)
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            below = self.cdf(middle) < p
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        result: FloatArray = 0.5 * (low + high)
        return result

    def cdf_gradient(self, x: FloatArray) -> FloatArray:
        """(S, J) derivatives with those of mean and variance, on which the shrinkage rests."""
        a, mean, sd = self._shrinkage, self.distribution.mean, self.distribution.sd
        scores = self.distribution.scores
        through_moments = 0.5 * (x[:, None] - mean) * (1.0 - a**2) * ((scores - mean) / sd) ** 2 + (1.0 - a) * scores
        result: FloatArray = ndtr(self._standardised(x)) - through_moments * self.density(x)[:, None]
        return result


def choose_bandwidth(
    distribution: ScoreDistribution, rule: BandwidthRule = "penalty", *, smoothness: float = 1.0
) -> float:
    """Bandwidth of the Gaussian kernel.

    Parameters
    ----------
    distribution : the scores, best presmoothed.
    rule : ``penalty`` minimises Σ (r_j / step − density(x_j))² + smoothness × number of scores at which the density has
        a dip; ``rule-of-thumb`` takes 9 sd / √(100 n^0.4 − 81) with n the sample size.
    smoothness : weight of the second penalty.

    Raises
    ------
    EquatingError
        ``no_spread`` when all candidates have the same score, ``bad_bandwidth`` when the rule needs a sample size.
    """
    if not distribution.sd > 0.0:
        raise EquatingError("no_spread", "all candidates have the same score; there is nothing to equate by")
    if rule == "rule-of-thumb":
        if not np.isfinite(distribution.n_candidates):
            raise EquatingError("bad_bandwidth", "the rule of thumb needs a sample size; choose penalty or a number")
        return 9.0 * distribution.sd / float(np.sqrt(100.0 * distribution.n_candidates**0.4 - 81.0))

    scores, step = distribution.scores, distribution.step

    def penalty(bandwidth: float) -> float:
        kernel = GaussianScores(distribution, bandwidth)
        misfit = ((distribution.probabilities / step - kernel.density(scores)) ** 2).sum() * step**2
        dips = (kernel.density_slope(scores - 0.25 * step) < 0.0) & (kernel.density_slope(scores + 0.25 * step) > 0.0)
        return float(misfit + smoothness * dips.sum())

    # The count of dips jumps, so a coarse search comes first and the smooth part is refined between its neighbours.
    grid = step * np.geomspace(0.1, 10.0, 161)
    values = np.array([penalty(bandwidth) for bandwidth in grid])
    best = int(values.argmin())
    lower, upper = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    refined = minimize_scalar(penalty, bounds=(lower, upper), method="bounded", options={"xatol": 1e-7 * step})
    return float(refined.x) if refined.fun <= values[best] else float(grid[best])
