"""Calibration of item parameters by marginal maximum likelihood."""

from exam_engine.psychometrics.calibration.errors import CalibrationError
from exam_engine.psychometrics.calibration.fit import calibrate
from exam_engine.psychometrics.calibration.flags import ExcludedItem, FitWarning, ItemFlag
from exam_engine.psychometrics.calibration.preparation import MatrixRows, ResponseRows, RowChunk
from exam_engine.psychometrics.calibration.priors import Prior, Priors
from exam_engine.psychometrics.calibration.result import (
    CalibrationResult,
    Certificate,
    GroupEstimate,
    ItemStandardErrors,
    ParameterLabel,
)
from exam_engine.psychometrics.calibration.settings import CalibrationSettings

__all__ = [
    "CalibrationError",
    "CalibrationResult",
    "CalibrationSettings",
    "Certificate",
    "ExcludedItem",
    "FitWarning",
    "GroupEstimate",
    "ItemFlag",
    "ItemStandardErrors",
    "MatrixRows",
    "ParameterLabel",
    "Prior",
    "Priors",
    "ResponseRows",
    "RowChunk",
    "calibrate",
]
