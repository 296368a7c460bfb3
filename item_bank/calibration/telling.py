"""Telling from within a computation how far it is."""

import time
from typing import Final

from exam_engine.core.jobs.computation import Tell

SECONDS_BETWEEN_WORDS: Final = 0.25


class Telling:
    """Tells how a fit goes on, not oftener than anybody looks."""

    def __init__(self, tell: Tell, stage: str) -> None:
        self._tell, self._stage, self._last = tell, stage, float("-inf")

    def __call__(self, iteration: int, log_likelihood: float, change: float) -> None:
        """Tell of one iteration."""
        now = time.monotonic()
        if now - self._last >= SECONDS_BETWEEN_WORDS:
            self._last = now
            self._tell(
                {"stage": self._stage, "iteration": iteration, "log_likelihood": log_likelihood, "change": change}
            )
