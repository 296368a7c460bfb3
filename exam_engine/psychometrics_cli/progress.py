"""Progress of a fit on one line of the terminal."""

import sys
import time
from typing import TextIO

from exam_engine.psychometrics_cli.words import Words, number, say, small

_SECONDS_BETWEEN = 0.1


class ProgressLine:
    """Rewrites one line of a terminal; silent where the stream is none.

    Parameters
    ----------
    words : of the words.
    stream : standard error when None.
    """

    def __init__(self, words: Words, stream: TextIO | None = None) -> None:
        self._words, self._stream = words, stream or sys.stderr
        self._shows = self._stream.isatty()
        self._last, self._width = 0.0, 0

    def iteration(self, iteration: int, log_likelihood: float, change: float) -> None:
        """Show an iteration, at most ten a second."""
        self._show(
            say(
                "progress.iteration",
                self._words,
                iteration=iteration,
                log_likelihood=number(log_likelihood, 4, self._words),
                change=small(change, self._words),
            )
        )

    def items(self, done: int, of: int) -> None:
        """Show how many items have been tested."""
        self._show(say("progress.items", self._words, done=done, of=of))

    def close(self) -> None:
        """Wipe the line."""
        if self._shows and self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()

    def _show(self, text: str) -> None:
        now = time.monotonic()
        if self._shows and now - self._last >= _SECONDS_BETWEEN:
            self._stream.write("\r" + text.ljust(self._width))
            self._stream.flush()
            self._last, self._width = now, len(text)
