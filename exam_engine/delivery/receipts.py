"""Signed receipts: what the server vouches to have stored."""

import base64
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from exam_engine.core.time import iso_utc
from exam_engine.delivery.clock import AttemptTiming


def remaining_ms(timing: AttemptTiming, now: datetime) -> int:
    """Return the milliseconds of working time left."""
    return int(timing.remaining(now).total_seconds() * 1000)


def deadline_text(timing: AttemptTiming) -> str:
    """Return the last instant at which work counts as receipts spell it, empty before the start."""
    deadline = timing.deadline
    return iso_utc(deadline) if deadline is not None else ""


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What a receipt states: everything up to ``last_seq`` is stored, and this is the hash at its end."""

    attempt_id: UUID
    epoch: int
    last_seq: int
    chain_head: str
    server_time: datetime
    remaining_ms: int

    def signed_text(self) -> str:
        """Return the text under the signature; part of the protocol, checked by browsers and verifiers."""
        return "\n".join(
            (
                "receipt-v1",
                str(self.attempt_id),
                str(self.epoch),
                str(self.last_seq),
                self.chain_head,
                iso_utc(self.server_time),
                str(self.remaining_ms),
            )
        )


class ReceiptSigner:
    """Signs receipts with this installation's Ed25519 key."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def sign(self, facts: ReceiptFacts) -> str:
        """Return the signature, base64."""
        return base64.b64encode(self._key.sign(facts.signed_text().encode())).decode()


def is_genuine(facts: ReceiptFacts, signature: str, public_key: str) -> bool:
    """Whether a receipt was signed with the key whose public half is given (base64, raw)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), facts.signed_text().encode())
    except (InvalidSignature, ValueError):
        return False
    return True
