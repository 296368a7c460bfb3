"""The tables: one a case, one of the standard errors, one of what must hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.irt.cases import Case
from benchmarks.irt.runs import OURS, Measured

LARGEST_GAP: Final = 1e-3
"""By how much the log-likelihood, or log-posterior, may be below the best one found in the run."""
_EQUAL_LIKELIHOOD = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """What must hold on a case: processor seconds, resident MB, how much faster than mirt, share of the limit."""

    cpu: float
    memory: float | None = None
    speed_ratio: float | None = None
    share_of_limit: float | None = None


BARS: Final = {
    "a": Bars(cpu=0.5, speed_ratio=3.5),
    "b": Bars(cpu=2.0, memory=150.0, speed_ratio=3.5, share_of_limit=0.45),
    "c": Bars(cpu=1.0),
    "d1": Bars(cpu=0.6),
    "d2": Bars(cpu=0.8),
    "e": Bars(cpu=6.5, memory=200.0, speed_ratio=2.5),
}
_LARGEST_STEP = 1e-4
_LARGEST_GRADIENT_C = 1.0
_MORE_ERROR_IN_C = 3e-4
_SECONDS_FOR_ERRORS = 0.5
_ERRORS_EQUAL = 1e-3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold; ``passed`` is None where the run does not show it."""

    what: str
    wanted: str
    measured: str
    passed: bool | None


