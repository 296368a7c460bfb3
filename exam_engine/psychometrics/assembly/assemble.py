"""Assembly of forms: choose an engine, search, verify."""

import math

import numpy as np

from exam_engine.psychometrics.assembly.exact import monolithic_programme
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.result import (
    AssemblyProgress,
    AssemblyResult,
    AssemblySettings,
    AssemblyStoppedError,
    StopReason,
    Tell,
    verified_result,
)
from exam_engine.psychometrics.assembly.rows import form_rows
from exam_engine.psychometrics.assembly.solver import SearchProgress, SolutionStatus, SolverLimits, solve
from exam_engine.psychometrics.assembly.specification import AnyForms, MinimaxTarget, TestSpecification

_STOPPED: dict[SolutionStatus, StopReason] = {
    "optimal": "optimal",
    "gap": "gap",
    "limit": "nodes",
    "cancelled": "cancelled",
}


class InfeasibleError(ValueError):
    """No forms meet the specification."""


def assemble_forms(
    pool: ItemPool,
    specification: TestSpecification,
    settings: AssemblySettings | None = None,
    *,
    tell: Tell | None = None,
) -> AssemblyResult:
    """Choose items for forms that meet the specification, as good as its objective says.

    Parameters
    ----------
    pool, specification : see there.
    settings : defaults when None.
    tell : hears of progress.

    Raises
    ------
    SpecificationError
        When the specification speaks of what the pool does not have.
    InfeasibleError
        When no forms exist.
    AssemblyStoppedError
        When a limit came before any forms.
    """
    settings = settings or AssemblySettings()
    programme = monolithic_programme(pool, specification)
    sign = 1.0 if isinstance(specification.objective, MinimaxTarget | AnyForms) else -1.0

    def report(progress: SearchProgress) -> bool:
        if tell is not None:
            value = None if progress.value is None else sign * progress.value
            tell(AssemblyProgress("improving", specification.n_forms, value, sign * progress.bound))
        return False

    limits = SolverLimits(
        relative_gap=settings.relative_gap, nodes=settings.nodes or 1_000, cpu_seconds=settings.cpu_seconds
    )
    solution = solve(programme, limits, tell=report, seed=settings.seed)
    if solution.status == "infeasible":
        raise InfeasibleError("no forms meet the specification")
    if solution.x is None:
        raise AssemblyStoppedError("limit", "no forms found within the limits; raise them or loosen the specification")
    rows = form_rows(pool, specification)
    width = rows.n_items + rows.n_stimuli
    x = solution.x[: specification.n_forms * width].reshape(specification.n_forms, width)[:, : rows.n_items]
    forms = [np.flatnonzero(form > 0.5).tolist() for form in x]
    bound = sign * solution.bound if math.isfinite(solution.bound) else solution.bound
    return verified_result(
        pool,
        specification,
        forms,
        bound=bound,
        stop_reason=_STOPPED[solution.status],
        engine="exact",
        nodes=solution.nodes,
    )
