"""The command ``exam-engine dif``."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final

import numpy as np
import typer

from exam_engine.psychometrics.calibration import CalibrationResult, CalibrationSettings, calibrate
from exam_engine.psychometrics.dif import (
    DifResult,
    breslow_day_dif,
    likelihood_ratio_dif,
    logistic_dif,
    lord_dif,
    mantel_dif,
    mantel_haenszel_dif,
    raju_dif,
    sibtest_dif,
    standardization_dif,
    wald_dif,
)
from exam_engine.psychometrics.linking import ParameterCovariance
from exam_engine.psychometrics.responses import ResponseMatrix
from exam_engine.psychometrics_cli.errors import CommandError, explained
from exam_engine.psychometrics_cli.options import (
    IdOption,
    JsonOption,
    LanguageOption,
    ResponsesArgument,
    SkipOption,
    WeightOption,
    columns_of,
)
from exam_engine.psychometrics_cli.output import write_json
from exam_engine.psychometrics_cli.parameter_files import model_named
from exam_engine.psychometrics_cli.progress import ProgressLine
from exam_engine.psychometrics_cli.response_files import ResponseTable, read_responses
from exam_engine.psychometrics_cli.words import Words, number, p_value, say, table

_BY_SCORES: Final[Mapping[str, Any]] = {  # functions of equal arguments
    "mh": mantel_haenszel_dif,
    "mantel": mantel_dif,
    "standardization": standardization_dif,
    "breslow-day": breslow_day_dif,
    "logistic": logistic_dif,
    "sibtest": sibtest_dif,
    "crossing-sibtest": partial(sibtest_dif, crossing=True),
}
_BY_TWO_CALIBRATIONS: Final[Mapping[str, Any]] = {"lord": lord_dif, "raju": raju_dif}
_BY_ONE_CALIBRATION: Final = ("lrt", "wald")
METHODS: Final = (*_BY_SCORES, *_BY_TWO_CALIBRATIONS, *_BY_ONE_CALIBRATION)


def dif_command(
    responses: ResponsesArgument,
    group: Annotated[str, typer.Option(help="Column with the candidates' groups.", metavar="COLUMN")],
    reference: Annotated[str, typer.Option(help="Name of the reference group.", metavar="NAME")],
    focal: Annotated[str, typer.Option(help="Name of the focal group.", metavar="NAME")],
    method: Annotated[str, typer.Option(help=", ".join(METHODS) + ".")] = "mh",
    anchors: Annotated[
        str | None, typer.Option(help="Names of the anchor items, separated by commas; all items when left out.")
    ] = None,
    purify: Annotated[bool, typer.Option("--purify", help="Find the anchors by testing again without DIF.")] = False,
    model: Annotated[str, typer.Option(help="Model of the items for lord, raju, lrt and wald.")] = "2pl",
    identity: IdOption = None,
    weight: WeightOption = None,
    skip: SkipOption = None,
    json_target: JsonOption = None,
    language: LanguageOption = "vi",
) -> None:
    """Test whether items work alike in two groups of candidates of equal ability."""
    words = Words(language)
    with explained(language):
        name = method.strip().casefold()
        if name not in METHODS:
            raise CommandError("bad_choice", value=method, known=", ".join(METHODS))
        named = None if anchors is None else [anchor.strip() for anchor in anchors.split(",")]
        read = read_responses(responses, columns_of(identity, group, weight, skip))
        settings = CalibrationSettings(model=model_named(model))
        result = _test(name, read, reference, focal, named, purify, settings, words)
        if json_target is not None:
            write_json(json_target, result.to_dict())
    typer.echo(_summary(result, words), err=json_target == "-")


def _test(
    method: str,
    read: ResponseTable,
    reference: str,
    focal: str,
    anchors: list[str] | None,
    purify: bool,
    settings: CalibrationSettings,
    words: Words,
) -> DifResult:
    if read.groups is None:
        raise CommandError("group_needed", known=f"{reference}, {focal}")
    if method in _BY_SCORES:
        result: DifResult = _BY_SCORES[method](
            read.responses, read.groups, reference=reference, focal=focal, anchors=anchors, purify=purify
        )
        return result
    if method == "wald":
        if purify:
            raise CommandError("wald_purify")
        return wald_dif(
            read.responses, read.groups, reference=reference, focal=focal, settings=settings, anchors=anchors
        )
    progress = ProgressLine(words)
    try:
        if method == "lrt":
            return likelihood_ratio_dif(
                read.responses,
                read.groups,
                reference=reference,
                focal=focal,
                settings=settings,
                anchors=anchors,
                purify=purify,
                progress=progress.items,
            )
        fits: list[CalibrationResult] = []
        for name in (reference, focal):
            rows = np.flatnonzero(read.groups == name)
            if not rows.size:
                raise CommandError("nobody_in_group", group=name, known=", ".join(np.unique(read.groups).tolist()))
            part = ResponseMatrix(read.responses.scores[rows], read.responses.item_names, read.responses.weights[rows])
            fits.append(calibrate(part, settings, progress=progress.iteration))
    finally:
        progress.close()
    covariances = []
    for name, fit in zip((reference, focal), fits, strict=True):
        if fit.covariance is None:
            raise CommandError("no_standard_errors", group=name)
        own = [place for place, label in enumerate(fit.parameter_labels) if label.owner in set(fit.items.names)]
        labels = tuple((fit.parameter_labels[place].owner, fit.parameter_labels[place].kind) for place in own)
        covariances.append(ParameterCovariance(labels, fit.covariance[np.ix_(own, own)]))
    found: DifResult = _BY_TWO_CALIBRATIONS[method](
        fits[0].items,
        fits[1].items,
        reference_covariance=covariances[0],
        focal_covariance=covariances[1],
        anchors=anchors,
        focal_density=fits[1].quadrature,
        sample_sizes=(fits[0].n_candidates, fits[1].n_candidates),
        group_names=(reference, focal),
        purify=purify,
    )
    return found


def _summary(result: DifResult, words: Words) -> str:
    head = say("dif.summary", words, method=result.method, reference=result.reference, focal=result.focal)
    rows = [
        (
            name,
            number(float(result.statistic[j]), 3, words),
            number(float(result.df[j]), 0, words),
            p_value(float(result.p[j]), words),
            p_value(float(result.p_holm[j]), words),
            number(float(result.effect[j]), 3, words),
            number(float(result.standard_error[j]), 3, words),
            result.classes[j] or "–",
            say(f"dif.favours_{result.favoured[j]}", words) if result.favoured[j] else "",
            ", ".join(say(f"dif.flag_{flag}", words) for flag in result.flags[j]),
        )
        for j, name in enumerate(result.item_names)
    ]
    columns = ("item", "statistic", "df", "p", "p_holm", "effect", "se", "class", "favours", "flags")
    lines = [head, say("dif.effect_is", words, effect=result.effect_name), ""]
    lines.append(table([say(f"dif.column_{column}", words) for column in columns], rows))
    if result.purification is not None:
        lines += ["", say(f"dif.purified_{result.purification.reason}", words, times=result.purification.iterations)]
    return "\n".join(lines)
