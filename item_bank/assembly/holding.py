"""Forms that keep locked items where they are: made one after the other, each as near as it can be to the free forms.

A test specification treats all its forms alike, so locks of single forms cannot be part of it. The forms are first
made without locks; what they reach on average becomes the target of each form with its locks, made by itself within
everything that the forms before it leave: uses, overlap and closeness. The bound of the free forms stays true, since
locks only add requirements.

References
----------
van der Linden (2005), *Linear Models for Optimal Test Design*, ch. 6: assembly of parallel forms one at a time.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from exam_engine.psychometrics.assembly import (
    AssemblyProgress,
    AssemblyResult,
    AssemblySettings,
    AssemblyStoppedError,
    Count,
    Information,
    ItemPool,
    Maximin,
    MinimaxTarget,
    MustExclude,
    MustInclude,
    Range,
    TestSpecification,
    assemble_forms,
)
from exam_engine.psychometrics.assembly.measures import Measure, amounts_of
from exam_engine.psychometrics.assembly.result import verified_result

_NEAR_ENOUGH = 0.005
"""Deviation from the mean of the free forms at which a form is taken, as a share."""
_MARGIN = 1e-6
"""Share by which bounds from earlier forms are drawn in, so that rounding cannot carry a sum over them."""


def assemble_holding(
    pool: ItemPool,
    specification: TestSpecification,
    held: Mapping[int, Sequence[str]],
    settings: AssemblySettings,
    *,
    tell: Callable[[AssemblyProgress], None],
) -> AssemblyResult:
    """Make forms of which form ``number`` holds the items ``held[number]``.

    Raises
    ------
    InfeasibleError, AssemblyStoppedError
        As ``assemble_forms``; ``limit`` as well when a form cannot be made beside those before it.
    """
    free = assemble_forms(pool, specification, settings, tell=tell)
    single = replace(specification.single_form(), objective=_target(specification, free))
    order = sorted(range(1, specification.n_forms + 1), key=lambda number: (-len(held.get(number, ())), number))
    made: dict[int, tuple[str, ...]] = {}
    for number in order:
        own = _form_specification(pool, specification, single, made, held, number)
        form = assemble_forms(pool, own, replace(settings, engine=None)).forms[0]
        made[number] = form.item_ids
        tell(AssemblyProgress("first_forms", len(made), None, free.bound if math.isfinite(free.bound) else None))
    missing = [number for number, codes in held.items() if not set(codes) <= set(made[number])]
    if missing:
        raise AssemblyStoppedError("unverified", f"forms {missing} have lost locked items")
    return verified_result(
        pool,
        specification,
        [pool.indices(made[number]).tolist() for number in sorted(made)],
        bound=free.bound,
        stop_reason="tolerance",
        engine=free.engine,
        nodes=free.nodes,
        iterations=free.iterations,
    )


def _target(specification: TestSpecification, free: AssemblyResult) -> MinimaxTarget:
    objective = specification.objective
    if isinstance(objective, MinimaxTarget):
        return objective
    if not isinstance(objective, Maximin):
        raise TypeError(f"{type(objective).__name__} is no objective of a blueprint")
    reached = zip(*(form.measures for form in free.forms), strict=True)
    return MinimaxTarget(
        objective.measures, tuple(sum(values) / len(values) for values in reached), tolerance=_NEAR_ENOUGH
    )


def _form_specification(
    pool: ItemPool,
    specification: TestSpecification,
    single: TestSpecification,
    made: Mapping[int, Sequence[str]],
    held: Mapping[int, Sequence[str]],
    number: int,
) -> TestSpecification:
    """One form beside the others: what they use up is out, what it shares with them is bounded."""
    own = frozenset(held.get(number, ()))
    waiting = [codes for other, codes in held.items() if other != number and other not in made]
    uses = Counter(code for codes in (*made.values(), *waiting) for code in codes)
    most = min((rule.maximum for rule in specification.item_uses), default=specification.n_forms)
    anchors = specification.included
    used_up = frozenset(code for code, count in uses.items() if count >= most) - anchors - own
    requirements = [*single.requirements]
    included = own | anchors
    requirements = [row for row in requirements if not isinstance(row, MustInclude)]
    if included:
        requirements.append(MustInclude(included))
    if used_up:
        requirements.append(MustExclude(used_up))
    limit = specification.overlap_maximum
    if limit is not None:
        for codes in made.values():
            shared = frozenset(codes) - anchors
            requirements.append(Range(Count({"item": shared}), 0, limit))
    if made:
        requirements += _close_to(pool, specification, made)
    return replace(single, requirements=tuple(requirements))


def _close_to(pool: ItemPool, specification: TestSpecification, made: Mapping[int, Sequence[str]]) -> list[Range]:
    rows = []
    for rule in specification.closeness:
        if rule.relative is None:
            continue
        sums = [_sum(pool, rule.measure, codes) for codes in made.values()]
        lower, upper = max(sums) / (1.0 + rule.relative), min(sums) * (1.0 + rule.relative)
        rows.append(Range(rule.measure, lower * (1.0 + _MARGIN), upper * (1.0 - _MARGIN)))
    return rows


def _sum(pool: ItemPool, measure: Measure, codes: Sequence[str]) -> float:
    if not isinstance(measure, Information):
        raise TypeError(f"closeness of {type(measure).__name__} is no rule of a blueprint")
    return float(amounts_of(measure, pool).items[pool.indices(codes)].sum())
