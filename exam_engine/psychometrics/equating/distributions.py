"""Distributions of scores on one form, or on a form and an anchor, with the sampling error of their probabilities."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.equating.errors import EquatingError


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class ScoreDistribution:
    """Relative frequencies of the scores of one form.

    Parameters
    ----------
    scores : (J,) increasing, equally spaced score points, all that are possible.
    probabilities : (J,) relative frequencies, summing to 1.
    n_candidates : sample size; infinite for a distribution that is known, not estimated.
    factor : (J, T) matrix C with C Cᵀ the sampling covariance of the probabilities, for smoothed frequencies; None for
        plain ones, whose covariance is multinomial.
    """

    scores: FloatArray
    probabilities: FloatArray
    n_candidates: float
    factor: FloatArray | None = None

    @classmethod
    def from_frequencies(cls, frequencies: ArrayLike, *, lowest: float = 0.0, step: float = 1.0) -> Self:
        """From (J,) numbers of candidates with the scores lowest, lowest + step, …

        Raises
        ------
        EquatingError
            ``bad_frequencies`` when there are fewer than 2 scores, a frequency is negative or not finite, or all are 0.
        """
        counts = _checked(frequencies, 1)
        return cls(
            scores=_score_points(counts.size, lowest, step),
            probabilities=counts / counts.sum(),
            n_candidates=float(counts.sum()),
        )

    @classmethod
    def from_scores(
        cls, scores: ArrayLike, *, lowest: float, highest: float, step: float = 1.0, weights: ArrayLike | None = None
    ) -> Self:
        """From (N,) scores of candidates, each standing for weights (N,) candidates; all possible scores are counted.

        Raises
        ------
        EquatingError
            ``score_outside`` when a score is not one of lowest, lowest + step, … highest.
        """
        place, size = _places(scores, lowest, highest, step)
        counts = np.bincount(place, weights=None if weights is None else np.asarray(weights), minlength=size)
        return cls.from_frequencies(counts, lowest=lowest, step=step)

    @property
    def step(self) -> float:
        """Distance between neighbouring scores."""
        return float(self.scores[1] - self.scores[0])

    @property
    def mean(self) -> float:
        """Mean score."""
        return float(self.probabilities @ self.scores)

    @property
    def sd(self) -> float:
        """Standard deviation, divisor N."""
        return float(np.sqrt(self.central_moment(2)))

    @property
    def skewness(self) -> float:
        """Third central moment over the cubed standard deviation."""
        return self.central_moment(3) / self.sd**3

    @property
    def kurtosis(self) -> float:
        """Fourth central moment over the squared variance; 3 for a normal distribution."""
        return self.central_moment(4) / self.sd**4

    def central_moment(self, order: int) -> float:
        """Mean of the deviations from the mean to a power."""
        return float(self.probabilities @ (self.scores - self.mean) ** order)

    def covariance(self, jacobian: FloatArray) -> FloatArray:
        """(R, R) sampling covariance of R functions whose derivatives in the probabilities are jacobian (R, J)."""
        return _covariance(self.probabilities, self.factor, self.n_candidates, jacobian)


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class BivariateDistribution:
    """Relative frequencies of pairs of scores: form by anchor, or form by form.

    Parameters
    ----------
    x_scores, v_scores : (J,), (L,) increasing, equally spaced score points of rows and columns.
    probabilities : (J, L) relative frequencies, summing to 1.
    n_candidates : sample size.
    factor : (J·L, T) matrix C with C Cᵀ the sampling covariance of the probabilities by rows; None for plain ones.
    """

    x_scores: FloatArray
    v_scores: FloatArray
    probabilities: FloatArray
    n_candidates: float
    factor: FloatArray | None = None

    @classmethod
    def from_frequencies(
        cls,
        frequencies: ArrayLike,
        *,
        x_lowest: float = 0.0,
        v_lowest: float = 0.0,
        x_step: float = 1.0,
        v_step: float = 1.0,
    ) -> Self:
        """From a (J, L) table of numbers of candidates.

        Raises
        ------
        EquatingError
            ``bad_frequencies`` as for one form.
        """
        counts = _checked(frequencies, 2)
        return cls(
            x_scores=_score_points(counts.shape[0], x_lowest, x_step),
            v_scores=_score_points(counts.shape[1], v_lowest, v_step),
            probabilities=counts / counts.sum(),
            n_candidates=float(counts.sum()),
        )

    @classmethod
    def from_scores(
        cls,
        x: ArrayLike,
        v: ArrayLike,
        *,
        x_range: tuple[float, float],
        v_range: tuple[float, float],
        weights: ArrayLike | None = None,
    ) -> Self:
        """From (N,) pairs of whole scores and the lowest and highest possible score of each.

        Raises
        ------
        EquatingError
            ``score_outside`` when a score is not a whole number in its range.
        """
        rows, n_rows = _places(x, *x_range, 1.0)
        columns, n_columns = _places(v, *v_range, 1.0)
        if rows.shape != columns.shape:
            raise EquatingError("bad_frequencies", f"{rows.size} scores in x but {columns.size} in v")
        counts = np.bincount(
            rows * n_columns + columns,
            weights=None if weights is None else np.asarray(weights),
            minlength=n_rows * n_columns,
        )
        return cls.from_frequencies(counts.reshape(n_rows, n_columns), x_lowest=x_range[0], v_lowest=v_range[0])

    @property
    def x(self) -> ScoreDistribution:
        """Distribution of the row scores, with its sampling error."""
        return self._margin(self.x_scores, axis=1)

    @property
    def v(self) -> ScoreDistribution:
        """Distribution of the column scores, with its sampling error."""
        return self._margin(self.v_scores, axis=0)

    def _margin(self, scores: FloatArray, axis: int) -> ScoreDistribution:
        shape = self.probabilities.shape
        factor = None if self.factor is None else self.factor.reshape(*shape, -1).sum(axis=axis)
        return ScoreDistribution(
            scores=scores,
            probabilities=self.probabilities.sum(axis=axis),
            n_candidates=self.n_candidates,
            factor=factor,
        )

    def covariance(self, jacobian: FloatArray) -> FloatArray:
        """(R, R) sampling covariance of R functions whose derivatives in the cells, by rows, are jacobian (R, J·L)."""
        return _covariance(self.probabilities.ravel(), self.factor, self.n_candidates, jacobian)


def _covariance(
    probabilities: FloatArray, factor: FloatArray | None, n_candidates: float, jacobian: FloatArray
) -> FloatArray:
    if factor is not None:
        part = jacobian @ factor
        smoothed: FloatArray = part @ part.T
        return smoothed
    mean = jacobian @ probabilities
    plain: FloatArray = ((jacobian * probabilities) @ jacobian.T - np.outer(mean, mean)) / n_candidates
    return plain


def _checked(frequencies: ArrayLike, dimensions: int) -> FloatArray:
    counts = np.asarray(frequencies, dtype=np.float64)
    if counts.ndim != dimensions or min(counts.shape, default=0) < 2:
        raise EquatingError(
            "bad_frequencies", f"frequencies of shape {counts.shape} need {dimensions} dimension(s) of 2 or more scores"
        )
    bad = ~(np.isfinite(counts) & (counts >= 0.0))
    if bad.any():
        place = ", ".join(str(part) for part in np.argwhere(bad)[0])
        raise EquatingError("bad_frequencies", f"the frequency at position {place} is negative or not a number")
    if not counts.sum() > 0.0:
        raise EquatingError("bad_frequencies", "all frequencies are 0")
    return counts


def _score_points(n: int, lowest: float, step: float) -> FloatArray:
    if not (np.isfinite(lowest) and np.isfinite(step) and step > 0.0):
        raise EquatingError("bad_frequencies", f"scores from {lowest} in steps of {step} are no scale")
    points: FloatArray = lowest + step * np.arange(n, dtype=np.float64)
    return points


def _places(
    scores: ArrayLike, lowest: float, highest: float, step: float
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], int]:
    values = np.asarray(scores, dtype=np.float64).ravel()
    place = (values - lowest) / step
    size = round((highest - lowest) / step) + 1
    whole = np.rint(np.nan_to_num(place, nan=-1.0, posinf=-1.0, neginf=-1.0))
    outside = ~(np.abs(place - whole) < 1e-6) | (whole < 0) | (whole >= size)
    if outside.any():
        row = int(np.argmax(outside))
        raise EquatingError(
            "score_outside", f"row {row + 1}: score {values[row]} is not one of {lowest} … {highest} in steps of {step}"
        )
    return whole.astype(np.int64), size
