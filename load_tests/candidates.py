"""A simulated candidate: the delivery protocol as a browser speaks it, in Python.

Keeps every operation until a receipt acknowledges it, checks the signature of each receipt and remembers the last
one, so that after a crash what was acknowledged can be held against what is stored.
"""

import asyncio
import base64
import hashlib
import json
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exam_engine.delivery.journal import LARGEST_BATCH, chain_hash, genesis_hash
from exam_engine.delivery.receipts import ReceiptFacts, is_genuine

CSRF_HEADER = "x-csrf-token"
_RETRIED = frozenset({425, 429, 502, 503, 504})


class ProtocolBrokenError(Exception):
    """The server answered something that the protocol does not allow."""


@dataclass(slots=True)
class Acknowledged:
    """What the last genuine receipt vouches for."""

    attempt_id: UUID
    last_seq: int
    chain_head: str


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


class SimulatedCandidate:
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
        self.client = client
        self.access_code = access_code
        self.candidate_number = candidate_number
        self.identity_suffix = identity_suffix
        self.timings = timings
        self.paper: dict[str, Any] = {}
        self.stages: list[dict[str, Any]] = []
        self.attempt_id = UUID(int=0)
        self.epoch = 0
        self.acknowledged: Acknowledged | None = None
        self.messages: list[str] = []
        self._shown: set[str] = set()
        self._confirmed: list[str] = []
        self._public_key = ""
        self._chain = ""
        self._next_seq = 1
        self._unacknowledged: list[dict[str, Any]] = []
        self._zero = 0.0

    async def log_in(self) -> None:
        """Log in and keep the CSRF token."""
        body = {
            "access_code": self.access_code,
            "candidate_number": self.candidate_number,
            "identity_suffix": self.identity_suffix,
        }
        view = await self._call("login", "POST", "/api/session/candidate", body)
        self.client.headers[CSRF_HEADER] = view["csrf_token"]

    async def check_own_data(self) -> dict[str, Any]:
        """Look at one's own data and confirm it; returns the seat view."""
        await self._call("seat", "GET", "/api/delivery/seat")
        return await self._call("confirm", "POST", "/api/delivery/seat/confirmation", {"is_correct": True})

    async def start(self, *, patience: float = 120.0) -> None:
        """Download the sealed paper, wait for unlock and opening, start, and unseal.

        Raises
        ------
        ProtocolBrokenError
            The paper does not hash to what was announced.
        TimeoutError
            Nobody unlocked the seat in time.
        """
        seat = await self._call("seat", "GET", "/api/delivery/seat")
        sealed = await self._download(seat["paper"]["url"])
        if hashlib.sha256(sealed).hexdigest() != seat["paper"]["sha256"]:
            raise ProtocolBrokenError("sealed paper does not fit its hash")
        async with asyncio.timeout(patience):
            started = await self._call("start", "POST", "/api/delivery/attempt", {})
        plain = AESGCM(base64.b64decode(started["paper_key"])).decrypt(
            sealed[:12], sealed[12:], seat["paper"]["additional_data"].encode()
        )
        self.paper = json.loads(zlib.decompress(plain))
        self.stages = started["stages"]
        self._adopt(started)

    def _adopt(self, started: dict[str, Any]) -> None:
        self.attempt_id, self.epoch = UUID(started["attempt_id"]), started["epoch"]
        self._public_key = started["receipt_public_key"]
        self._chain = started["chain_head"] if started["last_seq"] else genesis_hash(self.attempt_id)
        self._next_seq = started["last_seq"] + 1
        # Time is counted from the server's start on this machine's monotonic clock.
        began = datetime.fromisoformat(started["started_at"]).timestamp()
        now = datetime.fromisoformat(started["server_time"]).timestamp()
        self._zero = time.monotonic() - (now - began)

    def note(self, kind: str, item: str | None = None, value: list[str] | None = None) -> None:
        """Add one operation to the own journal; nothing is sent yet."""
        body: dict[str, Any] = {"seq": self._next_seq, "kind": kind}
        if item is not None:
            body["item"] = item
        if value is not None:
            body["value"] = value
        body["at_ms"] = int((time.monotonic() - self._zero) * 1000)
        text = json.dumps(body, separators=(",", ":"))
        self._chain = chain_hash(self._chain, text)
        self._unacknowledged.append({"seq": self._next_seq, "hash": self._chain, "body": text})
        self._next_seq += 1

    async def save(self) -> dict[str, Any]:
        """Send everything not yet acknowledged; returns the last receipt, whose signature was checked."""
        while True:
            batch = self._unacknowledged[:LARGEST_BATCH]
            body = {"epoch": self.epoch, "ops": batch, "confirmed": self._confirmed}
            receipt = await self._call("save", "POST", f"/api/delivery/attempts/{self.attempt_id}/journal", body)
            self._take(receipt)
            if not self._unacknowledged:
                return receipt

    def _take(self, receipt: dict[str, Any]) -> None:
        facts = ReceiptFacts(
            attempt_id=UUID(receipt["attempt_id"]),
            epoch=receipt["epoch"],
            last_seq=receipt["last_seq"],
            chain_head=receipt["chain_head"],
            server_time=datetime.fromisoformat(receipt["server_time"]),
            remaining_ms=receipt["remaining_ms"],
        )
        if not is_genuine(facts, receipt["signature"], self._public_key):
            raise ProtocolBrokenError("receipt with a wrong signature")
        if receipt["conflicts"] or receipt["refused"]:
            raise ProtocolBrokenError(f"refused: {receipt['refused']}")
        self.acknowledged = Acknowledged(facts.attempt_id, facts.last_seq, facts.chain_head)
        self._unacknowledged = [op for op in self._unacknowledged if op["seq"] > facts.last_seq]
        self._confirmed = []
        for instruction in receipt["instructions"]:
            self.show(instruction)

    def show(self, instruction: dict[str, Any]) -> None:
        """Show an instruction, once, whether a receipt or the event stream brought it; the next save confirms it."""
        self._confirmed.append(instruction["id"])
        if instruction["id"] not in self._shown:
            self._shown.add(instruction["id"])
            if instruction["kind"] == "message":
                self.messages.append(instruction["text"])

    async def next_stage(self) -> list[dict[str, Any]]:
        """Save what is left, close the open stage and return the items of the next; none when the test is over."""
        body = await self._word() | {"number": len(self.stages) + 1}
        stage = await self._call("stage", "POST", f"/api/delivery/attempts/{self.attempt_id}/stages", body)
        self.stages.append(stage)
        items: list[dict[str, Any]] = stage["items"]
        return items

    async def submit(self) -> dict[str, Any]:
        """Save what is left and hand in."""
        body = await self._word()
        return await self._call("submit", "POST", f"/api/delivery/attempts/{self.attempt_id}/submission", body)

    async def _word(self) -> dict[str, Any]:
        """What the server has acknowledged, after everything was sent."""
        await self.save()
        acknowledged = self.acknowledged
        if acknowledged is None:
            raise ProtocolBrokenError("nothing was ever acknowledged")
        return {"epoch": self.epoch, "last_seq": acknowledged.last_seq, "chain_head": acknowledged.chain_head}

    async def read_result(self) -> dict[str, Any]:
        """Return the released result, if there is one."""
        return await self._call("result", "GET", "/api/results/own")

    async def _download(self, url: str) -> bytes:
        while True:
            started = time.perf_counter()
            try:
                response = await self.client.get(url)
            except httpx.TransportError:
                await asyncio.sleep(0.2)
                continue
            response.raise_for_status()
            self.timings.add("paper", time.perf_counter() - started)
            return response.content

    async def _call(self, kind: str, method: str, url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call until the server takes it: a dead or busy server is waited for, as a browser does."""
        pause = 0.2
        while True:
            started = time.perf_counter()
            try:
                response = await self.client.request(method, url, json=body)
            except httpx.TransportError:
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, 2.0)
                continue
            if response.status_code in _RETRIED:
                await asyncio.sleep(min(float(response.headers.get("retry-after", pause)), 1.0))
                continue
            if response.status_code >= 400:
                raise ProtocolBrokenError(f"{method} {url}: {response.status_code} {response.text[:300]}")
            self.timings.add(kind, time.perf_counter() - started)
            answer: dict[str, Any] = response.json()
            return answer


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
