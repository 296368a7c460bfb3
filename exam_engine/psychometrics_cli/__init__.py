"""Commands of psychometrics: calibrate, score, link, dif, fit; and their reports."""

import typer

from exam_engine.psychometrics_cli.calibrate import calibrate_command
from exam_engine.psychometrics_cli.dif import dif_command
from exam_engine.psychometrics_cli.fit import fit_command
from exam_engine.psychometrics_cli.link import link_command
from exam_engine.psychometrics_cli.score import score_command

__all__ = ["add_commands"]


def add_commands(app: typer.Typer) -> None:
    """Mount the commands."""
    for name, command in (
        ("calibrate", calibrate_command),
        ("score", score_command),
        ("link", link_command),
        ("dif", dif_command),
        ("fit", fit_command),
    ):
        app.command(name)(command)
