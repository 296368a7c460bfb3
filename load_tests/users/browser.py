"""A browser on gevent: sends calls of the protocol, waits as browsers do, records every call."""

import random
import time
from typing import Any

import gevent
from locust.contrib.fasthttp import FastHttpSession, FastResponse

from load_tests.protocol import CSRF_HEADER, TOLD_TO_WAIT, Call
from load_tests.records import Outcome, Recorder

_FIRST_RETRY_SECONDS = 1.0
_LAST_RETRY_SECONDS = 30.0


class RefusedError(Exception):
    """The server refused a call for good."""

    def __init__(self, call: Call, status: int, code: str) -> None:
        super().__init__(f"{call.method} {call.path}: {status} {code}")
        self.status = status
        self.code = code


class UnreachableError(Exception):
    """The call did not get through now; ``wait`` says how many seconds the server asks to wait, if it answered."""

    def __init__(self, call: Call, wait: float | None, code: str = "") -> None:
        super().__init__(f"{call.method} {call.path}: not now {code}".rstrip())
        self.wait = wait
        self.code = code


class Browser:
    """One person's browser; ``csrf_token`` rides on every call once it is set."""

    def __init__(self, session: FastHttpSession, recorder: Recorder, rng: random.Random) -> None:
        self.session = session
        self.recorder = recorder
        self.rng = rng
        self.csrf_token = ""

    def send(self, call: Call, *, expected: frozenset[str] = frozenset()) -> FastResponse:
        """Send once.

        Parameters
        ----------
        expected : codes of refusals that belong to an exam: they are raised, and are no error of the server.

        Raises
        ------
        UnreachableError
            Nobody answered, or the answer was to wait.
        RefusedError
        """
        own = {CSRF_HEADER: self.csrf_token} if self.csrf_token else {}
        at, began = time.time(), time.perf_counter()
        with self.session.request(
            call.method,
            call.path,
            name=call.kind,
            # Bytes are sent as they are; locust's own types know of texts only.
            data=call.content or None,  # type: ignore[arg-type]
            json=call.body,
            headers=own | dict(call.headers),
            catch_response=True,
        ) as response:
            ms = (time.perf_counter() - began) * 1000
            status = response.status_code
            if 200 <= status < 400:
                self.recorder.add(call.kind, at, ms, Outcome.DONE)
                response.success()
                answer: FastResponse = response
                return answer
            code = _code_of(response) if status else str(response.error)
            if status in TOLD_TO_WAIT:
                self.recorder.add(call.kind, at, ms, Outcome.TOLD_TO_WAIT)
                response.success()
                raise UnreachableError(call, float(response.headers.get("retry-after") or 1.0), code)
            if code in expected:
                self.recorder.add(call.kind, at, ms, Outcome.DONE)
                response.success()
                raise RefusedError(call, status, code)
            self.recorder.add(call.kind, at, ms, Outcome.FAILED, f"{status} {code}")
            response.failure(f"{status} {code}")
            if status == 0 or status >= 500:
                raise UnreachableError(call, None, code)
            raise RefusedError(call, status, code)

    def ask(self, call: Call, *, until: float, expected: frozenset[str] = frozenset()) -> dict[str, Any]:
        """Send until it gets through; returns the answer.

        Parameters
        ----------
        until : seconds since 1970 after which it is given up.

        Raises
        ------
        UnreachableError, RefusedError
        """
        return self.bring(call, until=until, expected=expected).json()

    def bring(self, call: Call, *, until: float, expected: frozenset[str] = frozenset()) -> FastResponse:
        """Send until it gets through; returns the response.

        Raises
        ------
        UnreachableError, RefusedError
        """
        failures = 0
        while True:
            try:
                return self.send(call, expected=expected)
            except UnreachableError as error:
                failures += 1
                wait = retry_seconds(failures, error.wait, self.rng)
                if time.time() + wait > until:
                    raise
                gevent.sleep(wait)


def retry_seconds(failures: int, asked: float | None, rng: random.Random) -> float:
    """Exponential back-off with jitter, as the page has it; what the server asks for is the least."""
    if asked is not None:
        return asked + rng.random() * max(1.0, asked)
    return min(_LAST_RETRY_SECONDS, _FIRST_RETRY_SECONDS * 2.0 ** (failures - 1)) * (0.5 + rng.random())


def _code_of(response: FastResponse) -> str:
    try:
        return str(response.json()["code"])
    except (ValueError, KeyError, TypeError):
        return (response.text or "")[:200]
