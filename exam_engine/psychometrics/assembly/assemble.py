"""Assembly of forms: choose an engine, search, verify."""

import math
from dataclasses import replace
from typing import Final, Literal

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.aggregate import solve_aggregate
from exam_engine.psychometrics.assembly.exact import monolithic_programme
from exam_engine.psychometrics.assembly.infeasibility import InfeasibleError, explain_infeasibility
from exam_engine.psychometrics.assembly.parallel import search_forms
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
from exam_engine.psychometrics.assembly.rows import form_rows, use_limits
from exam_engine.psychometrics.assembly.solver import SearchProgress, SolutionStatus, SolverLimits, solve
from exam_engine.psychometrics.assembly.specification import AnyForms, Extreme, MinimaxTarget, TestSpecification

ONE_FORM_NODES: Final = 50_000
SEVERAL_FORMS_NODES: Final = 2_000
"""Branch-and-bound nodes by default. Several forms are symmetrical, and more nodes seldom help."""
SMALL: Final = 250
"""Whole-number variables up to which several forms are worth a proof that the swaps did not reach."""
SEVERAL_FORMS_GAP: Final = 0.005

_STOPPED: dict[SolutionStatus, StopReason] = {
    "optimal": "optimal",
    "gap": "gap",
    "limit": "nodes",
    "cancelled": "cancelled",
}


