"""What versions of blueprints refuse."""

from exam_engine.core.errors import DomainError, NotFoundError


class BlueprintVersionNotFoundError(NotFoundError):
    """The blueprint has no version of that number."""

    code = "blueprint_version_not_found"


class BlueprintVersionIsCurrentError(DomainError):
    """The blueprint states just what that version stated; there is nothing to bring back."""

    status = 409
    code = "blueprint_version_is_current"
