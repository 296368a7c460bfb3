"""Contrasting groups: the score that best separates candidates known to be competent from those known not to be.

References
----------
Livingston & Zieky (1982), *Passing Scores*. Sireci, Robin & Patelis (1999), Journal of Educational Measurement 36,
301–325 (logistic regression). Albert & Anderson (1984), Biometrika 71, 1–10 (separation).
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.standard_setting.borderline import rated
from exam_engine.psychometrics.standard_setting.errors import StandardSettingError
from exam_engine.psychometrics.standard_setting.panel import pass_mark

ContrastFlag = Literal["separated"]


@dataclass(frozen=True, eq=False, slots=True)
class ContrastingGroupsResult:
    """Cut between the groups.

    Attributes
    ----------
    cut : score at which the chance of being competent outweighs the cost of passing; under ``separated`` half-way
        between the best of one group and the worst of the other.
    standard_error : by the delta method; NaN when separated.
    pass_mark : lowest whole score that reaches the cut.
    slope, intercept : of the log-odds of being competent; NaN when separated.
    marks, false_passes, false_failures : pass marks from the lowest to the highest whole score, and the numbers of
        candidates wrongly passed and failed by each.
    cheapest_mark : the pass mark with the least cost in these candidates, the lowest of several.
    n_competent, n_not_competent : sizes of the groups; their ratio enters the cut as the chance of being competent.
    flags : ``separated``: no score of one group reaches the other, any cut between them serves.
    """

    cut: float
    standard_error: float
    pass_mark: int
    slope: float
    intercept: float
    marks: FloatArray
    false_passes: FloatArray
    false_failures: FloatArray
    cheapest_mark: float
    n_competent: int
    n_not_competent: int
    flags: tuple[ContrastFlag, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


def contrasting_groups_result(
    scores: ArrayLike, competent: ArrayLike, *, false_pass_cost: float = 1.0
) -> ContrastingGroupsResult:
    """Cut by logistic regression of competence on the score.

    Parameters
    ----------
    scores : (N,).
    competent : (N,) 1 competent, 0 not, NaN not judged; mean ratings of several judges count as competent above one
        half and are left out at one half.
    false_pass_cost : cost of passing somebody not competent, where failing somebody competent costs 1. The cut lies
        where the chance of being competent is cost / (1 + cost), so 1/2 by default.

    Raises
    ------
    StandardSettingError
        ``shape_mismatch``, ``score_outside_range``, ``rating_outside_range``, ``too_few_ratings`` when a group is
        empty, or ``groups_reversed`` when the competent do not score higher.
    ValueError
        When the cost is not positive.
    """
    if not (np.isfinite(false_pass_cost) and false_pass_cost > 0.0):
        raise ValueError(f"false_pass_cost is {false_pass_cost}; it must be positive")
    x, rating = rated(scores, competent)
    outside = (rating < 0.0) | (rating > 1.0)
    if outside.any():
        value = float(rating[outside][0])
        raise StandardSettingError("rating_outside_range", f"competence {value:g} is not in 0 … 1", rating=value)
    decided = rating != 0.5
    x, able = x[decided], rating[decided] > 0.5
    if able.all() or not able.any():
        raise StandardSettingError(
            "too_few_ratings", f"both groups need candidates, got {able.sum()} competent of {able.size}"
        )
    marks = np.arange(np.floor(x.min()), np.ceil(x.max()) + 2.0)
    false_passes = (~able).sum() - np.searchsorted(np.sort(x[~able]), marks).astype(np.float64)
    false_failures = np.searchsorted(np.sort(x[able]), marks).astype(np.float64)
    flags: tuple[ContrastFlag, ...] = ()
    slope = intercept = error = float("nan")
    worst_able, best_other = float(x[able].min()), float(x[~able].max())
    if worst_able >= best_other:
        flags, cut = ("separated",), 0.5 * (worst_able + best_other)
    elif x[able].mean() <= x[~able].mean():
        # The score equations of the regression give its slope the sign of this difference.
        raise StandardSettingError(
            "groups_reversed",
            f"competent candidates score {x[able].mean():.4g} on average, others {x[~able].mean():.4g}: the groups are "
            "mixed up or the score measures something else",
        )
    else:
        slope, intercept, covariance = _logistic(x, able)
        cut = (float(np.log(false_pass_cost)) - intercept) / slope
        # The cut is (log cost − intercept) / slope; its gradient is −(1, cut) / slope.
        gradient = -np.array([1.0, cut]) / slope
        error = float(np.sqrt(gradient @ covariance @ gradient))
    return ContrastingGroupsResult(
        cut=float(cut),
        standard_error=error,
        pass_mark=pass_mark(cut),
        slope=slope,
        intercept=intercept,
        marks=marks,
        false_passes=false_passes,
        false_failures=false_failures,
        cheapest_mark=float(marks[np.argmin(false_pass_cost * false_passes + false_failures)]),
        n_competent=int(able.sum()),
        n_not_competent=int((~able).sum()),
        flags=flags,
    )


def _logistic(x: FloatArray, able: FloatArray) -> tuple[float, float, FloatArray]:
    """Slope, intercept and the covariance of (intercept, slope) by maximum likelihood."""
    centre, scale = float(x.mean()), float(x.std())
    z = np.column_stack([np.ones_like(x), (x - centre) / scale])
    sign = np.where(able, 1.0, -1.0)

    def objective(b: FloatArray) -> tuple[float, FloatArray]:
        own = sign * (z @ b)
        return -float(log_expit(own).sum()), -(sign * expit(-own)) @ z

    def curvature(b: FloatArray) -> FloatArray:
        p = expit(z @ b)
        result: FloatArray = (z * (p * (1.0 - p))[:, None]).T @ z
        return result

    fit = minimize(objective, np.zeros(2), jac=True, hess=curvature, method="trust-exact", options={"gtol": 1e-10})
    to_scores = np.array([[1.0, -centre / scale], [0.0, 1.0 / scale]])
    intercept, slope = to_scores @ fit.x
    return float(slope), float(intercept), to_scores @ np.linalg.inv(curvature(fit.x)) @ to_scores.T
