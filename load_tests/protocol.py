"""A candidate's part of the delivery protocol without any network: what to send, and what the answers mean.

Whoever drives it sends each :class:`Call` as they like (asyncio, gevent, by hand) and gives the answer to the method
that belongs to it. Every operation is kept until a receipt acknowledges it, and the last receipt is remembered, so
that afterwards what was acknowledged can be held against what is stored.
"""

import base64
import hashlib
import json
import random
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exam_engine.delivery.journal import LARGEST_BATCH, chain_hash, genesis_hash
from exam_engine.delivery.receipts import ReceiptFacts, is_genuine

CSRF_HEADER = "x-csrf-token"
CANDIDATE_EVENTS = "/api/delivery/events"
HEARTBEAT_SECONDS = 15.0
"""How often a browser without news asks for a receipt."""
TOLD_TO_WAIT = frozenset({425, 429, 502, 503, 504})
"""Answers after which a browser keeps its work and comes back."""


class ProtocolBrokenError(Exception):
    """The server answered something that the protocol does not allow."""


class OperationsRefusedError(ProtocolBrokenError):
    """The receipt says that operations did not enter the journal; ``codes`` says why."""

    def __init__(self, codes: frozenset[str]) -> None:
        super().__init__(f"refused: {', '.join(sorted(codes))}")
        self.codes = codes


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its kind in tables of measurements, method, path, and a JSON body or plain bytes with headers."""

    kind: str
    method: str
    path: str
    body: dict[str, Any] | None = None
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Acknowledged:
    """What the last receipt vouches for."""

    attempt_id: UUID
    last_seq: int
    chain_head: str


class CandidateProtocol:
    """One candidate's browser: journal, chain, receipts, sealed paper.

    Parameters
    ----------
    access_code, candidate_number, identity_suffix : what the candidate types at login.
    verified_share : share of the receipts of saves whose signature is checked; the final one always is.
    rng : chooses those receipts.
    monotonic : seconds of a clock that never goes back.
    """

    def __init__(
        self,
        *,
        access_code: str,
        candidate_number: str,
        identity_suffix: str,
        verified_share: float = 1.0,
        rng: random.Random | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.access_code = access_code
        self.candidate_number = candidate_number
        self.identity_suffix = identity_suffix
        self.csrf_token = ""
        self.seat: dict[str, Any] = {}
        self.paper: dict[str, Any] = {}
        self.stages: list[dict[str, Any]] = []
        self.attempt_id = UUID(int=0)
        self.epoch = 0
        self.acknowledged: Acknowledged | None = None
        self.receipts = 0
        self.receipts_verified = 0
        self.last_receipt: dict[str, Any] = {}
        self.messages: list[str] = []
        self._verified_share = verified_share
        self._rng = rng if rng is not None else random.Random(0)
        self._monotonic = monotonic
        self._sealed = b""
        self._files: dict[str, str] = {}
        self._shown: set[str] = set()
        self._confirmed: list[str] = []
        self._public_key = ""
        self._chain = ""
        self._next_seq = 1
        self._unacknowledged: list[dict[str, Any]] = []
        self._zero = 0.0

    # --- before the start --------------------------------------------------------------------------------------------

    def login_call(self) -> Call:
        """Log in."""
        body = {
            "access_code": self.access_code,
            "candidate_number": self.candidate_number,
            "identity_suffix": self.identity_suffix,
        }
        return Call("login", "POST", "/api/session/candidate", body)

    def take_login(self, view: dict[str, Any]) -> None:
        """Keep the token that unsafe requests carry in the header ``x-csrf-token``."""
        self.csrf_token = view["csrf_token"]

    def seat_call(self) -> Call:
        """Look at the own seat."""
        return Call("seat", "GET", "/api/delivery/seat")

    def take_seat(self, view: dict[str, Any]) -> None:
        """Keep where the sealed paper lies."""
        self.seat = view

    def confirmation_call(self) -> Call:
        """Say that the own data are right."""
        return Call("confirm", "POST", "/api/delivery/seat/confirmation", {"is_correct": True})

    def paper_call(self) -> Call:
        """Download the sealed paper that the seat view names."""
        return Call("paper", "GET", self.seat["paper"]["url"])

    def take_paper(self, sealed: bytes) -> None:
        """Keep the sealed paper.

        Raises
        ------
        ProtocolBrokenError
            It does not hash to what was announced.
        """
        if hashlib.sha256(sealed).hexdigest() != self.seat["paper"]["sha256"]:
            raise ProtocolBrokenError("sealed paper does not fit its hash")
        self._sealed = sealed

    # --- start and reload --------------------------------------------------------------------------------------------

    def start_call(self) -> Call:
        """Start the attempt or go on with it."""
        return Call("start", "POST", "/api/delivery/attempt", {})

    def take_start(self, view: dict[str, Any]) -> None:
        """Unseal the paper and take over what the server has stored, as a browser without a journal of its own."""
        self._unseal(view)
        self._unacknowledged = []
        self._chain = view["chain_head"] if view["last_seq"] else genesis_hash(self.attempt_id)
        self._next_seq = view["last_seq"] + 1

    def take_reload(self, view: dict[str, Any]) -> None:
        """Go on after the page was loaded anew: the browser has kept its journal.

        Raises
        ------
        ProtocolBrokenError
            The server no longer has what it acknowledged, or has what this browser never wrote.
        """
        self._unseal(view)
        last_seq, head = view["last_seq"], view["chain_head"]
        known = {operation["seq"]: operation["hash"] for operation in self._unacknowledged}
        if self.acknowledged is not None:
            known[self.acknowledged.last_seq] = self.acknowledged.chain_head
        if last_seq and known.get(last_seq) != head:
            raise ProtocolBrokenError(f"after a reload the server's journal ends at {last_seq}, another one than ours")
        if self.acknowledged is not None and last_seq < self.acknowledged.last_seq:
            raise ProtocolBrokenError("after a reload the server lacks operations that it had acknowledged")
        self._forget_up_to(last_seq)

    def _unseal(self, started: dict[str, Any]) -> None:
        plain = AESGCM(base64.b64decode(started["paper_key"])).decrypt(
            self._sealed[:12], self._sealed[12:], self.seat["paper"]["additional_data"].encode()
        )
        self.paper = json.loads(zlib.decompress(plain))
        self.stages = started["stages"]
        self.attempt_id, self.epoch = UUID(started["attempt_id"]), started["epoch"]
        self._public_key = started["receipt_public_key"]
        self.last_receipt = {name: started[name] for name in ("phase", "deadline", "remaining_ms", "server_time")}
        # Time is counted from the server's start on this machine's monotonic clock.
        began = datetime.fromisoformat(started["started_at"]).timestamp()
        now = datetime.fromisoformat(started["server_time"]).timestamp()
        self._zero = self._monotonic() - (now - began)

    # --- the journal -------------------------------------------------------------------------------------------------

    @property
    def unsent(self) -> int:
        """How many operations no receipt has acknowledged yet."""
        return len(self._unacknowledged)

    @property
    def noted(self) -> int:
        """How many operations the journal has, sent or not."""
        return self._next_seq - 1

    def note(self, kind: str, item: str | None = None, value: list[str] | None = None) -> None:
        """Add one operation to the own journal; nothing is sent yet."""
        body: dict[str, Any] = {"seq": self._next_seq, "kind": kind}
        if item is not None:
            body["item"] = item
        if value is not None:
            body["value"] = value
        body["at_ms"] = int((self._monotonic() - self._zero) * 1000)
        text = json.dumps(body, separators=(",", ":"))
        self._chain = chain_hash(self._chain, text)
        self._unacknowledged.append({"seq": self._next_seq, "hash": self._chain, "body": text})
        self._next_seq += 1

    def save_call(self) -> Call:
        """Send what is not yet acknowledged, as much as one request takes; without any of it, the heartbeat."""
        batch = self._unacknowledged[:LARGEST_BATCH]
        body = {"epoch": self.epoch, "ops": batch, "confirmed": self._confirmed}
        kind = "save" if batch else "heartbeat"
        return Call(kind, "POST", f"/api/delivery/attempts/{self.attempt_id}/journal", body)

    def take_receipt(self, receipt: dict[str, Any], *, is_final: bool = False) -> None:
        """Forget what is acknowledged and show the instructions that ride along.

        Raises
        ------
        ProtocolBrokenError
            The signature is wrong, or the server has another operation under one of our numbers.
        OperationsRefusedError
            Something came too late, or from a browser that has lost the seat.
        """
        self.receipts += 1
        if is_final or self._rng.random() < self._verified_share:
            self.receipts_verified += 1
            if not is_genuine(_facts_of(receipt), receipt["signature"], self._public_key):
                raise ProtocolBrokenError("receipt with a wrong signature")
        if receipt["conflicts"]:
            raise ProtocolBrokenError(f"stored otherwise: {receipt['conflicts']}")
        self.last_receipt = receipt
        self.acknowledged = Acknowledged(self.attempt_id, receipt["last_seq"], receipt["chain_head"])
        self._forget_up_to(receipt["last_seq"])
        self._confirmed = []
        for instruction in receipt["instructions"]:
            self.show(instruction)
        if receipt["refused"]:
            raise OperationsRefusedError(frozenset(refusal["code"] for refusal in receipt["refused"]))

    def _forget_up_to(self, seq: int) -> None:
        self._unacknowledged = [operation for operation in self._unacknowledged if operation["seq"] > seq]

    def show(self, instruction: dict[str, Any]) -> None:
        """Show an instruction, once, whether a receipt or the event stream brought it; the next save confirms it."""
        self._confirmed.append(instruction["id"])
        if instruction["id"] not in self._shown:
            self._shown.add(instruction["id"])
            if instruction["kind"] == "message":
                self.messages.append(instruction["text"])

    # --- files of practical tasks ------------------------------------------------------------------------------------

    def note_file(self, item: str, upload: dict[str, Any]) -> None:
        """Answer a practical task with a file that has fully arrived; the last one counts.

        Raises
        ------
        ProtocolBrokenError
            The server says that it has not.
        """
        if not upload["is_complete"]:
            raise ProtocolBrokenError(f"an upload of {upload['size_bytes']} bytes ended incomplete")
        self._files[item] = upload["sha256"]
        self.note("answer", item, [f"{upload['sha256']} {upload['file_name']}"])

    # --- stages and the end ------------------------------------------------------------------------------------------

    def stage_call(self) -> Call:
        """Close the open stage and ask for the next, after everything was sent."""
        body = self._word() | {"number": len(self.stages) + 1}
        return Call("stage", "POST", f"/api/delivery/attempts/{self.attempt_id}/stages", body)

    def take_stage(self, stage: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the items of a stage; none when the test is over."""
        self.stages.append(stage)
        items: list[dict[str, Any]] = stage["items"]
        return items

    def submission_call(self) -> Call:
        """Hand in, after everything was sent."""
        body = self._word() | ({"files": sorted(self._files.values())} if self._files else {})
        return Call("submit", "POST", f"/api/delivery/attempts/{self.attempt_id}/submission", body)

    def take_submission(self, view: dict[str, Any]) -> None:
        """Keep the final receipt, whose signature is always checked.

        Raises
        ------
        ProtocolBrokenError
        """
        self.take_receipt(view["receipt"], is_final=True)

    def _word(self) -> dict[str, Any]:
        """What the server has acknowledged."""
        acknowledged = self.acknowledged
        if acknowledged is None or self._unacknowledged:
            raise ProtocolBrokenError("not everything was acknowledged")
        return {"epoch": self.epoch, "last_seq": acknowledged.last_seq, "chain_head": acknowledged.chain_head}


def _facts_of(receipt: dict[str, Any]) -> ReceiptFacts:
    return ReceiptFacts(
        attempt_id=UUID(receipt["attempt_id"]),
        epoch=receipt["epoch"],
        last_seq=receipt["last_seq"],
        chain_head=receipt["chain_head"],
        server_time=datetime.fromisoformat(receipt["server_time"]),
        remaining_ms=receipt["remaining_ms"],
    )
