"""What must hold: of every instance by its kind, and of the published instances also the published values."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray

Result = dict[str, Any]
Facts = Mapping[str, Any]

PUBLISHED_SEEDS: Final = {"P300": 20_250_300, "P1000": 20_251_000, "P5000": 20_255_000}
"""Seeds by which the published pools are known; values were proved on these alone."""

TARGETS: Final = {"objective": "minimax_target"}
ALL_FORMS: Final = {"objective": "maximin_all_forms"}
LARGEST_RMSE_DIFFERENCE: Final = 0.005
TOLERANCE: Final = 0.001
"""A deviation from targets at which a search may stop."""
_ROUNDING: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold; ``passed`` is None where the run does not show it."""

    what: str
    wanted: str
    measured: str
    passed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A limit on a figure of an instance's results.

    Parameters
    ----------
    figure : name in the result; with dots for one within another.
    most, least : limits, either or both.
    where : what a result must say to be meant; every result with the figure when empty.
    published : whether it only holds for the published pools.
    """

    figure: str
    most: float = math.inf
    least: float = -math.inf
    where: Mapping[str, str] = field(default_factory=dict)
    published: bool = False

    @property
    def wanted(self) -> str:
        """The limits in words."""
        return " and ".join(
            f"{sign} {limit:g}" for sign, limit in (("≥", self.least), ("≤", self.most)) if math.isfinite(limit)
        )


def _one_form(value: float, seconds: float) -> tuple[Bar, ...]:
    return (
        Bar(figure="value", least=value - 5e-5, most=value + 5e-5, published=True),
        Bar(figure="gap", most=1e-6),
        Bar(figure="cpu_s", most=seconds),
    )


def _several_forms(
    *, deviation: float, seconds: float, value: float, known: tuple[float, float], maximin_seconds: float
) -> tuple[Bar, ...]:
    """``known`` are a value that was reached and a bound that was proved elsewhere: ours must not contradict them."""
    reached, proved = known
    return (
        Bar(figure="worst_deviation", most=deviation, where=TARGETS),
        Bar(figure="cpu_s", most=seconds, where=TARGETS),
        Bar(figure="value", least=value, most=proved + 5e-5, where=ALL_FORMS, published=True),
        Bar(figure="bound", least=reached - 5e-5, where=ALL_FORMS, published=True),
        Bar(figure="gap", most=0.01, where=ALL_FORMS),
        Bar(figure="cpu_s", most=maximin_seconds, where=ALL_FORMS),
    )


def _hard(deviation: float, seconds: float) -> tuple[Bar, ...]:
    return (
        Bar(figure="worst_deviation", most=deviation, where=TARGETS),
        Bar(figure="cpu_s", most=seconds, where=TARGETS),
    )


_CONFLICT: Final = (Bar(figure="cpu_s", most=0.2), Bar(figure="repair_cpu_s", most=0.5))

BARS: Final[Mapping[str, tuple[Bar, ...]]] = {
    "a_P300": _one_form(12.99514, 0.15),
    "a_P1000": _one_form(12.30285, 2.0),
    "a_P5000": _one_form(16.91186, 12.0),
    "b4_P300": _several_forms(deviation=0.0025, seconds=1.0, value=9.72, known=(9.7212, 9.7891), maximin_seconds=5.0),
    "b4_P1000": _several_forms(deviation=0.001, seconds=1.0, value=9.92, known=(9.9170, 9.9866), maximin_seconds=5.0),
    "b10_P1000": _several_forms(deviation=0.001, seconds=1.0, value=7.99, known=(7.9874, 8.0612), maximin_seconds=15.0),
    "b30_P1000": _several_forms(deviation=0.001, seconds=3.0, value=6.98, known=(6.9089, 7.0507), maximin_seconds=60.0),
    "b30_P5000": (
        Bar(figure="worst_deviation", most=0.001, where=TARGETS),
        Bar(figure="cpu_s", most=1.0, where=TARGETS),
        Bar(figure="gap", most=0.01, where=ALL_FORMS),
    ),
    "b4_P300_hard": _hard(0.02, 10.0),
    "b4_P1000_hard": _hard(0.005, 10.0),
    "b10_P1000_hard": _hard(0.005, 30.0),
    "b30_P1000_hard": _hard(0.005, 60.0),
    "c1000_P5000": (
        Bar(figure="forms_per_s", least=500.0),
        Bar(figure="use_max", most=12.0, where={"variant": "all at once"}),
    ),
    "d_P1000": (
        Bar(figure="ms_per_selection.mean", most=2.5, where={"variant": "d0"}),
        Bar(figure="ms_per_selection.p95", most=5.0, where={"variant": "d0"}),
        Bar(figure="rmse", most=0.24, where={"variant": "d0"}),
        Bar(figure="ms_per_selection.mean", most=6.0, where={"variant": "d1"}),
        Bar(figure="exposure_max", most=0.30, where={"variant": "d1"}),
    ),
    "d_sets_P1000": (Bar(figure="ms_per_selection.mean", most=25.0),),
    "e_P1000": (
        Bar(figure="simulees_per_s", least=20_000.0, where={"variant": "e0"}),
        Bar(figure="simulees_per_s", least=10_000.0, where={"variant": "e3"}),
        Bar(figure="exposure_max", most=0.27, where={"variant": "e3"}),
    ),
    "f_P1000": (
        Bar(figure="value", least=5.65782, where={"variant": "assembly"}, published=True),
        Bar(figure="gap", most=0.01, where={"variant": "assembly"}),
        Bar(figure="cpu_s", most=2.0, where={"variant": "assembly"}),
        Bar(figure="simulees_per_s", least=100_000.0),
        Bar(figure="rmse", most=0.265),
    ),
    "infeasible_cogsum": _CONFLICT,
    "infeasible_iu05": _CONFLICT,
    "infeasible_stimuli": _CONFLICT,
    "infeasible_words": _CONFLICT,
}
"""By the instance's id, which generated folders share; values that depend on the pool only for the published ones."""

