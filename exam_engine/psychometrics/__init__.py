"""Psychometrics: calibration, ability estimation, classical item analysis, simulation; numpy and scipy only."""

from exam_engine.psychometrics.calibration import (
    CalibrationError,
    CalibrationResult,
    CalibrationSettings,
    ExcludedItem,
    FitWarning,
    calibrate,
)
from exam_engine.psychometrics.irt import (
    expected_score,
    item_information,
    log_likelihood,
    p_correct,
    test_information,
)
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseDataError, ResponseMatrix

__all__ = [
    "NOT_PRESENTED",
    "CalibrationError",
    "CalibrationResult",
    "CalibrationSettings",
    "ExcludedItem",
    "FitWarning",
    "Quadrature",
    "ResponseDataError",
    "ResponseMatrix",
    "calibrate",
    "expected_score",
    "item_information",
    "log_likelihood",
    "normal_quadrature",
    "p_correct",
    "test_information",
]
