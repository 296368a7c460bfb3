"""The search for panels: bounds first, then one panel after another beside the shadow of those to come.

References
----------
van der Linden & Adema (1998), Journal of Educational Measurement 35, 185–198 (the big-shadow-test method).
"""

import math
import time
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, NoReturn

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.assembly.result import AssemblyProgress, StopReason, Tell
from exam_engine.psychometrics.assembly.solver import LinearProgramme, Solution, SolverLimits, solve
from exam_engine.psychometrics.assembly.specification import MinimaxTarget
from exam_engine.psychometrics.multistage.conflict import panel_conflict
from exam_engine.psychometrics.multistage.programmes import panel_programme, with_modules_held
from exam_engine.psychometrics.multistage.result import PanelInfeasibleError, PanelSettings, PanelStoppedError
from exam_engine.psychometrics.multistage.rows import Goal, PanelRows
from exam_engine.psychometrics.multistage.specification import PanelSpecification

_SURPLUS_GAP: Final = 0.01
_SURPLUS_NODES: Final = 200
_NODES: Final = 100
_ALONE_NODES: Final = 1_000
_RENEWALS: Final = 60
_FRACTION: Final = 1e-6
_LEVEL_SLACK: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class _ModuleOptimum:
    """The best that one module could be for itself."""

    module: int
    level: float
    v: FloatArray


class SearchOutcome(NamedTuple):
    """As in ``PanelAssembly``."""

    value: float
    bound: float
    gap: float
    stop_reason: StopReason
    nodes: int


