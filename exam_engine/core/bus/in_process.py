"""The bus of one process: a call."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from exam_engine.core.bus.hints import Hint, Listener, Subscribers


class InProcessBus:
    """Hands hints to the listeners of this process."""

    def __init__(self) -> None:
        self._subscribers = Subscribers()

    def publish(self, hints: Iterable[Hint]) -> None:
        """Hand hints over at once."""
        self._subscribers.deliver(hints)

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Call the listener with every hint of a topic; returns what ends that."""
        return self._subscribers.subscribe(topic, listener)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Need nothing."""
        yield
