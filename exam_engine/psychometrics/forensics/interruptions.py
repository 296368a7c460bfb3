r"""How often candidates left the page of the exam, against the others of the sitting.

Counts follow a negative binomial with mean μ and variance μ + μ²/k, fitted by moments. Mean and variance come from the
counts cut off at their 95 % point, so that the few who leave very often do not become the measure for themselves.
k = ∞ (Poisson) where the variance does not exceed the mean.

References
----------
Johnson, Kemp & Kotz (2005), *Univariate Discrete Distributions*, 3rd ed., ch. 5 (negative binomial, moments).
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import nbinom, poisson

from exam_engine.psychometrics.arrays import FloatArray, IntArray

_CUT = 0.95


@dataclass(frozen=True, slots=True)
class CountModel:
    """Mean of the counts and the size k of the negative binomial, infinite for a Poisson distribution."""

    mean: float
    size: float

    def tail(self, counts: IntArray) -> FloatArray:
        """(N,) P(X ≥ count)."""
        if not np.isfinite(self.size):
            return np.asarray(poisson.sf(counts - 1, self.mean), dtype=np.float64)
        return np.asarray(nbinom.sf(counts - 1, self.size, self.size / (self.size + self.mean)), dtype=np.float64)

    def draw(self, rng: np.random.Generator, n: int) -> IntArray:
        """Draw n counts."""
        if not np.isfinite(self.size):
            return rng.poisson(self.mean, n).astype(np.intp)
        return rng.negative_binomial(self.size, self.size / (self.size + self.mean), n).astype(np.intp)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Interruptions:
    """N candidates: how often they left, and the tail of that number."""

    counts: IntArray
    p: FloatArray


def fit_counts(counts: IntArray) -> CountModel:
    """Fit the distribution of counts of N candidates.

    Raises
    ------
    ValueError
        When there is no candidate, or a count is negative.
    """
    if counts.size == 0 or (counts < 0).any():
        raise ValueError("counts of at least one candidate are needed, none negative")
    # One count among all keeps the mean of a sitting in which nobody left above 0.
    kept = np.minimum(counts, max(np.quantile(counts, _CUT), 1.0))
    mean = max(float(kept.mean()), 1.0 / counts.size)
    excess = float(kept.var()) - mean
    return CountModel(mean, mean**2 / excess if excess > 0.0 else np.inf)


def interruptions(counts: IntArray, model: CountModel) -> Interruptions:
    """Compare candidates with the distribution of the sitting."""
    return Interruptions(counts=counts, p=model.tail(counts))
