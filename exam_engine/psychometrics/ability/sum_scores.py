"""Sum scores under a model: their distribution at an ability and the ability that a sum score stands for.

The sum score is the plain sum of item scores. Nominal items add the number of their category, which means something
only where the categories are in order.

References
----------
Lord & Wingersky (1984), Applied Psychological Measurement 8, 453–461 (the recursion); Thissen, Pommerich, Billeaud &
Williams (1995), Applied Psychological Measurement 19, 39–49 (items with several categories, EAP for sum scores).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from exam_engine.psychometrics.ability.errors import ScoringError, items_of
from exam_engine.psychometrics.ability.posterior import REFINEMENTS, refined
from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SumScoreTable:
    """What each sum score says about ability.

    Attributes
    ----------
    score : (S + 1,) 0 … S.
    theta : (S + 1,) posterior mean given the sum score, logits; NaN where the score cannot occur.
    standard_error : (S + 1,) posterior standard deviation, logits.
    probability : (S + 1,) share of the population with this score, summing to 1.
    """

    score: IntArray
    theta: FloatArray
    standard_error: FloatArray
    probability: FloatArray

    @property
    def reliability(self) -> float:
        """Share of the ability variance that the sum score explains, 1 − E[Var(θ | score)] / Var(θ)."""
        possible = self.probability > 0.0
        share, theta, error = self.probability[possible], self.theta[possible], self.standard_error[possible]
        unexplained = float(share @ error**2)
        explained = float(share @ (theta - share @ theta) ** 2)
        return explained / (explained + unexplained)

    def to_dict(self) -> list[dict[str, Any]]:
        """One JSON object per score."""
        return [
            {
                "score": int(score),
                "theta": float(theta) if np.isfinite(theta) else None,
                "standard_error": float(error) if np.isfinite(error) else None,
                "probability": float(probability),
            }
            for score, theta, error, probability in zip(
                self.score, self.theta, self.standard_error, self.probability, strict=True
            )
        ]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SumScoreFit:
    """Sum scores seen beside those expected.

    Attributes
    ----------
    score : (S + 1,) 0 … S.
    observed, expected : (S + 1,) numbers of candidates.
    standardised_residual : (S + 1,) (observed − expected) / √expected; NaN where none is expected.
    """

    score: IntArray
    observed: FloatArray
    expected: FloatArray
    standardised_residual: FloatArray

    def to_dict(self) -> list[dict[str, Any]]:
        """One JSON object per score."""
        return [
            {
                "score": int(score),
                "observed": float(observed),
                "expected": float(expected),
                "standardised_residual": float(residual) if np.isfinite(residual) else None,
            }
            for score, observed, expected, residual in zip(
                self.score, self.observed, self.expected, self.standardised_residual, strict=True
            )
        ]


def sum_score_distribution(items: ItemParameters, theta: FloatArray) -> FloatArray:
    """Probability of each sum score at each ability.

    Only products and sums of probabilities occur, so that every entry keeps its relative precision however long the
    test; entries below 1e-308 become 0.

    Parameters
    ----------
    items : J items of any models, S the sum of their highest scores.
    theta : (Q,) abilities, logits.

    Returns
    -------
    (Q, S + 1) probabilities of the scores 0 … S, rows summing to 1.
    """
    p = category_probabilities(theta, items)
    result = np.zeros((theta.size, int(items.max_scores.sum()) + 1))
    result[:, 0] = 1.0
    highest = 0
    for item, steps in enumerate(items.max_scores):
        before = result[:, : highest + 1].copy()
        result[:, : highest + 1] *= p[:, item, :1]
        for score in range(1, steps + 1):
            result[:, score : score + highest + 1] += before * p[:, item, score : score + 1]
        highest += steps
    return result


def eap_from_sum_scores(items: ItemParameters, prior: Quadrature | None = None) -> SumScoreTable:
    """Posterior mean and standard deviation of ability for every sum score.

    Parameters
    ----------
    items : the items of one form.
    prior : distribution of ability; standard normal on 61 nodes when None.
    """
    density = prior if prior is not None else normal_quadrature()
    table = _posterior_moments(items, density)
    for before, factor in pairwise(REFINEMENTS):
        if np.nanmin(table.standard_error) >= density.spacing / before:
            break
        table = _posterior_moments(items, refined(density, factor))
    return table


def _posterior_moments(items: ItemParameters, density: Quadrature) -> SumScoreTable:
    joint = sum_score_distribution(items, density.nodes) * density.weights[:, None]
    probability = joint.sum(axis=0)
    posterior = np.divide(joint, probability, out=np.full_like(joint, np.nan), where=probability > 0.0)
    theta = density.nodes @ posterior
    variance = ((density.nodes[:, None] - theta) ** 2 * posterior).sum(axis=0)
    return SumScoreTable(
        score=np.arange(probability.size), theta=theta, standard_error=np.sqrt(variance), probability=probability
    )


def sum_score_fit(responses: ResponseMatrix, items: ItemParameters, prior: Quadrature | None = None) -> SumScoreFit:
    """Observed distribution of sum scores beside the one the model expects.

    Raises
    ------
    ScoringError
        ``not_one_form`` when somebody was not shown an item of the form: sum scores of different items are not one
        distribution. Also what ``items_of`` raises.
    """
    own = items_of(responses, items)
    incomplete = (responses.scores == NOT_PRESENTED).any(axis=1)
    if incomplete.any():
        row = int(np.argmax(incomplete))
        raise ScoringError(
            "not_one_form",
            f"row {row + 1} was not shown every item; compare sum scores form by form, each with its own items",
            row=row + 1,
        )
    table = eap_from_sum_scores(own, prior)
    sums = responses.scores.sum(axis=1, dtype=np.intp)
    observed = np.bincount(sums, weights=responses.weights, minlength=table.score.size).astype(np.float64)
    expected = table.probability * responses.n_candidates
    residual = np.divide(
        observed - expected, np.sqrt(expected), out=np.full_like(expected, np.nan), where=expected > 0.0
    )
    return SumScoreFit(score=table.score, observed=observed, expected=expected, standardised_residual=residual)
