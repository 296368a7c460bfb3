"""The lines of an event stream become events; no network here."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One event; ``id`` is empty when it has none of its own."""

    name: str
    data: dict[str, Any]
    id: str


class EventLines:
    """Reads one connection line by line.

    Attributes
    ----------
    retry_seconds : how long to wait before coming back, once the server has said so; else 0.
    is_heartbeat : whether the line read last only showed that the stream lives.
    """

    def __init__(self) -> None:
        self.retry_seconds = 0.0
        self.is_heartbeat = False
        self._name, self._id = "", ""
        self._data: list[str] = []

    def take(self, line: str) -> Event | None:
        """Take a line without its end; returns the event that it completes."""
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        self.is_heartbeat = line != "" and field == ""
        if line == "":
            event = Event(self._name, json.loads("\n".join(self._data)), self._id) if self._data else None
            self._name, self._id, self._data = "", "", []
            return event
        match field:
            case "event":
                self._name = value
            case "id":
                self._id = value
            case "data":
                self._data.append(value)
            case "retry":
                self.retry_seconds = int(value) / 1000
        return None
