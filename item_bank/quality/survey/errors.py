"""What can go wrong with a survey."""

from exam_engine.core.errors import DomainError, InvalidInputError, NotFoundError


class NothingToSurveyError(InvalidInputError):
    """No item matches."""

    code = "survey_empty"


class SurveyNotFoundError(NotFoundError):
    """There is no such survey, or somebody else asked for it."""

    code = "survey_not_found"


class SurveyNotReadyError(DomainError):
    """The survey has not ended well, or not yet."""

    status = 409
    code = "survey_not_ready"
