"""The command ``exam-engine fit``."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from exam_engine.core.time import utc_now
from exam_engine.psychometrics_cli.abilities import priors_by_group
from exam_engine.psychometrics_cli.errors import CommandError, explained
from exam_engine.psychometrics_cli.fit_words import fit_sentences, item_fit_head, item_fit_rows
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
from exam_engine.psychometrics_cli.output import write_json, write_text
from exam_engine.psychometrics_cli.parameter_files import as_categories, read_parameters, without_parameters
from exam_engine.psychometrics_cli.report import Source, fit_report
from exam_engine.psychometrics_cli.response_files import read_responses, sha256_of
from exam_engine.psychometrics_cli.statistics import FitStatistics, WholeStatistic, fit_statistics
from exam_engine.psychometrics_cli.words import Words, left_aside_in_words, table

_WHOLE: tuple[WholeStatistic, ...] = ("auto", "M2", "C2")


def fit_command(
    responses: ResponsesArgument,
    params: ParametersOption,
    known: Annotated[
        bool,
        typer.Option("--known", help="The parameters were not estimated from these responses (no degrees of freedom)."),
    ] = False,
    statistic: Annotated[
        str, typer.Option(help="Statistic of the whole test: m2, c2, or auto (C2 where items have several scores).")
    ] = "auto",
    group: GroupOption = None,
    identity: IdOption = None,
    weight: WeightOption = None,
    skip: SkipOption = None,
    json_target: JsonOption = None,
    report: Annotated[Path | None, typer.Option(help="Write a report to file as HTML.", metavar="OUT")] = None,
    language: LanguageOption = "vi",
) -> None:
    """Test how well item parameters describe responses: items, pairs of items, the whole test, candidates."""
    words = Words(language)
    with explained(language):
        whole = next((name for name in _WHOLE if name.casefold() == statistic.strip().casefold()), None)
        if whole is None:
            raise CommandError("bad_choice", value=statistic, known="auto, m2, c2")
        parameters = read_parameters(params)
        read = read_responses(responses, columns_of(identity, group, weight, skip))
        matrix = as_categories(read.responses, parameters)
        unknown = without_parameters(read.responses, parameters)
        labels = np.full(matrix.weights.size, "") if read.groups is None else read.groups
        populations = priors_by_group(parameters, labels, None, None)
        fixed = parameters.items.names if known else () if parameters.result is None else parameters.result.fixed_items
        found = fit_statistics(matrix, parameters.items, labels, populations, fixed=fixed, whole=whole)
        if json_target is not None:
            write_json(json_target, {**found.to_dict(), "items_without_parameters": list(unknown)})
        if report is not None:
            source = Source(responses.name, sha256_of(responses), utc_now())
            write_text(report, fit_report(parameters, matrix, labels, populations, found, source, language))
    sentences = [*left_aside_in_words(unknown, words), _summary(found, matrix.item_names, words)]
    typer.echo("\n".join(sentences), err=json_target == "-")


def _summary(found: FitStatistics, names: tuple[str, ...], words: Words) -> str:
    return "\n".join(
        [
            *fit_sentences(found, words),
            "",
            table(item_fit_head(words), item_fit_rows(found, names, words)),
        ]
    )
