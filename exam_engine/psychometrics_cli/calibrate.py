"""The command ``exam-engine calibrate``."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from exam_engine.core.time import utc_now
from exam_engine.psychometrics.calibration import CalibrationResult, CalibrationSettings, Prior, Priors, calibrate
from exam_engine.psychometrics.calibration.settings import DensityName, StandardErrorMethod
from exam_engine.psychometrics_cli.errors import CommandError, explained
from exam_engine.psychometrics_cli.options import (
    GroupOption,
    IdOption,
    JsonOption,
    LanguageOption,
    ResponsesArgument,
    SkipOption,
    WeightOption,
    columns_of,
)
from exam_engine.psychometrics_cli.output import write_json, write_text
from exam_engine.psychometrics_cli.parameter_files import model_named, read_models, read_parameters, write_parameters
from exam_engine.psychometrics_cli.progress import ProgressLine
from exam_engine.psychometrics_cli.report import Source, calibration_report
from exam_engine.psychometrics_cli.response_files import (
    ResponseTable,
    is_parquet,
    open_parquet,
    read_responses,
    sha256_of,
)
from exam_engine.psychometrics_cli.words import Words, exclusions_in_words, number, say, small, warnings_in_words, whole

_PRIOR_OF: Final = {"a": "slope", "d": "intercept", "c": "lower", "u": "upper"}


def calibrate_command(
    responses: ResponsesArgument,
    model: Annotated[
        str, typer.Option(help="Rasch, 1PL, 2PL, 3PL, 4PL, PCM, GPCM, RSM, GRM or NRM, in any case.")
    ] = "2pl",
    item_models: Annotated[
        Path | None, typer.Option(help="CSV of item, model for items with another model.", metavar="FILE")
    ] = None,
    prior: Annotated[
        list[str] | None,
        typer.Option(
            help="Prior of slopes a, intercepts d, lower c or upper u asymptotes, as c=beta(5,17), a=lognormal(0,0.5), "
            "d=normal(0,2), c=logitnormal(-1.4,0.5); repeat for several. None unless given."
        ),
    ] = None,
    group: GroupOption = None,
    reference: Annotated[
        str | None, typer.Option(help="Group that fixes the scale; the first by name when left out.", metavar="NAME")
    ] = None,
    identity: IdOption = None,
    weight: WeightOption = None,
    skip: SkipOption = None,
    density: Annotated[str, typer.Option(help="Ability distribution: normal, histogram or davidian.")] = "normal",
    standard_errors: Annotated[
        str, typer.Option("--se", help="Standard errors: observed, crossproduct, sandwich or none.")
    ] = "observed",
    fixed: Annotated[
        Path | None, typer.Option(help="Parameters (CSV or JSON) of items to hold fixed.", metavar="FILE")
    ] = None,
    json_target: JsonOption = None,
    params: Annotated[Path | None, typer.Option(help="Write the item parameters as CSV.", metavar="OUT")] = None,
    report: Annotated[Path | None, typer.Option(help="Write a report to file as HTML.", metavar="OUT")] = None,
    language: LanguageOption = "vi",
) -> None:
    """Estimate item parameters from responses by marginal maximum likelihood."""
    words = Words(language)
    with explained(language):
        settings = CalibrationSettings(
            model=model_named(model),
            item_models={} if item_models is None else read_models(item_models),
            priors=priors_of(prior or []),
            density=_one_of(density, "normal", "histogram", "davidian"),
            standard_errors=_errors_of(standard_errors),
            reference_group=reference,
        )
        columns = columns_of(identity, group, weight, skip)
        held = None if fixed is None else read_parameters(fixed).items
        table: ResponseTable | None = None
        progress = ProgressLine(words)
        try:
            if is_parquet(responses):
                result = calibrate(open_parquet(responses, columns), settings, fixed=held, progress=progress.iteration)
            else:
                table = read_responses(responses, columns)
                result = calibrate(
                    table.responses, settings, groups=table.groups, fixed=held, progress=progress.iteration
                )
        finally:
            progress.close()
        if json_target is not None:
            write_json(json_target, result.to_dict())
        if params is not None:
            write_parameters(params, result.items, result.category_scores)
        if report is not None:
            source = Source(responses.name, sha256_of(responses), utc_now())
            table = table or read_responses(responses, replace(columns, identity=None))
            write_text(report, calibration_report(result, table, source, language))
    typer.echo(summary(result, words), err=json_target == "-")


def priors_of(texts: list[str]) -> Priors:
    """Priors from texts such as ``c=beta(5,17)``.

    Raises
    ------
    CommandError
        ``bad_prior`` for a text of another form or a parameter named twice.
    ValueError
        When the family does not fit the parameter.
    """
    found: dict[str, Prior] = {}
    for text in texts:
        name, equals, density = text.partition("=")
        place = _PRIOR_OF.get(name.strip().casefold())
        if not equals or place is None or place in found:
            raise CommandError("bad_prior", text=text)
        found[place] = Prior.parse(density.strip().casefold())
    return Priors(**found)


def summary(result: CalibrationResult, words: Words) -> str:
    """The fit in a few lines of words."""
    certificate = result.certificate
    lines = [
        say(
            "summary.data",
            words,
            items=len(result.items),
            candidates=whole(result.n_candidates, words),
            parameters=result.n_parameters,
        ),
        say("summary.log_likelihood", words, value=number(result.log_likelihood, 4, words)),
        say("summary.aic", words, aic=number(result.aic, 4, words), bic=number(result.bic, 4, words)),
        say(
            "summary.converged" if result.converged else "summary.not_converged",
            words,
            iterations=certificate.iterations,
            e_steps=certificate.e_steps,
            seconds=number(certificate.seconds, 2, words),
            gradient=small(certificate.max_gradient, words),
        ),
    ]
    for heading, sentences in (
        ("summary.excluded", exclusions_in_words(result, words)),
        ("summary.warnings", warnings_in_words(result, words)),
    ):
        if sentences:
            lines += [say(heading, words), *(f"  - {sentence}" for sentence in sentences)]
    flagged = [name for name, flags in zip(result.items.names, result.flags, strict=True) if flags]
    if flagged:
        lines.append(say("summary.flagged", words, count=len(flagged), items=", ".join(flagged[:12])))
    return "\n".join(lines)


def _one_of(value: str, *names: DensityName) -> DensityName:
    for name in names:
        if name == value.strip().casefold():
            return name
    raise CommandError("bad_choice", value=value, known=", ".join(names))


def _errors_of(value: str) -> StandardErrorMethod:
    names: tuple[StandardErrorMethod, ...] = ("observed", "crossproduct", "sandwich", "none")
    for name in names:
        if name == value.strip().casefold():
            return name
    raise CommandError("bad_choice", value=value, known=", ".join(names))
