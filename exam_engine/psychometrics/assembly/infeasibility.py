"""Why no forms meet a specification, in the board's own terms, and what is the least that would have to give."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from exam_engine.psychometrics.assembly.conflict import Conflict, find_conflict, solution_of
from exam_engine.psychometrics.assembly.demand_rows import demand_programme
from exam_engine.psychometrics.assembly.demands import Demand, DemandProgramme
from exam_engine.psychometrics.assembly.form_building import BuildingLimits, build_forms
from exam_engine.psychometrics.assembly.form_supply import form_supply, supply_capacity
from exam_engine.psychometrics.assembly.levers import DEFAULT_WEIGHTS
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.repair import Repair, cheapest_repairs
from exam_engine.psychometrics.assembly.repaired import Change, with_changes
from exam_engine.psychometrics.assembly.rows import FormRows, RowName, form_rows, use_limits
from exam_engine.psychometrics.assembly.shortages import Shortage, find_shortages
from exam_engine.psychometrics.assembly.specification import TestSpecification
from exam_engine.psychometrics.assembly.verification import check_forms

MOST_VARIABLES: Final = 12_000
"""Sets of forms with more variables than this are judged by the sums over the forms alone."""

MOST_BUILT: Final = 200_000
"""Forms are not made to verify a repair when items and stimuli times forms are more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Infeasibility:
    """Why no forms meet a specification.

    Attributes
    ----------
    shortages : what counting finds to be too few; the plainest explanation, hence the first.
    conflict : demands that exclude each other.
    is_minimal : whether it is proved, by solving again, that without any one of these demands the others can be met
        (for several forms: by the sums over the forms, where those prove the conflict).
    proof : what shows the conflict: ``counting`` (one bound against another), ``linear`` (not even fractions of items
        would do), ``integer`` (fractions would do, items do not), or ``none``: nothing was proved within the limits,
        and forms may exist.
    repairs : the cheapest first; after them, for several forms, to ask for fewer (when more than one repair was asked
        for, or no other could be verified).
    """

    shortages: tuple[Shortage, ...]
    conflict: tuple[Demand, ...]
    is_minimal: bool
    proof: Literal["counting", "linear", "integer", "none"]
    repairs: tuple[Repair, ...]

    def __str__(self) -> str:
        """One sentence for logs."""
        if self.proof == "none":
            return "no conflict proved within the limits"
        told = [f"short of {shortage}" for shortage in self.shortages]
        told.append("no form meets together: " + ", ".join(str(demand) for demand in self.conflict))
        if self.repairs:
            told.append(f"cheapest repair: {self.repairs[0]}")
        return "; ".join(told)

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "shortages": [shortage.to_dict() for shortage in self.shortages],
            "conflict": [demand.to_dict() for demand in self.conflict],
            "is_minimal": self.is_minimal,
            "proof": self.proof,
            "repairs": [repair.to_dict() for repair in self.repairs],
        }


class InfeasibleError(ValueError):
    """No forms meet the specification.

    Attributes
    ----------
    code : ``infeasible``.
    data : the explanation as JSON values.
    explanation : why, and what would help.
    """

    code = "infeasible"

    def __init__(self, explanation: Infeasibility) -> None:
        super().__init__(str(explanation))
        self.explanation = explanation
        self.data = explanation.to_dict()


