"""What the reader of the bank's own packages refuses."""

from enum import StrEnum
from typing import Any

from exam_engine.core.errors import Fault, InvalidInputError
from item_bank.exchange.archive import ArchiveFault


class Refusal(StrEnum):
    """Why a package is not read at all."""

    TOO_LARGE = "package_too_large"
    ENCRYPTED = "package_encrypted"
    DAMAGED = "package_damaged"
    SUSPICIOUS = "package_suspicious"
    WITHOUT_CONTENTS = "package_without_contents"
    NEWER_VERSION = "package_newer_version"


class InvalidPackageError(InvalidInputError):
    """The file is not a package of this bank that can be read; its one fault says why and what to do."""

    code = "invalid_package"


def refusal(why: Refusal, place: str = "", **params: Any) -> InvalidPackageError:
    """Return the error that refuses a package; ``place`` names the file inside it."""
    return InvalidPackageError(faults=[Fault(why.value, place, params)])


def archive_refusal(why: ArchiveFault, place: str) -> InvalidPackageError:
    """Return the error that refuses an archive which cannot be opened or read."""
    return refusal(Refusal(f"package_{why}"), place)
