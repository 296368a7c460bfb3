"""The computation of an assembly: a pure function of the pool and the blueprint, run in another process."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from exam_engine.psychometrics.assembly import (
    AssemblySettings,
    AssemblyStoppedError,
    Closeness,
    InfeasibleError,
    Information,
    ItemPool,
    ItemUse,
    Maximin,
    TestSpecification,
    assemble_forms,
    exactly,
    length,
)
from item_bank.items.response_functions import StoredParameters, response_table

TOLERANCE = 0.05
"""Largest relative difference of information between forms, at the cut score and one logit to either side."""
NEIGHBOURHOOD = 1.0
"""Distance from the cut score at which the forms are held equal as well, logits."""


@dataclass(frozen=True, slots=True)
class PoolItem:
    """An item that may be chosen."""

    item_id: str
    module_code: str
    cognitive_level: str
    a: float
    b: float
    c: float | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is asked for; ``cells`` are (module code, cognitive level, count)."""

    pool: tuple[PoolItem, ...]
    cells: tuple[tuple[str, str, int], ...]
    form_length: int
    form_count: int
    cut_theta: float
    seed: int
    tolerance: float = TOLERANCE


@dataclass(frozen=True, slots=True)
class Solution:
    """Forms as lists of item ids, or why there are none."""

    status: Literal["assembled", "infeasible", "stopped"]
    forms: list[list[str]] = field(default_factory=list)
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    max_relative_difference: float | None = None
    conflict: list[dict[str, Any]] = field(default_factory=list)


def solve(problem: Problem) -> Solution:
    """Choose items for forms that are equally informative and as informative as possible at the cut score.

    The seed orders the pool: among forms that are equally good another one is found, the same one for the same seed.
    """
    pool = list(problem.pool)
    random.Random(problem.seed).shuffle(pool)
    points = tuple(Information(problem.cut_theta + offset) for offset in (0.0, -NEIGHBOURHOOD, NEIGHBOURHOOD))
    specification = TestSpecification(
        n_forms=problem.form_count,
        requirements=(
            length(problem.form_length),
            *(exactly(count, module=module, level=level) for module, level, count in problem.cells),
        ),
        across=(ItemUse(1), *(Closeness(point, relative=problem.tolerance) for point in points)),
        objective=Maximin(points[:1]),
    )
    try:
        result = assemble_forms(_item_pool(pool), specification, AssemblySettings(seed=problem.seed))
    except InfeasibleError:
        return Solution("infeasible", conflict=[])
    except AssemblyStoppedError:
        return Solution("stopped")
    at_cut = [form.measures[0] for form in result.forms]
    return Solution(
        "assembled",
        forms=[_in_order(form.item_ids, problem.pool) for form in result.forms],
        objective=result.value,
        bound=result.bound,
        gap=result.gap,
        max_relative_difference=max(at_cut) / min(at_cut) - 1.0,
    )


def _item_pool(pool: Sequence[PoolItem]) -> ItemPool:
    return ItemPool(
        parameters=response_table(
            [item.item_id for item in pool], [StoredParameters(item.a, item.b, item.c) for item in pool]
        ),
        attributes={
            "module": [item.module_code for item in pool],
            "level": [item.cognitive_level for item in pool],
        },
    )


def _in_order(item_ids: Sequence[str], pool: Sequence[PoolItem]) -> list[str]:
    """Module by module, from recognising to applying; the pool's own order (by code) decides the rest."""
    chosen = set(item_ids)
    items = [item for item in pool if item.item_id in chosen]
    return [item.item_id for item in sorted(items, key=lambda item: (item.module_code, item.cognitive_level))]
