"""What the reader of Moodle XML refuses."""

from enum import StrEnum
from typing import Any

from exam_engine.core.errors import Fault, InvalidInputError


class Refusal(StrEnum):
    """Why a file is not read at all."""

    TOO_LARGE = "moodle_too_large"
    NOT_MOODLE = "moodle_not_moodle"
    DAMAGED = "moodle_damaged"
    SUSPICIOUS = "moodle_suspicious"


class InvalidMoodleFileError(InvalidInputError):
    """The file cannot be read as Moodle XML; its one fault says why and what to do."""

    code = "invalid_moodle_file"


def refusal(why: Refusal, **params: Any) -> InvalidMoodleFileError:
    """Return the error that refuses a file."""
    return InvalidMoodleFileError(faults=[Fault(why.value, "", params)])
