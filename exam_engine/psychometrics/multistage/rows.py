"""A panel specification written as linear rows over the items and stimuli of all modules, each row with its name."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy.sparse import block_diag, coo_array, csr_array, eye_array, kron, vstack

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.measures import Measure, amounts_of
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.rows import FormRows, RowName, form_rows
from exam_engine.psychometrics.assembly.specification import (
    Maximin,
    MinimaxTarget,
    MustInclude,
    StimulusSets,
    TestSpecification,
)
from exam_engine.psychometrics.multistage.specification import PanelSpecification
from exam_engine.psychometrics.multistage.structure import Route, route_label

Scope = Literal["module", "route", "panel", "panels"]

_IMPLIED_ON_ROUTES = ("stimulus_link",)


@dataclass(frozen=True, slots=True)
class PanelRowName:
    """What a row says and of what.

    Attributes
    ----------
    scope : whether it is of a module, a route, a whole panel or the set of panels.
    place : name of the module, or of the route's modules joined; empty otherwise.
    row : the requirement.
    """

    scope: Scope
    place: str
    row: RowName

    def __str__(self) -> str:
        """Return place and requirement in a few words."""
        return f"{self.place or self.scope}: {self.row}"

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"scope": self.scope, "place": self.place, "code": self.row.code, "data": dict(self.row.data)}


@dataclass(frozen=True, slots=True, eq=False)
class Goal:
    """A measure of a module or route that the objective speaks of.

    Attributes
    ----------
    scope, place : as in ``PanelRowName``.
    measure : what is measured.
    values : (V,) what each variable of a panel adds to it.
    scale : weight of a maximin, what a deviation is divided by of a target.
    target : None for maximin.
    """

    scope: Scope
    place: str
    measure: Measure
    values: FloatArray
    scale: float
    target: float | None

    def value_of(self, v: FloatArray) -> float:
        """How much of the measure a panel has, summed again from its whole items."""
        return math.fsum(self.values[v > 0.5].tolist())


@dataclass(frozen=True, eq=False)
class PanelRows:
    """One panel: lower ≤ matrix · v ≤ upper over v, which is (x, s) of the first module, of the second …

    Attributes
    ----------
    matrix : (R, V) with V = modules · (J + S).
    lower, upper : (R,).
    names : R names.
    variable_lower, variable_upper : (V,) 0 or 1.
    goals : what the objective speaks of.
    is_anchor : (J,) items that some module must include, which limits on use do not count.
    module_names : in the order of the blocks.
    n_items, n_stimuli : J, and S, 0 when no item of a stimulus may be chosen and nothing speaks of stimuli.
    """

    matrix: csr_array
    lower: FloatArray
    upper: FloatArray
    names: tuple[PanelRowName, ...]
    variable_lower: FloatArray
    variable_upper: FloatArray
    goals: tuple[Goal, ...]
    is_anchor: FloatArray
    module_names: tuple[str, ...]
    n_items: int
    n_stimuli: int

    @property
    def width(self) -> int:
        """Variables of one module."""
        return self.n_items + self.n_stimuli

    def items_of(self, v: FloatArray) -> list[IntArray]:
        """Item indices of each module from a panel's variables."""
        chosen = v.reshape(len(self.module_names), self.width)[:, : self.n_items] > 0.5
        return [np.flatnonzero(items) for items in chosen]

    def only_module(self, module: int) -> "PanelRows":
        """A relaxation of the panel to one module: its own rows and goals, and what routes through it allow at most."""
        columns = slice(module * self.width, (module + 1) * self.width)
        place = self.module_names[module]
        matrix = csr_array(self.matrix[:, columns])
        is_own = np.array([name.scope == "module" and name.place == place for name in self.names], dtype=np.bool_)
        on_route = np.array([name.scope == "route" for name in self.names], dtype=np.bool_)
        on_route &= (np.diff(matrix.indptr) > 0) & (self.matrix.min(axis=1).toarray().ravel() >= 0.0)
        kept = is_own | (on_route & np.isfinite(self.upper))
        return PanelRows(
            matrix=csr_array(matrix[kept]),
            lower=np.where(is_own, self.lower, -math.inf)[kept],
            upper=self.upper[kept],
            names=tuple(name for name, is_kept in zip(self.names, kept, strict=True) if is_kept),
            variable_lower=self.variable_lower[columns],
            variable_upper=self.variable_upper[columns],
            goals=tuple(
                replace(goal, values=goal.values[columns])
                for goal in self.goals
                if goal.scope == "module" and goal.place == place
            ),
            is_anchor=self.is_anchor,
            module_names=(place,),
            n_items=self.n_items,
            n_stimuli=self.n_stimuli,
        )


