"""The error of all functions that look for differential item functioning."""


class DifError(ValueError):
    """The data or the options do not allow the test; ``code`` is stable, the message names the place and the fix."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
