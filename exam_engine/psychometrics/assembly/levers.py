"""A lever for every bound that may move: what each may do, and the cheapest way to pull them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack, vstack

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.demands import HARD, Demand, DemandProgramme
from exam_engine.psychometrics.assembly.pool import ItemPool, SpecificationError
from exam_engine.psychometrics.assembly.rows import RowName
from exam_engine.psychometrics.assembly.solver import LinearProgramme, Solution, SolverLimits, solve

DEFAULT_WEIGHTS: Final[Mapping[str, float]] = {
    "length": 2.0,
    "count": 1.0,
    "total": 1.0,
    "information": 1.0,
    "expected_score": 1.0,
    "enemies": 10.0,
    "stimuli": 3.0,
    "stimulus_items": 10.0,
    "include": 2.0,
    "exclude": 1.0,
    "all_or_none": 5.0,
    "item_use": 10.0,
    "pair_overlap": 1.0,
    "closeness": 100.0,
    "number_of_forms": 20.0,
}
"""Cost of moving a bound by one: an item, or an item's worth of words, seconds or information; closeness by 1."""

_BY_AMOUNT: Final = ("total", "information", "expected_score")
FIRST_STATED: Final = 1e-4
IN_CONFLICT: Final = 1e-3
"""Of repairs of one cost, those come first that change what the conflict names, then those of what is stated first."""

_SLIGHT: Final = 0.03
_ABOUT_AS_CHEAP: Final = 1.05
"""A change of less than 3 % of the cost is left out when the others can make up for it for 5 % more."""


@dataclass(frozen=True, slots=True)
class Lever:
    """A bound that may move: ``most`` says how far, ``weight`` what a unit costs, ``decimals`` how fine the unit is."""

    demand: Demand
    weight: float
    most: float
    decimals: int
    is_in_conflict: bool


