"""Whether one form can meet all demands of a blueprint at once; if not, which exclude each other, what would help."""

import random
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from exam_engine.psychometrics.assembly import SpecificationError, check_forms, explain_infeasibility
from exam_engine.psychometrics.assembly.form_building import BuildingLimits, build_forms
from exam_engine.psychometrics.assembly.form_supply import supply_capacity
from exam_engine.psychometrics.assembly.rows import form_rows, use_limits
from item_bank.assembly.bank import BankItem, RecentForm, item_pool
from item_bank.assembly.explaining import conflict_of, repairs_of
from item_bank.assembly.options import AssemblyOptions
from item_bank.assembly.requirements import specification_of
from item_bank.blueprints.statement import BlueprintStatement

Status = Literal["feasible", "infeasible", "unknown"]

NODES = 200
"""Branch-and-bound nodes of any one question; a page waits for the answer."""
_REPAIRS = 2
_LARGE = 1500
"""In a pool of more items a form is looked for among a sample first."""
_OF_A_KIND = 12
_STIMULI = 40
_AT_ONCE = threading.BoundedSemaphore(2)
"""Questions that nobody waits for any more may still be computing; no more than two do."""


@dataclass(frozen=True, slots=True)
class JointAnswer:
    """Whether a form exists; ``unknown`` when nothing was proved within the limits.

    ``conflict`` and ``repairs`` are as an assembly keeps them.
    """

    status: Status
    conflict: list[dict[str, Any]] = field(default_factory=list)
    repairs: list[list[dict[str, Any]]] = field(default_factory=list)


UNKNOWN = JointAnswer("unknown")


def joint_answer(
    items: Sequence[BankItem], statement: BlueprintStatement, recent: Sequence[RecentForm], *, now: datetime
) -> JointAnswer:
    """Look for one form of these items, or for what stands in its way.

    Parameters
    ----------
    items : of the blueprint's cells and kinds; those that rest are told apart by the blueprint's own rules.
    """
    if not _AT_ONCE.acquire(blocking=False):
        return UNKNOWN
    try:
        return _answer(items, statement, recent, now)
    finally:
        _AT_ONCE.release()


def _answer(
    items: Sequence[BankItem], statement: BlueprintStatement, recent: Sequence[RecentForm], now: datetime
) -> JointAnswer:
    if not items:
        # Counting has told what is missing; there is nothing else to explain.
        return JointAnswer("infeasible")
    if len(items) > _LARGE and _has_form(_sample(items), statement, recent, now):
        return JointAnswer("feasible")
    if _has_form(items, statement, recent, now):
        return JointAnswer("feasible")
    pool = item_pool(items, statement, now=now)
    why = explain_infeasibility(
        pool, specification_of(statement, AssemblyOptions(form_count=1), recent, pool), repairs=_REPAIRS, nodes=NODES
    )
    if why.proof == "none" and not why.shortages:
        return UNKNOWN
    return JointAnswer("infeasible", conflict_of(why), repairs_of(why, statement))


def _has_form(
    items: Sequence[BankItem], statement: BlueprintStatement, recent: Sequence[RecentForm], now: datetime
) -> bool:
    """Whether a form is found that the independent check accepts; what some of the items give, all of them give."""
    pool = item_pool(items, statement, now=now)
    try:
        specification = specification_of(statement, AssemblyOptions(form_count=1), recent, pool)
        rows = form_rows(pool, specification)
    except SpecificationError:
        return False
    capacity = supply_capacity(rows, use_limits(pool, specification)[1], 1)
    forms = build_forms(rows, capacity, BuildingLimits(most_forms=1, nodes=NODES))
    found = [[pool.item_ids[index] for index in form] for form in forms]
    return bool(found) and not check_forms(pool, specification, found)


def _sample(items: Sequence[BankItem]) -> list[BankItem]:
    """Return some items of every topic, level and kind, and some stimuli with all their items; always the same."""
    shuffled = list(items)
    random.Random(1).shuffle(shuffled)
    taken = Counter[tuple[str, str, str]]()
    stimuli = sorted({item.stimulus for item in items if item.stimulus})[:_STIMULI]
    sample = [item for item in items if item.stimulus in stimuli]
    for item in shuffled:
        kind = (item.reference_code, item.cognitive_level, item.interaction)
        if not item.stimulus and taken[kind] < _OF_A_KIND:
            taken[kind] += 1
            sample.append(item)
    return sample
