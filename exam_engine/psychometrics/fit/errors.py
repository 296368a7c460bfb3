"""The error that every fit statistic raises when the data or the options cannot give it."""


class FitError(ValueError):
    """A fit statistic cannot be computed; the message names the place and the way out.

    Parameters
    ----------
    code : stable name of the reason, listed in the documentation.
    message : what is wrong and what to do about it.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
