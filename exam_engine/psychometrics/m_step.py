"""Maximisation steps of the 2PL and 1PL: logistic regressions of the items on the expected counts, all at once."""

from typing import NamedTuple, Protocol

import numpy as np
from scipy.special import expit, log_expit

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.marginal_likelihood import Expectation
from exam_engine.psychometrics.quadrature import Quadrature

_MAX_SCORING_STEPS = 50
_MAX_HALVINGS = 30
_STEP_TOLERANCE = 1e-10
_LONGEST_STEP = 2.0
_SLACK = 1e-12
_TINY = float(np.finfo(np.float64).tiny)


class MaximisationStep(Protocol):
    """Raises the expected complete-data log-likelihood to its maximum over a model's parameters."""

    def __call__(
        self, at: Expectation, a: FloatArray, d: FloatArray, quadrature: Quadrature
    ) -> tuple[FloatArray, FloatArray]:
        """Return the maximising slopes and intercepts (J,), starting from a, d."""
        ...


def maximise_items(
    at: Expectation, a: FloatArray, d: FloatArray, quadrature: Quadrature
) -> tuple[FloatArray, FloatArray]:
    """2PL: each item has its own slope, so the items are maximised apart.

    The logit link is canonical, so Fisher scoring is Newton's method and the objective is concave; a step that would
    lower it (far from the maximum) is halved.
    """
    nodes = quadrature.nodes
    value = _objective(at, a, d, nodes)
    for _ in range(_MAX_SCORING_STEPS):
        step_a, step_d = _separate_step(_derivatives(at, a, d, nodes))
        trial = _objective(at, a + step_a, d + step_d, nodes)
        for _ in range(_MAX_HALVINGS):
            worse = trial < value - _SLACK * np.abs(value)
            if not worse.any():
                break
            step_a, step_d = np.where(worse, 0.5 * step_a, step_a), np.where(worse, 0.5 * step_d, step_d)
            trial = _objective(at, a + step_a, d + step_d, nodes)
        a, d, value = a + step_a, d + step_d, trial
        if max(np.abs(step_a).max(), np.abs(step_d).max()) < _STEP_TOLERANCE:
            break
    return a, d


def maximise_with_common_slope(
    at: Expectation, a: FloatArray, d: FloatArray, quadrature: Quadrature
) -> tuple[FloatArray, FloatArray]:
    """1PL: all items share one slope (``a`` holds it J times), which ties their regressions together."""
    nodes = quadrature.nodes
    value = float(_objective(at, a, d, nodes).sum())
    for _ in range(_MAX_SCORING_STEPS):
        step_a, step_d = _tied_step(_derivatives(at, a, d, nodes))
        trial = float(_objective(at, a + step_a, d + step_d, nodes).sum())
        for _ in range(_MAX_HALVINGS):
            if trial >= value - _SLACK * abs(value):
                break
            step_a, step_d = 0.5 * step_a, 0.5 * step_d
            trial = float(_objective(at, a + step_a, d + step_d, nodes).sum())
        a, d, value = a + step_a, d + step_d, trial
        if max(abs(step_a), float(np.abs(step_d).max())) < _STEP_TOLERANCE:
            break
    return a, d


class _Derivatives(NamedTuple):
    """First derivatives and information of each item's expected log-likelihood, (J,)."""

    score_a: FloatArray
    score_d: FloatArray
    info_aa: FloatArray
    info_ad: FloatArray
    info_dd: FloatArray


def _objective(at: Expectation, a: FloatArray, d: FloatArray, nodes: FloatArray) -> FloatArray:
    z = a[:, None] * nodes + d[:, None]
    result: FloatArray = a * at.right_theta + d * at.right + (at.counts * log_expit(-z)).sum(axis=1)
    return result


def _derivatives(at: Expectation, a: FloatArray, d: FloatArray, nodes: FloatArray) -> _Derivatives:
    z = a[:, None] * nodes + d[:, None]
    expected = at.counts * expit(z)
    weight = expected * expit(-z)
    return _Derivatives(
        score_a=at.right_theta - expected @ nodes,
        score_d=at.right - expected.sum(axis=1),
        info_aa=weight @ nodes**2,
        info_ad=weight @ nodes,
        info_dd=weight.sum(axis=1),
    )


def _separate_step(at: _Derivatives) -> tuple[FloatArray, FloatArray]:
    # Where the weights sit on one node the 2 × 2 information is singular; the floor keeps the step finite and the
    # cap below keeps it useful.
    floor = 1e-12 * at.info_aa * at.info_dd + _TINY
    determinant = np.maximum(at.info_aa * at.info_dd - at.info_ad**2, floor)
    step_a = (at.info_dd * at.score_a - at.info_ad * at.score_d) / determinant
    step_d = (at.info_aa * at.score_d - at.info_ad * at.score_a) / determinant
    shrink = np.minimum(1.0, _LONGEST_STEP / np.maximum(np.maximum(np.abs(step_a), np.abs(step_d)), _TINY))
    return shrink * step_a, shrink * step_d


def _tied_step(at: _Derivatives) -> tuple[float, FloatArray]:
    # The information is an arrow: one row for the slope, a diagonal for the intercepts, which are eliminated first.
    info_dd = np.maximum(at.info_dd, _TINY)
    ratio = at.info_ad / info_dd
    left = max(float((at.info_aa - ratio * at.info_ad).sum()), _TINY)
    step_a = float((at.score_a - ratio * at.score_d).sum()) / left
    step_d = (at.score_d - at.info_ad * step_a) / info_dd
    shrink = min(1.0, _LONGEST_STEP / max(abs(step_a), float(np.abs(step_d).max()), _TINY))
    return shrink * step_a, shrink * step_d
