"""The table of item parameters of a report."""

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics.calibration import CalibrationResult
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics_cli.parameter_files import ParameterTable
from exam_engine.psychometrics_cli.words import Words, flags_in_words, number, say, whole


def item_head(items: ItemParameters, words: Words) -> list[str]:
    """Names of the columns; asymptotes only where an item has them."""
    columns = ["item", "model", "n", "share", "item_rest", "a", "b"]
    columns += ["c"] if (items.c > 0.0).any() else []
    columns += ["u"] if (items.u < 1.0).any() else []
    return [say(f"report.item.{column}", words) for column in [*columns, "flags"]]


def item_rows(
    parameters: ParameterTable, responses: ResponseMatrix, item_rest: NDArray[np.float64], words: Words
) -> list[list[str]]:
    """One row an item: responses, mean share of the highest score, parameters with standard errors, flags in words."""
    items, result = parameters.items.select(responses.item_names), parameters.result
    has_lower, has_upper = bool((items.c > 0.0).any()), bool((items.u < 1.0).any())
    rows = []
    for j, name in enumerate(items.names):
        at = parameters.items.names.index(name)
        seen = responses.scores[:, j] != NOT_PRESENTED
        weights = responses.weights[seen]
        share = np.average(responses.scores[seen, j], weights=weights) / items.max_scores[j] if seen.any() else np.nan
        n = float(weights.sum())
        if result is not None:
            n, share = float(result.n_responses[at]), float(result.mean_score[at])
        row = [
            name,
            items.models[j],
            whole(n, words),
            number(float(share), 3, words),
            number(float(item_rest[j]), 3, words),
            *_slope_and_thresholds(items, j, result, at, words),
        ]
        if has_lower:
            row.append(_estimate(items.c[j], _error(result, "c", at), 3, words) if items.c[j] > 0.0 else "–")
        if has_upper:
            row.append(_estimate(items.u[j], _error(result, "u", at), 3, words) if items.u[j] < 1.0 else "–")
        remarks = "" if result is None else flags_in_words(result.flags[at], words)
        if result is not None and name in result.fixed_items:
            remarks = "; ".join(part for part in (say("report.fixed", words), remarks) if part)
        rows.append([*row, remarks])
    return rows


def _slope_and_thresholds(
    items: ItemParameters, j: int, result: CalibrationResult | None, at: int, words: Words
) -> tuple[str, str]:
    steps = int(items.max_scores[j])
    errors = None if result is None else result.standard_errors
    if items.families[j] == "nominal":
        slopes = [
            _estimate(items.s[j, step], None if errors is None else errors.s[at, step], 3, words)
            for step in range(steps)
        ]
        intercepts = [
            _estimate(items.d[j, step], None if errors is None else errors.d[at, step], 3, words)
            for step in range(steps)
        ]
        return _numbered("s", slopes), _numbered("d", intercepts)
    thresholds = [
        _estimate(items.b[j, step], None if errors is None else errors.b[at, step], 3, words) for step in range(steps)
    ]
    slope = _estimate(items.a[j], _error(result, "a", at), 3, words)
    return slope, thresholds[0] if steps == 1 else _numbered("b", thresholds)


def _numbered(letter: str, values: list[str]) -> str:
    return "\n".join(f"{letter}{step} {value}" for step, value in enumerate(values, start=1))


def _error(result: CalibrationResult | None, name: str, at: int) -> float | None:
    errors = None if result is None else result.standard_errors
    return None if errors is None else float(getattr(errors, name)[at])


def _estimate(value: float, error: float | None, decimals: int, words: Words) -> str:
    shown = number(float(value), decimals, words)
    return shown if error is None or not np.isfinite(error) else f"{shown} ({number(float(error), decimals, words)})"
