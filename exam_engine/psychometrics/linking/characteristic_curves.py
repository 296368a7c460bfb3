"""Linking by characteristic curves: the Haebara and the Stocking–Lord criterion.

Both compare the response functions of the common items after linking, over a stated distribution of ability. Haebara
sums squared differences item by item, ½ Σ_j Σ_k (P_jk − P*_jk)², which for right/wrong items is Σ_j (P_j − P*_j)²;
Stocking–Lord squares the difference of the expected scores on the whole anchor. The old-scale criterion moves the new
items to the old scale, the new-scale criterion does the reverse, and the symmetric criterion adds both.

References
----------
Haebara (1980), Japanese Psychological Research 22, 144–149; Stocking & Lord (1983), Applied Psychological Measurement
7, 201–210; Kim & Lee (2006), Journal of Educational Measurement 43, 53–76 (mixed formats); Kim & Kolen (2007), Journal
of Educational and Behavioral Statistics 32, 371–397 (symmetry and weights).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import least_squares

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking.anchors import AnchorItems
from exam_engine.psychometrics.linking.errors import LinkingError
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import category_curves, category_probabilities

CurveCriterion = Literal["haebara", "stocking-lord"]
CriterionScale = Literal["old", "new", "symmetric"]

_LARGEST_STEP_LEFT = 1e-7
_LEAST_CURVATURE = 1e-12


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class CurveFunction:
    """The criterion as a sum of squared residuals in (A, B).

    Parameters
    ----------
    criterion : what is compared, single items or the whole anchor.
    scale : on which scale the comparison takes place.
    old_weights : ability distribution on the old scale, used by the old-scale and the symmetric criterion.
    new_weights : ability distribution on the new scale, used by the new-scale and the symmetric criterion.
    """

    criterion: CurveCriterion
    scale: CriterionScale
    old_weights: Quadrature
    new_weights: Quadrature

    def residuals(
        self, slope: float, intercept: float, new: ItemParameters, old: ItemParameters
    ) -> tuple[FloatArray, FloatArray]:
        """(R,) weighted residuals and their (R, 2) derivatives in A and B."""
        parts: list[tuple[FloatArray, FloatArray]] = []
        if self.scale in ("old", "symmetric"):
            # New items at the new-scale ability (θ − B)/A of the person who has θ on the old scale.
            theta = (self.old_weights.nodes - intercept) / slope
            derivatives = np.column_stack([-theta, -np.ones_like(theta)]) / slope
            parts.append(self._one_side(new, old, theta, self.old_weights, derivatives))
        if self.scale in ("new", "symmetric"):
            nodes = self.new_weights.nodes
            derivatives = np.column_stack([nodes, np.ones_like(nodes)])
            parts.append(self._one_side(old, new, slope * nodes + intercept, self.new_weights, derivatives))
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])

    def _one_side(
        self,
        moved: ItemParameters,
        fixed: ItemParameters,
        theta: FloatArray,
        weights: Quadrature,
        theta_derivatives: FloatArray,
    ) -> tuple[FloatArray, FloatArray]:
        width = int(moved.n_categories.max())
        curves = category_curves(theta, moved)
        target = category_probabilities(weights.nodes, fixed)[:, :, :width]
        difference, slopes = curves.p[:, :, :width] - target, curves.slope[:, :, :width]
        root = np.sqrt(weights.weights)
        if self.criterion == "stocking-lord":
            scores = np.arange(width, dtype=np.float64)
            expected = root * (difference @ scores).sum(axis=1)
            return expected, (root * (slopes @ scores).sum(axis=1))[:, None] * theta_derivatives
        root = root[:, None, None] * np.sqrt(0.5)
        jacobian = (root * slopes)[..., None] * theta_derivatives[:, None, None, :]
        return (root * difference).ravel(), jacobian.reshape(-1, 2)

    def value(self, slope: float, intercept: float, anchors: AnchorItems) -> float:
        """The criterion itself."""
        residuals, _ = self.residuals(slope, intercept, anchors.new, anchors.old)
        return float(residuals @ residuals)

    def gradient(self, slope: float, intercept: float, new: ItemParameters, old: ItemParameters) -> FloatArray:
        """(2,) derivatives of the criterion in A and B."""
        residuals, jacobian = self.residuals(slope, intercept, new, old)
        result: FloatArray = 2.0 * residuals @ jacobian
        return result


def minimise(function: CurveFunction, anchors: AnchorItems, starts: list[tuple[float, float]]) -> tuple[float, float]:
    """Linking constants A and B with the smallest criterion over several starts.

    Raises
    ------
    LinkingError
        ``no_linking_minimum`` when no start leads to a stationary point with A > 0.
    """
    best: tuple[float, float, float] | None = None
    for start in starts:
        # The logarithm keeps A positive without a bound at which the search could stop.
        fit = least_squares(
            lambda x: function.residuals(float(np.exp(x[0])), x[1], anchors.new, anchors.old)[0],
            np.array([np.log(start[0]), start[1]]),
            jac=lambda x: (
                function.residuals(float(np.exp(x[0])), x[1], anchors.new, anchors.old)[1] * [np.exp(x[0]), 1.0]
            ),
            method="trf",
            xtol=1e-14,
            ftol=1e-14,
            gtol=1e-14,
            max_nfev=500,
        )
        slope, intercept = float(np.exp(fit.x[0])), float(fit.x[1])
        if _is_minimum(function, slope, intercept, anchors) and (best is None or fit.cost < best[0]):
            best = fit.cost, slope, intercept
    if best is None:
        raise LinkingError(
            "no_linking_minimum",
            f"the {function.criterion} criterion has no minimum for these anchor items and weights; "
            "check that the weights cover the abilities at which the items discriminate",
        )
    return best[1], best[2]


def _is_minimum(function: CurveFunction, slope: float, intercept: float, anchors: AnchorItems) -> bool:
    """Whether a further Gauss–Newton step would change nothing, and the criterion does curve."""
    if not 1e-3 < slope < 1e3:
        return False
    residuals, jacobian = function.residuals(slope, intercept, anchors.new, anchors.old)
    curvature = jacobian.T @ jacobian
    if np.linalg.eigvalsh(curvature)[0] < _LEAST_CURVATURE:
        return False
    return bool(np.abs(np.linalg.solve(curvature, jacobian.T @ residuals)).max() < _LARGEST_STEP_LEFT)
