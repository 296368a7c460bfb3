"""Classical test theory: item analysis, reliability of scores and of pass/fail decisions, distractors, key check."""

from exam_engine.psychometrics.classical.alpha import CoefficientAlpha, coefficient_alpha
from exam_engine.psychometrics.classical.item_analysis import ItemStatistics, item_statistics
from exam_engine.psychometrics.classical.key_check import KeyCheck, KeyFlag, OptionCount, key_check

__all__ = [
    "CoefficientAlpha",
    "ItemStatistics",
    "KeyCheck",
    "KeyFlag",
    "OptionCount",
    "coefficient_alpha",
    "item_statistics",
    "key_check",
]
