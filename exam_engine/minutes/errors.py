"""What the minutes of a room refuse."""

from exam_engine.core.errors import DomainError, InvalidInputError


class MinutesTooEarlyError(InvalidInputError):
    """Candidates of the room still work, or may still start; the faults say what is open."""

    status = 409
    code = "minutes_too_early"


class MinutesSignedError(DomainError):
    """Somebody has signed, so the text stays as it is; the signatures can be struck before the last one."""

    code = "minutes_signed"


class MinutesSealedError(DomainError):
    """Everybody has signed: from now on there are only addenda, or a reopening by the board."""

    code = "minutes_sealed"


class MinutesNotSealedError(DomainError):
    """Only minutes that everybody has signed can be added to or reopened."""

    code = "minutes_not_sealed"


class MinutesChangedError(DomainError):
    """Something happened in the room since the text was read; read it again before signing."""

    code = "minutes_changed"


class MinutesAlreadySignedError(DomainError):
    """The person has signed already."""

    code = "minutes_already_signed"


class MinutesNameDiffersError(DomainError):
    """The name that was typed is not the signer's."""

    status = 422
    code = "minutes_name_differs"
