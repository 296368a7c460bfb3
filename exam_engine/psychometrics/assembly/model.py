"""The test specification as a mixed integer linear programme whose rows keep the names a board gave them.

References
----------
van der Linden (2005), *Linear Models for Optimal Test Design*, ch. 5–6 (maximin objective, parallel forms).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import coo_array, csr_array, vstack

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.specification import ItemPool, TestSpecification
from exam_engine.psychometrics.response_functions import expected_item_scores, fisher_information

RowCode = Literal[
    "length", "cell", "seconds", "max_uses", "enemies", "include", "exclude", "information_closeness", "score_closeness"
]

SOLVED: Final = 0
PROVED_INFEASIBLE: Final = 2
"""Status numbers of ``scipy.optimize.milp``."""

_FEASIBILITY_MARGIN = 1e-7
"""Share by which float ranges are tightened, so that a solution within the solver's tolerance meets the real ones."""


@dataclass(frozen=True, eq=False)
class NamedRow:
    """One requirement of the specification, as linear rows over all variables.

    Parameters
    ----------
    code, data : stable name of the requirement and the figures that a message about it needs.
    matrix : (rows, variables).
    lower, upper : (rows,) bounds.
    """

    code: RowCode
    data: Mapping[str, Any]
    matrix: csr_array
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, eq=False)
class AssemblyModel:
    """Variables are x[f, i] ∈ {0, 1} (form-major), then the smallest information at each ability, then score.

    Attributes
    ----------
    rows : every requirement.
    n_forms, n_items : sizes of x.
    n_variables : of the whole programme.
    """

    rows: tuple[NamedRow, ...]
    n_forms: int
    n_items: int
    n_variables: int

    def solve(self, *, relative_gap: float, node_limit: int) -> OptimizeResult:
        """Make the least informative form at θ_cut as informative as possible."""
        objective = np.zeros(self.n_variables)
        objective[self.n_forms * self.n_items] = -1.0
        return self._run(self.rows, objective, integer=True, relative_gap=relative_gap, node_limit=node_limit)

    def feasibility(
        self, rows: Iterable[NamedRow], *, integer: bool, node_limit: int
    ) -> Literal["possible", "impossible", "undecided"]:
        """Whether the given requirements can be met together, or, when not integer, by fractions of items."""
        objective = np.zeros(self.n_variables)
        result = self._run(tuple(rows), objective, integer=integer, relative_gap=0.0, node_limit=node_limit)
        if result.status == PROVED_INFEASIBLE:
            return "impossible"
        return "possible" if result.x is not None else "undecided"

    def chosen(self, solution: FloatArray) -> list[IntArray]:
        """Item indices of each form."""
        x = solution[: self.n_forms * self.n_items].reshape(self.n_forms, self.n_items)
        return [np.flatnonzero(form > 0.5) for form in x]

    def _run(
        self, rows: tuple[NamedRow, ...], objective: FloatArray, *, integer: bool, relative_gap: float, node_limit: int
    ) -> OptimizeResult:
        n_binary = self.n_forms * self.n_items
        upper = np.full(self.n_variables, np.inf)
        upper[:n_binary] = 1.0
        kind = np.zeros(self.n_variables)
        kind[:n_binary] = 1.0 if integer else 0.0
        constraints = None
        if rows:
            constraints = LinearConstraint(
                vstack([row.matrix for row in rows], format="csr"),
                np.concatenate([row.lower for row in rows]),
                np.concatenate([row.upper for row in rows]),
            )
        return milp(
            objective,
            integrality=kind,
            bounds=Bounds(np.zeros(self.n_variables), upper),
            constraints=constraints,
            options={"mip_rel_gap": relative_gap, "node_limit": node_limit},
        )


