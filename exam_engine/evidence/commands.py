"""Commands that check the log of a sitting without the server: verify-sitting, prove-in-log, verify-in-log."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from exam_engine.core.errors import Fault
from exam_engine.core.i18n import Catalogue, Language
from exam_engine.evidence import inclusion
from exam_engine.evidence.file_format import RootLine
from exam_engine.evidence.reading import NotAnExportError
from exam_engine.evidence.verification import Verdict, verify_file
from exam_engine.evidence.words import fault_in_words, minutes_lines

__all__ = ["add_commands"]

_CATALOGUE = Catalogue(("exam_engine",))
_FAULTY, _UNUSABLE = 1, 2

RootOption = Annotated[
    str | None, typer.Option("--root", help="Root printed on the minutes, whole or as its fingerprint.", metavar="ROOT")
]
KeyOption = Annotated[
    str | None, typer.Option("--public-key", help="Public key printed on the minutes.", metavar="KEY")
]
LanguageOption = Annotated[Language, typer.Option("--lang", help="Language of the words: vi or en.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")]
FileArgument = Annotated[Path, typer.Argument(help="File written by export-sitting-log.", metavar="FILE")]


def add_commands(app: typer.Typer) -> None:
    """Mount the commands."""
    for name, command in (
        ("verify-sitting", verify_sitting),
        ("prove-in-log", prove_in_log),
        ("verify-in-log", verify_in_log),
    ):
        app.command(name)(command)


def verify_sitting(
    file: FileArgument,
    root: RootOption = None,
    public_key: KeyOption = None,
    as_json: JsonOption = False,
    language: LanguageOption = "vi",
) -> None:
    """Check a sitting's log and all journals in an export file; no server, no network.

    Names every changed, missing, inserted or moved row and operation. Ends with 0 when everything fits, 1 when
    something does not, 2 when the file cannot be read as an export.
    """
    with _explained(language):
        verdict = verify_file(file, root=root, public_key=public_key)
    if as_json:
        typer.echo(json.dumps(_verdict_view(verdict, language), ensure_ascii=False, indent=1))
    else:
        _tell(verdict, language, is_compared=root is not None)
    if not verdict.is_whole:
        raise typer.Exit(_FAULTY)


def prove_in_log(
    file: FileArgument,
    attempt: Annotated[str, typer.Argument(help="Id of the attempt, or the candidate number.")],
    language: LanguageOption = "vi",
) -> None:
    """Print the proof that an attempt's end stands in the log under a signed root, without anybody else's data."""
    with _explained(language):
        proof = inclusion.prove(file, attempt)
    typer.echo(msgspec.json.format(msgspec.json.encode(proof), indent=1).decode())


def verify_in_log(
    file: Annotated[Path, typer.Argument(help="Proof printed by prove-in-log.", metavar="PROOF")],
    root: RootOption = None,
    public_key: KeyOption = None,
    receipt: Annotated[
        Path | None, typer.Option("--receipt", help="The candidate's final receipt, JSON.", metavar="RECEIPT")
    ] = None,
    as_json: JsonOption = False,
    language: LanguageOption = "vi",
) -> None:
    """Check a proof of prove-in-log, and that a candidate's final receipt says the same.

    Ends with 0 when everything fits, 1 when something does not, 2 when a file cannot be read.
    """
    with _explained(language):
        proof = inclusion.read_proof(file.read_bytes())
        shown = inclusion.read_receipt(receipt.read_bytes()) if receipt is not None else None
        proven = inclusion.check(proof, root=root, public_key=public_key, receipt=shown)
    if as_json:
        view = asdict(proven) | {"faults": [_fault_view(fault, language) for fault in proven.faults]}
        typer.echo(json.dumps({"whole": not proven.faults} | view, ensure_ascii=False, indent=1))
    else:
        said = {name: value for name, value in asdict(proven).items() if name != "faults"}
        typer.echo(_CATALOGUE.text("log_proof.states", language, said | {"number": proof.row.number}))
        _tell_root(proof.root, language)
        _tell_faults(proven.faults, language)
        if not proven.faults:
            typer.echo(_CATALOGUE.text("log_proof.whole", language))
        if root is None:
            typer.echo(_CATALOGUE.text("log_verdict.compare", language))
    if proven.faults:
        raise typer.Exit(_FAULTY)


@contextmanager
def _explained(language: Language) -> Iterator[None]:
    """Say why a file cannot be used and end with 2."""
    try:
        yield
    except NotAnExportError as error:
        typer.echo(_CATALOGUE.text(error.code, language, error.params), err=True)
        raise typer.Exit(_UNUSABLE) from error
    except OSError as error:
        params = {"file": error.filename or "", "reason": error.strerror or str(error)}
        typer.echo(_CATALOGUE.text("command.file", language, params), err=True)
        raise typer.Exit(_UNUSABLE) from error


def _tell(verdict: Verdict, language: Language, *, is_compared: bool) -> None:
    counts = {name: getattr(verdict, name) for name in ("rows", "attempts", "operations", "refusals")}
    typer.echo(_CATALOGUE.text("log_verdict.read", language, {"sitting": verdict.sitting, **counts}))
    for line in verdict.roots[:8]:
        _tell_root(line, language)
    _tell_faults(verdict.faults, language)
    if verdict.is_cut:
        typer.echo(_CATALOGUE.text("log_verdict.cut", language, {"count": len(verdict.faults)}))
    code = "log_verdict.whole" if verdict.is_whole else "log_verdict.faulty"
    typer.echo(_CATALOGUE.text(code, language, {"count": len(verdict.faults)}))
    if not is_compared:
        typer.echo(_CATALOGUE.text("log_verdict.compare", language))


def _tell_root(line: RootLine, language: Language) -> None:
    for text in minutes_lines(line, _CATALOGUE, language)[:2]:
        typer.echo(text)


def _tell_faults(faults: tuple[Fault, ...] | list[Fault], language: Language) -> None:
    for fault in faults:
        typer.echo(f"  {fault_in_words(fault, _CATALOGUE, language)}")


def _fault_view(fault: Fault, language: Language) -> dict[str, Any]:
    text = fault_in_words(fault, _CATALOGUE, language)
    return {"code": fault.code, "place": fault.place, "params": fault.params, "text": text}


def _verdict_view(verdict: Verdict, language: Language) -> dict[str, Any]:
    return {
        "whole": verdict.is_whole,
        "sitting": verdict.sitting,
        "rows": verdict.rows,
        "attempts": verdict.attempts,
        "operations": verdict.operations,
        "refusals": verdict.refusals,
        "roots": [msgspec.to_builtins(line) for line in verdict.roots],
        "faults": [_fault_view(fault, language) for fault in verdict.faults],
        "more_faults": verdict.is_cut,
    }
