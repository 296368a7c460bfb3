"""Refusals of the sitting log."""

from exam_engine.core.errors import DomainError


class SittingLogBrokenError(DomainError):
    """The stored log does not fit its own chain; nothing is signed. ``number`` names the first row that differs."""

    code = "sitting_log_broken"


class SittingLogOpenError(DomainError):
    """The log is not closed, or cannot be: attempts are still open."""

    code = "sitting_log_open"


class SittingLogEmptyError(DomainError):
    """Nothing is in the log that a root could cover."""

    code = "sitting_log_empty"
