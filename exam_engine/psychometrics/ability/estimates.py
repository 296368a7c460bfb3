"""Ability estimates for candidates, item parameters known: expected a posteriori, maximum a posteriori, likelihood.

References
----------
Bock & Mislevy (1982), Applied Psychological Measurement 6, 431–444 (EAP).
Baker & Kim (2004), *Item Response Theory: Parameter Estimation Techniques*, ch. 3 and 7.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, ScoreArray
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.responses import NOT_PRESENTED

_BLOCK_ROWS = 2048
_MAX_STEPS = 200
_STEP_TOLERANCE = 1e-10
_LONGEST_STEP = 2.0


@dataclass(frozen=True, eq=False)
class AbilityEstimates:
    """Estimates and their standard errors, logits.

    Attributes
    ----------
    theta : (N,)
    standard_error : (N,)
    """

    theta: FloatArray
    standard_error: FloatArray


def estimate_eap(
    scores: ScoreArray, a: FloatArray, b: FloatArray, quadrature: Quadrature | None = None
) -> AbilityEstimates:
    """Posterior mean and standard deviation under the quadrature's ability distribution.

    Parameters
    ----------
    scores : (N, J) of 1, 0 and ``NOT_PRESENTED``.
    a, b : (J,) finite slopes and difficulties.
    quadrature : prior; standard normal on 61 nodes when None.

    Returns
    -------
    Finite for every candidate; the prior's mean and standard deviation for one who was shown nothing.
    """
    _refuse_mismatch(scores, a, b)
    prior = quadrature or normal_quadrature()
    z = a[:, None] * (prior.nodes - b[:, None])
    log_right, log_wrong, log_prior = log_expit(z), log_expit(-z), np.log(prior.weights)
    moments = np.column_stack([np.ones_like(prior.nodes), prior.nodes, prior.nodes**2])
    theta, error = np.empty(scores.shape[0]), np.empty(scores.shape[0])
    for start in range(0, scores.shape[0], _BLOCK_ROWS):
        block = scores[start : start + _BLOCK_ROWS]
        joint = (block == 1).astype(np.float64) @ log_right + (block == 0).astype(np.float64) @ log_wrong + log_prior
        joint -= joint.max(axis=1, keepdims=True)
        mass, first, second = (np.exp(joint) @ moments).T
        mean = first / mass
        theta[start : start + _BLOCK_ROWS] = mean
        error[start : start + _BLOCK_ROWS] = np.sqrt(np.maximum(second / mass - mean**2, 0.0))
    return AbilityEstimates(theta, error)


def estimate_map(scores: ScoreArray, a: FloatArray, b: FloatArray) -> AbilityEstimates:
    """Mode of the posterior under a standard normal prior; shapes as in ``estimate_eap``.

    The standard error is 1 / √(information + 1), the curvature of the log-posterior at its mode.
    """
    _refuse_mismatch(scores, a, b)
    theta = _maximise(scores, a, b, prior_precision=1.0)
    return AbilityEstimates(theta, 1.0 / np.sqrt(_information(scores, theta, a, b) + 1.0))


def estimate_mle(scores: ScoreArray, a: FloatArray, b: FloatArray) -> AbilityEstimates:
    """Maximum of the likelihood; shapes as in ``estimate_eap``.

    Where the likelihood rises without end (all right, or all wrong, and with negative slopes their mirror image)
    theta is +inf or −inf and its standard error inf: no number is made up for a candidate the form does not reach. A
    candidate who was shown nothing informative has theta NaN and standard error inf.
    """
    _refuse_mismatch(scores, a, b)
    shown = scores != NOT_PRESENTED
    statistic = (scores == 1).astype(np.float64) @ a
    highest = shown.astype(np.float64) @ np.maximum(a, 0.0)
    lowest = shown.astype(np.float64) @ np.minimum(a, 0.0)
    # The likelihood depends on θ through θ·statistic − Σ log(1 + exp(a(θ − b))): it has a maximum only strictly
    # between the extremes. Sums in another order differ by rounding, hence the slack.
    slack = 1e-12 * (highest - lowest)
    at_top, at_bottom = statistic >= highest - slack, statistic <= lowest + slack
    theta = np.select([at_top & at_bottom, at_top, at_bottom], [np.nan, np.inf, -np.inf], default=0.0)
    error = np.full_like(theta, np.inf)
    inner = ~(at_top | at_bottom)
    theta[inner] = _maximise(scores[inner], a, b, prior_precision=0.0)
    error[inner] = 1.0 / np.sqrt(_information(scores[inner], theta[inner], a, b))
    return AbilityEstimates(theta, error)


def _refuse_mismatch(scores: ScoreArray, a: FloatArray, b: FloatArray) -> None:
    if scores.ndim != 2 or a.shape != (scores.shape[1],) or b.shape != a.shape:
        raise ValueError(f"scores {scores.shape} need one slope and one difficulty per item, got {a.shape}, {b.shape}")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        index = int(np.argmin(np.isfinite(a) & np.isfinite(b)))
        raise ValueError(f"item {index + 1}: a = {a[index]}, b = {b[index]} must be finite")


def _maximise(scores: ScoreArray, a: FloatArray, b: FloatArray, prior_precision: float) -> FloatArray:
    """Newton's method on the concave log-likelihood, less precision · θ²/2, kept inside a shrinking bracket."""
    shown: BoolArray = scores != NOT_PRESENTED
    right = scores == 1
    theta = np.zeros(scores.shape[0])
    low, high = np.full_like(theta, -np.inf), np.full_like(theta, np.inf)
    for _ in range(_MAX_STEPS):
        z = a * (theta[:, None] - b)
        slope = (a * (right - np.where(shown, expit(z), 0.0))).sum(axis=1) - prior_precision * theta
        bend = (np.where(shown, a**2 * expit(z) * expit(-z), 0.0)).sum(axis=1) + prior_precision
        low, high = np.where(slope > 0.0, theta, low), np.where(slope < 0.0, theta, high)
        step = np.clip(slope / np.maximum(bend, np.finfo(np.float64).tiny), -_LONGEST_STEP, _LONGEST_STEP)
        proposal = theta + step
        outside = (proposal <= low) | (proposal >= high)
        # Both ends are finite wherever a proposal leaves the bracket twice; until then a capped step is safe.
        bisect = outside & np.isfinite(low) & np.isfinite(high) & (slope != 0.0)
        proposal[bisect] = 0.5 * (low[bisect] + high[bisect])
        change = float(np.abs(proposal - theta).max(initial=0.0))
        theta = proposal
        if change < _STEP_TOLERANCE:
            break
    return theta


def _information(scores: ScoreArray, theta: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    z = a * (theta[:, None] - b)
    result: FloatArray = np.where(scores != NOT_PRESENTED, a**2 * expit(z) * expit(-z), 0.0).sum(axis=1)
    return result
