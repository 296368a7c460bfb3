"""Turns at writing to a SQLite file: its writers, of all processes, wait in a lock of the system that wakes the next.

SQLite lets one write at a time, and whoever comes meanwhile looks again after a while, then after a longer one, up to a
tenth of a second. Under load somebody is passed by others again and again. Writers that take a turn first find the file
free. It is a courtesy only: the file is guarded by SQLite's own locks, which hold for programs that take no turns too.
"""

import os
import weakref
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no such lock; there SQLite's own waiting remains
    fcntl = None  # type: ignore[assignment]


class WriterTurn:
    """The turns of one connection; :meth:`take` waits for its own, so it belongs into a thread that may.

    Forgotten, it gives up its turn.
    """

    def __init__(self, database_file: Path) -> None:
        self._lock = os.open(f"{database_file}-turn", os.O_RDWR | os.O_CREAT, 0o600)
        self._closed = weakref.finalize(self, os.close, self._lock)

    def take(self) -> None:
        """Wait until no other connection has its turn; the turn ends with the process at the latest."""
        if fcntl is not None:
            fcntl.flock(self._lock, fcntl.LOCK_EX)

    def leave(self) -> None:
        """Let the next one write; nothing happens when it was not our turn."""
        if fcntl is not None:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give up the turn, and the lock with it."""
        self._closed()
