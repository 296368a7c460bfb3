r"""Times on items against the lognormal model, right answers in unusually short times, and rapid guessing.

ln t_ij ~ N(β_j − τ_i, 1/α_j²): time intensity β_j of the item, speed τ_i of the candidate, discrimination α_j. The fit
alternates between the least-squares equations of β, τ (Σ τ_i = 0) and α until nothing moves. Three looks at a
candidate:

- ``pattern``: Σ_j z_ij², z_ij = α_j (ln t_ij − β_j + τ_i), against χ² with one degree of freedom less than items: one
  is taken by the speed. Large: some items took far more, others far less time than this candidate's speed explains.
- ``fast_right``: the number of right answers whose z lies among the item's smallest ``fast_share``. Among honest
  candidates each right answer is one with this probability; the binomial tail asks for too many. The ranks within the
  item make this independent of the lognormal form. Items known beforehand show here.
- ``rapid``: answers in less than a tenth of the item's median time, at most 10 s: not read. Lack of effort, a
  description without test.

References
----------
van der Linden (2006), Journal of Educational and Behavioral Statistics 31, 181–204; van der Linden & Guo (2008),
Psychometrika 73, 365–384; Marianti, Fox, Avetisyan, Veldkamp & Tijmstra (2014), Journal of Educational and Behavioral
Statistics 39, 426–451 (sum of squares); Wise & Kong (2005), Applied Measurement in Education 18, 163–183, and Wise & Ma
(2012), meeting of the National Council on Measurement in Education (rapid guessing, the 10 % threshold).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import chi2

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.forensics.tails import poisson_binomial_tail

FAST_SHARE: Final = 0.05
_RAPID_SHARE = 0.10
_RAPID_SECONDS = 10.0
_MOST_ROUNDS = 200
_STILL = 1e-8
_LEAST_SPREAD = 0.05
"""Smallest standard deviation of log-times of an item: nobody's times are equal to the millisecond for good reasons."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ResponseTimeModel:
    """Lognormal model of J items and N candidates.

    Parameters
    ----------
    intensity : (J,) β, logarithm of seconds; NaN for items without times.
    discrimination : (J,) α.
    speed : (N,) τ, logarithm; NaN for candidates without times.
    """

    intensity: FloatArray
    discrimination: FloatArray
    speed: FloatArray

    def residuals(self, seconds: FloatArray) -> FloatArray:
        """(N, J) z_ij; NaN where there is no time."""
        result: FloatArray = self.discrimination * (np.log(seconds) - self.intensity + self.speed[:, None])
        return result

    def draw(self, rng: np.random.Generator, seconds: FloatArray) -> FloatArray:
        """Draw times of the same candidates on the items on which they have times."""
        noise = rng.standard_normal(seconds.shape) / self.discrimination
        return np.where(np.isnan(seconds), np.nan, np.exp(self.intensity - self.speed[:, None] + noise))


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ResponseTimes:
    """Times of N candidates.

    Parameters
    ----------
    n_items : (N,) items with a time.
    pattern, pattern_p : (N,) sum of squared residuals and its tail; NaN and 1 with fewer than two times.
    n_fast_right, expected_fast_right, fast_right_p : (N,) right answers in unusually short times.
    n_rapid : (N,) answers too fast to have been read.
    residuals : (N, J) z_ij.
    """

    n_items: IntArray
    pattern: FloatArray
    pattern_p: FloatArray
    n_fast_right: IntArray
    expected_fast_right: FloatArray
    fast_right_p: FloatArray
    n_rapid: IntArray
    residuals: FloatArray


