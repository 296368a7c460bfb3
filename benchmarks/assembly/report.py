"""The tables: one a kind of instance, one of bank health, one of the peers, one of what must hold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from benchmarks.assembly.checks import Check

Result = dict[str, Any]
Column = tuple[str, str | Callable[[Result], str]]

_FAILED: Final = "**{}**"


def _number(value: Any) -> str:
    if value is None or isinstance(value, str | bool):
        return "" if value is None else str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}" if abs(value) < 1_000 else f"{value:,.0f}"


def _precise(name: str) -> Callable[[Result], str]:
    def shown(result: Result) -> str:
        value = result.get(name)
        return "" if value is None else f"{value:.4f}" if abs(value) >= 0.1 else f"{value:.5f}"

    return shown


def _percent(name: str) -> Callable[[Result], str]:
    return lambda result: "" if result.get(name) is None else f"{100.0 * result[name]:.3f} %"


def _milliseconds(result: Result) -> str:
    figures = result.get("ms_per_selection", {})
    return " / ".join(f"{figures[name]:.1f}" for name in ("mean", "p50", "p95", "max") if name in figures)


def _listed(name: str) -> Callable[[Result], str]:
    return lambda result: "; ".join(result.get(name) or [])


def _binding(result: Result) -> str:
    return "; ".join(found["row"] for found in result.get("binding", [])[:3])


def _audit(result: Result) -> str:
    audit = result.get("audit")
    return f"{audit['n_selections']}: {audit['largest_difference']:.0e}" if audit else ""


_ID: Final[tuple[Column, ...]] = (("instance", "id"),)
_VARIANT: Final[tuple[Column, ...]] = (("variant", "variant"),)
_TAIL: Final[tuple[Column, ...]] = (("violations", "violations"), ("CPU s", "cpu_s"))

FORMS: Final[tuple[Column, ...]] = (
    *_ID,
    ("objective", "objective"),
    ("forms", lambda result: str(len(result["forms"])) if "forms" in result else ""),
    ("value", _precise("value")),
    ("proven bound", _precise("bound")),
    ("gap", _percent("gap")),
    ("engine", "engine"),
    ("stopped by", "stop_reason"),
    *_TAIL,
)
CONFLICTS: Final[tuple[Column, ...]] = (
    *_ID,
    ("conflict", _listed("conflict")),
    ("minimal", "is_minimal"),
    ("proof", "proof"),
    ("CPU s", "cpu_s"),
    ("cheapest repair", "repair"),
    ("verified", "is_repair_verified"),
    ("CPU s of the repair", "repair_cpu_s"),
)
COLUMNS: Final[Mapping[str, tuple[Column, ...]]] = {
    "single_form": FORMS,
    "parallel_forms": FORMS,
    "loft": (
        *_ID,
        *_VARIANT,
        ("forms", "n_forms"),
        ("forms/s", "forms_per_s"),
        ("ms a form, mean", "ms_mean"),
        ("p95", "ms_p95"),
        ("forms of the most used item", "use_max"),
        ("least possible", "cap_limit"),
        ("because of", _binding),
        ("overlap, mean", "overlap_mean"),
        ("largest", "overlap_max"),
        *_TAIL,
    ),
    "shadow_cat": (
        *_ID,
        *_VARIANT,
        ("ms a selection, mean / median / p95 / most", _milliseconds),
        ("branched", _percent("branched_share")),
        ("RMSE", _precise("rmse")),
        ("largest exposure", "exposure_max"),
        ("unused", _percent("unused_share")),
        ("overlap", "overlap_mean"),
        ("audited: largest difference", _audit),
        *_TAIL,
    ),
    "cat": (
        *_ID,
        ("variant", "description"),
        ("simulees/s", "simulees_per_s"),
        ("RMSE", _precise("rmse")),
        ("with exact selection", _precise("rmse_exact")),
        ("largest exposure", "exposure_max"),
        ("unused", _percent("unused_share")),
        ("overlap", "overlap_mean"),
        ("CPU s", "cpu_s"),
        ("calibration, CPU s", "calibration_cpu_s"),
    ),
    "mst": (
        *_ID,
        *_VARIANT,
        ("value", _precise("value")),
        ("proven bound", _precise("bound")),
        ("simulees/s", "simulees_per_s"),
        ("RMSE", _precise("rmse")),
        ("exact", _precise("rmse_exact")),
        ("accuracy at the cut", _percent("accuracy")),
        *_TAIL,
    ),
}
HEALTH: Final[tuple[Column, ...]] = (
    ("pool", "pool"),
    ("blueprint of", "id"),
    ("built", "built"),
    ("bound", "bound"),
    ("what binds", _binding),
    ("CPU s of the bound", "cpu_s"),
    ("of building", "build_cpu_s"),
)
PEERS: Final[tuple[Column, ...]] = (
    *_ID,
    ("peer", "peer"),
    ("what", "variant"),
    ("it says", "status"),
    ("value", _precise("value")),
    ("ours", _precise("our_value")),
    ("violations", "violations"),
    ("CPU s", "cpu_s"),
    ("ours", "our_cpu_s"),
    ("simulees/s", "simulees_per_s"),
    ("ours", "our_simulees_per_s"),
    ("RMSE", _precise("rmse")),
    ("largest exposure", "exposure_max"),
    ("times ours", "ratio"),
)


def table(results: Sequence[Result], columns: Sequence[Column]) -> str:
    """Markdown table; columns that no result fills are left out, failures take a row of their own."""
    whole = [result for result in results if "failure" not in result]
    filled = [column for column in columns if column is columns[0] or any(_cell(result, column) for result in whole)]
    lines = [f"| {' | '.join(head for head, _ in filled)} |", f"|{'---|' * len(filled)}"]
    for result in results:
        if "failure" in result:
            named = " ".join(str(result[name]) for name in ("peer", "variant", "objective") if name in result)
            told = f"{named}: {result['failure']}" if named else result["failure"]
            if len(filled) < 2:
                lines = [f"| {columns[0][0]} | |", "|---|---|"] if len(lines) == 2 else lines
                filled = [columns[0], ("", "failure")]
            lines.append(f"| {_cell(result, columns[0])} | {_FAILED.format(told)} |{' |' * (len(filled) - 2)}")
            continue
        lines.append(f"| {' | '.join(_cell(result, column) for column in filled)} |")
    return "\n".join(lines)


def instance_table(results: Sequence[Result]) -> str:
    """Table of one instance's results; of a contradictory specification, what was attempted and why it failed."""
    conflicts = [result for result in results if "conflict" in result]
    others = [result for result in results if "conflict" not in result]
    tables = []
    if others:
        tables.append(table(others, COLUMNS.get(str(others[0].get("kind")), FORMS)))
    if conflicts:
        tables.append(table(conflicts, CONFLICTS))
    ignored = sorted({key for result in results for key in result.get("ignored_keys", [])})
    if ignored:
        tables.append(f"Not understood and left aside: {', '.join(ignored)}.")
    return "\n\n".join(tables)


def checks_table(found: Iterable[Check]) -> str:
    """Markdown table of checks."""
    words = {True: "pass", False: "**fail**", None: "not shown by this run"}
    lines = ["\n| what | must be | measured | |", "|---|---|---|---|"]
    lines += [f"| {check.what} | {check.wanted} | {check.measured} | {words[check.passed]} |" for check in found]
    return "\n".join(lines)


def _cell(result: Result, column: Column) -> str:
    _, figure = column
    return _number(result.get(figure)) if isinstance(figure, str) else figure(result)
