"""Assembly: choosing items for forms that meet a test specification and are provably equal."""

from exam_engine.psychometrics.assembly.assemble import assemble_forms
from exam_engine.psychometrics.assembly.bank_health import BankHealth, SittingForecast, SittingPlan, bank_health
from exam_engine.psychometrics.assembly.demands import Demand
from exam_engine.psychometrics.assembly.exposure import ExposureFigures
from exam_engine.psychometrics.assembly.exposure_limit import BindingRow, ItemUseLimit, item_use_limit
from exam_engine.psychometrics.assembly.form_supply import BindingDemand
from exam_engine.psychometrics.assembly.infeasibility import Infeasibility, InfeasibleError, explain_infeasibility
from exam_engine.psychometrics.assembly.loft import (
    OnTheFlyError,
    OnTheFlyResult,
    OnTheFlySettings,
    assemble_on_the_fly,
)
from exam_engine.psychometrics.assembly.loft_live import (
    NextForm,
    OnTheFlyPlan,
    OnTheFlyState,
    next_form,
    plan_on_the_fly,
)
from exam_engine.psychometrics.assembly.measures import Count, ExpectedScore, Information, Measure, Total
from exam_engine.psychometrics.assembly.pool import ANY, Interval, ItemPool, SpecificationError, Where
from exam_engine.psychometrics.assembly.repair import Repair
from exam_engine.psychometrics.assembly.repaired import Change
from exam_engine.psychometrics.assembly.result import (
    AssembledForm,
    AssemblyProgress,
    AssemblyResult,
    AssemblySettings,
    AssemblyStoppedError,
)
from exam_engine.psychometrics.assembly.shortages import Shortage
from exam_engine.psychometrics.assembly.specification import (
    AllOrNone,
    AnyForms,
    Closeness,
    EnemyLimit,
    Extreme,
    ItemUse,
    Maximin,
    MinimaxTarget,
    MustExclude,
    MustInclude,
    PairOverlap,
    Part,
    Range,
    StimulusSets,
    TestSpecification,
    exactly,
    length,
)
from exam_engine.psychometrics.assembly.verification import Violation, check_forms
from exam_engine.psychometrics.assembly.writing_plan import NewItems, WritingPlan

__all__ = [
    "ANY",
    "AllOrNone",
    "AnyForms",
    "AssembledForm",
    "AssemblyProgress",
    "AssemblyResult",
    "AssemblySettings",
    "AssemblyStoppedError",
    "BankHealth",
    "BindingDemand",
    "BindingRow",
    "Change",
    "Closeness",
    "Count",
    "Demand",
    "EnemyLimit",
    "ExpectedScore",
    "ExposureFigures",
    "Extreme",
    "Infeasibility",
    "InfeasibleError",
    "Information",
    "Interval",
    "ItemPool",
    "ItemUse",
    "ItemUseLimit",
    "Maximin",
    "Measure",
    "MinimaxTarget",
    "MustExclude",
    "MustInclude",
    "NewItems",
    "NextForm",
    "OnTheFlyError",
    "OnTheFlyPlan",
    "OnTheFlyResult",
    "OnTheFlySettings",
    "OnTheFlyState",
    "PairOverlap",
    "Part",
    "Range",
    "Repair",
    "Shortage",
    "SittingForecast",
    "SittingPlan",
    "SpecificationError",
    "StimulusSets",
    "TestSpecification",
    "Total",
    "Violation",
    "Where",
    "WritingPlan",
    "assemble_forms",
    "assemble_on_the_fly",
    "bank_health",
    "check_forms",
    "exactly",
    "explain_infeasibility",
    "item_use_limit",
    "length",
    "next_form",
    "plan_on_the_fly",
]
