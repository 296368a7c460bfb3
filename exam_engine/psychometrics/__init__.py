"""Psychometrics: calibration, ability estimation, item analysis, simulation and form assembly; numpy and scipy only."""

from exam_engine.psychometrics.ability import AbilityEstimates, estimate_eap, estimate_map, estimate_mle
from exam_engine.psychometrics.assembly import (
    AssembledForm,
    AssemblyResult,
    AssemblySettings,
    AssemblyStoppedError,
    CellRequirement,
    Conflict,
    InfeasibleError,
    ItemPool,
    SpecificationError,
    TestSpecification,
    Violation,
    assemble_forms,
    check_forms,
)
from exam_engine.psychometrics.calibration import (
    CalibrationError,
    CalibrationResult,
    CalibrationSettings,
    ExcludedItem,
    FitWarning,
    calibrate,
)
from exam_engine.psychometrics.classical import ItemStatistics, KeyCheck, OptionCount, item_statistics, key_check
from exam_engine.psychometrics.irt import (
    expected_score,
    item_information,
    log_likelihood,
    p_correct,
    test_information,
)
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseDataError, ResponseMatrix
from exam_engine.psychometrics.simulation import simulate_options, simulate_scores

__all__ = [
    "NOT_PRESENTED",
    "AbilityEstimates",
    "AssembledForm",
    "AssemblyResult",
    "AssemblySettings",
    "AssemblyStoppedError",
    "CalibrationError",
    "CalibrationResult",
    "CalibrationSettings",
    "CellRequirement",
    "Conflict",
    "ExcludedItem",
    "FitWarning",
    "InfeasibleError",
    "ItemPool",
    "ItemStatistics",
    "KeyCheck",
    "OptionCount",
    "Quadrature",
    "ResponseDataError",
    "ResponseMatrix",
    "SpecificationError",
    "TestSpecification",
    "Violation",
    "assemble_forms",
    "calibrate",
    "check_forms",
    "estimate_eap",
    "estimate_map",
    "estimate_mle",
    "expected_score",
    "item_information",
    "item_statistics",
    "key_check",
    "log_likelihood",
    "normal_quadrature",
    "p_correct",
    "simulate_options",
    "simulate_scores",
    "test_information",
]
