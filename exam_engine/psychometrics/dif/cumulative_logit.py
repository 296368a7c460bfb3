"""Maximum likelihood fit of the proportional-odds model, which for two scores is logistic regression.

P(score ≥ k | x) = 1 / (1 + exp(−(α_k + xβ))), α₁ > α₂ > …

References
----------
McCullagh (1980), Journal of the Royal Statistical Society B 42, 109-142; Albert & Anderson (1984), Biometrika 71, 1-10
(separation).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit, logit

from exam_engine.psychometrics.arrays import FloatArray

_MOST_STEPS: Final = 60
_GAIN_AT_CONVERGENCE: Final = 1e-11
_SEPARATED_LOGIT: Final = 20.0
"""A fitted chance below 2e-9 of a score that nobody has there, or has always, is no estimate but its absence."""


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeLogitFit:
    """A fit.

    Parameters
    ----------
    coefficients : (P,) slopes β.
    covariance : (P, P) inverse of the expected information of β, intercepts allowed for; NaN when it is singular.
    log_likelihood : natural logarithm, of single responses (no binomial coefficients).
    converged : the last step promised a gain of less than 1e-11 of the log-likelihood.
    separated : some cells are fitted with certainty, so that a coefficient has no finite estimate.
    """

    coefficients: FloatArray
    covariance: FloatArray
    log_likelihood: float
    converged: bool
    separated: bool


def fit_cumulative_logit(design: FloatArray, counts: FloatArray) -> CumulativeLogitFit:
    """Fit by Fisher scoring with step halving.

    Parameters
    ----------
    design : (n, P) covariates without an intercept, best centred and of unit spread.
    counts : (n, K) responses of each score at each row of covariates; every score occurs.
    """
    n_cuts = counts.shape[1] - 1
    share = counts.sum(axis=0) / counts.sum()
    # The intercepts alone reproduce the shares of the scores.
    cuts = logit(1.0 - np.cumsum(share)[:-1])
    parameters = np.concatenate([cuts, np.zeros(design.shape[1])])
    value = _log_likelihood(parameters, design, counts)
    converged = False
    information = np.eye(parameters.size)
    for _ in range(_MOST_STEPS):
        gradient, information = _gradient_and_information(parameters, design, counts)
        step = np.linalg.lstsq(information, gradient, rcond=None)[0]
        if float(gradient @ step) < 2.0 * _GAIN_AT_CONVERGENCE:
            converged = True
            break
        for _ in range(30):
            trial = _log_likelihood(parameters + step, design, counts)
            if trial > value:
                break
            step = step / 2.0
        else:
            # No step gains any more: rounding is all that is left of the gradient.
            converged = True
            break
        parameters, value = parameters + step, trial
    eta = parameters[:n_cuts] + (design @ parameters[n_cuts:])[:, None]
    occupied = counts.sum(axis=1) > 0.0
    singular = np.linalg.matrix_rank(information, hermitian=True) < parameters.size
    covariance = np.full((parameters.size, parameters.size), np.nan)
    if not singular:
        covariance = np.linalg.inv(information).astype(np.float64)
    return CumulativeLogitFit(
        coefficients=parameters[n_cuts:],
        covariance=covariance[n_cuts:, n_cuts:],
        log_likelihood=value,
        converged=converged,
        separated=bool((np.abs(eta[occupied]) > _SEPARATED_LOGIT).any() or singular),
    )


def _probabilities(eta: FloatArray) -> FloatArray:
    """(n, K) probabilities of the scores from (n, K−1) cumulative logits."""
    edge = ((0, 0), (1, 0)), ((0, 0), (0, 1))
    above, below = np.pad(expit(eta), edge[0], constant_values=1.0), np.pad(expit(-eta), edge[1], constant_values=1.0)
    # σ(x) − σ(y) = σ(x) σ(−y) (1 − exp(y − x)), which keeps small probabilities exact.
    gap = np.pad(-np.expm1(np.diff(eta, axis=1)), ((0, 0), (1, 1)), constant_values=1.0)
    result: FloatArray = above * below * gap
    return result


def _log_likelihood(parameters: FloatArray, design: FloatArray, counts: FloatArray) -> float:
    n_cuts = counts.shape[1] - 1
    if (np.diff(parameters[:n_cuts]) >= 0.0).any():
        return -np.inf
    p = _probabilities(parameters[:n_cuts] + (design @ parameters[n_cuts:])[:, None])
    given = counts > 0.0
    if (p[given] <= 0.0).any():
        return -np.inf
    return float(counts[given] @ np.log(p[given]))


def _gradient_and_information(
    parameters: FloatArray, design: FloatArray, counts: FloatArray
) -> tuple[FloatArray, FloatArray]:
    n_cuts = counts.shape[1] - 1
    eta = parameters[:n_cuts] + (design @ parameters[n_cuts:])[:, None]
    p = np.maximum(_probabilities(eta), np.finfo(np.float64).tiny)
    density = expit(eta) * expit(-eta)
    # A cut raises the score above it and lowers the score below it; so it shares information with its neighbours only.
    ratio, weight = counts / p, counts.sum(axis=1)[:, None] / p
    by_cut = density * np.diff(ratio, axis=1)
    own = density**2 * (weight[:, 1:] + weight[:, :-1])
    shared = -density[:, :-1] * density[:, 1:] * weight[:, 1:-1]
    of_cut = own.copy()
    of_cut[:, :-1] += shared
    of_cut[:, 1:] += shared
    between = shared.sum(axis=0)
    cuts = np.diag(own.sum(axis=0)) + np.diag(between, 1) + np.diag(between, -1)
    crossed = of_cut.T @ design
    slopes = design.T @ (of_cut.sum(axis=1)[:, None] * design)
    gradient = np.concatenate([by_cut.sum(axis=0), design.T @ by_cut.sum(axis=1)])
    return gradient, np.block([[cuts, crossed], [crossed.T, slopes]])
