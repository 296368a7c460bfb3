"""What accounts refuses."""

from exam_engine.core.errors import DomainError, InvalidInputError


class WrongCredentialsError(DomainError):
    """Name or password is wrong; which of the two is not told."""

    status = 401
    code = "wrong_credentials"


class TooManyAttemptsError(DomainError):
    """Too many failed logins in the window."""

    status = 429
    code = "too_many_attempts"


class UsernameTakenError(DomainError):
    """Another user has that login name."""

    status = 409
    code = "username_taken"


class WeakPasswordError(InvalidInputError):
    """The password is too short or equal to the login name."""

    code = "weak_password"


class UnknownRoleError(InvalidInputError):
    """A role is named that does not exist or that staff cannot hold."""

    code = "unknown_role"


class LastAdministratorError(DomainError):
    """The last active administrator would be lost."""

    status = 409
    code = "last_administrator"
