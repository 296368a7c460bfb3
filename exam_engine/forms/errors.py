"""What forms refuses."""

from exam_engine.core.errors import InvalidInputError


class BadFormError(InvalidInputError):
    """The form to publish contradicts itself."""

    code = "bad_form"
