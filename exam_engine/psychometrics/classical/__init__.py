"""Classical test theory: item analysis, reliability of scores and of pass/fail decisions, distractors, key check."""

from exam_engine.psychometrics.classical.alpha import (
    CoefficientAlpha,
    GuttmanBounds,
    ReliabilityFlag,
    coefficient_alpha,
    feldt_interval,
    guttman_bounds,
    kr_20,
    kr_21,
)
from exam_engine.psychometrics.classical.covariance import ItemCovariance, MissingRule, item_covariance, total_scores
from exam_engine.psychometrics.classical.decision_reliability import (
    DecisionReliability,
    huynh,
    livingston_lewis,
    subkoviak,
)
from exam_engine.psychometrics.classical.distractors import (
    DistractorTable,
    OptionFlag,
    OptionStatistics,
    distractor_analysis,
)
from exam_engine.psychometrics.classical.errors import ClassicalDataError, ClassicalErrorCode
from exam_engine.psychometrics.classical.item_analysis import ItemStatistics, item_statistics
from exam_engine.psychometrics.classical.key_check import KeyCheck, KeyFlag, OptionCount, key_check
from exam_engine.psychometrics.classical.measurement_error import conditional_sem, standard_error_of_measurement
from exam_engine.psychometrics.classical.omega import OmegaFlag, OneFactorFit, omega_total, one_factor
from exam_engine.psychometrics.classical.reliability import ReliabilityReport, reliability_report
from exam_engine.psychometrics.classical.split_half import SplitHalf, spearman_brown, split_half
from exam_engine.psychometrics.classical.true_score import BetaTrueScores, TrueScoreFlag, fit_beta_true_scores

__all__ = [
    "BetaTrueScores",
    "ClassicalDataError",
    "ClassicalErrorCode",
    "CoefficientAlpha",
    "DecisionReliability",
    "DistractorTable",
    "GuttmanBounds",
    "ItemCovariance",
    "ItemStatistics",
    "KeyCheck",
    "KeyFlag",
    "MissingRule",
    "OmegaFlag",
    "OneFactorFit",
    "OptionCount",
    "OptionFlag",
    "OptionStatistics",
    "ReliabilityFlag",
    "ReliabilityReport",
    "SplitHalf",
    "TrueScoreFlag",
    "coefficient_alpha",
    "conditional_sem",
    "distractor_analysis",
    "feldt_interval",
    "fit_beta_true_scores",
    "guttman_bounds",
    "huynh",
    "item_covariance",
    "item_statistics",
    "key_check",
    "kr_20",
    "kr_21",
    "livingston_lewis",
    "omega_total",
    "one_factor",
    "reliability_report",
    "spearman_brown",
    "split_half",
    "standard_error_of_measurement",
    "subkoviak",
    "total_scores",
]
