"""Values of one item's parameters in the metrics in which tests compare them."""

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
    """The same with the threshold b_k in place of the intercept d_k, except for nominal items, which have none."""
    values = slope_intercepts(one, kinds)
    if one.families[0] != "nominal":
        for place, kind in enumerate(kinds):
            if kind[0] == "d":
                values[place] = one.b[0, int(kind[1:]) - 1]
    return values
