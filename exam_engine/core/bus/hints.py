"""Hints: what they are, who listens, how they travel, and how an act leaves them for the time after its commit."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

log = structlog.get_logger()

LARGEST_FRAME = 7900
"""Bytes of one message between processes; PostgreSQL takes less than 8,000."""

_AFTER_COMMIT = "hints_after_commit"


class Hint(NamedTuple):
    """There is news of a kind (``topic``) about something (``subject``, an identity in hexadecimal digits)."""

    topic: str
    subject: str


Listener = Callable[[Hint | None], None]
"""Called with each hint of its topic; with None when hints may have been missed. Must be quick and must not wait."""


def hint_after_commit(session: AsyncSession, topic: str, ids: Iterable[UUID]) -> None:
    """Publish hints once the transaction of this session is committed; a transaction rolled back leaves none."""
    session.info.setdefault(_AFTER_COMMIT, {}).update((Hint(topic, id_.hex), None) for id_ in ids)


def hints_of(session: AsyncSession) -> list[Hint]:
    """Return the hints that a committed session left, in their order."""
    return list(session.info.pop(_AFTER_COMMIT, ()))


class Subscribers:
    """Who listens to what in this process."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = defaultdict(list)

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Call the listener with every hint of a topic; returns what ends that."""
        self._listeners[topic].append(listener)

        def unsubscribe() -> None:
            self._listeners[topic].remove(listener)

        return unsubscribe

    def deliver(self, hints: Iterable[Hint]) -> None:
        """Hand hints to those who listen."""
        for hint in hints:
            for listener in tuple(self._listeners.get(hint.topic, ())):
                _call(listener, hint)

    def deliver_gap(self) -> None:
        """Tell everybody that hints may have been missed."""
        for listener in dict.fromkeys(listener for group in self._listeners.values() for listener in group):
            _call(listener, None)


def _call(listener: Listener, hint: Hint | None) -> None:
    try:
        listener(hint)
    except Exception:
        log.exception("hint_not_taken", topic=hint.topic if hint else None)


class Frames:
    """The texts in which hints travel; each is unique, because PostgreSQL sends equal ones of a transaction once."""

    def __init__(self, sender: str) -> None:
        self.sender = sender
        self._number = 0

    def write(self, hints: Iterable[Hint]) -> Iterator[str]:
        """Yield frames, none larger than :data:`LARGEST_FRAME`."""
        body: dict[str, list[str]] = {}
        # The frame's own signs and a number of up to twelve digits.
        empty = len(self.sender) + 24
        size = empty
        for topic, subject in hints:
            more = len(subject) + 3 + (0 if topic in body else len(topic) + 6)
            if body and size + more > LARGEST_FRAME:
                yield self._frame(body)
                body, size = {}, empty
                more = len(subject) + len(topic) + 9
            body.setdefault(topic, []).append(subject)
            size += more
        if body:
            yield self._frame(body)

    def _frame(self, body: dict[str, list[str]]) -> str:
        self._number += 1
        return json.dumps([self.sender, self._number, body], separators=(",", ":"))

    def read(self, frame: str | bytes) -> list[Hint]:
        """Return the hints of a frame; none of one's own, which were delivered already, none if it is no frame."""
        try:
            sender, _, body = json.loads(frame)
            if sender == self.sender:
                return []
            return [Hint(str(topic), str(subject)) for topic, subjects in body.items() for subject in subjects]
        except (ValueError, TypeError, AttributeError):
            log.warning("hint_unreadable", bytes=len(frame))
            return []
