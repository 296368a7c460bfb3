"""Refusals of multistage tests, and why no panel exists."""

from typing import Any


class MultistageError(ValueError):
    """This multistage test cannot be given; ``code`` is stable, ``data`` holds the message's figures."""

    def __init__(self, code: str, message: str, **data: Any) -> None:  # JSON values of any kind
        super().__init__(message)
        self.code = code
        self.data = data
