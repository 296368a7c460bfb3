"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from exam_engine.core.i18n import Language
from exam_engine.psychometrics_cli.response_files import Columns

ResponsesArgument = Annotated[
    Path,
    typer.Argument(
        help="CSV (delimiter , ; or tab; first row names; one row a candidate, one column an item; empty = not "
        "presented) or Parquet file.",
        metavar="RESPONSES",
    ),
]
ParametersOption = Annotated[
    Path, typer.Option("--params", help="Item parameters: a table (CSV) or a calibration (JSON).", metavar="FILE")
]
IdOption = Annotated[str | None, typer.Option("--id", help="Column with the candidates' ids.", metavar="COLUMN")]
GroupOption = Annotated[
    str | None, typer.Option("--group", help="Column with the candidates' groups.", metavar="COLUMN")
]
WeightOption = Annotated[
    str | None, typer.Option("--weight", help="Column saying how many candidates a row stands for.", metavar="COLUMN")
]
SkipOption = Annotated[
    list[str] | None, typer.Option("--skip", help="Column to leave aside; repeat for several.", metavar="COLUMN")
]
JsonOption = Annotated[
    str | None, typer.Option("--json", help="Write the result as JSON; - for standard output.", metavar="OUT")
]
LanguageOption = Annotated[Language, typer.Option("--lang", help="Language of words and report: vi or en.")]


def columns_of(identity: str | None, group: str | None, weight: str | None, skip: list[str] | None) -> Columns:
    """Columns that are no items, from the options."""
    return Columns(identity=identity, group=group, weight=weight, skipped=tuple(skip or ()))
