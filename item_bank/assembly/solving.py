"""The computation of an assembly: a pure function of bank, blueprint and options, run in a process of its own."""

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from exam_engine.psychometrics.assembly import (
    AssemblyProgress,
    AssemblySettings,
    AssemblyStoppedError,
    InfeasibleError,
    ItemPool,
    SpecificationError,
    TestSpecification,
    assemble_forms,
    explain_infeasibility,
)
from item_bank.assembly.bank import BankItem, RecentForm, item_pool
from item_bank.assembly.explaining import conflict_of, repairs_of
from item_bank.assembly.holding import assemble_holding
from item_bank.assembly.options import AssemblyOptions
from item_bank.assembly.requirements import specification_of
from item_bank.blueprints.statement import BlueprintStatement

_BETWEEN_WORDS = 0.2
"""CPU seconds between two words about progress; a solver would send hundreds."""
_REPAIRS = 2
"""Ways out that are looked for when there are no forms."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is asked for: the items of the blueprint's modules and levels, and all that forms must satisfy.

    ``held`` are the codes of locked items of an earlier assembly, by form number.
    """

    items: tuple[BankItem, ...]
    statement: BlueprintStatement
    options: AssemblyOptions
    recent: tuple[RecentForm, ...]
    held: dict[int, tuple[str, ...]]
    now: datetime


@dataclass(frozen=True, slots=True)
class Solution:
    """Forms as lists of item codes, or why there are none."""

    status: Literal["assembled", "infeasible", "stopped"]
    forms: list[list[str]] = field(default_factory=list)
    value: float | None = None
    bound: float | None = None
    gap: float | None = None
    engine: str | None = None
    stop_reason: str | None = None
    conflict: list[dict[str, Any]] = field(default_factory=list)
    repairs: list[list[dict[str, Any]]] = field(default_factory=list)


def solve(problem: Problem, *, tell: Callable[[dict[str, Any]], None]) -> Solution:
    """Choose items for the forms, or find what stands in their way.

    The seed orders the pool: among forms that are equally good another one is found, the same one for the same seed.
    """
    items = list(problem.items)
    random.Random(problem.options.seed).shuffle(items)
    pool = item_pool(items, problem.statement, now=problem.now)
    engine = None if problem.options.engine == "auto" else problem.options.engine
    settings = AssemblySettings(seed=problem.options.seed, engine=engine)
    try:
        specification = specification_of(problem.statement, problem.options, problem.recent, pool)
    except SpecificationError as error:
        return Solution("infeasible", conflict=[{"code": error.code, "data": error.data}])
    try:
        result = (
            assemble_holding(pool, specification, problem.held, settings, tell=_seldom(tell))
            if problem.held
            else assemble_forms(pool, specification, settings, tell=_seldom(tell))
        )
    except (InfeasibleError, AssemblyStoppedError):
        return _without_forms(pool, specification, problem.statement)
    return Solution(
        "assembled",
        forms=[_in_order(form.item_ids, problem.items, problem.statement) for form in result.forms],
        value=result.value,
        bound=_finite(result.bound),
        gap=_finite(result.gap),
        engine=result.engine,
        stop_reason=result.stop_reason,
    )


def _without_forms(pool: ItemPool, specification: TestSpecification, statement: BlueprintStatement) -> Solution:
    """Tell what is in conflict; a search that stopped for another reason was given up."""
    why = explain_infeasibility(pool, specification, repairs=_REPAIRS)
    if why.proof == "none" and not why.shortages:
        return Solution("stopped")
    return Solution("infeasible", conflict=conflict_of(why), repairs=repairs_of(why, statement))


def _seldom(tell: Callable[[dict[str, Any]], None]) -> Callable[[AssemblyProgress], None]:
    last: dict[str, float | str] = {"at": -math.inf, "stage": ""}

    def word(progress: AssemblyProgress) -> None:
        now = time.process_time()
        if progress.stage == last["stage"] and now - float(last["at"]) < _BETWEEN_WORDS:
            return
        last["at"], last["stage"] = now, progress.stage
        tell(
            {
                "stage": progress.stage,
                "forms_done": progress.forms_done,
                "value": None if progress.value is None else _finite(progress.value),
                "bound": None if progress.bound is None else _finite(progress.bound),
            }
        )

    return word


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _in_order(codes: Sequence[str], items: Sequence[BankItem], statement: BlueprintStatement) -> list[str]:
    """Part by part, module by module, from recognising to applying; the bank's own order (by code) decides the rest.

    Items of one stimulus stand together, where the first of them would.
    """
    chosen = set(codes)
    part_of: dict[str, int] = {
        kind: number for number, part in enumerate(statement.parts) for kind in part.interactions
    }
    places: dict[str, tuple[int, str, str, str]] = {}
    own = {
        item.code: (part_of.get(item.interaction, 0), item.module_code, item.cognitive_level, item.code)
        for item in items
        if item.code in chosen
    }
    stimuli = {item.code: item.stimulus for item in items if item.code in chosen}
    for code, place in own.items():
        places[stimuli[code] or code] = min(places.get(stimuli[code] or code, place), place)
    return sorted(own, key=lambda code: (places[stimuli[code] or code], own[code]))
