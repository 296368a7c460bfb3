"""The swap and big-shadow-test engines: a proven bound, first forms with look-ahead, then local search across forms."""

import math
import time
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from exam_engine.psychometrics.arrays import IntArray
from exam_engine.psychometrics.assembly.aggregate import AggregateSolution, Whole, solve_aggregate
from exam_engine.psychometrics.assembly.big_shadow_test import rebuilt_form, shadow_forms
from exam_engine.psychometrics.assembly.dealing import deal
from exam_engine.psychometrics.assembly.exact import monolithic_programme
from exam_engine.psychometrics.assembly.local_search import LocalSearch, SearchGoal
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.result import AssemblyProgress, AssemblySettings, StopReason, Tell
from exam_engine.psychometrics.assembly.rows import form_rows
from exam_engine.psychometrics.assembly.solver import SearchProgress, SolverLimits, solve
from exam_engine.psychometrics.assembly.specification import (
    AnyForms,
    Extreme,
    Maximin,
    MinimaxTarget,
    TestSpecification,
)
from exam_engine.psychometrics.assembly.swap_model import SwapModel, swap_model
from exam_engine.psychometrics.assembly.swaps import Forms

EVALUATIONS: Final = 12_000
"""Neighbourhoods of a search by default, a quarter of a millisecond each with a thousand items."""
TARGET_EVALUATIONS: Final = (1_600, 400)
"""The same for targets, and more for each form: what a search does not hit soon it seldom hits at all."""
STAGNATION: Final = 4_000
"""Neighbourhoods without better forms before the search starts afresh from forms dealt anew."""
FIRST_FORMS_EVALUATIONS: Final = (400, 80)
"""Neighbourhoods, and more for each form, in which swaps mostly meet all requirements if they ever do."""
ROOT_VARIABLES: Final = 1_500
"""Items and stimuli times forms up to which the whole programme is looked at for a tighter bound."""
_AGGREGATE_NODES: Final = 60
_AGGREGATE_GAP: Final = 1e-3
_SHADOW_NODES: Final = 60
_SHADOW_GAP: Final = 0.01
_PENALTY: Final = 10.0
_EVALUATIONS_BETWEEN_REPORTS: Final = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class SearchOutcome:
    """What a search found; ``forms`` None when it met not all requirements, ``is_feasible`` False when none can."""

    is_feasible: bool
    forms: list[IntArray] | None
    bound: float
    stop_reason: StopReason
    nodes: int
    iterations: int


def search_forms(
    pool: ItemPool,
    specification: TestSpecification,
    settings: AssemblySettings,
    *,
    engine: Literal["swap", "big_shadow_test"],
    relative_gap: float,
    tell: Tell | None,
) -> SearchOutcome:
    """Find forms by local search.

    Parameters
    ----------
    engine : where the first forms come from: the aggregate solution dealt out, or the big-shadow-test.
    relative_gap : of the value to the bound that is good enough.
    tell : hears of progress.

    Raises
    ------
    SpecificationError, SolverError
    """
    begin = time.process_time()
    aggregate = _aggregate(pool, specification, settings)
    if not aggregate.is_feasible:
        return SearchOutcome(False, None, aggregate.bound, "optimal", aggregate.nodes, 0)
    bound = _root_bound(pool, specification, settings, aggregate.bound)
    if tell is not None:
        tell(AssemblyProgress("bound", 0, None, bound))
    rng = np.random.default_rng(settings.seed)
    model = swap_model(pool, specification, rng)
    term, scale = _goal(specification, model, bound, relative_gap)
    evaluations = settings.iterations or EVALUATIONS
    if settings.iterations is None and isinstance(specification.objective, MinimaxTarget):
        evaluations = TARGET_EVALUATIONS[0] + TARGET_EVALUATIONS[1] * specification.n_forms
    patience = FIRST_FORMS_EVALUATIONS[0] + FIRST_FORMS_EVALUATIONS[1] * specification.n_forms
    nodes, done, best_term = aggregate.nodes, 0, math.inf
    best: list[IntArray] | None = None
    out_of_time = False
    first: list[IntArray] = []
    if engine == "big_shadow_test":
        limits = SolverLimits(
            relative_gap=_SHADOW_GAP, nodes=settings.nodes or _SHADOW_NODES, cpu_seconds=settings.cpu_seconds
        )
        first, more = shadow_forms(pool, specification, limits, seed=settings.seed)
        nodes += more
        if len(first) < specification.n_forms:
            # What is left of the pool does not make the next form; the aggregate solution is the better start.
            first = []
    while done < evaluations and not out_of_time and (best is None or best_term > term):
        forms = Forms(model, penalty=_PENALTY)
        if first:
            for number, items in enumerate(first):
                forms.change(number, items[:0], items)
            first = []
        else:
            _deal_from(aggregate, forms, rng)
        earlier, last_report = done, done

        def watch(search: LocalSearch) -> bool:
            nonlocal out_of_time, last_report
            now = earlier + search.evaluations  # noqa: B023  # called within this round only
            if tell is not None and now - last_report >= _EVALUATIONS_BETWEEN_REPORTS:
                last_report = now
                found = min(best_term, search.best_term)  # noqa: B023
                value = None if not math.isfinite(found) else _value(specification, found)
                tell(AssemblyProgress("first_forms" if value is None else "improving", model.n_forms, value, bound))
            limit = settings.cpu_seconds
            out_of_time = limit is not None and time.process_time() - begin > limit
            return out_of_time

        goal = SearchGoal(
            term=term, scale=scale, evaluations=evaluations - done, stagnation=STAGNATION, patience=patience
        )
        search = LocalSearch(forms, goal, rng, watch)
        search.run()
        # Even a search without a single neighbourhood counts, lest the rounds never end.
        done += max(1, search.evaluations)
        if best is None and search.best is None and not out_of_time:
            first, more = _rebuilt(pool, specification, settings, forms)
            nodes += more
        if search.best is not None and (best is None or search.best_term < best_term):
            best, best_term = search.best, search.best_term
    reason: StopReason = "cpu" if out_of_time else "iterations"
    if best is not None and best_term <= term:
        reason = "tolerance" if isinstance(specification.objective, MinimaxTarget) else "gap"
        if isinstance(specification.objective, AnyForms):
            reason = "optimal"
    return SearchOutcome(True, best, bound, reason, nodes, done)


