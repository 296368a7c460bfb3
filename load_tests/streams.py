"""A reader of event streams as a browser is one, on asyncio: comes back by itself with the id of the last event."""

import asyncio
from collections.abc import AsyncIterator

import httpx

from load_tests.candidates import ProtocolBrokenError, SimulatedCandidate
from load_tests.event_lines import Event, EventLines
from load_tests.protocol import CANDIDATE_EVENTS

__all__ = ["CANDIDATE_EVENTS", "Event", "EventReader", "follow"]

_COMES_BACK = frozenset({429, 500, 502, 503, 504})


class EventReader:
    """Reads a stream until it is told not to come back.

    ``last_event_id`` may be looked at meanwhile; ``alive`` is set at each heartbeat. ``longest_silence`` is how long a
    stream may say nothing, not even that it lives, before it counts as broken.
    """

    def __init__(self, client: httpx.AsyncClient, url: str, *, longest_silence: float = 40.0) -> None:
        self.client = client
        self.url = url
        self.longest_silence = longest_silence
        self.last_event_id = ""
        self.alive = asyncio.Event()
        self.connections = 0
        self._retry_seconds = 1.0

    async def events(self) -> AsyncIterator[Event]:
        """Yield events, over as many connections as it takes; ends after the event ``end``.

        Raises
        ------
        ProtocolBrokenError
            The server refused the stream, or sent what is no stream.
        """
        while True:
            try:
                async for event in self._connection():
                    yield event
                    if event.name == "end":
                        return
            except httpx.TransportError:
                pass
            await asyncio.sleep(self._retry_seconds)

    async def _connection(self) -> AsyncIterator[Event]:
        headers = {"accept": "text/event-stream"}
        if self.last_event_id:
            headers["last-event-id"] = self.last_event_id
        timeout = httpx.Timeout(10.0, read=self.longest_silence)
        async with self.client.stream("GET", self.url, headers=headers, timeout=timeout) as response:
            if response.status_code in _COMES_BACK:
                return
            if response.status_code != 200 or not response.headers["content-type"].startswith("text/event-stream"):
                raise ProtocolBrokenError(f"GET {self.url}: {response.status_code}")
            self.connections += 1
            lines = EventLines()
            async for line in response.aiter_lines():
                event = lines.take(line)
                self._retry_seconds = lines.retry_seconds or self._retry_seconds
                if lines.is_heartbeat:
                    self.alive.set()
                if event is not None:
                    # The id counts only once the whole event is there.
                    self.last_event_id = event.id or self.last_event_id
                    yield event


async def follow(candidate: SimulatedCandidate) -> None:
    """Show a candidate's instructions as their event stream brings them, until it ends."""
    async for event in EventReader(candidate.client, CANDIDATE_EVENTS).events():
        if event.name == "instruction":
            candidate.show(event.data)
