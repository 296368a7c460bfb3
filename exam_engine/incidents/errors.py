"""What incident reports and violations refuse."""

from exam_engine.core.errors import DomainError, InvalidInputError


class IncidentCorrectedError(DomainError):
    """The report was corrected by another already; the latest of the line is the one to correct."""

    code = "incident_corrected"


class IncidentInFutureError(DomainError):
    """What is reported has not happened yet."""

    status = 422
    code = "incident_in_future"


class AttachmentRefusedError(InvalidInputError):
    """The file is no picture or PDF that can be kept, as the fault says."""

    code = "incident_attachment_refused"


class TooManyAttachmentsError(DomainError):
    """A report holds as many files as it may."""

    code = "too_many_attachments"


class NoLadderError(DomainError):
    """The rule-set of the sitting has no ladder, or none that can be read."""

    code = "violation_no_ladder"


class UnknownStepError(DomainError):
    """The ladder has no such step."""

    status = 422
    code = "violation_step_unknown"


class ViolationDecidedError(DomainError):
    """Somebody has confirmed or rejected it already."""

    code = "violation_decided"


class SuspendedError(DomainError):
    """A violation in force ends the exam of candidates who were to go on."""

    code = "seat_suspended"


class ViolationNotInForceError(DomainError):
    """Only a confirmed violation that was not withdrawn can be withdrawn."""

    code = "violation_not_in_force"
