"""An event stream on gevent, as a browser's EventSource: comes back by itself with the id of the last event."""

import http.client
import random
import ssl
from collections.abc import Callable
from http.cookiejar import CookieJar
from urllib.parse import urlsplit

import gevent

from load_tests.event_lines import Event, EventLines
from load_tests.records import Recorder

_LONGEST_SILENCE = 40.0
_COMES_BACK = frozenset({429, 500, 502, 503, 504})


class EventSource:
    """Listens in a greenlet of its own until it is closed or told not to come back.

    The standard library's client is used: it reads a line as soon as it is there.
    """

    def __init__(
        self,
        url: str,
        path: str,
        cookies: CookieJar,
        on_event: Callable[[Event], None],
        recorder: Recorder,
        rng: random.Random,
    ) -> None:
        self._url = urlsplit(url)
        self._path = path
        self._cookies = cookies
        self._on_event = on_event
        self._recorder = recorder
        self._rng = rng
        self._last_id = ""
        self._retry_seconds = 1.0
        self._greenlet = gevent.spawn(self._listen)

    def close(self) -> None:
        """Stop listening."""
        self._greenlet.kill(block=False)

    def _listen(self) -> None:
        while True:
            try:
                if not self._connect():
                    return
            except (OSError, http.client.HTTPException):
                self._recorder.count("stream_breaks")
            gevent.sleep(self._retry_seconds * (0.5 + self._rng.random()))

    def _connect(self) -> bool:
        """Read one connection to its end; returns whether to come back."""
        connection = self._connection()
        try:
            headers = {
                "Accept": "text/event-stream",
                "Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies),
            }
            if self._last_id:
                headers["Last-Event-ID"] = self._last_id
            connection.request("GET", self._path, headers=headers)
            response = connection.getresponse()
            if response.status != 200:
                self._recorder.count("stream_refusals")
                return response.status in _COMES_BACK
            self._recorder.count("streams")
            lines = EventLines()
            while line := response.readline():
                event = lines.take(line.decode().rstrip("\r\n"))
                self._retry_seconds = lines.retry_seconds or self._retry_seconds
                if event is None:
                    continue
                self._recorder.count("events")
                self._last_id = event.id or self._last_id
                if event.name == "end":
                    return False
                self._on_event(event)
            return True
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self._url.scheme == "https":
            # The technician typed the address; its local authority need not be installed on this machine.
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            return http.client.HTTPSConnection(self._url.netloc, timeout=_LONGEST_SILENCE, context=context)
        return http.client.HTTPConnection(self._url.netloc, timeout=_LONGEST_SILENCE)
