"""What marking refuses."""

from exam_engine.core.errors import DomainError


class NoKeysError(DomainError):
    """The form has no keys, so that nothing can be marked; a key is never guessed."""

    code = "form_without_keys"


class MarkedOtherwiseError(DomainError):
    """The attempt was marked before from other answers."""

    code = "marked_otherwise"
