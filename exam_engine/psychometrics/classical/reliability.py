"""All reliability coefficients of one form in one table."""

from dataclasses import dataclass
from typing import Any

from exam_engine.psychometrics.classical.alpha import (
    CoefficientAlpha,
    GuttmanBounds,
    coefficient_alpha,
    guttman_bounds,
    kr_20,
    kr_21,
)
from exam_engine.psychometrics.classical.covariance import MissingRule
from exam_engine.psychometrics.classical.errors import ClassicalDataError
from exam_engine.psychometrics.classical.json_values import json_value
from exam_engine.psychometrics.classical.omega import OneFactorFit, omega_total
from exam_engine.psychometrics.classical.split_half import SplitHalf, split_half
from exam_engine.psychometrics.responses import ResponseMatrix


@dataclass(frozen=True, eq=False, slots=True)
class ReliabilityReport:
    """Reliability of the sum score.

    Attributes
    ----------
    alpha, guttman, odd_even : always there.
    omega : None for fewer than three items or an item that does not vary.
    kr20, kr21 : None when an item has more than two scores or responses are missing.
    reasons : code of the error by the name of each coefficient that is None.
    """

    alpha: CoefficientAlpha
    guttman: GuttmanBounds
    odd_even: SplitHalf
    omega: OneFactorFit | None
    kr20: float | None
    kr21: float | None
    reasons: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what is not defined is null."""
        result: dict[str, Any] = json_value(self)
        return result


def reliability_report(
    responses: ResponseMatrix, *, confidence: float = 0.95, missing: MissingRule = "pairwise"
) -> ReliabilityReport:
    """Alpha with its interval, Guttman's bounds, odd–even split, omega total (minres), KR-20 and KR-21.

    Raises
    ------
    ClassicalDataError
        Of ``coefficient_alpha``, ``guttman_bounds`` and ``split_half``.
    """
    reasons: dict[str, str] = {}
    omega: OneFactorFit | None = None
    kuder_richardson: dict[str, float | None] = {"kr20": None, "kr21": None}
    try:
        omega = omega_total(responses, missing=missing)
    except ClassicalDataError as error:
        reasons["omega"] = error.code
    for name, coefficient in (("kr20", kr_20), ("kr21", kr_21)):
        try:
            kuder_richardson[name] = coefficient(responses)
        except ClassicalDataError as error:
            reasons[name] = error.code
    return ReliabilityReport(
        alpha=coefficient_alpha(responses, confidence=confidence, missing=missing),
        guttman=guttman_bounds(responses, missing=missing),
        odd_even=split_half(responses, missing=missing),
        omega=omega,
        kr20=kuder_richardson["kr20"],
        kr21=kuder_richardson["kr21"],
        reasons=reasons,
    )
