"""Standard error of measurement, overall and at a number-correct score.

References
----------
Lord (1955), Educational and Psychological Measurement 15, 325–336 (binomial error). Keats (1957), Psychometrika 22,
29–41 (scaled so that the mean error variance agrees with KR-20). Feldt, Steffen & Gupta (1985), Applied
Psychological Measurement 9, 351–361 (comparison).
"""

import numpy as np
from numpy.typing import ArrayLike

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.classical.errors import ClassicalDataError


def standard_error_of_measurement(sd: float, reliability: float) -> float:
    """Return sd · √(1 − reliability), in the units of the sd.

    Raises
    ------
    ClassicalDataError
        ``reliability_outside_range`` when the reliability is above 1; below 0 the formula still holds.
    """
    if not reliability <= 1.0:
        raise ClassicalDataError("reliability_outside_range", f"reliability {reliability} is above 1")
    return float(sd * (1.0 - reliability) ** 0.5)


def conditional_sem(
    scores: ArrayLike, n_items: int, *, kr20: float | None = None, kr21: float | None = None
) -> FloatArray:
    """Standard error of measurement at each number-correct score.

    Parameters
    ----------
    scores : number-correct scores, any shape; means of several forms may be fractions.
    n_items : dichotomous items of the form.
    kr20, kr21 : both given, Lord's binomial variance x(n − x)/(n − 1) is multiplied by (1 − KR-20)/(1 − KR-21) after
        Keats, because items of unequal difficulty leave less error than the binomial says.

    Raises
    ------
    ClassicalDataError
        ``too_few_items``, ``score_outside_range`` naming the score, or ``reliability_outside_range`` when KR-21 is not
        below 1 or above KR-20.
    ValueError
        When only one of the two coefficients is given.
    """
    x = np.asarray(scores, dtype=np.float64)
    if n_items < 2:
        raise ClassicalDataError("too_few_items", f"a conditional error needs at least 2 items, got {n_items}")
    outside = ~((x >= 0.0) & (x <= n_items))
    if outside.any():
        raise ClassicalDataError(
            "score_outside_range",
            f"score {x[outside].flat[0]} is outside 0 … {n_items}",
            score=float(x[outside].flat[0]),
        )
    if (kr20 is None) != (kr21 is None):
        raise ValueError("kr20 and kr21 go together")
    factor = 1.0
    if kr20 is not None and kr21 is not None:
        if not kr21 <= kr20 <= 1.0 or not kr21 < 1.0:
            raise ClassicalDataError(
                "reliability_outside_range", f"KR-21 {kr21} and KR-20 {kr20} need KR-21 ≤ KR-20 ≤ 1 and KR-21 < 1"
            )
        factor = (1.0 - kr20) / (1.0 - kr21)
    result: FloatArray = np.sqrt(factor * x * (n_items - x) / (n_items - 1))
    return result