def explain_infeasibility(
    pool: ItemPool,
    specification: TestSpecification,
    *,
    weights: Mapping[str, float] | None = None,
    repairs: int = 1,
    nodes: int = 2_000,
) -> Infeasibility:
    """Say which demands exclude each other, and what the cheapest changes are that make forms possible.

    Parameters
    ----------
    weights : what changing is dear: factors on the default cost by the requirement's code (``count``) or label
        (``NB``), infinity for what must stay; see ``cheapest_repairs``.
    repairs : how many to look for, at most; 0 for none.
    nodes : branch-and-bound nodes of any one programme.

    Raises
    ------
    SpecificationError
        When the specification speaks of what the pool does not have, or a weight is not positive.
    """
    rows = form_rows(pool, specification)
    programme = demand_programme(pool, specification, rows=rows)
    conflict = find_conflict(programme, nodes=nodes)
    if conflict is None and _may_be_written_in_full(specification, rows):
        programme = demand_programme(pool, specification, full=True, rows=rows)
        conflict = find_conflict(programme, nodes=nodes)
    shortages = find_shortages(pool, specification, rows=rows)
    if conflict is None:
        return Infeasibility(shortages=shortages, conflict=(), is_minimal=False, proof="none", repairs=())
    found = cheapest_repairs(
        pool,
        specification,
        programme,
        weights=weights,
        conflict=conflict.demands,
        at_most=repairs,
        # Sums over many forms hardly notice fractions; forms are made to make sure.
        whole_items=programme.n_copies == specification.n_forms or conflict.proof == "integer",
        nodes=nodes,
        build=lambda repaired: _all_forms(pool, repaired, max(1, nodes // 10)),
    )
    if specification.n_forms > 1 and repairs and (repairs > 1 or not any(repair.is_verified for repair in found)):
        found += _fewer_forms(pool, specification, rows, weights or {})
    return Infeasibility(
        shortages=shortages,
        conflict=_told(programme, conflict),
        is_minimal=conflict.is_minimal,
        proof=conflict.proof,
        repairs=found,
    )


def _all_forms(pool: ItemPool, specification: TestSpecification, nodes: int) -> list[list[str]] | None:
    """Any forms that meet the specification; None when not as many as it asks for are found."""
    rows = form_rows(pool, specification)
    if not _may_be_built(specification, rows):
        return None
    forms = _forms(pool, specification, rows)[0]
    if not check_forms(pool, specification, forms):
        return forms
    if not _may_be_written_in_full(specification, rows):
        return None
    # Made one after the other, forms need not be close to each other nor use every item as often as they must.
    programme = demand_programme(pool, specification, full=True, rows=rows)
    solution = solution_of(programme, np.ones(len(programme.demands), dtype=np.bool_), nodes)
    if solution.x is None:
        return None
    width = rows.n_items + rows.n_stimuli
    x = solution.x[: specification.n_forms * width].reshape(specification.n_forms, width)[:, : rows.n_items]
    return [[pool.item_ids[index] for index in np.flatnonzero(form > 0.5)] for form in x]


def _forms(pool: ItemPool, specification: TestSpecification, rows: FormRows) -> tuple[list[list[str]], int]:
    """As many forms as can be made, and how many there can be at most."""
    uses = use_limits(pool, specification)[1]
    capacity = supply_capacity(rows, uses, specification.n_forms)
    most = min(specification.n_forms, form_supply(rows, capacity).n_forms)
    forms = build_forms(rows, capacity, BuildingLimits(most_forms=most), overlap_maximum=specification.overlap_maximum)
    return [[pool.item_ids[index] for index in form] for form in forms], most


def _fewer_forms(
    pool: ItemPool, specification: TestSpecification, rows: FormRows, weights: Mapping[str, float]
) -> tuple[Repair, ...]:
    """To ask for as many forms as the pool is seen to give; nothing when it gives none."""
    if not _may_be_built(specification, rows):
        return ()
    forms, most = _forms(pool, specification, rows)
    wanted = specification.n_forms
    weight = DEFAULT_WEIGHTS["number_of_forms"] * weights.get("number_of_forms", 1.0)
    if not forms or len(forms) == wanted or not math.isfinite(weight):
        return ()
    name = RowName("number_of_forms", {"minimum": wanted, "maximum": wanted}, "number of forms")
    change = Change(name, "minimum", float(len(forms) - wanted), float(len(forms)))
    fewer = with_changes(pool, specification, [change])
    is_verified = not check_forms(pool, fewer, forms)
    return (Repair((change,), weight * (wanted - len(forms)), weight * (wanted - most), fewer, is_verified),)


def _may_be_built(specification: TestSpecification, rows: FormRows) -> bool:
    return specification.n_forms * (rows.n_items + rows.n_stimuli) <= MOST_BUILT


def _may_be_written_in_full(specification: TestSpecification, rows: FormRows) -> bool:
    n_forms = specification.n_forms
    if n_forms == 1:
        return False
    width = rows.n_items + rows.n_stimuli
    pairs = n_forms * (n_forms - 1) // 2 if specification.overlap_maximum is not None else 0
    return n_forms * width + pairs * rows.n_items <= MOST_VARIABLES


def _told(programme: DemandProgramme, conflict: Conflict) -> tuple[Demand, ...]:
    """The demands of the conflict in the order of the specification; items that must be in are told together."""
    demands = [programme.demands[index] for index in conflict.demands]
    included = [demand for demand in demands if demand.name.code == "include"]
    others = [demand for demand in demands if demand.name.code != "include"]
    if not included:
        return tuple(others)
    items = [item for demand in included for item in demand.name.data["items"]]
    label = f"{', '.join(items)} included"
    return (*others, Demand(RowName("include", {"items": items}, label), "required"))
