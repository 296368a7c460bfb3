"""What assembly gives back: verified forms, the value reached, the proven bound and the gap between them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from exam_engine.psychometrics.assembly.measures import amounts_of, measure_data
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.specification import (
    AnyForms,
    Extreme,
    Maximin,
    MinimaxTarget,
    TestSpecification,
    objective_measures,
)
from exam_engine.psychometrics.assembly.verification import Violation, check_forms

Engine = Literal["exact", "big_shadow_test", "swap"]

StopReason = Literal["optimal", "gap", "tolerance", "nodes", "iterations", "cpu", "cancelled"]
"""Why the search ended; ``optimal`` and ``gap`` are proved, ``tolerance`` is good enough by the specification."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblySettings:
    """How to search, and when to stop. Nothing depends on the clock unless ``cpu_seconds`` is given.

    Parameters
    ----------
    engine : chosen by the specification and the pool when None.
    relative_gap : stop when the value is proved to be within this fraction of the best possible; None for 0 with one
        form, 0.005 with several.
    nodes : branch-and-bound nodes of any one programme; None for the engine's own limit.
    iterations : neighbourhoods that local search looks at; None for the engine's own limit.
    cpu_seconds : CPU time of this process; None for no limit. With it, results depend on the machine.
    seed : the same seed gives the same forms; another seed finds others that are as good.
    """

    engine: Engine | None = None
    relative_gap: float | None = None
    nodes: int | None = None
    iterations: int | None = None
    cpu_seconds: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse numbers that cannot work."""
        if self.relative_gap is not None and not 0.0 <= self.relative_gap < 1.0:
            raise ValueError(f"relative_gap is {self.relative_gap}; it must be in [0, 1)")
        for name in ("nodes", "iterations", "cpu_seconds"):
            limit = getattr(self, name)
            if limit is not None and not limit > 0:
                raise ValueError(f"{name} is {limit}; it must be positive")


@dataclass(frozen=True, slots=True)
class AssemblyProgress:
    """Where the search is; ``value`` and ``bound`` as in ``AssemblyResult``, None while unknown."""

    stage: Literal["bound", "first_forms", "improving"]
    forms_done: int
    value: float | None
    bound: float | None


Tell = Callable[[AssemblyProgress], None]


@dataclass(frozen=True, slots=True)
class AssembledForm:
    """One form.

    Attributes
    ----------
    item_ids : part by part, items of a stimulus next to each other, otherwise in the order of the pool.
    measures : the objective's measures of the form, in its order.
    """

    item_ids: tuple[str, ...]
    measures: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyResult:
    """Verified forms and the proof of how good they are.

    Attributes
    ----------
    forms : as many as specified.
    value : the objective: smallest measure/weight (maximin), largest deviation (minimax), the mean over the forms of
        the measure (extreme), 0 without an objective.
    bound : no forms at all can be better than this: an upper bound where large is good, else a lower bound.
    gap : |bound − value| / max(|bound|, |value|), for maximin and extreme; for minimax targets the bound is mostly 0
        and says little, and the gap is the deviation itself (value − bound).
    stop_reason : why the search ended.
    engine : what found the forms.
    nodes, iterations : work done, over all programmes and rounds.
    objective : the objective's measures as JSON values.
    """

    forms: tuple[AssembledForm, ...]
    value: float
    bound: float
    gap: float
    stop_reason: StopReason
    engine: Engine
    nodes: int = 0
    iterations: int = 0
    objective: tuple[Mapping[str, Any], ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "forms": [{"item_ids": list(form.item_ids), "measures": list(form.measures)} for form in self.forms],
            "value": self.value,
            "bound": self.bound if math.isfinite(self.bound) else None,
            "gap": self.gap if math.isfinite(self.gap) else None,
            "stop_reason": self.stop_reason,
            "engine": self.engine,
            "nodes": self.nodes,
            "iterations": self.iterations,
            "objective": [dict(measure) for measure in self.objective],
        }


class AssemblyStoppedError(RuntimeError):
    """The search gave no usable forms though it did not prove that none exist.

    Attributes
    ----------
    code : ``limit`` (raise the limit or loosen the specification), ``cancelled``, or ``unverified`` (forms failed the
        independent check, listed in ``violations``).
    """

    def __init__(
        self,
        code: Literal["limit", "cancelled", "unverified"],
        message: str,
        violations: tuple[Violation, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.violations = violations


def verified_result(
    pool: ItemPool,
    specification: TestSpecification,
    forms: Sequence[Sequence[int]],
    *,
    bound: float,
    stop_reason: StopReason,
    engine: Engine,
    nodes: int = 0,
    iterations: int = 0,
) -> AssemblyResult:
    """Check the forms independently, recompute their value, and put them in reading order.

    Parameters
    ----------
    forms : item indices of each form.
    bound : proven by the caller.

    Raises
    ------
    AssemblyStoppedError
        ``unverified``.
    """
    ordered = [tuple(pool.item_ids[index] for index in reading_order(pool, specification, form)) for form in forms]
    violations = check_forms(pool, specification, ordered)
    if violations:
        raise AssemblyStoppedError(
            "unverified", f"the forms fail {len(violations)} check(s), first {violations[0]}", violations
        )
    measures = objective_measures(specification.objective)
    per_form = np.array(
        [
            [
                _measured(pool, amounts.items, amounts.stimuli, form)
                for amounts in (amounts_of(m, pool) for m in measures)
            ]
            for form in forms
        ]
    ).reshape(len(forms), len(measures))
    value = objective_value(specification, per_form)
    if isinstance(specification.objective, MinimaxTarget):
        bound = min(bound, value)
        gap = value - bound
    else:
        best = max if _large_is_good(specification) else min
        bound = best(bound, value)
        gap = abs(bound - value) / max(abs(bound), abs(value), 1e-300) if bound != value else 0.0
    return AssemblyResult(
        forms=tuple(
            AssembledForm(item_ids, tuple(row)) for item_ids, row in zip(ordered, per_form.tolist(), strict=True)
        ),
        value=value,
        bound=bound,
        gap=gap,
        stop_reason=stop_reason,
        engine=engine,
        nodes=nodes,
        iterations=iterations,
        objective=tuple(measure_data(measure) for measure in measures),
    )


def objective_value(specification: TestSpecification, per_form: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """The objective from the measures of the forms, (F, M)."""
    match specification.objective:
        case Maximin(_, weights):
            return float((per_form / np.array(weights)).min())
        case MinimaxTarget() as target:
            return float((np.abs(per_form - np.array(target.targets)) / np.array(target.scales)).max())
        case Extreme():
            return float(per_form.mean())
        case AnyForms():
            return 0.0


def reading_order(pool: ItemPool, specification: TestSpecification, form: Sequence[int]) -> list[int]:
    """Part by part, items of a stimulus together where its first item stands, otherwise in the order of the pool."""
    part_of = np.full(len(pool.item_ids), len(specification.parts))
    for number, part in enumerate(specification.parts):
        part_of[pool.matching(part.where)] = number
    items = sorted(form)
    first: dict[int, int] = {}
    for item in items:
        stimulus = int(pool.stimulus_of[item])
        if stimulus >= 0:
            first.setdefault(stimulus, item)
    return sorted(items, key=lambda item: (int(part_of[item]), first.get(int(pool.stimulus_of[item]), item), item))


def _large_is_good(specification: TestSpecification) -> bool:
    objective = specification.objective
    return isinstance(objective, Maximin) or (isinstance(objective, Extreme) and objective.sense == "maximise")


def _measured(
    pool: ItemPool,
    items: np.ndarray[Any, np.dtype[np.float64]],
    stimuli: np.ndarray[Any, np.dtype[np.float64]],
    form: Sequence[int],
) -> float:
    chosen = np.asarray(form, dtype=np.intp)
    own = np.unique(pool.stimulus_of[chosen])
    return math.fsum(items[chosen].tolist()) + math.fsum(stimuli[own[own >= 0]].tolist())