def panel_rows(pool: ItemPool, specification: PanelSpecification) -> PanelRows:
    """Write what one panel must satisfy as rows.

    Raises
    ------
    SpecificationError
        When the specification speaks of what the pool does not have.
    """
    modules, routes = _form_rows(pool, specification)
    names = tuple(modules)
    some = next(iter(modules.values()))
    n_items, width = some.n_items, some.n_items + some.n_stimuli
    matrices = [block_diag([form.matrix for form in modules.values()], format="csr")]
    lower, upper = [form.lower for form in modules.values()], [form.upper for form in modules.values()]
    row_names = [PanelRowName("module", name, row) for name, form in modules.items() for row in form.names]
    variable_lower = np.concatenate([form.variable_lower for form in modules.values()])
    variable_upper = np.concatenate([form.variable_upper for form in modules.values()])

    for route, form in routes.items():
        on_route = np.array([float(name in route) for name in names])
        kept = np.array([row.code not in _IMPLIED_ON_ROUTES for row in form.names], dtype=np.bool_)
        matrices.append(kron(on_route[None, :], form.matrix[kept], format="csr"))
        lower.append(form.lower[kept])
        upper.append(form.upper[kept])
        place = route_label(route)
        row_names += [
            PanelRowName("route", place, row) for row, is_kept in zip(form.names, kept, strict=True) if is_kept
        ]
        for fixed in form.fixed:
            if fixed.value == 0:
                barred = np.outer(on_route, np.isin(np.arange(width), fixed.items)).ravel() > 0.0
                variable_upper[barred] = 0.0
                continue
            one_each = coo_array(
                (np.ones(fixed.items.size), (np.arange(fixed.items.size), fixed.items)),
                shape=(fixed.items.size, width),
            )
            matrices.append(kron(on_route[None, :], one_each, format="csr"))
            lower.append(np.ones(fixed.items.size))
            upper.append(np.ones(fixed.items.size))
            row_names += [PanelRowName("route", place, fixed.name)] * fixed.items.size

    once = RowName("item_use", {"maximum": 1}, "an item or stimulus once in a panel")
    matrices.append(kron(np.ones((1, len(names))), eye_array(width), format="csr"))
    lower.append(np.full(width, -math.inf))
    upper.append(np.ones(width))
    row_names += [PanelRowName("panel", "", once)] * width
    return PanelRows(
        matrix=csr_array(vstack(matrices, format="csr")),
        lower=np.concatenate(lower),
        upper=np.concatenate(upper),
        names=tuple(row_names),
        variable_lower=variable_lower,
        variable_upper=variable_upper,
        goals=tuple(_goals(pool, specification, names, some.n_stimuli)),
        is_anchor=_anchors(pool, specification),
        module_names=names,
        n_items=n_items,
        n_stimuli=some.n_stimuli,
    )


def _form_rows(pool: ItemPool, specification: PanelSpecification) -> tuple[dict[str, FormRows], dict[Route, FormRows]]:
    """Rows of every module and route, all with stimuli or all without."""
    modules = {name: form_rows(pool, form) for name, form in specification.module_forms.items()}
    routes = {route: form_rows(pool, form) for route, form in specification.route_forms.items()}
    if not pool.stimulus_ids:
        return modules, routes
    free = np.any([form.variable_upper[: form.n_items] > 0.0 for form in modules.values()], axis=0)
    spoken_of = any(form.n_stimuli for form in (*modules.values(), *routes.values()))
    if not spoken_of and not (free & (pool.stimulus_of >= 0)).any():
        return modules, routes
    # A stimulus is in a module or not even where nothing speaks of stimuli: its items must not be torn apart.
    return (
        {
            name: form if form.n_stimuli else form_rows(pool, _with_stimuli(pool, specification.module_forms[name]))
            for name, form in modules.items()
        },
        {route: _widened(pool, form) for route, form in routes.items()},
    )


def _with_stimuli(pool: ItemPool, form: TestSpecification) -> TestSpecification:
    any_number = StimulusSets(0, len(pool.stimulus_ids))
    return replace(form, requirements=(*form.requirements, any_number))


def _widened(pool: ItemPool, form: FormRows) -> FormRows:
    matrix = csr_array(form.matrix)
    matrix.resize((matrix.shape[0], form.n_items + len(pool.stimulus_ids)))
    return replace(form, matrix=matrix, n_stimuli=len(pool.stimulus_ids))


def _goals(pool: ItemPool, specification: PanelSpecification, names: Sequence[str], n_stimuli: int) -> list[Goal]:
    goals: list[Goal] = []
    parts: list[tuple[Scope, str, tuple[str, ...], Maximin | MinimaxTarget | None]] = [
        ("module", module.name, (module.name,), module.objective) for module in specification.modules
    ]
    parts += [("route", route_label(route.modules), route.modules, route.objective) for route in specification.routes]
    for scope, place, modules, objective in parts:
        if objective is None:
            continue
        inside = np.array([float(name in modules) for name in names])
        targets: Sequence[float | None] = (None,) * len(objective.measures)
        scales = objective.weights if isinstance(objective, Maximin) else objective.scales
        if isinstance(objective, MinimaxTarget):
            targets = objective.targets
        for measure, scale, target in zip(objective.measures, scales, targets, strict=True):
            amounts = amounts_of(measure, pool)
            values = np.kron(inside, np.concatenate([amounts.items, amounts.stimuli[:n_stimuli]]))
            goals.append(Goal(scope, place, measure, values, scale, target))
    return goals


def _anchors(pool: ItemPool, specification: PanelSpecification) -> FloatArray:
    anchors: set[str] = set()
    for form in (*specification.module_forms.values(), *specification.route_forms.values()):
        anchors |= {item for row in form.requirements if isinstance(row, MustInclude) for item in row.items}
    result = np.zeros(len(pool.item_ids), dtype=np.float64)
    result[pool.indices(anchors)] = 1.0
    return result