class PanelSearch:
    """One search: its rows, what has been proved so far, and why it stopped."""

    def __init__(
        self, rows: PanelRows, specification: PanelSpecification, settings: PanelSettings, tell: Tell | None
    ) -> None:
        self.rows = rows
        self._n_panels, self._panel_use = specification.n_panels, specification.panel_use
        self._routes = [[rows.module_names.index(name) for name in route.modules] for route in specification.routes]
        self._settings, self._tell = settings, tell
        self._is_maximin = bool(rows.goals) and rows.goals[0].target is None
        self._tolerance = min(
            (part.tolerance for part in specification.objectives if isinstance(part, MinimaxTarget)), default=0.0
        )
        self._begin = time.process_time()
        self._nodes = 0
        self._bound = math.inf if self._is_maximin else 0.0
        self._stopped: StopReason = "iterations"
        self._done = 0

    def run(self) -> list[FloatArray]:
        """(V,) variables of every panel."""
        allowed = np.where(self.rows.is_anchor > 0.0, float(self._n_panels), float(self._panel_use))
        uses_left = allowed
        optimum = self._prove_bound(uses_left)
        chosen: list[FloatArray] = []
        while self._done < self._n_panels:
            limit = self._level_limit(chosen)
            programme = panel_programme(self.rows, self._counts(), uses_left=uses_left, level_limit=limit)
            v = self._best_panel(programme, optimum if self._n_panels == 1 else None)
            chosen.append(v)
            self._done += 1
            self._report(self._worst(chosen))
            uses_left = uses_left - v.reshape(len(self.rows.module_names), -1)[:, : self.rows.n_items].sum(axis=0)
        return self._evened(chosen, allowed) if self._n_panels > 1 and self.rows.goals else chosen

    def outcome(self, chosen: list[FloatArray]) -> SearchOutcome:
        """Value, bound and gap of the panels found, and why the search ended."""
        value = self._worst(chosen)
        if self._is_maximin:
            bound = max(self._bound, value)
            gap = (bound - value) / max(abs(bound), 1e-300)
        else:
            bound = min(self._bound, value)
            gap = value - bound
        stopped = self._stopped
        if gap <= _LEVEL_SLACK:
            stopped = "optimal"
        elif self._is_maximin and gap <= self._settings.relative_gap:
            stopped = "gap"
        elif not self._is_maximin and value <= self._tolerance + _LEVEL_SLACK:
            stopped = "tolerance"
        return SearchOutcome(value, bound, gap, stopped, self._nodes)

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
            solution = self._solve(own, replace(self._limits(0.0), nodes=self._settings.nodes or _ALONE_NODES))
            if solution.status == "infeasible":
                self._refuse()
            if solution.x is not None and -solution.bound < self._bound:
                self._bound = -solution.bound
                decides = _ModuleOptimum(module, -solution.value, solution.x[:-1])
        return decides

    def _best_panel(self, programme: LinearProgramme, optimum: _ModuleOptimum | None) -> FloatArray:
        """The next panel: with the deciding module at its optimum, else module by module, else all at once."""
        size = self.rows.variable_upper.size
        if optimum is not None and optimum.level >= self._bound * (1.0 - self._settings.relative_gap):
            held = with_modules_held(programme, self.rows.width, {optimum.module: optimum.v})
            # To ask for the level outright is far quicker than to maximise it.
            found = self._solve(self._at_level(held, optimum.level), self._limits(_SURPLUS_GAP))
            if found.x is not None:
                return found.x[:size]
        start = self._module_by_module(programme)
        if start is not None and self._n_panels == 1:
            start = self._polished(programme, start)
        if start is not None and (self._n_panels > 1 or self._is_good_enough([start[:size]])):
            return self._with_surplus(programme, start[:size])
        solution = self._solve(programme, self._limits(self._settings.relative_gap), start)
        if solution.status == "infeasible":
            self._refuse_panel()
        if solution.x is None:
            raise PanelStoppedError("limit", "no panel found within the limits; raise them or loosen the specification")
        if solution.status == "limit":
            self._stopped = "cpu" if self._is_out_of_time() else "nodes"
        self._tighten(solution.bound)
        return self._with_surplus(programme, solution.x[:size])

    def _module_by_module(self, programme: LinearProgramme) -> FloatArray | None:
        """Round one module at a time, those still to come being in fractions; None when that leads nowhere."""
        n_modules, width = len(self.rows.module_names), self.rows.width
        relaxed = self._solve(replace(programme, is_integer=np.zeros_like(programme.is_integer)), SolverLimits())
        if relaxed.x is None:
            return None
        blocks = relaxed.x[: n_modules * width].reshape(n_modules, width)
        n_fractions = (np.abs(blocks - np.round(blocks)) > _FRACTION).sum(axis=1)
        x: FloatArray | None = None
        for place, module in enumerate(np.argsort(-n_fractions, kind="stable").tolist()):
            columns = slice(module * width, (module + 1) * width)
            is_integer = np.zeros_like(programme.is_integer)
            is_integer[columns] = True
            limits = self._limits(self._settings.relative_gap / 3.0)
            step = self._solve(replace(programme, is_integer=is_integer), limits)
            if step.x is None:
                return None
            if place == 0:
                # A relaxation still, so what it proves holds for all panels.
                self._tighten(step.bound)
            x = step.x
            programme = with_modules_held(programme, self.rows.width, {module: np.round(x[columns])})
        return x

    def _evened(self, chosen: list[FloatArray], allowed: FloatArray) -> list[FloatArray]:
        """All panels together, the later ones bettered at the cost of the earlier."""
        n_panels, size = len(chosen), self.rows.variable_upper.size
        limit = self._bound if self._is_maximin else self._tolerance
        programme = panel_programme(self.rows, (1,) * n_panels, n_whole=n_panels, uses_left=allowed, level_limit=limit)
        x = self._polished(programme, np.append(np.concatenate(chosen), self._worst(chosen)))
        return list(x[: n_panels * size].reshape(n_panels, size))

    def _polished(self, programme: LinearProgramme, x: FloatArray) -> FloatArray:
        """Panels with the worst module chosen anew, alone, with another or with a route, while that helps."""
        n_modules, width, size = len(self.rows.module_names), self.rows.width, self.rows.variable_upper.size
        n_panels = int(programme.is_integer.sum()) // size
        n_blocks = n_panels * n_modules
        solved = 0
        while solved < _RENEWALS:
            blocks = x[: n_panels * size].reshape(n_blocks, width)
            panels = list(x[: n_panels * size].reshape(n_panels, size))
            if not self.rows.goals or self._is_good_enough(panels):
                return x
            before = self._worst(panels)
            touched = self._worst_modules(panels)
            modules = np.flatnonzero(touched) % n_modules
            # The same module of other panels first: its items serve the same purpose.
            others = np.flatnonzero(~touched)
            others = others[np.argsort(~np.isin(others % n_modules, modules), kind="stable")]
            for freed in [set(), *({other} for other in others.tolist()), *self._routes_through(touched)]:
                kept = {place: blocks[place] for place in others.tolist() if place not in freed}
                limits = self._limits(self._settings.relative_gap / 3.0)
                better = self._solve(with_modules_held(programme, self.rows.width, kept), limits, x)
                solved += 1
                if better.x is None:
                    continue
                if self._is_better(self._worst(list(better.x[: n_panels * size].reshape(n_panels, size))), before):
                    x = better.x
                    break
            else:
                return x
        return x

    def _routes_through(self, touched: BoolArray) -> list[set[int]]:
        """Modules of each route of a panel through a touched one, which share what is limited along the route."""
        n_modules = len(self.rows.module_names)
        return [
            {panel * n_modules + module for module in route}
            for panel in range(touched.size // n_modules)
            for route in self._routes
            if any(touched[panel * n_modules + module] for module in route)
        ]

    def _worst_modules(self, panels: list[FloatArray]) -> BoolArray:
        """(panels · modules,) those that the worst goal of all is about."""
        n_modules = len(self.rows.module_names)
        levels = np.array([[self._level(goal, v) for goal in self.rows.goals] for v in panels])
        place = int(levels.argmin() if self._is_maximin else levels.argmax())
        panel, number = divmod(place, len(self.rows.goals))
        touched: BoolArray = np.zeros(len(panels) * n_modules, dtype=np.bool_)
        own = self.rows.goals[number].values.reshape(n_modules, self.rows.width).any(axis=1)
        touched[panel * n_modules : (panel + 1) * n_modules] = own
        return touched

    def _is_better(self, worst: float, before: float) -> bool:
        step = _LEVEL_SLACK + 0.05 * self._settings.relative_gap * abs(before)
        return worst > before + step if self._is_maximin else worst < before - step

    def _is_good_enough(self, panels: list[FloatArray]) -> bool:
        worst = self._worst(panels)
        if self._is_maximin:
            return worst >= self._bound * (1.0 - self._settings.relative_gap)
        return worst <= max(self._tolerance, self._bound) + _LEVEL_SLACK

    def _tighten(self, cost: float) -> None:
        """A new bound from what was proved of the first panel and all others in fractions."""
        if not self._done and self._is_maximin:
            self._bound = min(self._bound, -cost)

    def _with_surplus(self, programme: LinearProgramme, v: FloatArray) -> FloatArray:
        """The panel with as much of every goal as the smallest leaves free; modules at the smallest stay."""
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
            self._at_level(with_modules_held(programme, self.rows.width, decided), level),
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
        so_far = [self._worst(chosen)] if chosen else []
        return min([self._bound, *so_far]) if self._is_maximin else max([self._tolerance, *so_far])

    def _worst(self, chosen: list[FloatArray]) -> float:
        levels = [self._level(goal, v) for v in chosen for goal in self.rows.goals]
        return (min if self._is_maximin else max)(levels, default=0.0)

    def _level(self, goal: Goal, v: FloatArray) -> float:
        total = goal.value_of(v)
        return total / goal.scale if goal.target is None else abs(total - goal.target) / goal.scale

    def _solve(self, programme: LinearProgramme, limits: SolverLimits, start: FloatArray | None = None) -> Solution:
        solution = solve(programme, limits, start=start, seed=self._settings.seed)
        self._nodes += solution.nodes
        return solution

    def _limits(self, relative_gap: float) -> SolverLimits:
        seconds = self._settings.cpu_seconds
        if seconds is not None:
            seconds = max(seconds - (time.process_time() - self._begin), 0.0)
        return SolverLimits(relative_gap=relative_gap, nodes=self._settings.nodes or _NODES, cpu_seconds=seconds)

    def _is_out_of_time(self) -> bool:
        seconds = self._settings.cpu_seconds
        return seconds is not None and time.process_time() - self._begin >= seconds

    def _report(self, value: float) -> None:
        if self._tell is not None:
            self._tell(AssemblyProgress("improving", self._done, value, self._bound))

    def _refuse_panel(self) -> NoReturn:
        if not self._done:
            self._refuse()
        raise PanelStoppedError(
            "incomplete",
            f"no panel {self._done + 1} of {self._n_panels} exists beside those found; ask for fewer panels or let "
            "items stand in more of them",
        )

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
