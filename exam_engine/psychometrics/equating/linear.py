"""Mean and linear equating: equal z-scores in the target population of a design, and the Tucker and Levine methods.

References
----------
Kolen & Brennan (2014), *Test Equating, Scaling, and Linking*, 3rd ed., chs. 2 and 4; Levine (1955), ETS RB-55-23;
Braun & Holland (1982), in Holland & Rubin, *Test Equating*, 9–49; Hanson, Zeng & Kolen (1993), Applied Psychological
Measurement 17, 225–237 (errors without normality).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.equating.designs import ChainedDesign, EquatingDesign
from exam_engine.psychometrics.equating.distributions import BivariateDistribution, ScoreDistribution
from exam_engine.psychometrics.equating.errors import EquatingError
from exam_engine.psychometrics.equating.table import EquatingTable, propagated_errors

LinearKind = Literal["linear", "mean"]
AnchorMethod = Literal["tucker", "levine observed", "levine true"]

_IMAGINARY_STEP = 1e-30


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorMoments:
    """Moments of form and anchor scores in one group; variances with divisor N.

    Parameters
    ----------
    form_mean, anchor_mean : mean scores.
    form_variance, anchor_variance, covariance : second moments about the means.
    """

    form_mean: float
    anchor_mean: float
    form_variance: float
    anchor_variance: float
    covariance: float

    @classmethod
    def of(cls, scores: BivariateDistribution) -> Self:
        """Moments of observed or smoothed scores, form in rows and anchor in columns."""
        x, v = scores.x, scores.v
        cross = (x.scores - x.mean) @ scores.probabilities @ (v.scores - v.mean)
        return cls(
            form_mean=x.mean,
            anchor_mean=v.mean,
            form_variance=x.central_moment(2),
            anchor_variance=v.central_moment(2),
            covariance=float(cross),
        )

    def as_array(self) -> FloatArray:
        """(5,) moments in the order of the parameters."""
        return np.array([self.form_mean, self.anchor_mean, self.form_variance, self.anchor_variance, self.covariance])


def linear_equating(design: EquatingDesign | ChainedDesign, *, kind: LinearKind = "linear") -> EquatingTable:
    """Give each score on X the score on Y with the same z-score, or with the same distance from the mean.

    With a poststratified design this is Braun–Holland equating, with a chained one chained linear equating.

    Parameters
    ----------
    design : the design, of plain or presmoothed distributions.
    kind : ``linear`` or ``mean``.

    Raises
    ------
    EquatingError
        ``no_spread`` when all scores on a form, or on the anchor of a chain, are equal.
    """
    if isinstance(design, EquatingDesign):
        slope, intercept, gradient = _line(design, kind)
        x, y, name = design.x, design.y, design.name
        covariance = design.covariance
    else:
        inner, inner_intercept, inner_gradient = _line(design.first, kind)
        outer, outer_intercept, outer_gradient = _line(design.second, kind)
        slope, intercept = outer * inner, outer_intercept + outer * inner_intercept
        x, y, name = design.first.x, design.second.y, "chained"

        def gradient(scores: FloatArray) -> FloatArray:
            on_anchor = inner * scores + inner_intercept
            return np.concatenate([outer * inner_gradient(scores), outer_gradient(on_anchor)], axis=1)

        covariance = block_diag(design.first.covariance, design.second.covariance)
    derivatives = gradient(x.scores)
    in_target = isinstance(design, EquatingDesign)
    return EquatingTable(
        method=f"{kind}, {name}",
        x_scores=x.scores,
        equivalents=slope * x.scores + intercept,
        standard_errors=propagated_errors(derivatives, covariance),
        y_lowest=float(y.scores[0]),
        y_highest=float(y.scores[-1]),
        x=x if in_target else None,
        y=y if in_target else None,
        parameters={"slope": slope, "intercept": intercept},
        gradient=derivatives,
        covariance=covariance,
    )


def anchor_line(
    x: AnchorMoments,
    y: AnchorMoments,
    *,
    method: AnchorMethod,
    anchor: Literal["internal", "external"] = "internal",
    x_weight: float = 0.5,
    kind: LinearKind = "linear",
) -> tuple[float, float]:
    """Slope and intercept of Tucker or Levine equating from moments, as reports print them.

    Parameters
    ----------
    x : moments of X and the anchor in the group that took X.
    y : moments of Y and the anchor in the group that took Y.
    method : ``tucker`` assumes equal regressions of the form on the anchor; the Levine methods assume perfectly
        correlated true scores, and equate observed scores or true scores.
    anchor : whether the anchor counts in the scores of the forms; concerns the Levine methods only.
    x_weight : share of the group that took X in the synthetic population; without effect on ``levine true``.
    kind : ``linear`` or ``mean``.

    Raises
    ------
    EquatingError
        ``bad_weight`` when the share is not in [0, 1], ``no_spread`` when a moment that is divided by is not positive.
    """
    if not 0.0 <= x_weight <= 1.0:
        raise EquatingError("bad_weight", f"a share of {x_weight} is not in [0, 1]")
    for moments, group in ((x, "X"), (y, "Y")):
        if not (moments.form_variance > 0.0 and moments.anchor_variance > 0.0 and moments.covariance > 0.0):
            raise EquatingError(
                "no_spread",
                f"form and anchor need positive variances and covariance in the group that took {group}; "
                "an anchor that does not go with its form cannot link it",
            )
    line = _anchor_line(np.concatenate([x.as_array(), y.as_array()]), method, anchor, x_weight, kind)
    if not np.isfinite(line).all():
        raise EquatingError("no_spread", "the synthetic population has no positive variance on both forms")
    return float(line[0]), float(line[1])


def nonequivalent_linear_equating(
    xv: BivariateDistribution,
    yv: BivariateDistribution,
    *,
    method: AnchorMethod,
    anchor: Literal["internal", "external"] = "internal",
    x_weight: float = 0.5,
    kind: LinearKind = "linear",
) -> EquatingTable:
    """Tucker and Levine equating with standard errors by the delta method, which do not assume normal scores.

    Parameters
    ----------
    xv, yv : scores on the form (rows) and the anchor (columns) of the group that took X and of the one that took Y.
    method, anchor, x_weight, kind : as in ``anchor_line``.

    Raises
    ------
    EquatingError
        As ``anchor_line``; ``anchor_scores_differ`` when the anchors have different scores.
    """
    if not np.array_equal(xv.v_scores, yv.v_scores):
        raise EquatingError("anchor_scores_differ", "the anchor needs the same scores in both groups")
    x, y = AnchorMoments.of(xv), AnchorMoments.of(yv)
    slope, intercept = anchor_line(x, y, method=method, anchor=anchor, x_weight=x_weight, kind=kind)
    moments = np.concatenate([x.as_array(), y.as_array()])
    in_moments = np.empty((10, 2))
    for position in range(10):
        shifted = moments.astype(np.complex128)
        shifted[position] += 1j * _IMAGINARY_STEP
        # A step in the imaginary direction gives the derivative without a difference of nearly equal numbers.
        in_moments[position] = np.imag(_anchor_line(shifted, method, anchor, x_weight, kind)) / _IMAGINARY_STEP
    covariance = block_diag(xv.covariance(_moment_derivatives(xv, x)), yv.covariance(_moment_derivatives(yv, y)))
    gradient = np.outer(xv.x_scores, in_moments[:, 0]) + in_moments[:, 1]
    return EquatingTable(
        method=f"{kind}, {method}" + ("" if method == "tucker" else f", {anchor} anchor"),
        x_scores=xv.x_scores,
        equivalents=slope * xv.x_scores + intercept,
        standard_errors=propagated_errors(gradient, covariance),
        y_lowest=float(yv.x_scores[0]),
        y_highest=float(yv.x_scores[-1]),
        parameters={"slope": slope, "intercept": intercept},
        gradient=gradient,
        covariance=covariance,
    )


def _line(design: EquatingDesign, kind: LinearKind) -> tuple[float, float, Callable[[FloatArray], FloatArray]]:
    """Slope, intercept and the derivatives of the line at scores (S,), as a function to (S, J + K)."""
    x, y = design.x, design.y
    _check_spread(x)
    _check_spread(y)
    slope = y.sd / x.sd if kind == "linear" else 1.0

    def gradient(scores: FloatArray) -> FloatArray:
        z = (scores - x.mean)[:, None]
        in_x, in_y = -slope * x.scores[None, :] + 0.0 * z, y.scores[None, :] + 0.0 * z
        if kind == "linear":
            in_x = in_x - slope * z * (x.scores - x.mean) ** 2 / (2.0 * x.sd**2)
            in_y = in_y + slope * z * (y.scores - y.mean) ** 2 / (2.0 * y.sd**2)
        return np.concatenate([in_x, in_y], axis=1)

    return slope, y.mean - slope * x.mean, gradient


def _check_spread(distribution: ScoreDistribution) -> None:
    if not distribution.sd > 0.0:
        raise EquatingError("no_spread", "all candidates have the same score; there is nothing to equate by")


def _anchor_line(
    moments: NDArray[np.complexfloating] | FloatArray,
    method: AnchorMethod,
    anchor: Literal["internal", "external"],
    x_weight: float,
    kind: LinearKind,
) -> NDArray[np.complexfloating] | FloatArray:
    x_mean, xv_mean, x_var, xv_var, x_cov, y_mean, yv_mean, y_var, yv_var, y_cov = moments
    w, rest = x_weight, 1.0 - x_weight
    if method == "tucker":
        x_gamma, y_gamma = x_cov / xv_var, y_cov / yv_var
    elif anchor == "internal":
        x_gamma, y_gamma = x_var / x_cov, y_var / y_cov
    else:
        x_gamma, y_gamma = (x_var + x_cov) / (xv_var + x_cov), (y_var + y_cov) / (yv_var + y_cov)
    gap, var_gap = xv_mean - yv_mean, xv_var - yv_var
    if method == "levine true":
        slope = y_gamma / x_gamma if kind == "linear" else 1.0 + 0.0 * x_gamma
        return np.array([slope, y_mean + y_gamma * gap - slope * x_mean])
    x_target, y_target = x_mean - rest * x_gamma * gap, y_mean + w * y_gamma * gap
    x_spread = x_var - rest * x_gamma**2 * var_gap + w * rest * x_gamma**2 * gap**2
    y_spread = y_var + w * y_gamma**2 * var_gap + w * rest * y_gamma**2 * gap**2
    if kind == "mean":
        slope = 1.0 + 0.0 * x_gamma
    else:
        slope = np.sqrt(y_spread) / np.sqrt(x_spread) if min(x_spread.real, y_spread.real) > 0.0 else np.nan * x_gamma
    return np.array([slope, y_target - slope * x_target])


def _moment_derivatives(scores: BivariateDistribution, moments: AnchorMoments) -> FloatArray:
    """(5, J·L) derivatives of the moments in the cells, up to constants that the covariance removes."""
    x = (scores.x_scores - moments.form_mean)[:, None] + np.zeros(scores.v_scores.size)
    v = (scores.v_scores - moments.anchor_mean)[None, :] + np.zeros((scores.x_scores.size, 1))
    return np.stack([part.ravel() for part in (x, v, x**2, v**2, x * v)])
