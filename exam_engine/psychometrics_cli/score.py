"""The command ``exam-engine score``."""

import csv
import sys
from pathlib import Path
from typing import Annotated, Any, TextIO

import numpy as np
import typer

from exam_engine.psychometrics.ability import ABILITY_FLAGS, AbilityEstimates, ScoringError, empirical_reliability
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.responses import ResponseMatrix
from exam_engine.psychometrics_cli.abilities import estimate, priors_by_group
from exam_engine.psychometrics_cli.errors import explained
from exam_engine.psychometrics_cli.options import (
    GroupOption,
    IdOption,
    JsonOption,
    LanguageOption,
    ParametersOption,
    ResponsesArgument,
    SkipOption,
    WeightOption,
    columns_of,
)
from exam_engine.psychometrics_cli.output import write_json
from exam_engine.psychometrics_cli.parameter_files import as_categories, read_parameters, without_parameters
from exam_engine.psychometrics_cli.response_files import read_responses
from exam_engine.psychometrics_cli.words import Words, left_aside_in_words, number, say, whole


def score_command(
    responses: ResponsesArgument,
    params: ParametersOption,
    method: Annotated[str, typer.Option(help="eap, map, mle, wle or eapsum.")] = "eap",
    group: GroupOption = None,
    identity: IdOption = None,
    weight: WeightOption = None,
    skip: SkipOption = None,
    mean: Annotated[float | None, typer.Option(help="Mean of a normal prior instead of the calibration's.")] = None,
    sd: Annotated[float | None, typer.Option(help="Standard deviation of that prior.")] = None,
    json_target: JsonOption = None,
    csv_target: Annotated[
        Path | None, typer.Option("--csv", help="Write a table; without --csv and --json it goes to standard output.")
    ] = None,
    language: LanguageOption = "vi",
) -> None:
    """Estimate abilities of candidates from known item parameters."""
    words = Words(language)
    with explained(language):
        known = read_parameters(params)
        table = read_responses(responses, columns_of(identity, group, weight, skip))
        matrix = as_categories(table.responses, known)
        unknown = without_parameters(table.responses, known)
        labels = np.full(matrix.weights.size, "") if table.groups is None else table.groups
        priors = priors_by_group(known, labels, mean, sd)
        estimates = estimate(matrix, known.items, labels, priors, method)
        if json_target is not None:
            write_json(json_target, _document(estimates, matrix, priors, unknown))
        if csv_target is not None:
            with csv_target.open("w", encoding="utf-8", newline="") as file:
                _write_table(file, estimates)
        elif json_target is None:
            _write_table(sys.stdout, estimates)
    typer.echo(
        "\n".join([*left_aside_in_words(unknown, words), _summary(estimates, matrix, words)]), err=csv_target is None
    )


def _document(
    estimates: AbilityEstimates, responses: ResponseMatrix, priors: dict[str, Quadrature], unknown: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "method": estimates.method,
        "n_candidates": responses.n_candidates,
        "populations": [{"name": name, "mean": prior.mean, "sd": prior.sd} for name, prior in priors.items()],
        "empirical_reliability": _reliability(estimates, responses),
        "items_without_parameters": list(unknown),
        "candidates": estimates.to_dict(),
    }


def _reliability(estimates: AbilityEstimates, responses: ResponseMatrix) -> float | None:
    try:
        value = empirical_reliability(estimates, responses.weights)
    except ScoringError:
        # With an infinite estimate there is no variance to speak of.
        return None
    return value if np.isfinite(value) else None


def _write_table(file: TextIO, estimates: AbilityEstimates) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("candidate", "theta", "standard_error", "n_items", "flags"))
    for row, theta in enumerate(estimates.theta):
        candidate = str(row + 1) if estimates.candidate_ids is None else estimates.candidate_ids[row]
        writer.writerow(
            (
                candidate,
                "" if np.isnan(theta) else repr(float(theta)),
                "" if np.isnan(theta) else repr(float(estimates.standard_error[row])),
                int(estimates.n_items[row]),
                " ".join(estimates.flags(row)),
            )
        )


def _summary(estimates: AbilityEstimates, responses: ResponseMatrix, words: Words) -> str:
    finite = np.isfinite(estimates.theta)
    weights = responses.weights[finite]
    mean = float(np.average(estimates.theta[finite], weights=weights)) if finite.any() else float("nan")
    spread = float(np.average((estimates.theta[finite] - mean) ** 2, weights=weights)) if finite.any() else float("nan")
    lines = [
        say(
            "score.summary",
            words,
            method=estimates.method,
            candidates=whole(responses.n_candidates, words),
            mean=number(mean, 3, words),
            sd=number(spread**0.5, 3, words),
            reliability=number(_reliability(estimates, responses), 3, words),
        )
    ]
    lines += [
        f"  - {say(f'ability.{flag}', words)}: {int(estimates.with_flag(flag).sum())}"
        for flag in ABILITY_FLAGS
        if estimates.with_flag(flag).any()
    ]
    return "\n".join(lines)
