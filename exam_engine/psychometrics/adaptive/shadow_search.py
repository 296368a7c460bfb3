"""The best 0–1 point of a warm programme: the relaxation alone where that is integral, else a short branch and bound.

The optimum is exact. Three things keep the tree small: the shadow test before is still feasible and bounds the search
from the start, since between two items only the costs change; variables whose reduced cost exceeds what is left between
relaxation and incumbent are fixed; and stimuli are decided before single items.

References
----------
Land & Doig (1960), Econometrica 28, 497–520 (branch and bound); Crowder, Johnson & Padberg (1983), Operations Research
31, 803–834 (fixing by reduced costs).
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from exam_engine.psychometrics.adaptive.shadow_relaxation import Basis, Vertex, WarmRelaxation
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray

INTEGRALITY: Final = 1e-6
"""Distance from a whole number that counts as none; points are rounded and their rows verified."""

PROOF: Final = 1e-8
"""A node that could gain less than this is given up."""


@dataclass(frozen=True, slots=True, eq=False)
class BestPoint:
    """What a search found.

    Attributes
    ----------
    x : (V,) the best point, zeros and ones; None when there is none.
    value : its cost, ∞ without one.
    basis : of the relaxation at the root, to start the next search from.
    nodes : programmes solved; 1 when the relaxation was integral.
    is_proved : whether no better point exists; False when ``max_nodes`` came first.
    """

    x: FloatArray | None
    value: float
    basis: Basis
    nodes: int
    is_proved: bool


class _Node(NamedTuple):
    lower: FloatArray
    upper: FloatArray
    bound: float
    basis: Basis


def best_point(
    relaxation: WarmRelaxation,
    cost: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    *,
    branch_first: BoolArray,
    incumbent: FloatArray | None = None,
    start: Basis | None = None,
    max_nodes: int = 1_000,
) -> BestPoint:
    """Minimise the cost over 0–1 points.

    Parameters
    ----------
    relaxation : holds the rows.
    cost, lower, upper : (V,).
    branch_first : (V,) variables that are branched on before all others (stimuli).
    incumbent : (V,) a feasible point to improve on.
    start : basis to start from.
    max_nodes : programmes after which the search gives up its proof.
    """
    relaxation.price(cost)
    root = relaxation.solve(lower, upper, start=start)
    basis = relaxation.basis
    if root is None:
        return BestPoint(None, np.inf, basis, 1, is_proved=True)
    best, value = incumbent, np.inf if incumbent is None else float(cost @ incumbent)
    waiting: list[_Node] = []
    nodes, vertex, limits = 1, root, (lower, upper)
    while True:
        if vertex is not None:
            fractional = _fractional(vertex.x)
            if fractional.size == 0:
                best = np.round(vertex.x)
                value = float(cost @ best)
            elif vertex.value < value - PROOF:
                here = relaxation.basis
                limits = _fixed_by_reduced_costs(vertex, *limits, value)
                variable = _branching_variable(vertex.x, fractional, branch_first)
                children = _children(limits, variable, vertex.x[variable], branch_first[variable])
                waiting.extend(_Node(*child, vertex.value, here) for child in children)
        while waiting and waiting[-1].bound >= value - PROOF:
            waiting.pop()
        if not waiting or nodes >= max_nodes:
            return BestPoint(best, value, basis, nodes, is_proved=not waiting)
        node = waiting.pop()
        limits = node.lower, node.upper
        vertex = relaxation.solve(*limits, start=node.basis, cutoff=value - PROOF)
        nodes += 1


def _fractional(x: FloatArray) -> IntArray:
    return np.flatnonzero(np.abs(x - np.round(x)) > INTEGRALITY)


def _fixed_by_reduced_costs(
    vertex: Vertex, lower: FloatArray, upper: FloatArray, value: float
) -> tuple[FloatArray, FloatArray]:
    """Bounds without the variables that could not leave theirs and still improve on ``value``."""
    room = value - vertex.value
    fixed_below = vertex.reduced_cost > room
    fixed_above = -vertex.reduced_cost > room
    return np.where(fixed_above, upper, lower), np.where(fixed_below, lower, upper)


def _branching_variable(x: FloatArray, fractional: IntArray, branch_first: BoolArray) -> int:
    """The largest fraction among those to be decided first, else the one nearest to one half."""
    early = fractional[branch_first[fractional]]
    if early.size:
        return int(early[np.argmax(x[early])])
    return int(fractional[np.argmin(np.abs(x[fractional] - 0.5))])


def _children(
    limits: tuple[FloatArray, FloatArray], variable: int, fraction: float, is_early: bool
) -> list[tuple[FloatArray, FloatArray]]:
    """Both sides of the branch, the one to be looked at first last."""
    lower, upper = limits
    raised, lowered = lower.copy(), upper.copy()
    raised[variable], lowered[variable] = 1.0, 0.0
    up, down = (raised, upper), (lower, lowered)
    return [down, up] if is_early or fraction >= 0.5 else [up, down]
