"""What exports refuse."""

from exam_engine.core.errors import DomainError, InvalidInputError


class ExportFormatUnknownError(InvalidInputError):
    """No writer has that name."""

    code = "export_format_unknown"


class ExportEmptyError(InvalidInputError):
    """No item of the bank is meant."""

    code = "export_has_no_items"


class ExportTooLargeError(InvalidInputError):
    """More items or more bytes of media than one file may hold."""

    code = "export_too_large"


class ExportHoldsKeysError(DomainError):
    """The format says what is right, and the actor may not see that."""

    status = 403
    code = "export_holds_keys"
