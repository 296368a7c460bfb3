"""Cuts between ability and expected score, by the test characteristic curve."""

import numpy as np
from scipy.optimize import brentq

from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import expected_item_scores

_WIDEST = 40.0


def expected_total(theta: float, items: ItemParameters) -> float:
    """Expected sum score at an ability in logits."""
    return float(expected_item_scores(np.array([theta]), items).sum())


def ability_at_expected_total(total: float, items: ItemParameters) -> float:
    """Ability at which the expected sum score reaches a total; NaN when it does so nowhere within ±40 logits.

    With guessing no ability has an expected score below the sum of the lower asymptotes.
    """
    if not expected_total(-_WIDEST, items) < total < expected_total(_WIDEST, items):
        return float("nan")
    return float(brentq(lambda theta: expected_total(theta, items) - total, -_WIDEST, _WIDEST, xtol=1e-12))
