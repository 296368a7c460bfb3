"""What imports refuse."""

from exam_engine.core.errors import DomainError, InvalidInputError, NotFoundError


class ImportNotFoundError(NotFoundError):
    """No such import, or it was brought by somebody else, or it is too old."""

    code = "import_not_found"


class ImportRowNotFoundError(NotFoundError):
    """The import has no item of that number."""

    code = "import_row_not_found"


class FormatUnknownError(InvalidInputError):
    """No format knows the file."""

    code = "import_format_unknown"


class ImportNotReadyError(DomainError):
    """The file is still being read, could not be read, or was dropped."""

    status = 409
    code = "import_not_ready"


class ImportAppliedError(DomainError):
    """The import was applied before."""

    status = 409
    code = "import_already_applied"


class ImportHasErrorsError(DomainError):
    """Some items have errors and the caller did not ask to leave them out."""

    status = 409
    code = "import_has_errors"


class ImportEmptyError(DomainError):
    """No item of the file can be taken."""

    status = 409
    code = "import_has_no_items"


class ImportOutdatedError(DomainError):
    """The bank changed since the file was checked, so that applying would do something else than was shown."""

    status = 409
    code = "import_outdated"


class ImportTookTooLongError(DomainError):
    """Reading the file took longer than any honest file does."""

    status = 422
    code = "import_took_too_long"


class ImportRefusedError(InvalidInputError):
    """The reader of the file's format refuses it; the faults say why."""

    code = "import_refused"
