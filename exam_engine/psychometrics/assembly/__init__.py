"""Assembly: choosing items for parallel forms that meet a test specification, by mixed integer programming."""

from exam_engine.psychometrics.assembly.assemble import (
    AssembledForm,
    AssemblyResult,
    AssemblySettings,
    AssemblyStoppedError,
    assemble_forms,
)
from exam_engine.psychometrics.assembly.infeasibility import Conflict, InfeasibleError
from exam_engine.psychometrics.assembly.specification import (
    CellRequirement,
    ItemPool,
    SpecificationError,
    TestSpecification,
)
from exam_engine.psychometrics.assembly.verification import Violation, check_forms

__all__ = [
    "AssembledForm",
    "AssemblyResult",
    "AssemblySettings",
    "AssemblyStoppedError",
    "CellRequirement",
    "Conflict",
    "InfeasibleError",
    "ItemPool",
    "SpecificationError",
    "TestSpecification",
    "Violation",
    "assemble_forms",
    "check_forms",
]
