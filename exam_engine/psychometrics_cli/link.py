"""The command ``exam-engine link``."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.linking import (
    DriftCriteria,
    LinkingMethod,
    PurifiedLink,
    anchor_drift,
    link_scales,
    purify_anchors,
    uniform_quadrature,
)
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics_cli.errors import CommandError, explained
from exam_engine.psychometrics_cli.options import JsonOption, LanguageOption
from exam_engine.psychometrics_cli.output import write_json
from exam_engine.psychometrics_cli.parameter_files import read_parameters, write_parameters
from exam_engine.psychometrics_cli.response_files import delimiter_of
from exam_engine.psychometrics_cli.words import Words, number, say, table

METHODS: Final[Mapping[str, LinkingMethod]] = {
    "mm": "mean-mean",
    "ms": "mean-sigma",
    "haebara": "haebara",
    "sl": "stocking-lord",
    "mean-mean": "mean-mean",
    "mean-sigma": "mean-sigma",
    "stocking-lord": "stocking-lord",
}


def link_command(
    new: Annotated[Path, typer.Argument(help="Parameters (CSV or JSON) to be moved.")],
    old: Annotated[Path, typer.Argument(help="Parameters (CSV or JSON) on the scale that stays.")],
    method: Annotated[str, typer.Option(help="mm, ms, haebara or sl (Stocking–Lord).")] = "sl",
    symmetric: Annotated[bool, typer.Option("--symmetric", help="Compare the curves on both scales.")] = False,
    weights: Annotated[str, typer.Option(help="Abilities to compare the curves over: normal or uniform.")] = "normal",
    points: Annotated[
        int | None, typer.Option(help="Number of these abilities; 61 (normal) or 81 (uniform) when left out.")
    ] = None,
    anchors: Annotated[
        Path | None,
        typer.Option(help="CSV of the common items: name, or new name and old name; all names in both when left out."),
    ] = None,
    purify: Annotated[bool, typer.Option("--purify", help="Take drifted items out of the anchor, one by one.")] = False,
    robust_z: Annotated[float, typer.Option(help="Robust z beyond which an item counts as drifted.")] = 2.7,
    rmsd: Annotated[float, typer.Option(help="RMSD of the curves beyond which an item counts as drifted.")] = 0.1,
    scaling: Annotated[
        float, typer.Option(help="Constant D of tables in the normal metric (1.7): slopes are multiplied by it.")
    ] = 1.0,
    json_target: JsonOption = None,
    params: Annotated[
        Path | None, typer.Option(help="Write the new parameters on the old scale as CSV.", metavar="OUT")
    ] = None,
    language: LanguageOption = "vi",
) -> None:
    """Put a new calibration on the scale of an old one through their common items: θ_old = A · θ_new + B."""
    words = Words(language)
    with explained(language):
        if method.strip().casefold() not in METHODS:
            raise CommandError("bad_choice", value=method, known=", ".join(METHODS))
        tables = {"new": read_parameters(new), "old": read_parameters(old)}
        items = {side: _in_logistic_metric(known.items, scaling) for side, known in tables.items()}
        criteria = DriftCriteria(robust_z=robust_z, rmsd=rmsd)
        options: dict[str, Any] = {  # keyword arguments that both functions take
            "anchors": None if anchors is None else _read_anchors(anchors),
            "method": METHODS[method.strip().casefold()],
            "scale": "symmetric" if symmetric else "old",
            "old_weights": _weights(weights, points),
            # A covariance is one of slopes as estimated; other metrics have none here.
            "new_covariance": tables["new"].covariance if scaling == 1.0 else None,
            "old_covariance": tables["old"].covariance if scaling == 1.0 else None,
        }
        if purify:
            found = purify_anchors(items["new"], items["old"], criteria=criteria, **options)
        else:
            link = link_scales(items["new"], items["old"], **options)
            drift = anchor_drift(
                link.anchors,
                link.transformation,
                weights=options["old_weights"],
                criteria=criteria,
                new_covariance=options["new_covariance"],
                old_covariance=options["old_covariance"],
            )
            found = PurifiedLink(link=link, drift=drift, dropped=(), kept_despite_flag=())
        if json_target is not None:
            document = found.to_dict()
            write_json(json_target, {**document.pop("link"), **document})
        if params is not None:
            write_parameters(params, found.link.apply(items["new"]), tables["new"].category_scores)
    typer.echo(_summary(found, words), err=json_target == "-")


def _weights(name: str, points: int | None) -> Quadrature:
    match name.strip().casefold():
        case "normal":
            return normal_quadrature(61 if points is None else points)
        case "uniform":
            return uniform_quadrature(81 if points is None else points)
    raise CommandError("bad_choice", value=name, known="normal, uniform")


def _in_logistic_metric(items: ItemParameters, scaling: float) -> ItemParameters:
    if not scaling > 0.0:
        raise CommandError("bad_scaling", value=scaling)
    return replace(items, a=items.a * scaling, d=items.d * scaling, s=items.s * scaling)


def _read_anchors(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    pairs: dict[str, str] = {}
    for place, row in enumerate(csv.reader(lines, delimiter=delimiter_of(*[*lines, "", ""][:2])), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) > 2:
            raise CommandError("row_length", file=path.name, row=place, found=len(cells), expected=2)
        if place == 1 and cells[0].casefold() in ("name", "new", "item"):
            continue
        pairs[cells[0]] = cells[-1]
    return pairs


def _summary(found: PurifiedLink, words: Words) -> str:
    link, drift = found.link, found.drift
    errors = link.transformation.standard_errors
    lines = [
        say(
            "link.summary",
            words,
            method=link.method,
            anchors=len(link.anchors),
            slope=number(link.transformation.slope, 6, words),
            slope_error=number(errors[0], 6, words),
            intercept=number(link.transformation.intercept, 6, words),
            intercept_error=number(errors[1], 6, words),
        ),
        "",
        table(
            [say(f"link.{column}", words) for column in ("item", "difference", "z", "rmsd", "verdict")],
            [
                (
                    name,
                    number(float(drift.difficulty_difference[j]), 3, words),
                    number(float(drift.difficulty_z[j]), 2, words),
                    number(float(drift.rmsd[j]), 3, words),
                    _verdict(found, name, bool(drift.flagged[j]), words),
                )
                for j, name in enumerate(drift.names)
            ],
        ),
    ]
    return "\n".join(lines)


def _verdict(found: PurifiedLink, name: str, flagged: bool, words: Words) -> str:
    if name in {item.name for item in found.dropped}:
        return say("link.dropped", words)
    for kept, limit in found.kept_despite_flag:
        if kept == name:
            return say(f"link.kept_{limit}", words)
    return say("link.flagged", words) if flagged else ""