def case_table(case: Case, results: Sequence[Measured]) -> str:
    """Markdown table of all settings on a case."""
    ours = _ours(results)
    best = max((at.evaluation.objective for at in results if at.evaluation), default=np.nan)
    objective = "log-posterior" if case.guessing_prior else "log-likelihood"
    lines = [
        f"\n**({case.key}) {case.title}**, seed {case.seed}; best {objective} {best:.4f}\n",
        f"| tool | settings | CPU s | × ours | import, s | MB | iterations | {objective} − best | rise left "
        "| largest distance to the maximum, a / b / c | RMSE a / b / c |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for at in results:
        head = f"| {at.setting.tool} | {at.setting.label} |"
        if at.evaluation is None:
            lines.append(f"{head} {at.failure} | | | | | | | | |")
            continue
        judged = at.evaluation
        steps = [judged.step_a, judged.step_b, judged.step_c][: len(at.errors)]
        ratio = at.median("cpu") / ours.median("cpu") if ours else np.nan
        cells = (
            f"{at.median('cpu'):.3f}",
            f"{ratio:.1f}",
            f"{at.median('start_cpu'):.2f}",
            f"{at.median('memory'):.0f}",
            f"{at.reports[0].get('iterations', '')}",
            f"{judged.objective - best:.4f}",
            f"{judged.rise_left:.1e}",
            " / ".join(f"{step:.0e}" for step in steps),
            " / ".join(f"{error:.4f}" for error in at.errors.values()),
        )
        lines.append(f"{head} {' | '.join(cells)} |")
    if ours and case.model in ("2PL", "3PL") and case.n_presented is None:
        lines.append(
            f"\nThe two matrix products of a pass take {1e3 * ours.median('product_seconds'):.1f} ms; ours made "
            f"{ours.reports[0]['passes']} passes, so they alone would take {100 * _share(ours):.0f} % of its time."
        )
    return "\n".join(lines)


def checks(case: Case, results: Sequence[Measured]) -> Iterable[Check]:
    """What must hold on the case."""
    ours, bars = _ours(results), BARS[case.key]
    if ours is None or ours.evaluation is None:
        yield Check(f"({case.key}) calibrates", "yes", next(at.failure for at in results), passed=False)
        return
    judged, peers = ours.evaluation, [at for at in results if at.setting.tool != OURS and at.evaluation]
    cpu = ours.median("cpu")
    yield Check(f"({case.key}) CPU", f"≤ {bars.cpu} s", f"{cpu:.3f} s", cpu <= bars.cpu)
    best = max(at.evaluation.objective for at in results if at.evaluation)
    gap = best - judged.objective
    yield Check(f"({case.key}) below the best of the run", f"≤ {LARGEST_GAP}", f"{gap:.1e}", gap <= LARGEST_GAP)
    yield Check(
        f"({case.key}) rise left", f"≤ {LARGEST_GAP}", f"{judged.rise_left:.1e}", judged.rise_left <= LARGEST_GAP
    )
    if bars.memory is not None:
        memory = ours.median("memory")
        yield Check(
            f"({case.key}) resident memory", f"≤ {bars.memory:.0f} MB", f"{memory:.0f} MB", memory <= bars.memory
        )
    if bars.share_of_limit is not None:
        share = _share(ours)
        yield Check(
            f"({case.key}) of the two-product limit",
            f"≥ {100 * bars.share_of_limit:.0f} %",
            f"{100 * share:.0f} %",
            share >= bars.share_of_limit,
        )
        step = max(judged.step_a, judged.step_b)
        yield Check(f"({case.key}) distance to the maximum", f"≤ {_LARGEST_STEP}", f"{step:.1e}", step <= _LARGEST_STEP)
    if bars.speed_ratio is not None:
        yield _faster_than_mirt(case, ours, results, bars.speed_ratio)
    if case.guessing_prior is not None:
        gradient = judged.max_gradient_c
        wanted = f"< {_LARGEST_GRADIENT_C:.0f}"
        yield Check(f"({case.key}) gradient in c", wanted, f"{gradient:.1e}", gradient < _LARGEST_GRADIENT_C)
        bar = min((at.errors["c"] for at in peers), default=np.nan) + _MORE_ERROR_IN_C
        error = ours.errors["c"]
        passed = bool(error <= bar) if peers else None
        yield Check(f"({case.key}) RMSE of c", f"≤ {bar:.4f}", f"{error:.4f}", passed)
    if any(at.setting.with_errors for at in results):
        yield from _standard_errors(case, ours, results)


def checks_table(found: Iterable[Check]) -> str:
    """Markdown table of checks."""
    words = {True: "pass", False: "**fail**", None: "not shown by this run"}
    lines = ["\n| what | must be | measured | |", "|---|---|---|---|"]
    lines += [f"| {check.what} | {check.wanted} | {check.measured} | {words[check.passed]} |" for check in found]
    return "\n".join(lines)


def _faster_than_mirt(case: Case, ours: Measured, results: Sequence[Measured], wanted: float) -> Check:
    what = f"({case.key}) faster than mirt, likelihood not lower"
    rivals = [
        at for at in results if at.setting.tool == "mirt" and at.setting.comparable and not at.setting.with_errors
    ]
    judged = [at.evaluation for at in rivals if at.evaluation]
    if not judged or ours.evaluation is None:
        return Check(what, f"≥ {wanted} ×", "", None)
    ratio = min(at.median("cpu") for at in rivals if at.reports) / ours.median("cpu")
    behind = max(rival.objective for rival in judged) - ours.evaluation.objective
    return Check(
        what, f"≥ {wanted} ×", f"{ratio:.1f} ×, {-behind:+.1e}", ratio >= wanted and behind <= _EQUAL_LIKELIHOOD
    )


def _standard_errors(case: Case, ours: Measured, results: Sequence[Measured]) -> Iterable[Check]:
    with_errors = [at for at in results if at.setting.with_errors and at.reports]
    own = next((at for at in with_errors if at.setting.tool == OURS), None)
    if own is None:
        yield Check(f"({case.key}) standard errors", f"≤ {_SECONDS_FOR_ERRORS} s more", "none", passed=False)
        return
    more = own.median("cpu") - ours.median("cpu")
    mirt = next((at for at in with_errors if at.setting.tool == "mirt"), None)
    beside = ""
    if mirt is not None:
        without = next(at for at in results if at.setting.tool == "mirt" and at.setting.label == "61 nodes, squarem")
        beside = f" (mirt {mirt.median('cpu') - without.median('cpu'):.3f} s)"
    wanted = f"≤ {_SECONDS_FOR_ERRORS} s more"
    yield Check(f"({case.key}) standard errors", wanted, f"{more:.3f} s{beside}", more <= _SECONDS_FOR_ERRORS)
    what = f"({case.key}) standard errors against mirt's"
    if mirt is None:
        yield Check(what, f"≤ {_ERRORS_EQUAL} apart", "", None)
        return
    apart = max(
        float(np.max(np.abs(np.ravel(own.reports[0][name]) / np.ravel(mirt.reports[0][name]) - 1.0)))
        for name in ("se_a", "se_b")
    )
    yield Check(what, f"≤ {_ERRORS_EQUAL} apart", f"{apart:.1e}", apart <= _ERRORS_EQUAL)


def _ours(results: Sequence[Measured]) -> Measured | None:
    return next((at for at in results if at.setting.tool == OURS and at.reports), None)


def _share(ours: Measured) -> float:
    return float(ours.reports[0]["passes"]) * ours.median("product_seconds") / ours.median("cpu")