def assemble_forms(
    pool: ItemPool,
    specification: TestSpecification,
    settings: AssemblySettings | None = None,
    *,
    tell: Tell | None = None,
) -> AssemblyResult:
    """Choose items for forms that meet the specification, as good as its objective says.

    Without a named engine, one form is assembled exactly, unless a target is quickly hit by swaps. Several forms are
    dealt out of the aggregate solution and improved by swaps; what that cannot complete is tried by the
    big-shadow-test, and small or stubborn cases by one exact programme. Every result is verified independently.

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
    match settings.engine:
        case "exact":
            return _exactly(pool, specification, settings, tell)
        case "swap" | "big_shadow_test":
            result = _by_search(pool, specification, settings, tell)
            if result is None:
                raise AssemblyStoppedError("limit", _NO_FORMS)
            return result
        case None:
            return _by_choice(pool, specification, settings, tell)


_NO_FORMS: Final = "no forms found within the limits; raise them or loosen the specification"


def _by_choice(
    pool: ItemPool, specification: TestSpecification, settings: AssemblySettings, tell: Tell | None
) -> AssemblyResult:
    if specification.n_forms == 1 and not isinstance(specification.objective, MinimaxTarget):
        return _exactly(pool, specification, settings, tell)
    if specification.n_forms > 1 and _is_uncoupled(pool, specification):
        return _repeated(pool, specification, _by_choice(pool, specification.single_form(), settings, tell))
    found = _by_search(pool, specification, settings, tell)
    if found is None and specification.n_forms > 1 and settings.cpu_seconds is None:
        found = _by_search(pool, specification, replace(settings, engine="big_shadow_test"), tell)
    if found is None:
        return _exactly(pool, specification, settings, tell)
    rows = form_rows(pool, specification)
    n_variables = specification.n_forms * (rows.n_items + rows.n_stimuli)
    if found.stop_reason == "iterations" and n_variables <= SMALL:
        return _exactly(pool, specification, settings, tell, start=found)
    return found


def _is_uncoupled(pool: ItemPool, specification: TestSpecification) -> bool:
    """Whether any form may be any other: then the best set is the best form, as often as asked for."""
    least, most = use_limits(pool, specification)
    spares_nobody = bool((most >= specification.n_forms).all())
    asks_for_nobody = not least[~np.isin(pool.item_ids, list(specification.included))].any()
    return spares_nobody and asks_for_nobody and specification.overlap_maximum is None


def _repeated(pool: ItemPool, specification: TestSpecification, one: AssemblyResult) -> AssemblyResult:
    form = [pool.places[item] for item in one.forms[0].item_ids]
    return verified_result(
        pool,
        specification,
        [form] * specification.n_forms,
        bound=one.bound,
        stop_reason=one.stop_reason,
        engine=one.engine,
        nodes=one.nodes,
        iterations=one.iterations,
    )


def _by_search(
    pool: ItemPool, specification: TestSpecification, settings: AssemblySettings, tell: Tell | None
) -> AssemblyResult | None:
    """None when no forms were found, though some may exist."""
    engine: Literal["swap", "big_shadow_test"] = "big_shadow_test" if settings.engine == "big_shadow_test" else "swap"
    outcome = search_forms(
        pool,
        specification,
        settings,
        engine=engine,
        relative_gap=SEVERAL_FORMS_GAP if settings.relative_gap is None else settings.relative_gap,
        tell=tell,
    )
    if not outcome.is_feasible:
        raise InfeasibleError(explain_infeasibility(pool, specification, repairs=0))
    if outcome.forms is None:
        return None
    return verified_result(
        pool,
        specification,
        [form.tolist() for form in outcome.forms],
        bound=outcome.bound,
        stop_reason=outcome.stop_reason,
        engine=engine,
        nodes=outcome.nodes,
        iterations=outcome.iterations,
    )


def _exactly(
    pool: ItemPool,
    specification: TestSpecification,
    settings: AssemblySettings,
    tell: Tell | None,
    *,
    start: AssemblyResult | None = None,
) -> AssemblyResult:
    """All forms in one programme; ``start`` is kept when nothing better is found."""
    objective = specification.objective
    programme = monolithic_programme(pool, specification)
    is_cost = isinstance(objective, MinimaxTarget | AnyForms) or (
        isinstance(objective, Extreme) and objective.sense == "minimise"
    )
    sign = 1.0 if is_cost else -1.0
    several = specification.n_forms > 1
    gap = settings.relative_gap
    limits = SolverLimits(
        relative_gap=(SEVERAL_FORMS_GAP if several else 0.0) if gap is None else gap,
        nodes=settings.nodes or (SEVERAL_FORMS_NODES if several else ONE_FORM_NODES),
        cpu_seconds=settings.cpu_seconds,
        target=objective.tolerance if isinstance(objective, MinimaxTarget) else None,
    )
    # The sum of all forms is easy to solve and often bounds better than the forms themselves.
    bound = math.inf if sign < 0.0 else -math.inf
    if several:
        aggregate = solve_aggregate(pool, specification, replace(limits, nodes=60), whole="stimuli", seed=settings.seed)
        if not aggregate.is_feasible:
            raise InfeasibleError(explain_infeasibility(pool, specification, repairs=0))
        bound = aggregate.bound

    def report(progress: SearchProgress) -> bool:
        if tell is not None:
            value = None if progress.value is None else sign * progress.value
            tell(AssemblyProgress("improving", specification.n_forms, value, sign * progress.bound))
        return False

    first = None if start is None else _point(pool, specification, programme.cost.size, start)
    solution = solve(programme, limits, start=first, tell=report, seed=settings.seed)
    if solution.status == "infeasible" and start is None:
        raise InfeasibleError(explain_infeasibility(pool, specification, repairs=0))
    proved = sign * solution.bound if math.isfinite(solution.bound) else bound
    bound = max(bound, proved) if sign > 0.0 else min(bound, proved)
    if start is not None and (solution.x is None or sign * start.value <= solution.value):
        forms = [[pool.places[item] for item in form.item_ids] for form in start.forms]
    elif solution.x is None:
        raise AssemblyStoppedError("limit", _NO_FORMS)
    else:
        forms = [form.tolist() for form in _forms_of(pool, specification, solution.x)]
    reason = _STOPPED[solution.status]
    if reason == "gap" and isinstance(objective, MinimaxTarget) and solution.value <= objective.tolerance:
        reason = "tolerance"
    if reason == "nodes" and settings.cpu_seconds is not None and solution.nodes < (limits.nodes or 0):
        reason = "cpu"
    return verified_result(
        pool,
        specification,
        forms,
        bound=bound,
        stop_reason=reason,
        engine="exact",
        nodes=solution.nodes,
        iterations=0 if start is None else start.iterations,
    )


def _forms_of(pool: ItemPool, specification: TestSpecification, x: FloatArray) -> list[IntArray]:
    rows = form_rows(pool, specification)
    width = rows.n_items + rows.n_stimuli
    table = x[: specification.n_forms * width].reshape(specification.n_forms, width)[:, : rows.n_items]
    return [np.flatnonzero(form > 0.5) for form in table]


def _point(pool: ItemPool, specification: TestSpecification, size: int, found: AssemblyResult) -> FloatArray:
    """The forms as a point of the exact programme; the solver works out the levels."""
    rows = form_rows(pool, specification)
    point = np.zeros(size)
    vectors = [rows.vector(pool.indices(form.item_ids)) for form in found.forms]
    point[: len(vectors) * vectors[0].size] = np.concatenate(vectors)
    return point
