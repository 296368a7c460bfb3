"""Hints that wait to be sent to other processes: each once, and not without end."""

import asyncio
from collections.abc import Iterable

from exam_engine.core.bus.hints import Hint

LARGEST = 20_000
"""Hints kept while the server between the processes is away; what is more is found by reading the rows."""


class Outbox:
    """Collects hints while those before are sent."""

    def __init__(self) -> None:
        self._hints: dict[Hint, None] = {}
        self._stirred = asyncio.Event()

    def add(self, hints: Iterable[Hint]) -> None:
        """Add hints to send; one that waits already is sent once."""
        self._hints.update(dict.fromkeys(hints))
        if len(self._hints) > LARGEST:
            self._hints = dict(list(self._hints.items())[-LARGEST:])
        self._stirred.set()

    def stir(self) -> None:
        """Let whoever waits look again, although nothing was added."""
        self._stirred.set()

    async def wait(self, seconds: float) -> bool:
        """Wait until something was added; returns whether it was within the given time."""
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            return False
        self._stirred.clear()
        return True

    def take(self) -> list[Hint]:
        """Take everything out.

        What is added from now on is sent apart, even if it is the same: its rows may be newer.
        """
        hints, self._hints = list(self._hints), {}
        return hints

    def put_back(self, hints: Iterable[Hint]) -> None:
        """Put hints that could not be sent in front again."""
        self._hints = dict.fromkeys(hints) | self._hints
        self._stirred.set()
