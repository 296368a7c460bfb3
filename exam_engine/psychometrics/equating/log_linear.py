"""Presmoothing by polynomial log-linear models, which keep the moments of the observed scores.

References
----------
Holland & Thayer (2000), Journal of Educational and Behavioral Statistics 25, 133–183; Moses & Holland (2009), Journal
of Educational Measurement 46, 159–176 (choice of the degree).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np
from scipy.special import log_softmax

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.equating.distributions import BivariateDistribution, ScoreDistribution
from exam_engine.psychometrics.equating.errors import EquatingError

AnyDistribution = TypeVar("AnyDistribution", ScoreDistribution, BivariateDistribution)

_MOST_STEPS = 200
_LARGEST_MOMENT_ERROR = 1e-9
_ROUNDING = 1e-13


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class LogLinearFit(Generic[AnyDistribution]):
    """A smoothed distribution and how well it fits.

    Parameters
    ----------
    distribution : smoothed probabilities with their sampling covariance.
    degrees : highest power kept for each score, one number for one form.
    cross_moments : powers (i, j) whose mean of xⁱ vʲ is kept; empty for one form.
    log_likelihood : multinomial, without the constant.
    n_parameters : number of moments kept.
    aic, bic : information criteria, smaller is better.
    likelihood_ratio : G² against the observed frequencies.
    degrees_of_freedom : cells less parameters less one.
    """

    distribution: AnyDistribution
    degrees: tuple[int, ...]
    cross_moments: tuple[tuple[int, int], ...]
    log_likelihood: float
    n_parameters: int
    aic: float
    bic: float
    likelihood_ratio: float
    degrees_of_freedom: int


def smooth_scores(observed: ScoreDistribution, *, degree: int | None = None) -> LogLinearFit[ScoreDistribution]:
    """Keep the first moments of the scores of one form.

    Parameters
    ----------
    observed : plain relative frequencies.
    degree : number of moments kept, from 1 to the number of scores less one; None takes the degree with the smallest
        AIC up to 8.

    Raises
    ------
    EquatingError
        ``log_linear_failed`` when the degree does not fit the number of scores that occur.
    """
    if degree is None:
        highest = min(8, int((observed.probabilities > 0.0).sum()) - 1)
        fits = [smooth_scores(observed, degree=power) for power in range(1, highest + 1)]
        if not fits:
            raise EquatingError("log_linear_failed", "all candidates have the same score: there is nothing to smooth")
        return min(fits, key=lambda fit: fit.aic)
    if degree < 1 or degree >= (observed.probabilities > 0.0).sum():
        raise EquatingError(
            "log_linear_failed",
            f"degree {degree} must be from 1 to one less than the {int((observed.probabilities > 0).sum())} scores "
            "that occur",
        )
    basis = _polynomials(observed.scores, degree)
    return _fit(observed, basis, (degree,), ())


def smooth_bivariate(
    observed: BivariateDistribution, *, degrees: tuple[int, int], cross_moments: Sequence[tuple[int, int]] = ((1, 1),)
) -> LogLinearFit[BivariateDistribution]:
    """Keep moments of both scores and some cross moments.

    Parameters
    ----------
    observed : plain relative frequencies.
    degrees : numbers of moments kept of the rows and of the columns.
    cross_moments : pairs of powers whose cross moment is kept; (1, 1) is the covariance.

    Raises
    ------
    EquatingError
        ``log_linear_failed`` when a degree is out of range or the model has no maximum.
    """
    shape = observed.probabilities.shape
    pairs = tuple((int(i), int(j)) for i, j in cross_moments)
    highest = tuple(max([degree, *(pair[axis] for pair in pairs)]) for axis, degree in enumerate(degrees))
    for axis, (power, size) in enumerate(zip(highest, shape, strict=True)):
        if degrees[axis] < 1 or power >= size or any(pair[axis] < 1 for pair in pairs):
            raise EquatingError(
                "log_linear_failed", f"powers of the {('row', 'column')[axis]} score must be from 1 to {size - 1}"
            )
    x, v = _polynomials(observed.x_scores, highest[0]), _polynomials(observed.v_scores, highest[1])
    columns = [np.repeat(x[:, [k]], shape[1], axis=1) for k in range(degrees[0])]
    columns += [np.repeat(v[:, [k]].T, shape[0], axis=0) for k in range(degrees[1])]
    # Cross moments are those of the scores themselves: about another origin, x² v² would mix with x² v.
    raw_x, raw_v = (scores / np.abs(scores).max() for scores in (observed.x_scores, observed.v_scores))
    columns += [np.outer(raw_x**i, raw_v**j) for i, j in pairs]
    basis = np.stack([column.ravel() for column in columns], axis=1)
    return _fit(observed, basis, tuple(degrees), pairs)


def _fit(
    observed: AnyDistribution, basis: FloatArray, degrees: tuple[int, ...], cross: tuple[tuple[int, int], ...]
) -> LogLinearFit[AnyDistribution]:
    target, n = observed.probabilities.ravel(), observed.n_candidates
    basis = np.linalg.qr(basis - basis.mean(axis=0))[0]
    kept = target @ basis
    coefficients = np.zeros(basis.shape[1])
    log_p = log_softmax(basis @ coefficients)
    for _ in range(_MOST_STEPS):
        p = np.exp(log_p)
        gradient = kept - p @ basis
        if np.abs(gradient).max() < _LARGEST_MOMENT_ERROR * max(1.0, float(np.abs(kept).max())):
            break
        centred = basis - p @ basis
        try:
            step = np.linalg.solve((centred.T * p) @ centred, gradient)
        except np.linalg.LinAlgError:
            step = gradient
        value, scale = float(target @ log_p), 1.0
        trial = log_softmax(basis @ (coefficients + step))
        # The likelihood is concave, so a step that is halved often enough climbs; at the top rounding hides the climb.
        while float(target @ trial) < value - _ROUNDING * abs(value) and scale > 1e-10:
            scale *= 0.5
            trial = log_softmax(basis @ (coefficients + scale * step))
        coefficients, log_p = coefficients + scale * step, trial
    else:
        raise EquatingError(
            "log_linear_failed",
            "the log-linear model has no maximum for these frequencies; keep fewer moments",
        )
    p = np.exp(log_p)
    root = np.sqrt(p)
    factor = root[:, None] * np.linalg.qr(root[:, None] * (basis - p @ basis))[0] / np.sqrt(n)
    seen = target > 0.0
    log_likelihood = n * float(target[seen] @ log_p[seen])
    n_parameters = basis.shape[1]
    return LogLinearFit(
        distribution=replace(observed, probabilities=p.reshape(observed.probabilities.shape), factor=factor),
        degrees=degrees,
        cross_moments=cross,
        log_likelihood=log_likelihood,
        n_parameters=n_parameters,
        aic=-2.0 * log_likelihood + 2.0 * n_parameters,
        bic=-2.0 * log_likelihood + np.log(n) * n_parameters,
        likelihood_ratio=2.0 * n * float(target[seen] @ np.log(target[seen])) - 2.0 * log_likelihood,
        degrees_of_freedom=target.size - n_parameters - 1,
    )


def _centred(scores: FloatArray) -> FloatArray:
    centre = 0.5 * (scores[0] + scores[-1])
    result: FloatArray = (scores - centre) / (scores[-1] - centre)
    return result


def _polynomials(scores: FloatArray, degree: int) -> FloatArray:
    """(J, degree) polynomials without the constant, orthonormal so that high degrees stay computable."""
    result: FloatArray = np.linalg.qr(np.vander(_centred(scores), degree + 1, increasing=True))[0][:, 1:]
    return result