class Elastic:
    """The demands with a lever on each bound."""

    def __init__(
        self,
        pool: ItemPool,
        programme: DemandProgramme,
        weights: Mapping[str, float],
        conflict: tuple[int, ...],
        *,
        whole_items: bool,
    ) -> None:
        self.programme = programme
        self.levers: list[Lever] = []
        self._pool, self._weights = pool, weights
        self._whole_items = whole_items
        self._conflict = frozenset(conflict)
        self._by_demand: dict[object, int] = {}
        self._blocks: list[csr_array] = []
        self._lower: list[FloatArray] = []
        self._upper: list[FloatArray] = []
        self._add_rows()
        self._add_limits()
        self._width = programme.matrix.shape[1]

    def solve(
        self, ruled_out: frozenset[int], dearest: float, limits: SolverLimits
    ) -> tuple[dict[int, float], FloatArray, float] | None:
        """How far each lever moves, the variables, and the proven cost; None when all cost more than ``dearest``."""
        n_levers = len(self.levers)
        weights = np.array([lever.weight for lever in self.levers])
        most = np.array([lever.most for lever in self.levers])
        forbidden = ~np.isfinite(weights)
        forbidden[list(ruled_out)] = True
        weights = np.where(forbidden, 0.0, weights)
        order = 1.0 + FIRST_STATED * np.arange(n_levers) / n_levers
        order += np.array([0.0 if lever.is_in_conflict else IN_CONFLICT for lever in self.levers])
        programme = self.programme
        blocks, lower, upper = list(self._blocks), list(self._lower), list(self._upper)
        if math.isfinite(dearest):
            blocks.append(csr_array(np.append(np.zeros(self._width), weights)[None, :]))
            lower.append(np.array([-math.inf]))
            upper.append(np.array([dearest]))
        is_whole = np.array([lever.decimals == 0 for lever in self.levers])
        question = LinearProgramme(
            cost=np.append(np.zeros(self._width), weights * order),
            matrix=vstack([_widened(block, self._width + n_levers) for block in blocks], format="csr"),
            row_lower=np.concatenate(lower),
            row_upper=np.concatenate(upper),
            lower=np.append(programme.variable_lower, np.zeros(n_levers)),
            upper=np.append(programme.variable_upper, np.where(forbidden, 0.0, most)),
            is_integer=np.append(programme.is_integer & self._whole_items, is_whole),
        )
        answer = self._at_linear_optimum(question, is_whole, limits) or solve(question, limits)
        if answer.x is None:
            return None
        moves = answer.x[self._width :]
        return (
            {lever: float(moves[lever]) for lever in np.flatnonzero(moves > 1e-6).tolist()},
            answer.x[: self._width],
            # The bound counts the preferences, which the cost leaves out.
            max(0.0, answer.bound / (1.0 + FIRST_STATED + IN_CONFLICT)),
        )

    def with_fewer_changes(
        self, answer: tuple[dict[int, float], FloatArray, float], ruled_out: frozenset[int], limits: SolverLimits
    ) -> tuple[dict[int, float], FloatArray, float]:
        """The answer without changes that hardly save anything, where there is one about as cheap."""
        moved, _, proven = answer
        costs = {lever: self.levers[lever].weight * move for lever, move in moved.items()}
        slight = frozenset(lever for lever, cost in costs.items() if cost < _SLIGHT * sum(costs.values()))
        if not slight:
            return answer
        simpler = self.solve(ruled_out | slight, _ABOUT_AS_CHEAP * sum(costs.values()), limits)
        if simpler is None or len(simpler[0]) >= len(moved):
            return answer
        return simpler[0], simpler[1], proven

    def _at_linear_optimum(
        self, question: LinearProgramme, is_whole: BoolArray, limits: SolverLimits
    ) -> Solution | None:
        """The answer when fractions of items need whole levers only, and items can do with these: none is cheaper."""
        relaxed = solve(replace(question, is_integer=np.zeros(question.cost.size, dtype=np.bool_)))
        if relaxed.x is None:
            return relaxed
        moves = np.round(relaxed.x[self._width :])
        if (np.abs(relaxed.x[self._width :] - moves) > 1e-7).any() or moves[~is_whole].any():
            return None
        lower, upper = question.lower.copy(), question.upper.copy()
        lower[self._width :] = upper[self._width :] = moves
        found = solve(replace(question, cost=np.zeros(lower.size), lower=lower, upper=upper), limits)
        if found.x is None:
            return None
        return replace(found, value=relaxed.value, bound=relaxed.value)

    def _add_rows(self) -> None:
        programme = self.programme
        matrix = csr_array(programme.matrix)
        no_lever = np.full(len(programme.lower), HARD)
        for owners, bounds, sign in (
            (programme.lower_demand, programme.lower, 1.0),
            (programme.upper_demand, programme.upper, -1.0),
        ):
            rows = np.flatnonzero(np.isfinite(bounds))
            levers = no_lever.copy()
            for row in rows[owners[rows] != HARD].tolist():
                if programme.row_unit[row]:
                    levers[row] = self._lever(int(owners[row]))
            loosened = np.flatnonzero(levers[rows] != HARD)
            self._add_block(
                matrix[rows],
                (loosened, levers[rows][loosened], sign * programme.row_unit[rows][loosened]),
                (bounds[rows], np.full(rows.size, math.inf))
                if sign > 0
                else (np.full(rows.size, -math.inf), bounds[rows]),
            )

    def _add_limits(self) -> None:
        programme = self.programme
        for limits, sign in ((programme.floors, 1.0), (programme.ceilings, -1.0)):
            for limit in limits:
                size = limit.columns.size
                demand = programme.demands[limit.demand]
                if demand.name.code == "exclude":
                    levers = np.array([self._item_lever(limit.demand, int(column)) for column in limit.columns])
                else:
                    levers = np.full(size, self._lever(limit.demand))
                # Items let in or out may stand in all forms that the variable counts; a use limit moves one by one.
                unit = 1.0 if demand.name.code == "item_use" else float(programme.n_forms // programme.n_copies)
                own = coo_array(
                    (np.ones(size), (np.arange(size), limit.columns)), shape=(size, programme.matrix.shape[1])
                )
                bound, open_end = np.full(size, limit.value), np.full(size, sign * math.inf)
                self._add_block(
                    own.tocsr(),
                    (np.arange(size), levers, np.full(size, sign * unit)),
                    (bound, open_end) if sign > 0 else (open_end, bound),
                )

    def _add_block(
        self,
        matrix: csr_array,
        entries: tuple[IntArray, IntArray, FloatArray],
        bounds: tuple[FloatArray, FloatArray],
    ) -> None:
        rows, levers, values = entries
        loosening = coo_array((values, (rows, levers)), shape=(matrix.shape[0], len(self.levers))).tocsr()
        self._blocks.append(hstack([matrix, loosening], format="csr"))
        self._lower.append(bounds[0])
        self._upper.append(bounds[1])

    def _lever(self, index: int) -> int:
        demand = self.programme.demands[index]
        # Enemy sets share one limit.
        key: object = "enemies" if demand.name.code == "enemies" else index
        if key not in self._by_demand:
            self._by_demand[key] = len(self.levers)
            self.levers.append(self._new_lever(demand, index in self._conflict))
        return self._by_demand[key]

    def _item_lever(self, index: int, column: int) -> int:
        demand = self.programme.demands[index]
        item = column % (self.programme.n_items + self.programme.n_stimuli)
        key = (demand.name.code, item)
        if key not in self._by_demand:
            item_id = self._pool.item_ids[item]
            name = RowName("exclude", {"items": [item_id]}, f"exclusion of {item_id}")
            self._by_demand[key] = len(self.levers)
            self.levers.append(
                Lever(Demand(name, "required"), self._weight(demand, name.label), 1.0, 0, index in self._conflict)
            )
        return self._by_demand[key]

    def _new_lever(self, demand: Demand, is_in_conflict: bool) -> Lever:
        weight, decimals = self._weight(demand, demand.name.label), 0
        if demand.name.code in _BY_AMOUNT:
            amounts = _amounts(self.programme, demand)
            weight /= float(np.abs(amounts).mean()) if amounts.size else 1.0
            decimals = 0 if np.array_equal(amounts, np.round(amounts)) else 3
        elif demand.name.code == "closeness":
            decimals = 4
        most = math.inf
        if demand.bound is None:
            most = 1.0
        elif demand.name.code == "stimulus_items" and demand.side == "minimum":
            most = demand.bound - 1.0
        elif demand.side == "minimum" and demand.bound >= 0.0:
            most = demand.bound
        return Lever(demand, weight, most, decimals, is_in_conflict)

    def _weight(self, demand: Demand, label: str) -> float:
        code = demand.name.code
        factor = self._weights.get(label, self._weights.get(code, 1.0))
        if not factor > 0.0:
            raise SpecificationError(
                "out_of_range", f"the weight of {label} is {factor}; it must be positive", name=label
            )
        return DEFAULT_WEIGHTS[code] * factor


def _amounts(programme: DemandProgramme, demand: Demand) -> FloatArray:
    """What items add to the row of a demand, of those that add something."""
    index = programme.demands.index(demand)
    owners = programme.lower_demand if demand.side == "minimum" else programme.upper_demand
    row = int(np.flatnonzero(owners == index)[0])
    matrix = csr_array(programme.matrix)
    start, end = int(matrix.indptr[row]), int(matrix.indptr[row + 1])
    is_item: BoolArray = matrix.indices[start:end] < programme.n_items
    return np.asarray(matrix.data[start:end][is_item])


def _widened(block: csr_array, n_columns: int) -> csr_array:
    wide = block.copy()
    wide.resize((block.shape[0], n_columns))
    return wide
