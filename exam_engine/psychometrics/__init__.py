"""Psychometrics: calibration, ability estimation, item analysis, simulation and form assembly; numpy and scipy only."""

from exam_engine.psychometrics.ability import AbilityEstimates, estimate_eap, estimate_map, estimate_mle
from exam_engine.psychometrics.calibration import (
    CalibrationError,
    CalibrationResult,
    CalibrationSettings,
    Certificate,
    ExcludedItem,
    FitWarning,
    GroupEstimate,
    ItemStandardErrors,
    MatrixRows,
    ParameterLabel,
    Prior,
    Priors,
    ResponseRows,
    RowChunk,
    calibrate,
)
from exam_engine.psychometrics.classical import ItemStatistics, KeyCheck, OptionCount, item_statistics, key_check
from exam_engine.psychometrics.item_parameters import ItemModel, ItemParameterError, ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import (
    category_probabilities,
    expected_item_scores,
    fisher_information,
    response_log_likelihood,
)
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseDataError, ResponseMatrix
from exam_engine.psychometrics.simulation import random_forms, simulate_options, simulate_responses

__all__ = [
    "NOT_PRESENTED",
    "AbilityEstimates",
    "CalibrationError",
    "CalibrationResult",
    "CalibrationSettings",
    "Certificate",
    "ExcludedItem",
    "FitWarning",
    "GroupEstimate",
    "ItemModel",
    "ItemParameterError",
    "ItemParameters",
    "ItemStandardErrors",
    "ItemStatistics",
    "KeyCheck",
    "MatrixRows",
    "OptionCount",
    "ParameterLabel",
    "Prior",
    "Priors",
    "Quadrature",
    "ResponseDataError",
    "ResponseMatrix",
    "ResponseRows",
    "RowChunk",
    "calibrate",
    "category_probabilities",
    "estimate_eap",
    "estimate_map",
    "estimate_mle",
    "expected_item_scores",
    "fisher_information",
    "item_statistics",
    "key_check",
    "normal_quadrature",
    "random_forms",
    "response_log_likelihood",
    "simulate_options",
    "simulate_responses",
]