HEALTH_BARS: Final = {
    name: (Bar(figure="cpu_s", most=0.2), Bar(figure="built", least=least, published=True))
    for name, least in (("P300", 5.0), ("P1000", 12.0), ("P5000", 85.0))
}


def instance_checks(
    folder: Path, instance_id: str, results: Sequence[Result], *, few_simulees: bool = False
) -> Iterator[Check]:
    """What must hold of an instance, whatever its seed; then its bars, but not of simulations with few simulees."""
    facts = stated_facts(folder, instance_id)
    explained = any("conflict" in result for result in results)
    for result in results:
        what = f"{instance_id} {result.get('variant', result.get('objective', ''))}".strip()
        if "failure" in result:
            if not (explained and result.get("status") == "infeasible"):
                yield Check(what, "results", result["failure"], passed=False)
            continue
        yield from _of_any_kind(what, result)
        if "conflict" in result:
            yield from _of_a_conflict(what, result)
        elif "value" in result:
            yield from _of_values(what, result)
            if "objective" in result:
                yield from _recomputed(what, folder, facts, result)
    if few_simulees and "n_simulees" in facts:
        return
    yield from bar_checks(instance_id, BARS.get(instance_id, ()), results, is_published(folder, facts.get("pool", "")))


def stated_facts(folder: Path, instance_id: str) -> Facts:
    """What the instance's file says; nothing when it cannot be read, which its results tell."""
    try:
        facts = json.loads((folder / f"inst_{instance_id}.json").read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def health_checks(folder: Path, pool_name: str, results: Sequence[Result]) -> Iterator[Check]:
    """What must hold of what a bank supplies."""
    for result in results:
        what = f"{pool_name} bank health"
        if "failure" in result:
            yield Check(what, "results", result["failure"], passed=False)
            continue
        yield Check(
            f"{what}: built of bound",
            "≤ bound",
            f"{result['built']} of {result['bound']}",
            result["built"] <= result["bound"],
        )
        yield Check(
            f"{what}: what binds",
            "named",
            str(len(result["binding"])),
            bool(result["binding"]) or result["built"] == result["bound"],
        )
    bars = HEALTH_BARS.get(pool_name, ())
    yield from bar_checks(f"{pool_name} bank health", bars, results, is_published(folder, pool_name))


def bar_checks(what: str, bars: Iterable[Bar], results: Sequence[Result], published: bool) -> Iterator[Check]:
    """The bars on the results that they mean; without a verdict where a run does not show the figure."""
    for bar in bars:
        if bar.published and not published:
            continue
        meant = [
            result
            for result in results
            if all(result.get(name) == value for name, value in bar.where.items())
            and figure_of(result, bar.figure) is not None
        ]
        name = f"{what} {' '.join(bar.where.values())}".strip()
        if not meant:
            yield Check(f"{name}: {bar.figure}", bar.wanted, "", None)
        for result in meant:
            value = figure_of(result, bar.figure)
            assert value is not None
            variant = "" if bar.where else f" {result.get('variant', '')}".rstrip()
            yield Check(
                f"{name}{variant}: {bar.figure}", bar.wanted, f"{value:.6g}", bool(bar.least <= value <= bar.most)
            )


def figure_of(result: Result, path: str) -> float | None:
    """A figure of a result; None when there is none."""
    found: Any = result
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return None if found is None or isinstance(found, str) else float(found)


def is_published(folder: Path, pool_name: str) -> bool:
    """Whether the pool says that it is one of those on which values were proved."""
    path = folder / f"pool_{pool_name}.json"
    return path.exists() and json.loads(path.read_text(encoding="utf-8")).get("seed") == PUBLISHED_SEEDS.get(
        pool_name, math.nan
    )


def raw_columns(folder: Path, pool_name: str) -> dict[str, FloatArray]:
    """Slopes, difficulties and lower asymptotes as they stand in the pool's file."""
    with np.load(folder / f"pool_{pool_name}.npz") as arrays:
        return {name: arrays[name].astype(np.float64) for name in ("a", "b", "c")}


def objective_value(columns: Mapping[str, FloatArray], objective: Facts, forms: Sequence[Sequence[int]]) -> float:
    """The objective recomputed from the raw parameters: smallest information/weight, or largest relative deviation.

    References
    ----------
    Birnbaum (1968), in Lord & Novick, *Statistical Theories of Mental Test Scores*, ch. 20, for the information.
    """
    a, b, c = columns["a"], columns["b"], columns["c"]
    theta = np.array(objective["theta"], dtype=np.float64)[:, None]
    p = c + (1.0 - c) / (1.0 + np.exp(-a * (theta - b)))
    of_items = a**2 * (1.0 - p) / p * ((p - c) / (1.0 - c)) ** 2
    of_forms = np.array([of_items[:, list(form)].sum(axis=1) for form in forms])
    if objective["type"] == "minimax_target":
        target = np.array(objective["target"])
        return float((np.abs(of_forms - target) / target).max())
    return float((of_forms / np.array(objective["weights"], dtype=np.float64)).min())


def _of_any_kind(what: str, result: Result) -> Iterator[Check]:
    if "violations" in result:
        yield _exactly(f"{what}: violations", 0, result["violations"])
    if "repeated_items" in result:
        yield _exactly(f"{what}: tests with an item or two enemies twice", 0, result["repeated_items"])
    if "requested" in result:
        yield _exactly(f"{what}: forms", result["requested"], result["n_forms"])
    if "same_every_time" in result:
        yield Check(f"{what}: same every time", "yes", str(result["same_every_time"]), result["same_every_time"])
    if result.get("rmse_exact") is not None and result.get("kind") == "cat":
        more = result["rmse"] - result["rmse_exact"]
        yield Check(
            f"{what}: RMSE over that of exact selection",
            f"≤ {LARGEST_RMSE_DIFFERENCE}",
            f"{more:+.5f}",
            more <= LARGEST_RMSE_DIFFERENCE,
        )
    audit = result.get("audit")
    if audit is not None:
        apart = audit["largest_difference"]
        yield Check(
            f"{what}: {audit['n_selections']} audited selections from the integer programme's",
            f"≤ {_ROUNDING}",
            f"{apart:.1e}",
            apart <= _ROUNDING,
        )


def _of_a_conflict(what: str, result: Result) -> Iterator[Check]:
    yield Check(
        f"{what}: conflict", "minimal, verified", ", ".join(result["conflict"]) or result["proof"], result["is_minimal"]
    )
    yield Check(f"{what}: repair", "verified", str(result["repair"]), result["is_repair_verified"])


def _of_values(what: str, result: Result) -> Iterator[Check]:
    value, bound, gap = result["value"], result["bound"], result["gap"]
    if bound is None:
        yield Check(f"{what}: bound", "proved", "none", passed=False)
    elif result.get("objective") == TARGETS["objective"]:
        true = bound <= value + _ROUNDING and _is_close(gap, value - bound)
        yield Check(f"{what}: bound as stated", "≤ value", f"{bound:.6f} ≤ {value:.6f}", true)
    else:
        apart = abs(bound - value) / max(abs(bound), abs(value), _ROUNDING)
        true = value <= bound + _ROUNDING and _is_close(apart, gap)
        if result["stop_reason"] == "optimal":
            true = true and gap <= _ROUNDING
        yield Check(f"{what}: gap as stated", f"{apart:.6f}", f"{gap:.6f}", true)


def _recomputed(what: str, folder: Path, facts: Facts, result: Result) -> Iterator[Check]:
    objective = stated_objective(facts, result["objective"])
    value, again = result["value"], objective_value(raw_columns(folder, facts["pool"]), objective, result["forms"])
    yield Check(f"{what}: value from the raw parameters", f"{value:.6f}", f"{again:.6f}", _is_close(again, value))
    if result["stop_reason"] == "tolerance":
        yield Check(f"{what}: deviation", f"≤ {TOLERANCE}", f"{again:.6f}", again <= TOLERANCE + _ROUNDING)


def stated_objective(facts: Facts, kind: str) -> Facts:
    """The instance's objective of this type."""
    found: Facts = next(
        objective
        for objective in (facts.get("objective"), facts.get("objective_alt"))
        if objective is not None and objective["type"] == kind
    )
    return found


def _exactly(what: str, wanted: int, found: int) -> Check:
    return Check(what, str(wanted), str(found), wanted == found)


def _is_close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_ROUNDING, abs_tol=_ROUNDING)
