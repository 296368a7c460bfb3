"""What a bus can do, and which one an installation uses."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol

from exam_engine.core.bus.hints import Hint, Listener
from exam_engine.core.bus.in_process import InProcessBus
from exam_engine.core.bus.postgresql import PostgresqlBus
from exam_engine.core.config import Settings

if TYPE_CHECKING:
    # Transactions leave hints, so the database knows of them, and not the other way round.
    from exam_engine.core.db import Database


class Bus(Protocol):
    """Carries hints to all processes of an installation, the own one included."""

    def publish(self, hints: Iterable[Hint]) -> None:
        """Send hints; never waits and never fails. Listeners of this process are called before it returns."""
        ...

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Call the listener with every hint of a topic, and with None when some may be missing; returns the end."""
        ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep the bus connected while the block runs."""
        ...


def open_bus(settings: Settings, database: "Database") -> Bus:
    """Return the bus that the settings name, or else the one that fits the database."""
    if settings.bus_url:
        # An optional library: whoever does not use it need not have it.
        from exam_engine.core.bus.redis_pubsub import RedisBus  # noqa: PLC0415

        return RedisBus(settings.bus_url)
    if database.is_sqlite:
        return InProcessBus()
    return PostgresqlBus(database.url.set(drivername="postgresql").render_as_string(hide_password=False))
