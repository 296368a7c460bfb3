"""Differential item functioning: does an item work alike in two groups of candidates of equal ability."""

from exam_engine.psychometrics.dif.breslow_day import breslow_day_dif
from exam_engine.psychometrics.dif.curves import GroupCurves, group_curves
from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.dif.expected_scores import ExpectedScoreDifferences, expected_score_differences
from exam_engine.psychometrics.dif.likelihood_ratio import likelihood_ratio_dif
from exam_engine.psychometrics.dif.logistic import logistic_dif
from exam_engine.psychometrics.dif.lord import lord_dif
from exam_engine.psychometrics.dif.mantel import mantel_dif
from exam_engine.psychometrics.dif.mantel_haenszel import mantel_haenszel_dif
from exam_engine.psychometrics.dif.raju import raju_dif
from exam_engine.psychometrics.dif.result import DifResult, Purification
from exam_engine.psychometrics.dif.sibtest import sibtest_dif
from exam_engine.psychometrics.dif.standardization import standardization_dif
from exam_engine.psychometrics.dif.wald import wald_dif

__all__ = [
    "DifError",
    "DifResult",
    "ExpectedScoreDifferences",
    "GroupCurves",
    "Purification",
    "breslow_day_dif",
    "expected_score_differences",
    "group_curves",
    "likelihood_ratio_dif",
    "logistic_dif",
    "lord_dif",
    "mantel_dif",
    "mantel_haenszel_dif",
    "raju_dif",
    "sibtest_dif",
    "standardization_dif",
    "wald_dif",
]
