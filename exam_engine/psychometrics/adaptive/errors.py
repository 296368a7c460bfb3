"""Refusals of adaptive testing."""

from typing import Any


class AdaptiveTestError(ValueError):
    """An adaptive test that cannot be given as asked; ``code`` is stable, ``data`` holds the message's figures."""

    def __init__(self, code: str, message: str, **data: Any) -> None:  # JSON values of any kind
        super().__init__(message)
        self.code = code
        self.data = data
