"""Where results go: JSON files or stdout, whole or not at all."""

import json
from pathlib import Path
from typing import Any

import typer


def write_json(target: str, document: Any) -> None:
    """Write JSON to a file, or to stdout for ``-``."""
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    if target == "-":
        typer.echo(text)
    else:
        write_text(Path(target), text + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a file so that a break leaves the old one or none."""
    partial = path.with_name(path.name + ".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
