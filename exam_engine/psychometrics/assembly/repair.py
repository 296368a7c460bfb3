"""The cheapest repair of a specification that no forms meet: which bounds to move, and how far.

Every bound that may move has a lever, a variable that costs its weight per unit; the least total is found by mixed
integer programming ("elastic" programming).

References
----------
Chinneck (2008), *Feasibility and Infeasibility in Optimization*, ch. 6 (elastic programmes). Timminga (1998), Solving
infeasibility problems in computerized test assembly, *Applied Psychological Measurement* 22(3).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.assembly.demands import DemandProgramme
from exam_engine.psychometrics.assembly.levers import FIRST_STATED, IN_CONFLICT, Elastic
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.repaired import Change, with_changes
from exam_engine.psychometrics.assembly.solver import SolverLimits
from exam_engine.psychometrics.assembly.specification import TestSpecification
from exam_engine.psychometrics.assembly.verification import check_forms

_DEARER: Final = 2.0
"""Other repairs are told when they cost at most so many times the cheapest."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes that make the specification possible.

    Attributes
    ----------
    changes : bounds to move and requirements to give up.
    cost : weighted total of the changes.
    proven_cost : no repair without the changes ruled out before it costs less; equal to ``cost`` when that is within
        0.2 %.
    specification : with the changes made.
    is_verified : whether forms of that specification were made and pass the independent check.
    """

    changes: tuple[Change, ...]
    cost: float
    proven_cost: float
    specification: TestSpecification
    is_verified: bool

    def __str__(self) -> str:
        """``NB minimum −4, words maximum +20``."""
        return ", ".join(str(change) for change in self.changes)

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "changes": [change.to_dict() for change in self.changes],
            "cost": self.cost,
            "proven_cost": self.proven_cost,
            "is_verified": self.is_verified,
        }


Builder = Callable[[TestSpecification], list[list[str]] | None]
"""Makes forms of a specification, to show that there are some; None when it cannot."""


def cheapest_repairs(
    pool: ItemPool,
    specification: TestSpecification,
    programme: DemandProgramme,
    *,
    weights: Mapping[str, float] | None = None,
    conflict: tuple[int, ...] = (),
    at_most: int = 1,
    whole_items: bool = True,
    nodes: int = 2_000,
    build: Builder,
) -> tuple[Repair, ...]:
    """The cheapest repair, then others that leave some of its changes out, from the cheapest on.

    Parameters
    ----------
    programme : the specification's demands.
    weights : factors on ``DEFAULT_WEIGHTS`` by code (``count``) or by label (``NB``); the label counts first. Infinity
        for what must not change.
    conflict : indices of the demands that exclude each other; of equally cheap changes, theirs are preferred.
    at_most : how many repairs; those beyond the first cost at most twice as much.
    whole_items : whether items are whole numbers in the programme; without, it is quicker and the proven cost lower.
    nodes : branch-and-bound nodes of the first programme; the others have a twentieth.
    build : makes forms where the programme does not have them itself.

    Raises
    ------
    SpecificationError
        ``out_of_range`` when a weight is not positive.
    """
    elastic = Elastic(pool, programme, weights or {}, conflict, whole_items=whole_items)
    first = SolverLimits(nodes=nodes, relative_gap=FIRST_STATED / 10.0)
    found: list[Repair] = []
    rulings: list[frozenset[int]] = [frozenset()]
    asked: set[frozenset[int]] = set()
    while rulings and len(found) < at_most:
        ruled_out = rulings.pop(0)
        if ruled_out in asked:
            continue
        asked.add(ruled_out)
        dearest = _DEARER * found[0].cost if found else math.inf
        # Others are for choosing among; whether they are the very next in cost matters less than their time.
        limits = SolverLimits(nodes=max(1, nodes // 20), relative_gap=0.1) if found else first
        answer = elastic.solve(ruled_out, dearest, limits)
        if answer is None:
            continue
        moved, x, proven = elastic.with_fewer_changes(answer, ruled_out, limits)
        rulings += [ruled_out | {lever} for lever in sorted(moved)]
        repair = _repair(pool, specification, elastic, moved, x, proven, build)
        if repair is not None and all(repair.changes != other.changes for other in found):
            found.append(repair)
    return tuple(sorted(found, key=lambda repair: repair.cost))


def _repair(
    pool: ItemPool,
    specification: TestSpecification,
    elastic: Elastic,
    moved: Mapping[int, float],
    x: FloatArray,
    proven: float,
    build: Builder,
) -> Repair | None:
    changes, cost = [], 0.0
    for index, move in sorted(moved.items()):
        lever = elastic.levers[index]
        demand = lever.demand
        size = math.ceil(move * 10**lever.decimals - 1e-5) / 10**lever.decimals
        cost += lever.weight * size
        if demand.bound is None:
            changes.append(Change(demand.name, demand.side, None, None))
            continue
        change = -size if demand.side == "minimum" else size
        changes.append(Change(demand.name, demand.side, change, round(demand.bound + change, 9)))
    repaired = with_changes(pool, specification, changes)
    forms = _forms_of(elastic.programme, pool, x) if elastic.programme.n_copies == specification.n_forms else None
    if forms is None or check_forms(pool, repaired, forms):
        forms = build(repaired)
    is_verified = forms is not None and not check_forms(pool, repaired, forms)
    if cost - proven <= 2.0 * (FIRST_STATED + IN_CONFLICT) * cost:
        proven = cost
    return Repair(tuple(changes), cost, proven, repaired, is_verified)


def _forms_of(programme: DemandProgramme, pool: ItemPool, x: FloatArray) -> list[list[str]]:
    width = programme.n_items + programme.n_stimuli
    copies = x[: programme.n_copies * width].reshape(programme.n_copies, width)[:, : programme.n_items]
    return [[pool.item_ids[index] for index in np.flatnonzero(copy > 0.5)] for copy in copies]
