"""What imports refuse."""

from exam_engine.core.errors import DomainError, NotFoundError


class ImportNotFoundError(NotFoundError):
    """No such import, or it was brought by somebody else, or it is too old."""

    code = "import_not_found"


class ImportAppliedError(DomainError):
    """The import was applied before."""

    status = 409
    code = "import_already_applied"


class ImportHasErrorsError(DomainError):
    """Some rows have errors and the caller did not ask to leave them out."""

    status = 409
    code = "import_has_errors"


class ImportEmptyError(DomainError):
    """No row of the file can be taken."""

    status = 409
    code = "import_has_no_items"
