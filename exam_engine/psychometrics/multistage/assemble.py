"""Assembly of panels: bounds first, then one panel after another beside the shadow of those to come.

References
----------
van der Linden & Adema (1998), Journal of Educational Measurement 35, 185–198 (the big-shadow-test method).
"""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.result import AssemblyProgress, StopReason, Tell, reading_order
from exam_engine.psychometrics.assembly.solver import (
    LinearProgramme,
    Solution,
    SolverLimits,
    solve,
)
from exam_engine.psychometrics.multistage.conflict import panel_conflict
from exam_engine.psychometrics.multistage.panel import Panel, PanelModule
from exam_engine.psychometrics.multistage.programmes import panel_programme
from exam_engine.psychometrics.multistage.result import (
    PanelAssembly,
    PanelGoal,
    PanelInfeasibleError,
    PanelSettings,
    PanelStoppedError,
)
from exam_engine.psychometrics.multistage.rows import PanelRows, panel_rows
from exam_engine.psychometrics.multistage.specification import PanelSpecification
from exam_engine.psychometrics.multistage.verification import check_panels

_SURPLUS_GAP = 0.01
_SURPLUS_NODES = 200
_LEVEL_SLACK = 1e-9


def assemble_panels(
    pool: ItemPool,
    specification: PanelSpecification,
    settings: PanelSettings | None = None,
    *,
    tell: Tell | None = None,
) -> PanelAssembly:
    """Choose items for the modules of panels that meet the specification, as good as its objectives say.

    Modules and all routes are constrained together in one mixed integer programme a panel. A maximin is bounded by what
    each module could have if it were alone; mostly one module decides, often the first, and with its best items in
    place the others are found in no time. Where that does not reach the bound, the whole programme is solved.

    Parameters
    ----------
    pool, specification : see there.
    settings : defaults when None.
    tell : hears of progress; ``forms_done`` counts panels.

    Raises
    ------
    SpecificationError
        When the specification speaks of what the pool does not have.
    PanelInfeasibleError
        When no panels exist, naming the requirements in conflict.
    PanelStoppedError
        When a limit came before the panels were complete.
    """
    search = _Search(panel_rows(pool, specification), specification, settings or PanelSettings(), tell)
    chosen = search.run()
    panels = tuple(
        Panel(
            name=str(number),
            modules=tuple(
                PanelModule(
                    module.name,
                    module.stage,
                    tuple(
                        pool.item_ids[item]
                        for item in reading_order(pool, specification.module_forms[module.name], items.tolist())
                    ),
                )
                for module, items in zip(specification.modules, search.rows.items_of(v), strict=True)
            ),
            routes=tuple(route.modules for route in specification.routes),
        )
        for number, v in enumerate(chosen, start=1)
    )
    violations = check_panels(pool, specification, panels)
    if violations:
        raise PanelStoppedError(
            "unverified", f"the panels fail {len(violations)} check(s), first {violations[0]}", violations
        )
    return search.result(panels, chosen)


@dataclass(frozen=True, slots=True, eq=False)
class _ModuleOptimum:
    """The best that one module could be for itself."""

    module: int
    level: float
    v: FloatArray


