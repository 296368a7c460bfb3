"""A browser of the delivery protocol without network or clock: what it keeps, sends, and makes of receipts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from exam_engine.delivery.journal import Operation, chain_hash, genesis_hash


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says, as far as browsers act on it."""

    epoch: int
    last_seq: int
    chain_head: str
    want_from: int | None
    refused: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Captured:
    """An operation as the candidate made it; ``at_ms`` counts from the start of the attempt."""

    operation: Operation
    item: str
    value: str | None
    at_ms: int


@dataclass(slots=True)
class Tab:
    """One tab: a journal of its own, of which what was stored on the device survives the tab.

    Without the lock that keeps a second tab out, each tab writes under numbers that the other uses too.
    """

    attempt_id: UUID
    epoch: int
    captured: list[Captured] = field(default_factory=list)
    acknowledged: int = 0
    first_seq: int = 1
    base: str = ""
    refused_from: int | None = None
    end: str | None = None

    def resume(self, epoch: int, stored: Sequence[Operation]) -> None:
        """Go on from what the server holds; own operations beyond that are kept when they continue its chain."""
        head = stored[-1].hash if stored else genesis_hash(self.attempt_id)
        own = self.captured
        continues = self._hash_at(len(stored)) == head
        self.captured = [one for one in own if one.operation.seq > len(stored)] if continues else []
        self.first_seq, self.base = len(stored) + 1, head
        self.epoch, self.acknowledged, self.end, self.refused_from = epoch, len(stored), None, None

    def note(self, item: str, value: str | None, at_ms: int) -> Captured:
        """Capture an answer, or with None a cleared one."""
        kind = {"kind": "clear"} if value is None else {"kind": "answer", "value": [value]}
        text = json.dumps({"seq": self.last_seq + 1, "item": item, "at_ms": at_ms} | kind, separators=(",", ":"))
        operation = Operation(self.last_seq + 1, chain_hash(self._hash_at(self.last_seq) or "", text), text)
        captured = Captured(operation, item, value, at_ms)
        self.captured.append(captured)
        return captured

    @property
    def last_seq(self) -> int:
        """The number of the last operation, the server's last one before any of its own."""
        return self.first_seq - 1 + len(self.captured)

    def batch(self) -> tuple[Operation, ...]:
        """Return what is not acknowledged and can still be taken."""
        last = self.last_seq if self.refused_from is None else self.refused_from - 1
        return tuple(one.operation for one in self.captured if self.acknowledged < one.operation.seq <= last)

    def take(self, receipt: Receipt) -> None:
        """Act on a receipt, which may be late or repeated."""
        if receipt.epoch != self.epoch or self.end is not None:
            return
        if self._hash_at(receipt.last_seq) != receipt.chain_head or any(
            reason == "broken_chain" for _, reason in receipt.refused
        ):
            self.end = "forked"
            return
        self.acknowledged = max(self.acknowledged, receipt.last_seq)
        if receipt.want_from is not None:
            self.acknowledged = max(self.first_seq - 1, min(self.acknowledged, receipt.want_from - 1))
        refused = [seq for seq, _ in receipt.refused if seq > self.acknowledged]
        if refused:
            self.refused_from = min([*refused, *([self.refused_from] if self.refused_from is not None else [])])
        if any(reason == "closed" for _, reason in receipt.refused):
            self.end = "closed"

    def copy(self) -> "Tab":
        """Return another tab that read the same device at this moment."""
        return replace(self, captured=list(self.captured))

    def _hash_at(self, seq: int) -> str | None:
        if seq == self.first_seq - 1:
            return self.base or genesis_hash(self.attempt_id)
        index = seq - self.first_seq
        return self.captured[index].operation.hash if 0 <= index < len(self.captured) else None
