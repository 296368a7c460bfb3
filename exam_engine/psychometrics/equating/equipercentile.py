"""Equipercentile and kernel equating for every design, with standard errors by the delta method.

References
----------
Kolen & Brennan (2014), *Test Equating, Scaling, and Linking*, 3rd ed., chs. 2, 5 and 7; von Davier, Holland & Thayer
(2004), *The Kernel Method of Test Equating*; Lord (1982), Journal of Educational Statistics 7, 165–174 (errors).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.equating.continuous import (
    BandwidthRule,
    ContinuousScores,
    GaussianScores,
    UniformScores,
    choose_bandwidth,
)
from exam_engine.psychometrics.equating.designs import ChainedDesign, EquatingDesign
from exam_engine.psychometrics.equating.distributions import ScoreDistribution
from exam_engine.psychometrics.equating.errors import EquatingError
from exam_engine.psychometrics.equating.table import EquatingTable, propagated_errors


@dataclass(frozen=True, eq=False, slots=True)
class _Link:
    """One equipercentile step: equivalents (S,), their slope in x (S,), and derivatives (S, J + K)."""

    equivalents: FloatArray
    slope: FloatArray
    gradient: FloatArray


def equipercentile_equating(design: EquatingDesign | ChainedDesign) -> EquatingTable:
    """Give each score on X the score on Y with the same percentile rank.

    Percentile ranks spread each score evenly over half a step to both sides. Where nobody has a score on Y, all scores
    with the same percentile rank are equivalents and their middle is taken; the standard error is then NaN.

    Parameters
    ----------
    design : from ``equivalent_groups``, ``single_group``, ``counterbalanced``, ``poststratification`` (frequency
        estimation) or ``chained``; of plain or presmoothed distributions.

    Raises
    ------
    EquatingError
        ``no_spread`` when all candidates have the same score on a form or on the anchor of a chain.
    """
    _check_spread(design)
    return _equate(design, "equipercentile", lambda distribution, _: UniformScores(distribution), {})


def kernel_equating(
    design: EquatingDesign | ChainedDesign,
    *,
    x_bandwidth: float | BandwidthRule = "penalty",
    y_bandwidth: float | BandwidthRule = "penalty",
    anchor_bandwidth: float | BandwidthRule = "penalty",
) -> EquatingTable:
    """Equate through Gaussian-kernel continuous distributions.

    Parameters
    ----------
    design : as for ``equipercentile_equating``, best presmoothed.
    x_bandwidth, y_bandwidth : a number or a rule of ``choose_bandwidth``. Chosen bandwidths count as known in the
        standard errors.
    anchor_bandwidth : the same for the anchor of a chained design, in both groups.

    Raises
    ------
    EquatingError
        ``bad_bandwidth`` when a bandwidth is not positive, ``no_spread`` when all candidates have the same score.
    """
    _check_spread(design)
    wanted = {"x": x_bandwidth, "y": y_bandwidth, "first anchor": anchor_bandwidth, "second anchor": anchor_bandwidth}
    chosen: dict[str, float] = {}

    def kernel(distribution: ScoreDistribution, role: str) -> ContinuousScores:
        rule = wanted[role]
        bandwidth = choose_bandwidth(distribution, rule) if isinstance(rule, str) else float(rule)
        if not (np.isfinite(bandwidth) and bandwidth > 0.0):
            raise EquatingError("bad_bandwidth", f"the bandwidth of {role} is {bandwidth}, but must be positive")
        chosen[f"{role} bandwidth"] = bandwidth
        return GaussianScores(distribution, bandwidth)

    return _equate(design, "kernel", kernel, chosen)


def _equate(
    design: EquatingDesign | ChainedDesign,
    method: str,
    continuous: Callable[[ScoreDistribution, str], ContinuousScores],
    parameters: dict[str, float],
) -> EquatingTable:
    if isinstance(design, EquatingDesign):
        x_scores, y = design.x.scores, design.y
        link = _step(x_scores, continuous(design.x, "x"), continuous(design.y, "y"))
        gradient, covariance, name = link.gradient, design.covariance, design.name
        targets: tuple[ScoreDistribution | None, ScoreDistribution | None] = (design.x, design.y)
    else:
        x_scores, y = design.first.x.scores, design.second.y
        first = _step(x_scores, continuous(design.first.x, "x"), continuous(design.first.y, "first anchor"))
        link = _step(first.equivalents, continuous(design.second.x, "second anchor"), continuous(design.second.y, "y"))
        gradient = np.concatenate([link.slope[:, None] * first.gradient, link.gradient], axis=1)
        covariance, name = block_diag(design.first.covariance, design.second.covariance), "chained"
        targets = (None, None)
    return EquatingTable(
        method=f"{method}, {name}",
        x_scores=x_scores,
        equivalents=link.equivalents,
        standard_errors=propagated_errors(gradient, covariance),
        y_lowest=float(y.scores[0]),
        y_highest=float(y.scores[-1]),
        x=targets[0],
        y=targets[1],
        parameters=parameters,
        gradient=gradient,
        covariance=covariance,
    )


def _check_spread(design: EquatingDesign | ChainedDesign) -> None:
    steps = (design,) if isinstance(design, EquatingDesign) else (design.first, design.second)
    if not all(distribution.sd > 0.0 for step in steps for distribution in (step.x, step.y)):
        raise EquatingError("no_spread", "all candidates have the same score; there is nothing to equate by")


def _step(x: FloatArray, from_scores: ContinuousScores, to_scores: ContinuousScores) -> _Link:
    equivalents = to_scores.quantile(from_scores.cdf(x))
    height = to_scores.density(equivalents)
    # Where no score has this percentile rank the equivalent jumps with the data: it has no derivative.
    height = np.where(height > 0.0, height, np.nan)
    gradient = np.concatenate([from_scores.cdf_gradient(x), -to_scores.cdf_gradient(equivalents)], axis=1)
    return _Link(equivalents, from_scores.density(x) / height, gradient / height[:, None])
