"""What changing many items refuses."""

from exam_engine.core.errors import InvalidInputError


class NothingToChangeError(InvalidInputError):
    """The request changes neither tags nor level nor reference."""

    code = "nothing_to_change"
