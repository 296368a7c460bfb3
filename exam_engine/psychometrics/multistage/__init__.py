"""Multistage tests: panels of modules, the routes through them, live sessions, simulation and exact evaluation."""

from exam_engine.psychometrics.multistage.assemble import assemble_panels
from exam_engine.psychometrics.multistage.cut_scores import (
    NumberCorrectMethod,
    maximum_information_routing,
    number_correct_routing,
    population_interval_routing,
)
from exam_engine.psychometrics.multistage.errors import MultistageError
from exam_engine.psychometrics.multistage.evaluation import MultistageEvaluation, evaluate_multistage
from exam_engine.psychometrics.multistage.multistage_test import MultistageEstimator, MultistageTest, ScoreTable
from exam_engine.psychometrics.multistage.panel import Panel, PanelModule
from exam_engine.psychometrics.multistage.result import (
    PanelAssembly,
    PanelGoal,
    PanelInfeasibleError,
    PanelSettings,
    PanelStoppedError,
    PanelViolation,
)
from exam_engine.psychometrics.multistage.routing import Routing, RoutingRule, RoutingScore
from exam_engine.psychometrics.multistage.rows import PanelRowName
from exam_engine.psychometrics.multistage.score_distributions import path_score_distributions
from exam_engine.psychometrics.multistage.session import (
    MultistageResult,
    MultistageSession,
    answer_module,
    module_items,
    multistage_result,
    start_multistage_session,
)
from exam_engine.psychometrics.multistage.simulation import SimulatedMultistageTests, simulate_multistage
from exam_engine.psychometrics.multistage.specification import (
    ModuleSpecification,
    PanelSpecification,
    RouteSpecification,
)
from exam_engine.psychometrics.multistage.structure import Route, adjacent_routes
from exam_engine.psychometrics.multistage.verification import check_panels

__all__ = [
    "ModuleSpecification",
    "MultistageError",
    "MultistageEstimator",
    "MultistageEvaluation",
    "MultistageResult",
    "MultistageSession",
    "MultistageTest",
    "NumberCorrectMethod",
    "Panel",
    "PanelAssembly",
    "PanelGoal",
    "PanelInfeasibleError",
    "PanelModule",
    "PanelRowName",
    "PanelSettings",
    "PanelSpecification",
    "PanelStoppedError",
    "PanelViolation",
    "Route",
    "RouteSpecification",
    "Routing",
    "RoutingRule",
    "RoutingScore",
    "ScoreTable",
    "SimulatedMultistageTests",
    "adjacent_routes",
    "answer_module",
    "assemble_panels",
    "check_panels",
    "evaluate_multistage",
    "maximum_information_routing",
    "module_items",
    "multistage_result",
    "number_correct_routing",
    "path_score_distributions",
    "population_interval_routing",
    "simulate_multistage",
    "start_multistage_session",
]
