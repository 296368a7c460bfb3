"""What the reader of QTI files refuses."""

from enum import StrEnum
from typing import Any

from exam_engine.core.errors import Fault, InvalidInputError
from item_bank.exchange.archive import ArchiveFault


class Refusal(StrEnum):
    """Why a file is not read at all."""

    TOO_LARGE = "qti_too_large"
    EMPTY = "qti_empty"
    NOT_QTI = "qti_not_qti"
    OLD_VERSION = "qti_old_version"
    ENCRYPTED = "qti_encrypted"
    DAMAGED = "qti_damaged"
    SUSPICIOUS = "qti_suspicious"


class InvalidQtiFileError(InvalidInputError):
    """The file cannot be read as QTI; its one fault says why and what to do."""

    code = "invalid_qti_file"


def refusal(why: Refusal, place: str = "", **params: Any) -> InvalidQtiFileError:
    """Return the error that refuses a file; ``place`` names the file inside a package."""
    return InvalidQtiFileError(faults=[Fault(why.value, place, params)])


def archive_refusal(why: ArchiveFault, place: str) -> InvalidQtiFileError:
    """Return the error that refuses an archive which cannot be opened or read."""
    return refusal(Refusal(f"qti_{why}"), place)