def _aggregate(pool: ItemPool, specification: TestSpecification, settings: AssemblySettings) -> AggregateSolution:
    """The aggregate solution, as whole as it can be had within the limits; its bound is the best one proved."""
    objective = specification.objective
    # A target is mostly within reach of fractions; whole items are then for the swaps to find.
    wholes: tuple[Whole, ...] = ("stimuli", "nothing")
    if isinstance(objective, Maximin | Extreme):
        wholes = ("everything", "stimuli", "nothing")
    limits = SolverLimits(
        relative_gap=_AGGREGATE_GAP,
        nodes=settings.nodes or _AGGREGATE_NODES,
        cpu_seconds=settings.cpu_seconds,
        target=objective.tolerance / 10.0 if isinstance(objective, MinimaxTarget) else None,
    )
    best = AggregateSolution(True, math.nan, None, None, 0)
    is_large_good = isinstance(objective, Maximin) or (isinstance(objective, Extreme) and objective.sense == "maximise")
    tighter = min if is_large_good else max
    for whole in wholes:
        found = solve_aggregate(pool, specification, limits, whole=whole, seed=settings.seed)
        if not found.is_feasible:
            return found
        bound = found.bound if math.isnan(best.bound) else tighter(best.bound, found.bound)
        best = AggregateSolution(True, bound, found.uses, found.stimulus_uses, best.nodes + found.nodes)
        if best.uses is not None:
            break
    return best


def _root_bound(
    pool: ItemPool, specification: TestSpecification, settings: AssemblySettings, aggregate: float
) -> float:
    """The aggregate bound, tightened for small problems by the cuts that a solver finds before it branches.

    In a small bank enemies and stimuli of single forms bite, of which the sum of all forms knows nothing. The cuts are
    found before the first heuristic; with its forms, which the swaps soon surpass, the solver is stopped.
    """
    objective = specification.objective
    rows = form_rows(pool, specification)
    is_small = specification.n_forms * (rows.n_items + rows.n_stimuli) <= ROOT_VARIABLES
    if specification.n_forms == 1 or not is_small or not isinstance(objective, Maximin | Extreme):
        return aggregate
    first: float | None = None

    def has_forms(progress: SearchProgress) -> bool:
        nonlocal first
        if first is None:
            first = progress.value
        return first is not None and progress.value is not None and progress.value < first

    limits = SolverLimits(nodes=1, cpu_seconds=settings.cpu_seconds)
    # Always the same seed: what is proved does not depend on which forms are looked for.
    solution = solve(monolithic_programme(pool, specification), limits, tell=has_forms)
    if not math.isfinite(solution.bound):
        return aggregate
    if isinstance(objective, Maximin) or objective.sense == "maximise":
        return min(aggregate, -solution.bound)
    return max(aggregate, solution.bound)


def _rebuilt(
    pool: ItemPool, specification: TestSpecification, settings: AssemblySettings, forms: Forms
) -> tuple[list[IntArray], int]:
    """Forms whose broken ones are made anew by an integer programme each; empty when one cannot be; and its nodes."""
    items = [forms.items(form) for form in range(forms.model.n_forms)]
    limits = SolverLimits(
        relative_gap=1.0, nodes=settings.nodes or _SHADOW_NODES, cpu_seconds=settings.cpu_seconds, target=None
    )
    nodes = 0
    for form in np.flatnonzero(forms.violation() > 0.0).tolist():
        others = items[:form] + items[form + 1 :]
        made, more = rebuilt_form(pool, specification, others, limits, seed=settings.seed)
        nodes += more
        if made is None:
            return [], nodes
        items[form] = made
    return items, nodes


def _deal_from(aggregate: AggregateSolution, forms: Forms, rng: np.random.Generator) -> None:
    if aggregate.uses is not None and aggregate.stimulus_uses is not None:
        deal(forms, aggregate.uses, aggregate.stimulus_uses, rng)


def _goal(specification: TestSpecification, model: SwapModel, bound: float, relative_gap: float) -> tuple[float, float]:
    """The largest term that is good enough, and the size of the objective."""
    room = relative_gap * abs(bound)
    match specification.objective:
        case Maximin():
            return -(bound - room), max(abs(bound), 1e-9)
        case MinimaxTarget() as aim:
            typical = float(np.mean(aim.targets)) if not aim.is_relative else 1.0
            return aim.tolerance, typical
        case Extreme(_, sense):
            goal = -(bound - room) if sense == "maximise" else bound + room
            # So large a scale makes the exponential straight, which a sum needs.
            return goal, 1e7 * max(1.0, abs(bound))
        case AnyForms():
            return math.inf, 1.0


def _value(specification: TestSpecification, term: float) -> float:
    """The objective's value of a largest term."""
    match specification.objective:
        case Maximin():
            return -term
        case MinimaxTarget():
            return term
        case Extreme(_, sense):
            return -term if sense == "maximise" else term
        case AnyForms():
            return 0.0
