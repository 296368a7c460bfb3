"""Tells those who watch rooms that answers were stored: after the commit, and many saves at once."""

import asyncio
from uuid import UUID

from exam_engine.core.bus import Bus, Hint
from exam_engine.delivery.batch import Changes
from exam_engine.sittings.hints import PROGRESS

PAUSE_SECONDS = 1.0


class ProgressHints:
    """Collects whose journals have grown and publishes them once a second."""

    def __init__(self, bus: Bus, *, pause: float = PAUSE_SECONDS) -> None:
        self._bus = bus
        self._pause = pause
        self._grown: set[UUID] = set()

    def note(self, changes: Changes) -> None:
        """Note what a group commit has stored; a mere heartbeat of a browser is no progress."""
        if not changes.entries:
            return
        if not self._grown:
            asyncio.get_running_loop().call_later(self._pause, self._publish)
        moved = {entry.attempt_id for entry in changes.entries}
        self._grown.update(head.registration_id for head in changes.heads if head.attempt_id in moved)

    def _publish(self) -> None:
        grown, self._grown = self._grown, set()
        self._bus.publish([Hint(PROGRESS, registration_id.hex) for registration_id in grown])
