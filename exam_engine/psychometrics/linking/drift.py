"""Drift of common items: how far each has moved against the others since it was first calibrated.

References
----------
Huynh & Meyer (2010), Practical Assessment, Research & Evaluation 15(2) (robust z); Raju (1988), Psychometrika 53,
495–502 (areas); Lord (1980), *Applications of Item Response Theory to Practical Testing Problems*, ch. 14 (change
against its error); Wells, Subkoviak & Serlin (2002), Applied Psychological Measurement 26, 77–87 (what drift does
to abilities).
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from scipy.stats import chi2

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking.anchors import AnchorItems
from exam_engine.psychometrics.linking.parameter_errors import ParameterCovariance, parameter_derivatives
from exam_engine.psychometrics.linking.transformation import ScaleTransformation
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import category_probabilities, expected_item_scores

ROBUST_SCALE: Final = 0.74
"""Interquartile range of a normal distribution times this is its standard deviation."""


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class DriftCriteria:
    """When an item is flagged; None turns a rule off.

    Parameters
    ----------
    robust_z : absolute robust z of difficulty or of log slope; 1.645 marks a tenth of well-behaved items.
    d_squared : weighted mean squared difference of the response functions.
    rmsd : its root.
    p_value : significance of the change of all parameters (needs covariances).
    """

    robust_z: float | None = 2.7
    d_squared: float | None = None
    rmsd: float | None = 0.1
    p_value: float | None = None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class DriftTable:
    """Drift of J common items after linking; differences are new minus old.

    Parameters
    ----------
    names : J names in the new calibration.
    difficulty_difference : (J,) difference of the mean thresholds, logits; NaN for nominal items and slope 0.
    log_slope_difference : (J,) difference of the logarithms of the slopes; NaN as above.
    difficulty_z, log_slope_z : (J,) robust z of the two; NaN where more than half of the items agree exactly, so that
        there is no spread to measure by.
    d_squared : (J,) weighted mean squared difference of the response functions.
    rmsd : (J,) its root.
    signed_area, unsigned_area : (J,) weighted mean difference of expected scores and its absolute value, as a share of
        the item's highest score.
    signed_area_error : (J,) standard error of the signed area, given the linking constants; NaN without covariances.
    chi_square, degrees_of_freedom, p_value : (J,) Wald test that no parameter has changed, given the linking
        constants; NaN without covariances.
    flags : J tuples with the names of the rules that the item broke.
    """

    names: tuple[str, ...]
    difficulty_difference: FloatArray
    log_slope_difference: FloatArray
    difficulty_z: FloatArray
    log_slope_z: FloatArray
    d_squared: FloatArray
    rmsd: FloatArray
    signed_area: FloatArray
    unsigned_area: FloatArray
    signed_area_error: FloatArray
    chi_square: FloatArray
    degrees_of_freedom: FloatArray
    p_value: FloatArray
    flags: tuple[tuple[str, ...], ...]

    @property
    def flagged(self) -> BoolArray:
        """(J,) items that broke a rule."""
        return np.array([bool(rules) for rules in self.flags], dtype=np.bool_)

    def to_dict(self) -> list[dict[str, Any]]:
        """One JSON object an item; what could not be computed is null."""
        columns = [name for name in self.__dataclass_fields__ if name not in ("names", "flags")]
        return [
            {"name": name}
            | {column: value if np.isfinite(value := float(getattr(self, column)[j])) else None for column in columns}
            | {"flags": list(self.flags[j])}
            for j, name in enumerate(self.names)
        ]


def robust_z(differences: FloatArray) -> FloatArray:
    """(J,) differences from their median in units of 0.74 × interquartile range; NaN when that range is 0.

    NaN among the differences is left out and stays NaN.
    """
    known = differences[np.isfinite(differences)]
    if known.size < 3:
        return np.full(differences.shape, np.nan)
    lower, middle, upper = np.quantile(known, [0.25, 0.5, 0.75])
    # Differences of rounding are no spread: dividing by them would make large z out of nothing.
    if upper - lower <= 1e-9 * max(1.0, float(np.abs(known).max())):
        return np.full(differences.shape, np.nan)
    result: FloatArray = (differences - middle) / (ROBUST_SCALE * (upper - lower))
    return result


def anchor_drift(
    anchors: AnchorItems,
    transformation: ScaleTransformation,
    *,
    weights: Quadrature | None = None,
    criteria: DriftCriteria | None = None,
    new_covariance: ParameterCovariance | None = None,
    old_covariance: ParameterCovariance | None = None,
) -> DriftTable:
    """Measure the drift of each common item on the old scale.

    Parameters
    ----------
    anchors : the common items as calibrated, from ``match_anchors`` or ``LinkingResult.anchors``.
    transformation : θ_old = A θ_new + B.
    weights : ability distribution on the old scale; None is the standard normal distribution.
    criteria : when to flag an item.
    new_covariance, old_covariance : sampling covariances of the two calibrations on their own scales; one alone is
        enough when the other counts as known.
    """
    weights = normal_quadrature() if weights is None else weights
    criteria = DriftCriteria() if criteria is None else criteria
    moved, old = transformation.apply(anchors.new), anchors.old
    width = int(old.n_categories.max())
    steps = (old.n_categories - 1).astype(np.float64)
    share = weights.weights / weights.weights.sum()
    difference = (
        category_probabilities(weights.nodes, moved)[:, :, :width]
        - category_probabilities(weights.nodes, old)[:, :, :width]
    )
    d_squared = share @ ((difference**2).sum(axis=2) / (steps + 1.0))
    expected = difference @ np.arange(width, dtype=np.float64) / steps
    difficulty = _mean_threshold(moved) - _mean_threshold(old)
    log_slope = _log_slope(moved) - _log_slope(old)
    chi_square, degrees, area_error = _tests(
        anchors, transformation, weights.nodes, share, new_covariance, old_covariance
    )
    measures = {
        "difficulty_z": robust_z(difficulty),
        "log_slope_z": robust_z(log_slope),
        "d_squared": d_squared,
        "rmsd": np.sqrt(d_squared),
        "p_value": chi2.sf(chi_square, degrees),
    }
    rules = {
        "difficulty_z": criteria.robust_z,
        "log_slope_z": criteria.robust_z,
        "d_squared": criteria.d_squared,
        "rmsd": criteria.rmsd,
        "p_value": criteria.p_value,
    }
    return DriftTable(
        names=anchors.names,
        difficulty_difference=difficulty,
        log_slope_difference=log_slope,
        signed_area=share @ expected,
        unsigned_area=share @ np.abs(expected),
        signed_area_error=area_error,
        chi_square=chi_square,
        degrees_of_freedom=degrees,
        flags=tuple(
            tuple(
                rule
                for rule, limit in rules.items()
                if limit is not None
                and (measures[rule][j] < limit if rule == "p_value" else abs(measures[rule][j]) > limit)
            )
            for j in range(len(anchors))
        ),
        **measures,
    )


def _mean_threshold(items: ItemParameters) -> FloatArray:
    steps = (items.n_categories - 1).astype(np.float64)
    result: FloatArray = np.where(np.isfinite(items.b[:, 0]), np.nansum(items.b, axis=1) / steps, np.nan)
    return result


def _log_slope(items: ItemParameters) -> FloatArray:
    return np.log(np.where(items.a > 0.0, items.a, np.nan))


def _tests(
    anchors: AnchorItems,
    transformation: ScaleTransformation,
    nodes: FloatArray,
    share: FloatArray,
    new_covariance: ParameterCovariance | None,
    old_covariance: ParameterCovariance | None,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Chi-square and its degrees of freedom over the estimated parameters, and the error of the signed area."""
    n = len(anchors)
    chi_square, degrees, area_error = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
    for j in range(n):
        tables = anchors.new.take(np.array([j])), anchors.old.take(np.array([j]))
        parts = [
            (table, covariance.of_items(table.names), changes)
            for table, covariance, changes in zip(
                tables, (new_covariance, old_covariance), (transformation, None), strict=True
            )
            if covariance is not None
        ]
        order = sorted({parameter for _, part, _ in parts for _, parameter in part.labels})
        if not order:
            continue

        def measures(
            items: ItemParameters, changes: ScaleTransformation | None, order: list[str] = order
        ) -> FloatArray:
            on_old_scale = items if changes is None else changes.apply(items)
            area = share @ expected_item_scores(nodes, on_old_scale)[:, 0] / (items.n_categories[0] - 1)
            return np.append(_values(on_old_scale, order), area)

        variance = np.zeros((len(order) + 1, len(order) + 1))
        for table, part, changes in parts:
            gradient = parameter_derivatives(partial(measures, changes=changes), table, part.labels)
            variance += gradient.T @ part.matrix @ gradient
        area_error[j] = np.sqrt(variance[-1, -1])
        change = (measures(tables[0], transformation) - measures(tables[1], None))[:-1]
        variance = variance[:-1, :-1]
        if np.linalg.matrix_rank(variance) == len(order):
            chi_square[j], degrees[j] = change @ np.linalg.solve(variance, change), len(order)
    return chi_square, degrees, area_error


def _values(items: ItemParameters, parameters: list[str]) -> FloatArray:
    return np.array(
        [
            getattr(items, parameter[0])[(0, int(parameter[1:]) - 1) if parameter[0] in "ds" else (0,)]
            for parameter in parameters
        ]
    )
