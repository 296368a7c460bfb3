"""Equating: what a score on one form is worth on another, with its error."""

from exam_engine.psychometrics.equating.bootstrap import EquatingBootstrap, bootstrap_equating
from exam_engine.psychometrics.equating.continuous import (
    BandwidthRule,
    GaussianScores,
    UniformScores,
    choose_bandwidth,
)
from exam_engine.psychometrics.equating.designs import (
    ChainedDesign,
    EquatingDesign,
    chained,
    counterbalanced,
    equivalent_groups,
    poststratification,
    single_group,
)
from exam_engine.psychometrics.equating.distributions import BivariateDistribution, ScoreDistribution
from exam_engine.psychometrics.equating.equipercentile import equipercentile_equating, kernel_equating
from exam_engine.psychometrics.equating.errors import EquatingError
from exam_engine.psychometrics.equating.form_scores import form_and_anchor_distribution, form_distribution
from exam_engine.psychometrics.equating.irt_errors import irt_equating_errors
from exam_engine.psychometrics.equating.irt_scores import irt_observed_score_equating, irt_true_score_equating
from exam_engine.psychometrics.equating.linear import (
    AnchorMethod,
    AnchorMoments,
    LinearKind,
    anchor_line,
    linear_equating,
    nonequivalent_linear_equating,
)
from exam_engine.psychometrics.equating.log_linear import LogLinearFit, smooth_bivariate, smooth_scores
from exam_engine.psychometrics.equating.splines import postsmooth
from exam_engine.psychometrics.equating.table import EquatingDifference, EquatingTable, equating_difference

__all__ = [
    "AnchorMethod",
    "AnchorMoments",
    "BandwidthRule",
    "BivariateDistribution",
    "ChainedDesign",
    "EquatingBootstrap",
    "EquatingDesign",
    "EquatingDifference",
    "EquatingError",
    "EquatingTable",
    "GaussianScores",
    "LinearKind",
    "LogLinearFit",
    "ScoreDistribution",
    "UniformScores",
    "anchor_line",
    "bootstrap_equating",
    "chained",
    "choose_bandwidth",
    "counterbalanced",
    "equating_difference",
    "equipercentile_equating",
    "equivalent_groups",
    "form_and_anchor_distribution",
    "form_distribution",
    "irt_equating_errors",
    "irt_observed_score_equating",
    "irt_true_score_equating",
    "kernel_equating",
    "linear_equating",
    "nonequivalent_linear_equating",
    "postsmooth",
    "poststratification",
    "single_group",
    "smooth_bivariate",
    "smooth_scores",
]
