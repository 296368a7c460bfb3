"""Ability estimates, sum scores and what rests on them, item parameters known."""

from exam_engine.psychometrics.ability.estimates import AbilityEstimates, estimate_eap, estimate_map, estimate_mle
from exam_engine.psychometrics.ability.sum_scores import (
    SumScoreFit,
    SumScoreTable,
    eap_from_sum_scores,
    sum_score_distribution,
    sum_score_fit,
)

__all__ = [
    "AbilityEstimates",
    "SumScoreFit",
    "SumScoreTable",
    "eap_from_sum_scores",
    "estimate_eap",
    "estimate_map",
    "estimate_mle",
    "sum_score_distribution",
    "sum_score_fit",
]
