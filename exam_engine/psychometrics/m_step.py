"""Maximisation step of the 2PL: a logistic regression per item on the expected counts, all items at once."""

import numpy as np
from scipy.special import expit, log_expit

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.marginal_likelihood import Expectation
from exam_engine.psychometrics.quadrature import Quadrature

_MAX_SCORING_STEPS = 50
_MAX_HALVINGS = 30
_STEP_TOLERANCE = 1e-10
_LONGEST_STEP = 2.0


def maximise_items(
    at: Expectation, a: FloatArray, d: FloatArray, quadrature: Quadrature
) -> tuple[FloatArray, FloatArray]:
    """Slopes and intercepts (J,) that maximise the expected complete-data log-likelihood, starting from a, d.

    The logit link is canonical, so Fisher scoring is Newton's method and the objective is concave; a step that would
    lower it (far from the maximum) is halved.
    """
    nodes, counts = quadrature.nodes, at.counts

    def objective(slope: FloatArray, intercept: FloatArray) -> FloatArray:
        z = slope[:, None] * nodes + intercept[:, None]
        result: FloatArray = slope * at.right_theta + intercept * at.right + (counts * log_expit(-z)).sum(axis=1)
        return result

    value = objective(a, d)
    for _ in range(_MAX_SCORING_STEPS):
        step_a, step_d = _newton_step(at, a, d, nodes)
        trial_a, trial_d = a + step_a, d + step_d
        trial = objective(trial_a, trial_d)
        slack = 1e-12 * np.abs(value)
        for _ in range(_MAX_HALVINGS):
            worse = trial < value - slack
            if not worse.any():
                break
            step_a = np.where(worse, 0.5 * step_a, step_a)
            step_d = np.where(worse, 0.5 * step_d, step_d)
            trial_a, trial_d = a + step_a, d + step_d
            trial = objective(trial_a, trial_d)
        a, d, value = trial_a, trial_d, trial
        if max(np.abs(step_a).max(), np.abs(step_d).max()) < _STEP_TOLERANCE:
            break
    return a, d


def _newton_step(at: Expectation, a: FloatArray, d: FloatArray, nodes: FloatArray) -> tuple[FloatArray, FloatArray]:
    z = a[:, None] * nodes + d[:, None]
    expected = at.counts * expit(z)
    score_a = at.right_theta - expected @ nodes
    score_d = at.right - expected.sum(axis=1)
    weight = expected * expit(-z)
    info_dd = weight.sum(axis=1)
    info_ad = weight @ nodes
    info_aa = weight @ nodes**2
    # Where the weights sit on one node the 2 × 2 information is singular; the floor keeps the step finite and the
    # cap below keeps it useful.
    determinant = np.maximum(info_aa * info_dd - info_ad**2, 1e-12 * info_aa * info_dd + np.finfo(np.float64).tiny)
    step_a = (info_dd * score_a - info_ad * score_d) / determinant
    step_d = (info_aa * score_d - info_ad * score_a) / determinant
    longest = np.maximum(np.abs(step_a), np.abs(step_d))
    shrink = np.minimum(1.0, _LONGEST_STEP / np.maximum(longest, np.finfo(np.float64).tiny))
    return shrink * step_a, shrink * step_d
