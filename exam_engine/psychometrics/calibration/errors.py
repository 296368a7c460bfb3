"""Why responses cannot be calibrated."""

from typing import Any


class CalibrationError(ValueError):
    """The responses cannot be calibrated; ``code`` is stable, ``data`` holds the figures of the message."""

    def __init__(self, code: str, message: str, **data: Any) -> None:  # JSON values of any kind
        super().__init__(message)
        self.code = code
        self.data = data
