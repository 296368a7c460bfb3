"""What calibration refuses."""

from exam_engine.core.errors import DomainError, InvalidInputError, NotFoundError


class InvalidResponseFileError(InvalidInputError):
    """The file of answers has faults; each names its row."""

    code = "invalid_response_file"


class CalibrationNotFoundError(NotFoundError):
    """No calibration has that identity."""

    code = "calibration_not_found"


class CalibrationNotReadyError(DomainError):
    """The calibration is still running or has failed."""

    status = 409
    code = "calibration_not_ready"


class CalibrationNotConvergedError(DomainError):
    """Estimates that are no maximum must not come into force."""

    status = 409
    code = "calibration_not_converged"


class CalibrationAlreadyApprovedError(DomainError):
    """The calibration is in force."""

    status = 409
    code = "calibration_already_approved"


class CalibrationNotLinkedError(DomainError):
    """The parameters are on a scale of their own, while other items in force are on the bank's."""

    status = 409
    code = "calibration_not_linked"


class CalibrationAnchorsChangedError(DomainError):
    """An item that was held has other parameters in force now."""

    status = 409
    code = "calibration_anchors_changed"


class CalibrationNotRunningError(DomainError):
    """Only a calibration that is queued or running can be cancelled."""

    status = 409
    code = "calibration_not_running"


class CalibrationNotEndedError(DomainError):
    """Only a calibration that failed or was cancelled can be started again."""

    status = 409
    code = "calibration_not_ended"


class CalibrationFailedError(DomainError):
    """The answers cannot be calibrated; its one fault says why."""

    status = 422
    code = "calibration_failed"


class UnknownCurveItemError(InvalidInputError):
    """A curve is asked for of an item that has no estimates in this calibration."""

    code = "curve_item_unknown"


class TooManyCurvesError(InvalidInputError):
    """More curves are asked for at once than a chart can show."""

    code = "too_many_curves"


class AcceptedItemUnknownError(InvalidInputError):
    """An item is accepted that has no new parameters in this calibration."""

    code = "accepted_item_unknown"


class NothingAcceptedError(InvalidInputError):
    """An approval of no item at all changes nothing."""

    code = "nothing_accepted"