def build_model(pool: ItemPool, specification: TestSpecification, information_tolerance: float) -> AssemblyModel:
    """Write the specification as rows, with the forms' information within ``information_tolerance`` of each other."""
    builder = _RowBuilder(pool, specification)
    rows = [builder.per_form("length", {"length": specification.length}, None, *(specification.length,) * 2)]
    rows += [
        builder.per_form(
            "cell",
            {"where": dict(cell.where), "minimum": cell.minimum, "maximum": cell.maximum},
            pool.matching(cell.where).astype(np.float64),
            cell.minimum,
            cell.maximum,
        )
        for cell in specification.cells
    ]
    if specification.seconds is not None and pool.expected_seconds is not None:
        least, most = specification.seconds
        margin = _FEASIBILITY_MARGIN * most
        rows.append(
            builder.per_form(
                "seconds", {"minimum": least, "maximum": most}, pool.expected_seconds, least + margin, most - margin
            )
            if most - least > 2.0 * margin
            else builder.per_form("seconds", {"minimum": least, "maximum": most}, pool.expected_seconds, least, most)
        )
    rows += [
        builder.per_form("enemies", {"items": sorted(enemies)}, pool.among(enemies).astype(np.float64), -np.inf, 1.0)
        for enemies in pool.enemies
    ]
    if specification.include:
        rows.append(
            builder.per_form(
                "include",
                {"items": sorted(specification.include)},
                pool.among(specification.include).astype(np.float64),
                len(specification.include),
                np.inf,
            )
        )
    if specification.exclude:
        rows.append(
            builder.per_form(
                "exclude",
                {"items": sorted(specification.exclude)},
                pool.among(specification.exclude).astype(np.float64),
                -np.inf,
                0.0,
            )
        )
    if specification.max_uses < specification.n_forms:
        rows.append(builder.uses(~pool.among(specification.include)))
    theta = np.array(specification.thetas)
    for position, values in enumerate(fisher_information(theta, pool.parameters)):
        data = {"theta": specification.thetas[position], "tolerance": specification.information_tolerance}
        factor = 1.0 + information_tolerance * (1.0 - _FEASIBILITY_MARGIN)
        rows.append(builder.within("information_closeness", data, values, position, factor, 0.0))
    if specification.score_tolerance is not None:
        data = {"theta": specification.theta_cut, "tolerance": specification.score_tolerance}
        values = expected_item_scores(theta[:1], pool.parameters)[0]
        room = specification.score_tolerance * (1.0 - _FEASIBILITY_MARGIN)
        rows.append(builder.within("score_closeness", data, values, len(specification.thetas), 1.0, room))
    return AssemblyModel(tuple(rows), specification.n_forms, len(pool.item_ids), builder.n_variables)


class _RowBuilder:
    """Knows where the variables are."""

    def __init__(self, pool: ItemPool, specification: TestSpecification) -> None:
        self.n_forms = specification.n_forms
        self.n_items = len(pool.item_ids)
        self.max_uses = specification.max_uses
        self.n_variables = self.n_forms * self.n_items + len(specification.thetas) + 1

    def per_form(
        self, code: RowCode, data: Mapping[str, Any], values: FloatArray | None, lower: float, upper: float
    ) -> NamedRow:
        """Bound Σ values_i x[f, i] for every form; values are 1 when None."""
        values = np.ones(self.n_items) if values is None else values
        return NamedRow(code, data, self._form_rows(values), np.full(self.n_forms, lower), np.full(self.n_forms, upper))

    def uses(self, limited: BoolArray) -> NamedRow:
        """Σ_f x[f, i] ≤ max_uses for the limited items."""
        items = np.flatnonzero(limited)
        rows = np.tile(np.arange(items.size), self.n_forms)
        columns = np.concatenate([items + form * self.n_items for form in range(self.n_forms)])
        matrix = coo_array((np.ones(rows.size), (rows, columns)), shape=(items.size, self.n_variables)).tocsr()
        upper = np.full(items.size, float(self.max_uses))
        return NamedRow("max_uses", {"max_uses": self.max_uses}, matrix, np.full(items.size, -np.inf), upper)

    def within(
        self, code: RowCode, data: Mapping[str, Any], values: FloatArray, level: int, factor: float, room: float
    ) -> NamedRow:
        """L ≤ Σ values_i x[f, i] ≤ factor · L + room for every form, with L the level variable of that number."""
        sums = self._form_rows(values)
        at = np.full(self.n_forms, self.n_forms * self.n_items + level)
        place = (np.arange(self.n_forms), at)
        unit = coo_array((np.ones(self.n_forms), place), shape=sums.shape).tocsr()
        matrix = vstack([sums - unit, sums - factor * unit], format="csr")
        free = np.full(self.n_forms, np.inf)
        lower = np.concatenate([np.zeros(self.n_forms), -free])
        upper = np.concatenate([free, np.full(self.n_forms, room)])
        return NamedRow(code, data, matrix, lower, upper)

    def _form_rows(self, values: FloatArray) -> csr_array:
        items = np.flatnonzero(values)
        rows = np.repeat(np.arange(self.n_forms), items.size)
        columns = np.concatenate([items + form * self.n_items for form in range(self.n_forms)])
        entries = np.tile(values[items], self.n_forms)
        return coo_array((entries, (rows, columns)), shape=(self.n_forms, self.n_variables)).tocsr()
