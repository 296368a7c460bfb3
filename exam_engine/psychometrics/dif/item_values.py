"""Values of one item's parameters in the metrics in which tests compare them, and the comparison."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters

COMMON_SLOPE: Final = ("Rasch", "1PL", "PCM", "RSM")
"""Models whose items share one slope, which therefore is no property of an item."""


def slope_intercepts(one: ItemParameters, kinds: Sequence[str]) -> FloatArray:
    """Values of the named parameters (``a``, ``c``, ``u``, ``d1`` …, ``s1`` …) of a table of one item."""
    values = [
        float(getattr(one, kind[0])[0, int(kind[1:]) - 1]) if kind[0] in "ds" else float(getattr(one, kind)[0])
        for kind in kinds
    ]
    return np.array(values)


def lord_values(one: ItemParameters, kinds: Sequence[str]) -> FloatArray:
    """The same with the threshold b_k in place of the intercept d_k, except for nominal items, which have none.

    Of a rating-scale item it is one value, the mean threshold: its steps are common to all items.
    """
    if one.models[0] == "RSM":
        return np.array([np.nanmean(one.b[0])])
    values = slope_intercepts(one, kinds)
    if one.families[0] != "nominal":
        for place, kind in enumerate(kinds):
            if kind[0] == "d":
                values[place] = one.b[0, int(kind[1:]) - 1]
    return values


def wald_statistic(value: FloatArray, covariance: FloatArray) -> tuple[float, float]:
    """Chi-square of a vector with this covariance and its degrees of freedom; 0 and 0 for an empty one.

    Tied parameters leave the covariance a smaller rank, which is how much there is to test.
    """
    if not value.size:
        return 0.0, 0.0
    rank = np.linalg.matrix_rank(covariance, hermitian=True)
    return float(value @ np.linalg.pinv(covariance, hermitian=True) @ value), float(rank)
