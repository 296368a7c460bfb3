"""Computerised adaptive testing: live sessions, and simulations under the same rules."""

from exam_engine.psychometrics.adaptive.adaptive_test import AdaptiveTest
from exam_engine.psychometrics.adaptive.calibration import SympsonHetterCalibration, calibrate_sympson_hetter
from exam_engine.psychometrics.adaptive.criteria import item_values
from exam_engine.psychometrics.adaptive.errors import AdaptiveTestError
from exam_engine.psychometrics.adaptive.exposure import (
    ExposureControl,
    ExposureRecord,
    ItemEligibility,
    RestrictedRate,
    SympsonHetter,
)
from exam_engine.psychometrics.adaptive.pool import AdaptivePool
from exam_engine.psychometrics.adaptive.session import (
    AdaptiveSession,
    GivenItem,
    SessionResult,
    answer_item,
    record_session,
    session_result,
    start_session,
)
from exam_engine.psychometrics.adaptive.settings import (
    AdaptiveSettings,
    ConfidenceRule,
    Criterion,
    Estimator,
    SequentialRatioRule,
)
from exam_engine.psychometrics.adaptive.simulated_tests import (
    ConditionalPrecision,
    DecisionReport,
    ExposureReport,
    SimulatedTests,
)
from exam_engine.psychometrics.adaptive.simulation import simulate_adaptive_tests
from exam_engine.psychometrics.adaptive.stopping import STOP_REASONS, StopReason

__all__ = [
    "STOP_REASONS",
    "AdaptivePool",
    "AdaptiveSession",
    "AdaptiveSettings",
    "AdaptiveTest",
    "AdaptiveTestError",
    "ConditionalPrecision",
    "ConfidenceRule",
    "Criterion",
    "DecisionReport",
    "Estimator",
    "ExposureControl",
    "ExposureRecord",
    "ExposureReport",
    "GivenItem",
    "ItemEligibility",
    "RestrictedRate",
    "SequentialRatioRule",
    "SessionResult",
    "SimulatedTests",
    "StopReason",
    "SympsonHetter",
    "SympsonHetterCalibration",
    "answer_item",
    "calibrate_sympson_hetter",
    "item_values",
    "record_session",
    "session_result",
    "simulate_adaptive_tests",
    "start_session",
]