def fit_response_times(seconds: FloatArray) -> ResponseTimeModel:
    """Fit the lognormal model to (N, J) times in seconds, positive or NaN.

    Raises
    ------
    ValueError
        When a time is not positive.
    """
    seen = ~np.isnan(seconds)
    if not (seconds[seen] > 0.0).all():
        raise ValueError("times must be positive")
    logs = np.where(seen, np.log(np.where(seen, seconds, 1.0)), 0.0)
    n_items, n_people = seen.sum(axis=1), seen.sum(axis=0)
    speed, precision = np.zeros(seen.shape[0]), np.ones(seen.shape[1])
    intensity = np.zeros(seen.shape[1])
    for _ in range(_MOST_ROUNDS):
        before = np.concatenate([intensity, precision])
        intensity = _mean(logs + np.where(seen, speed[:, None], 0.0), n_people, axis=0)
        weight = seen * precision
        speed = _mean(weight * (intensity - logs), weight.sum(axis=1), axis=1)
        speed -= speed[n_items > 0].mean() if (n_items > 0).any() else 0.0
        error = np.where(seen, logs - intensity + speed[:, None], 0.0)
        # Each candidate's speed takes one degree of freedom, spread evenly over the candidate's items.
        freedom = (seen * (1.0 - 1.0 / np.maximum(n_items, 1))[:, None]).sum(axis=0)
        variance = _mean(error**2, freedom, axis=0)
        precision = 1.0 / np.maximum(variance, _LEAST_SPREAD**2)
        if np.abs(np.concatenate([intensity, precision]) - before).max(initial=0.0) < _STILL:
            break
    return ResponseTimeModel(
        intensity=np.where(n_people > 0, intensity, np.nan),
        discrimination=np.where(n_people > 0, np.sqrt(precision), np.nan),
        speed=np.where(n_items > 0, speed, np.nan),
    )


def response_times(seconds: FloatArray, is_right: BoolArray, model: ResponseTimeModel) -> ResponseTimes:
    """Look at the times of candidates.

    Parameters
    ----------
    seconds : (N, J) times, NaN where there is none.
    is_right : (N, J) whether the answer was right.
    """
    residuals = model.residuals(seconds)
    seen = ~np.isnan(residuals)
    n_items = seen.sum(axis=1)
    pattern = np.where(n_items > 1, np.where(seen, residuals**2, 0.0).sum(axis=1), np.nan)
    fast = _smallest(residuals, FAST_SHARE)
    right = is_right & seen
    # Ranks make the share of an item a little different from the wanted one: what it is counts.
    share = _mean(fast, seen.sum(axis=0), axis=0)
    chance = np.where(right, share, 0.0)
    n_fast_right = (fast & right).sum(axis=1)
    medians = np.array(
        [np.median(column[~np.isnan(column)]) if (~np.isnan(column)).any() else 0.0 for column in seconds.T]
    )
    threshold = np.minimum(_RAPID_SHARE * medians, _RAPID_SECONDS)
    return ResponseTimes(
        n_items=n_items,
        pattern=pattern,
        pattern_p=np.where(n_items > 1, chi2.sf(np.nan_to_num(pattern), np.maximum(n_items - 1, 1)), 1.0),
        n_fast_right=n_fast_right,
        expected_fast_right=chance.sum(axis=1),
        fast_right_p=poisson_binomial_tail(chance, n_fast_right),
        n_rapid=(seen & (np.nan_to_num(seconds, nan=np.inf) < threshold)).sum(axis=1),
        residuals=residuals,
    )


def _smallest(values: FloatArray, share: float) -> BoolArray:
    """Where values lie among the smallest share of their column."""
    result = np.zeros(values.shape, dtype=np.bool_)
    for column in range(values.shape[1]):
        own = values[:, column]
        known = own[~np.isnan(own)]
        if known.size:
            result[:, column] = own <= np.quantile(known, share)
    return result


def _mean(values: FloatArray | BoolArray, size: FloatArray | IntArray, *, axis: int) -> FloatArray:
    total = values.sum(axis=axis)
    result: FloatArray = np.divide(total, size, out=np.zeros(total.shape), where=np.asarray(size) > 0)
    return result
