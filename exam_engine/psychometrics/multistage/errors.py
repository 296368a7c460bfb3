"""Refusals of multistage tests."""

from typing import Any


class MultistageError(ValueError):
    """A multistage test that cannot be given; ``code`` is stable, ``data`` holds the message's figures."""

    def __init__(self, code: str, message: str, **data: Any) -> None:  # JSON values of any kind
        super().__init__(message)
        self.code = code
        self.data = data