class _Search:
    """One search: its rows, what has been proved so far, and why it stopped."""

    def __init__(
        self, rows: PanelRows, specification: PanelSpecification, settings: PanelSettings, tell: Tell | None
    ) -> None:
        self.rows = rows
        self._n_panels, self._panel_use = specification.n_panels, specification.panel_use
        self._settings, self._tell = settings, tell
        self._is_maximin = bool(rows.goals) and rows.goals[0].target is None
        self._begin = time.process_time()
        self._nodes = 0
        self._bound = math.inf if self._is_maximin else 0.0
        self._stopped: StopReason = "optimal"
        self._done = 0

    def run(self) -> list[FloatArray]:
        """(V,) variables of every panel."""
        uses_left = np.where(self.rows.is_anchor > 0.0, float(self._n_panels), float(self._panel_use))
        optimum = self._prove_bound(uses_left)
        chosen: list[FloatArray] = []
        for self._done in range(self._n_panels):
            limit = self._level_limit(chosen)
            programme = panel_programme(self.rows, self._counts(), uses_left=uses_left, level_limit=limit)
            v = self._best_panel(programme, optimum if self._n_panels == 1 else None)
            chosen.append(v)
            self._report(self._worst(chosen))
            uses_left = uses_left - v.reshape(len(self.rows.module_names), -1)[:, : self.rows.n_items].sum(axis=0)
        return chosen

    def result(self, panels: tuple[Panel, ...], chosen: list[FloatArray]) -> PanelAssembly:
        """The panels with the values of their goals, summed again from the items."""
        goals = tuple(
            PanelGoal(panel.name, goal.scope, goal.place, goal.measure, _sum(goal.values, v), goal.target)
            for panel, v in zip(panels, chosen, strict=True)
            for goal in self.rows.goals
        )
        value = self._worst(chosen) if goals else 0.0
        if self._is_maximin:
            bound = max(self._bound, value)
            gap = (bound - value) / max(abs(bound), 1e-300)
        else:
            bound = min(self._bound, value)
            gap = value - bound
        stopped = self._stopped
        if stopped in ("optimal", "gap"):
            stopped = "optimal" if gap <= 1e-9 else "gap"
        return PanelAssembly(
            panels=panels, goals=goals, value=value, bound=bound, gap=gap, stop_reason=stopped, nodes=self._nodes
        )

    def _counts(self) -> tuple[int, ...]:
        left = self._n_panels - self._done - 1
        return (1, left) if left else (1,)

    def _prove_bound(self, uses_left: FloatArray) -> _ModuleOptimum | None:
        """Bound the value by the relaxation and by modules alone; the module that decides, if one does."""
        programme = panel_programme(self.rows, self._counts(), uses_left=uses_left)
        relaxed = self._solve(replace(programme, is_integer=np.zeros_like(programme.is_integer)), SolverLimits())
        if relaxed.status == "infeasible":
            self._refuse()
        if not self.rows.goals:
            return None
        self._bound = -relaxed.bound if self._is_maximin else relaxed.bound
        if not self._is_maximin:
            return None
        decides: _ModuleOptimum | None = None
        for module in range(len(self.rows.module_names)):
            alone = self.rows.only_module(module)
            if not alone.goals:
                continue
            own = panel_programme(alone, (self._n_panels,), uses_left=uses_left)
            relaxed = self._solve(replace(own, is_integer=np.zeros_like(own.is_integer)), SolverLimits())
            if -relaxed.bound > self._bound * (1.0 + self._settings.relative_gap):
                continue
            solution = self._solve(own, self._limits(self._settings.relative_gap))
            if solution.status == "infeasible":
                self._refuse()
            if solution.x is not None and -solution.bound < self._bound:
                self._bound = -solution.bound
                decides = _ModuleOptimum(module, -solution.value, solution.x[:-1])
        return decides

    def _best_panel(self, programme: LinearProgramme, optimum: _ModuleOptimum | None) -> FloatArray:
        """The next panel; with the deciding module at its optimum when that suffices."""
        size = self.rows.variable_upper.size
        if optimum is not None and optimum.level >= self._bound * (1.0 - self._settings.relative_gap):
            held = _held(programme, self.rows, {optimum.module: optimum.v})
            # To ask for the level outright is far quicker than to maximise it.
            found = self._solve(self._at_level(held, optimum.level), self._limits(_SURPLUS_GAP))
            if found.x is not None:
                return found.x[:size]
        solution = self._solve(programme, self._limits(self._settings.relative_gap))
        if solution.status == "infeasible":
            if self._done:
                raise PanelStoppedError(
                    "incomplete",
                    f"no panel {self._done + 1} of {self._n_panels} exists beside those found; ask for fewer panels or "
                    "let items stand in more of them",
                )
            self._refuse()
        if solution.x is None:
            raise PanelStoppedError("limit", "no panel found within the limits; raise them or loosen the specification")
        if solution.status == "limit":
            self._stopped = "cpu" if self._is_out_of_time() else "nodes"
        if self._n_panels == 1 and self.rows.goals:
            self._bound = (
                min(self._bound, -solution.bound) if self._is_maximin else max(self._bound, solution.bound)
            )
        return self._with_surplus(programme, solution.x[:size])

    def _with_surplus(self, programme: LinearProgramme, v: FloatArray) -> FloatArray:
        """The panel with as much of every goal as the smallest leaves free; modules at the smallest stay as they are."""
        if not self._is_maximin or self._n_panels > 1 or self._settings.surplus == "leave":
            return v
        level = self._worst([v])
        decided = {
            module: block
            for module, (name, block) in enumerate(
                zip(self.rows.module_names, v.reshape(len(self.rows.module_names), -1), strict=True)
            )
            if any(
                goal.scope == "module"
                and goal.place == name
                and goal.values @ v <= goal.scale * level * (1.0 + self._settings.relative_gap)
                for goal in self.rows.goals
            )
        }
        better = self._solve(
            self._at_level(_held(programme, self.rows, decided), level),
            replace(self._limits(_SURPLUS_GAP), nodes=_SURPLUS_NODES),
            np.append(v, level),
        )
        if better.x is None or self._worst([better.x[:-1]]) < level * (1.0 - _LEVEL_SLACK):
            return v
        return better.x[:-1]

    def _at_level(self, programme: LinearProgramme, level: float) -> LinearProgramme:
        """A maximin of which the level is asked for; the sum of all goals is maximised instead if surplus is used."""
        lower, upper = programme.lower.copy(), programme.upper.copy()
        lower[-1], upper[-1] = level * (1.0 - _LEVEL_SLACK), math.inf
        cost = np.zeros(programme.cost.size)
        if self._settings.surplus == "maximise":
            for goal in self.rows.goals:
                cost[: goal.values.size] -= goal.values / goal.scale
        return replace(programme, cost=cost, lower=lower, upper=upper)

    def _level_limit(self, chosen: list[FloatArray]) -> float | None:
        """What is good enough for the next panel: the bound, or the worst panel so far."""
        if not self.rows.goals:
            return None
        limits = [self._bound, *([self._worst(chosen)] if chosen else [])]
        return min(limits) if self._is_maximin else max(limits)

    def _worst(self, chosen: list[FloatArray]) -> float:
        levels = [
            _sum(goal.values, v) / goal.scale
            if goal.target is None
            else abs(_sum(goal.values, v) - goal.target) / goal.scale
            for v in chosen
            for goal in self.rows.goals
        ]
        return (min if self._is_maximin else max)(levels, default=0.0)

    def _solve(self, programme: LinearProgramme, limits: SolverLimits, start: FloatArray | None = None) -> Solution:
        solution = solve(programme, limits, start=start, seed=self._settings.seed)
        self._nodes += solution.nodes
        return solution

    def _limits(self, relative_gap: float) -> SolverLimits:
        seconds = self._settings.cpu_seconds
        if seconds is not None:
            seconds = max(seconds - (time.process_time() - self._begin), 0.0)
        return SolverLimits(relative_gap=relative_gap, nodes=self._settings.nodes, cpu_seconds=seconds)

    def _is_out_of_time(self) -> bool:
        seconds = self._settings.cpu_seconds
        return seconds is not None and time.process_time() - self._begin >= seconds

    def _report(self, value: float) -> None:
        if self._tell is not None:
            self._tell(AssemblyProgress("improving", self._done + 1, value, self._bound))

    def _refuse(self) -> NoReturn:
        conflict = panel_conflict(self.rows)
        if conflict:
            listed = "; ".join(str(name) for name in conflict)
            message = f"no panel meets these together: {listed}"
        elif self._n_panels > 1:
            message = f"there are not items enough for {self._n_panels} panels; ask for fewer, or let items be in more"
        else:
            message = "no panel of whole items exists, though one in fractions does; loosen the narrowest ranges"
        raise PanelInfeasibleError(message, conflict)


def _held(programme: LinearProgramme, rows: PanelRows, modules: Mapping[int, FloatArray]) -> LinearProgramme:
    """The programme with some modules of the panel held at given items."""
    lower, upper = programme.lower.copy(), programme.upper.copy()
    for module, v in modules.items():
        columns = slice(module * rows.width, (module + 1) * rows.width)
        lower[columns] = upper[columns] = v
    return replace(programme, lower=lower, upper=upper)


def _sum(values: FloatArray, v: FloatArray) -> float:
    return math.fsum(values[v > 0.5].tolist())
