"""Refusals of the commands: a stable code, a text in the user's language, and an exit status that is not 0."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from exam_engine.core.i18n import Catalogue, Language
from exam_engine.psychometrics.ability import ScoringError
from exam_engine.psychometrics.calibration import CalibrationError
from exam_engine.psychometrics.dif import DifError
from exam_engine.psychometrics.fit import FitError
from exam_engine.psychometrics.item_parameters import ItemParameterError
from exam_engine.psychometrics.linking import LinkingError
from exam_engine.psychometrics.responses import ResponseDataError

CATALOGUE = Catalogue(("exam_engine",))

_AREAS: tuple[tuple[type[ValueError], str], ...] = (
    (CalibrationError, "calibration."),
    (ScoringError, "scoring."),
    (FitError, "fit."),
    (LinkingError, "linking."),
    (DifError, ""),
)


class CommandError(Exception):
    """A file or an option that a command cannot work with; ``params`` fill the text of the code."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = f"command.{code}"
        self.params = params


def message_code(error: Exception) -> str:
    """Code in the message catalogue of a refusal by the library."""
    for kind, area in _AREAS:
        if isinstance(error, kind):
            return f"{area}{getattr(error, 'code', '')}"
    if isinstance(error, ResponseDataError):
        return "command.bad_responses"
    if isinstance(error, ItemParameterError):
        return "command.bad_parameters"
    return "command.bad_option"


@contextmanager
def explained(language: Language) -> Iterator[None]:
    """Say in words what a command refuses and end it with status 1; faults of the program itself pass."""
    try:
        yield
    except CommandError as error:
        _say(language, error.code, error.params, None)
    except ValueError as error:
        _say(language, message_code(error), {}, str(error))
    except OSError as error:
        _say(language, "command.file", {"file": error.filename or "", "reason": error.strerror or str(error)}, None)


def _say(language: Language, code: str, params: dict[str, Any], detail: str | None) -> None:
    text = CATALOGUE.text(code, language, params)
    fix = CATALOGUE.find(f"{code}.fix", language, params)
    lines = [f"{code}: {text}." + (f" {fix}" if fix else "")]
    if detail is not None:
        lines.append(f"  {detail}")
    typer.echo("\n".join(lines), err=True)
    raise typer.Exit(1)
