"""Domain errors, each with one HTTP status and one stable code; rendered as application/problem+json."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in the given input: where it is, what it is (message code) and the values for its texts.

    The catalogue holds ``<code>`` for the message and ``<code>.fix`` for what to do about it.
    """

    code: str
    place: str = ""
    params: dict[str, Any] = field(default_factory=dict)


class DomainError(Exception):
    """A rule refused the request; ``code`` selects the text in the catalogues, ``params`` fill it."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "conflict"

    def __init__(self, *, faults: Sequence[Fault] = (), retry_after: int | None = None, **params: Any) -> None:
        super().__init__(self.code, params)
        self.params = params
        self.faults = tuple(faults)
        self.retry_after = retry_after


class NotFoundError(DomainError):
    """Nothing is stored under that identity, or the actor may not know that there is."""

    status = 404
    code = "not_found"


class InvalidInputError(DomainError):
    """The request is well formed but its content breaks a rule; ``faults`` name the places."""

    status = 422
    code = "invalid_input"


class UnstorableTextError(InvalidInputError):
    """A text holds a character that no database column can hold."""

    code = "unstorable_text"


class UnstorableValueError(InvalidInputError):
    """A number is larger, or a text longer, than its database column holds."""

    code = "unstorable_value"


class NotAuthenticatedError(DomainError):
    """No valid login session came with the request."""

    status = 401
    code = "not_authenticated"


class PermissionDeniedError(DomainError):
    """The actor's roles do not include what the route asks for."""

    status = 403
    code = "permission_denied"


class CsrfError(DomainError):
    """An unsafe request did not prove that it comes from our own page."""

    status = 403
    code = "csrf_failed"


class UploadTooLargeError(DomainError):
    """The request body is larger than the installation accepts."""

    status = 413
    code = "upload_too_large"


class SecondPersonError(DomainError):
    """The act needs a person other than the one who did the first step."""

    status = 409
    code = "second_person_needed"
