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
from exam_engine.psychometrics.adaptive.shadow_adaptive import (
    ShadowAdaptiveTest,
    ShadowSettings,
)
from exam_engine.psychometrics.adaptive.shadow_assembly import (
    ShadowAssembler,
    ShadowDemand,
    ShadowTest,
)
from exam_engine.psychometrics.adaptive.shadow_session import (
    ShadowSession,
    answer_shadow_item,
    record_shadow_session,
    shadow_session_result,
    start_shadow_session,
)
from exam_engine.psychometrics.adaptive.shadow_simulation import (
    ShadowAudit,
    SimulatedShadowTests,
    simulate_shadow_tests,
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
    "ShadowAdaptiveTest",
    "ShadowAssembler",
    "ShadowAudit",
    "ShadowDemand",
    "ShadowSession",
    "ShadowSettings",
    "ShadowTest",
    "SimulatedShadowTests",
    "SimulatedTests",
    "StopReason",
    "SympsonHetter",
    "SympsonHetterCalibration",
    "answer_item",
    "answer_shadow_item",
    "calibrate_sympson_hetter",
    "item_values",
    "record_session",
    "record_shadow_session",
    "session_result",
    "shadow_session_result",
    "simulate_adaptive_tests",
    "simulate_shadow_tests",
    "start_session",
    "start_shadow_session",
]
