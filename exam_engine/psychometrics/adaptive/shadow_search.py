"""The best 0–1 point of a warm programme by a short branch and bound; the relaxation alone where that is integral.

Exact. Three things keep the tree small: the shadow test before bounds the search from the start, for it is still
feasible when only the costs have changed; variables whose reduced cost exceeds what is left between relaxation and
incumbent are fixed; and stimuli are decided before single items.

References
----------
Land & Doig (1960), Econometrica 28, 497–520 (branch and bound); Crowder, Johnson & Padberg (1983), Operations Research
31, 803–834 (fixing by reduced costs).
"""

import heapq
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from exam_engine.psychometrics.adaptive.shadow_relaxation import Basis, Vertex, WarmRelaxation
from exam_engine.psychometrics.adaptive.shadow_restriction import fixed_by_reduced_costs
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.assembly.solver import LinearProgramme

INTEGRALITY: Final = 1e-6
"""Distance from a whole number that counts as none; points are rounded and their rows verified."""

PROOF: Final = 1e-8
"""A node that could gain less than this is given up."""


@dataclass(frozen=True, slots=True, eq=False)
class SearchResult:
    """What a search found.

    Attributes
    ----------
    x : (V,) the best point, zeros and ones; None when none is below the value to be beaten.
    value : its cost, or the value to be beaten.
    root : the relaxation's optimum; None when it has none.
    basis : of the relaxation at the root, to start the next search from.
    nodes : programmes solved; 1 when the relaxation was integral.
    is_proved : whether no better point exists; False when ``max_nodes`` came first.
    """

    x: FloatArray | None
    value: float
    root: Vertex | None
    basis: Basis
    nodes: int
    is_proved: bool


class _Node(NamedTuple):
    """A part of the search space whose relaxation is still to be solved; ordered by bound, then by age."""

    bound: float
    age: int
    lower: FloatArray
    upper: FloatArray
    basis: Basis


def best_point(
    relaxation: WarmRelaxation,
    programme: LinearProgramme,
    *,
    branch_first: BoolArray,
    below: float = np.inf,
    start: Basis | None = None,
    max_nodes: int,
) -> SearchResult:
    """Minimise the cost over 0–1 points: dive for better points, then go on where the bound is best.

    Parameters
    ----------
    relaxation : holds the programme's rows.
    programme : its costs and bounds.
    branch_first : (V,) variables that are branched on before all others (stimuli).
    below : only points of a lower cost are sought.
    start : basis to start from.
    max_nodes : programmes after which the search gives up its proof.
    """
    cost = programme.cost
    relaxation.price(cost)
    best: FloatArray | None = None
    value, limits = below, (programme.lower, programme.upper)
    vertex = root = relaxation.solve(*limits, start=start)
    basis, nodes = relaxation.basis, 1
    waiting: list[_Node] = []
    while True:
        following: _Node | None = None
        if vertex is not None:
            fractional = np.flatnonzero(np.abs(vertex.x - np.round(vertex.x)) > INTEGRALITY)
            if fractional.size == 0:
                point = np.round(vertex.x)
                if float(cost @ point) < value:
                    best, value = point, float(cost @ point)
            elif vertex.value < value - PROOF:
                limits = fixed_by_reduced_costs(vertex, *limits, value)
                variable = _branching_variable(vertex.x, cost, fractional, branch_first)
                here = relaxation.basis
                at_zero = _Node(vertex.value, nodes, *_with_bound(*limits, variable, 0.0), here)
                at_one = _Node(vertex.value, nodes, *_with_bound(*limits, variable, 1.0), here)
                goes_up = bool(branch_first[variable]) or vertex.x[variable] >= 0.5
                following, later = (at_one, at_zero) if goes_up else (at_zero, at_one)
                heapq.heappush(waiting, later)
        # Below the node just solved its basis is still in place.
        from_basis = None
        if following is None:
            if not waiting or waiting[0].bound >= value - PROOF:
                return SearchResult(best, value, root, basis, nodes, is_proved=True)
            following = heapq.heappop(waiting)
            from_basis = following.basis
        if nodes >= max_nodes:
            return SearchResult(best, value, root, basis, nodes, is_proved=False)
        limits = following.lower, following.upper
        vertex = relaxation.solve(*limits, start=from_basis, cutoff=value - PROOF)
        nodes += 1


def _branching_variable(x: FloatArray, cost: FloatArray, fractional: IntArray, branch_first: BoolArray) -> int:
    """The largest fraction among those to be decided first, else the fraction that saves most."""
    early = fractional[branch_first[fractional]]
    if early.size:
        return int(early[np.argmax(x[early])])
    return int(fractional[np.argmax(x[fractional] * np.abs(cost[fractional]))])


def _with_bound(lower: FloatArray, upper: FloatArray, variable: int, fixed: float) -> tuple[FloatArray, FloatArray]:
    """The bounds with the variable fixed."""
    lower, upper = lower.copy(), upper.copy()
    lower[variable] = upper[variable] = fixed
    return lower, upper
