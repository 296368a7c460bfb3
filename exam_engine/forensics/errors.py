"""What forensics refuses."""

from exam_engine.core.errors import DomainError


class ForensicsRunningError(DomainError):
    """A report on the sitting is being made already."""

    code = "forensics_running"


class NoForensicReportError(DomainError):
    """There is no finished report to take out."""

    status = 404
    code = "forensics_no_report"
