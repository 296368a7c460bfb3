"""Standardised residuals of items by ability: where on the scale the model does not describe an item.

References
----------
Hambleton, Swaminathan & Rogers (1991), *Fundamentals of Item Response Theory*, ch. 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.fit import EmpiricalCurve


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ResidualFigure:
    """Residuals of one item in G groups of ability.

    Parameters
    ----------
    item_name : name.
    theta, n_candidates : (G,) mean ability and number of candidates of each group.
    residual : (G,) observed less expected mean score as a share of the item's highest score.
    standardised : (G,) residual over its standard error under the model; NaN where the model leaves no variation.
    """

    item_name: str
    theta: FloatArray
    n_candidates: FloatArray
    residual: FloatArray
    standardised: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """JSON values; a residual that cannot be standardised is null."""
        result: dict[str, Any] = json_value(self)
        return result


def residual_figures(curves: Sequence[EmpiricalCurve]) -> tuple[ResidualFigure, ...]:
    """One figure for each curve of ``empirical_curves``."""
    figures = []
    for curve in curves:
        share = np.arange(curve.observed.shape[1]) / (curve.observed.shape[1] - 1)
        expected = curve.expected @ share
        variance = np.maximum(curve.expected @ share**2 - expected**2, 0.0) / curve.n_candidates
        residual = curve.observed @ share - expected
        figures.append(
            ResidualFigure(
                item_name=curve.item_name,
                theta=curve.theta,
                n_candidates=curve.n_candidates,
                residual=residual,
                standardised=residual / np.sqrt(np.where(variance > 0.0, variance, np.nan)),
            )
        )
    return tuple(figures)
