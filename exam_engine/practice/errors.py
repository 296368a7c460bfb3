"""What the sample exam refuses."""

from exam_engine.core.errors import DomainError, InvalidInputError


class PracticeBusyError(DomainError):
    """Too many sample exams came from one address within a minute."""

    status = 429
    code = "practice_busy"


class UnknownPracticeItemError(InvalidInputError):
    """A response belongs to no item of the sample exam."""

    code = "practice_item_unknown"
