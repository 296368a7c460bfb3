"""What the evidence refuses."""

from exam_engine.core.errors import DomainError, NotFoundError


class CalibrationWithoutEstimatesError(DomainError):
    """The calibration goes on, failed or was cancelled: there is nothing to judge yet."""

    status = 409
    code = "calibration_without_estimates"


class ItemWithoutEstimatesError(NotFoundError):
    """The item is not in this calibration or could not be estimated."""

    code = "calibration_item_not_found"
