"""Signed roots: what the installation vouches for, and how people read and compare it."""

import base64
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_FINGERPRINT_DIGITS = 32


@dataclass(frozen=True, slots=True)
class RootFacts:
    """What a root states: these were the first ``rows`` rows of the sitting's log at that instant.

    ``closed_at`` is text, ISO 8601 in UTC with milliseconds. ``previous_root`` is that of the segment before.
    """

    sitting_id: UUID
    segment: int
    rows: int
    root: str
    previous_root: str | None
    closed_at: str

    def signed_text(self) -> str:
        """Return the text under the signature; its first line keeps it apart from receipts signed with the same key."""
        return "\n".join(
            (
                "sitting-log-v1",
                str(self.sitting_id),
                str(self.segment),
                str(self.rows),
                self.root,
                self.previous_root or "-",
                self.closed_at,
            )
        )


class RootSigner:
    """Signs roots with this installation's Ed25519 key."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def sign(self, facts: RootFacts) -> str:
        """Return the signature, base64."""
        return base64.b64encode(self._key.sign(facts.signed_text().encode())).decode()


def is_genuine(facts: RootFacts, signature: str, public_key: str) -> bool:
    """Whether a root was signed with the key whose public half is given (base64, raw)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(_decoded(public_key))
        key.verify(_decoded(signature), facts.signed_text().encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _decoded(text: str) -> bytes:
    """Decode base64 of one spelling only: its last letter has bits that decoders pass over."""
    content = base64.b64decode(text, validate=True)
    if base64.b64encode(content).decode() != text:
        raise ValueError("not canonical base64")
    return content


def in_groups(digits: str) -> str:
    """Return hexadecimal digits as people compare them: capitals in groups of four."""
    return "-".join(digits[i : i + 4] for i in range(0, len(digits), 4)).upper()


def fingerprint(root: str) -> str:
    """Return the first 128 bits of a root, in groups of four."""
    return in_groups(root[:_FINGERPRINT_DIGITS])


def is_same_root(expected: str, root: str) -> bool:
    """Whether a root that somebody typed, whole or as its fingerprint, is this one."""
    typed = "".join(letter for letter in expected.lower() if letter in "0123456789abcdef")
    written = "".join(letter for letter in expected.lower() if letter.isalnum())
    return typed == written and len(typed) in {_FINGERPRINT_DIGITS, 64} and root.startswith(typed)
