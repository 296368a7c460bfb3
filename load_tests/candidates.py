"""A simulated candidate on asyncio: :mod:`load_tests.protocol` over httpx, every receipt's signature checked."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from load_tests.protocol import (
    CSRF_HEADER,
    TOLD_TO_WAIT,
    Acknowledged,
    Call,
    CandidateProtocol,
    ProtocolBrokenError,
)

__all__ = ["Acknowledged", "ProtocolBrokenError", "SimulatedCandidate", "Timings", "work_through"]


@dataclass(slots=True)
class Timings:
    """Seconds of each call, by kind."""

    seconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, kind: str, seconds: float) -> None:
        """Note one call."""
        self.seconds.setdefault(kind, []).append(seconds)

    def percentile(self, kind: str, share: float) -> float:
        """Return the value below which that share of the calls lies; 0 without calls."""
        values = sorted(self.seconds.get(kind, []))
        return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


class SimulatedCandidate(CandidateProtocol):
    """One candidate with a browser of their own."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        access_code: str,
        candidate_number: str,
        identity_suffix: str,
        timings: Timings,
    ) -> None:
        super().__init__(access_code=access_code, candidate_number=candidate_number, identity_suffix=identity_suffix)
        self.client = client
        self.timings = timings

    async def log_in(self) -> None:
        """Log in and keep the CSRF token."""
        self.take_login(await self._ask(self.login_call()))
        self.client.headers[CSRF_HEADER] = self.csrf_token

    async def check_own_data(self) -> dict[str, Any]:
        """Look at one's own data and confirm it; returns the seat view."""
        await self._ask(self.seat_call())
        return await self._ask(self.confirmation_call())

    async def start(self, *, patience: float = 120.0) -> None:
        """Download the sealed paper, wait for unlock and opening, start, and unseal.

        Raises
        ------
        ProtocolBrokenError
            The paper does not hash to what was announced.
        TimeoutError
            Nobody unlocked the seat in time.
        """
        self.take_seat(await self._ask(self.seat_call()))
        self.take_paper((await self._send(self.paper_call())).content)
        async with asyncio.timeout(patience):
            self.take_start(await self._ask(self.start_call()))

    async def save(self) -> dict[str, Any]:
        """Send everything not yet acknowledged; returns the last receipt, whose signature was checked."""
        while True:
            self.take_receipt(await self._ask(self.save_call()))
            if not self.unsent:
                return self.last_receipt

    async def next_stage(self) -> list[dict[str, Any]]:
        """Save what is left, close the open stage and return the items of the next; none when the test is over."""
        await self.save()
        return self.take_stage(await self._ask(self.stage_call()))

    async def submit(self) -> dict[str, Any]:
        """Save what is left and hand in."""
        await self.save()
        view = await self._ask(self.submission_call())
        self.take_submission(view)
        return view

    async def read_result(self) -> dict[str, Any]:
        """Return the released result, if there is one."""
        return await self._ask(Call("result", "GET", "/api/results/own"))

    async def _ask(self, call: Call) -> dict[str, Any]:
        answer: dict[str, Any] = (await self._send(call)).json()
        return answer

    async def _send(self, call: Call) -> httpx.Response:
        """Send until the server takes it: a dead or busy server is waited for, as a browser does."""
        pause = 0.2
        while True:
            started = time.perf_counter()
            try:
                response = await self.client.request(call.method, call.path, json=call.body)
            except httpx.TransportError:
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, 2.0)
                continue
            if response.status_code in TOLD_TO_WAIT:
                await asyncio.sleep(min(float(response.headers.get("retry-after", pause)), 1.0))
                continue
            if response.status_code >= 400:
                raise ProtocolBrokenError(f"{call.method} {call.path}: {response.status_code} {response.text[:300]}")
            self.timings.add(call.kind, time.perf_counter() - started)
            return response


Answering = Callable[[dict[str, Any]], str | None]
"""Chooses an option id for an item view, or None to leave the item blank."""


async def work_through(candidate: SimulatedCandidate, answering: Answering, *, pause: float = 0.0) -> None:
    """Go through the paper once as a candidate does: look, answer, flag now and then, save after each item."""
    for number, item in enumerate(candidate.paper["items"]):
        candidate.note("navigate", item["ref"])
        chosen = answering(item)
        if chosen is None:
            candidate.note("flag", item["ref"])
        else:
            candidate.note("answer", item["ref"], [chosen])
        if number % 10 == 7:
            candidate.note("flag", item["ref"])
            candidate.note("unflag", item["ref"])
        await candidate.save()
        if pause:
            await asyncio.sleep(pause)
