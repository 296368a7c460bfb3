"""Ability estimates, sum scores, decisions at cut scores and plausible values; item parameters known."""

from exam_engine.psychometrics.ability.classification import (
    Classification,
    classification_probabilities,
    lee_classification,
    lee_classification_of_population,
    rudner_classification,
    rudner_classification_of_population,
)
from exam_engine.psychometrics.ability.errors import ScoringError
from exam_engine.psychometrics.ability.estimates import ABILITY_FLAGS, AbilityEstimates, AbilityFlag, AbilityMethod
from exam_engine.psychometrics.ability.expected_a_posteriori import estimate_eap, estimate_eap_sum
from exam_engine.psychometrics.ability.maximum_likelihood import Information, estimate_mle
from exam_engine.psychometrics.ability.plausible_values import (
    PooledEstimate,
    combine_plausible_values,
    draw_conditioned_values,
    draw_plausible_values,
)
from exam_engine.psychometrics.ability.posterior_mode import estimate_map
from exam_engine.psychometrics.ability.reliability import empirical_reliability, marginal_reliability
from exam_engine.psychometrics.ability.scaled_scores import ScoreScale, ability_at_expected_score, expected_sum_scores
from exam_engine.psychometrics.ability.sum_scores import (
    SumScoreFit,
    SumScoreTable,
    eap_from_sum_scores,
    sum_score_distribution,
    sum_score_fit,
)
from exam_engine.psychometrics.ability.weighted_likelihood import Weight, estimate_wle

__all__ = [
    "ABILITY_FLAGS",
    "AbilityEstimates",
    "AbilityFlag",
    "AbilityMethod",
    "Classification",
    "Information",
    "PooledEstimate",
    "ScoreScale",
    "ScoringError",
    "SumScoreFit",
    "SumScoreTable",
    "Weight",
    "ability_at_expected_score",
    "classification_probabilities",
    "combine_plausible_values",
    "draw_conditioned_values",
    "draw_plausible_values",
    "eap_from_sum_scores",
    "empirical_reliability",
    "estimate_eap",
    "estimate_eap_sum",
    "estimate_map",
    "estimate_mle",
    "estimate_wle",
    "expected_sum_scores",
    "lee_classification",
    "lee_classification_of_population",
    "marginal_reliability",
    "rudner_classification",
    "rudner_classification_of_population",
    "sum_score_distribution",
    "sum_score_fit",
]
