"""Lets the login attempts of one name through one after another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class LoginGate:
    """One gate for each name that somebody is trying just now.

    The rate limit counts failures that are stored. Without the gate, guesses sent at the same instant would all be
    let in before the first of them is counted.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def pass_through(self, subject: str) -> AsyncIterator[None]:
        """Wait for one's turn; the next in line comes in when the block is left."""
        lock = self._locks.setdefault(subject, asyncio.Lock())
        async with lock:
            yield
