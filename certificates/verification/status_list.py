"""The status list: two bits for every place, so that a checker learns of revocations without naming a certificate.

The whole list travels, gzipped: who checks which certificate stays unknown to the server, and a page that has cached it
works offline. Places are drawn at random, so a list says nothing about the order of issue.

References
----------
W3C, *Bitstring Status List v1.0* (random places, time to live, several bits a place).
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from exam_engine.core.time import iso_utc

SMALLEST_SIZE = 1 << 17
_MAGIC = "VNITCERT-STATUS-v1"


class Status(IntEnum):
    """What the two bits of a place say; 3 is kept free, and a checker that meets it must not answer "valid"."""

    VALID = 0
    REVOKED = 1
    SUPERSEDED = 2


@dataclass(frozen=True, slots=True)
class StatusList:
    """A signed list: ``bits`` is gzip of ``size / 4`` bytes, place *i* in bits ``2 (i mod 4)`` of byte ``i // 4``."""

    kid: bytes
    issued_at: datetime
    ttl: timedelta
    size: int
    bits: bytes
    signature: bytes

    def status_at(self, index: int) -> int:
        """Return the two bits of a place."""
        if not 0 <= index < self.size:
            raise ValueError("no such place in the status list")
        return gzip.decompress(self.bits)[index // 4] >> (2 * (index % 4)) & 3

    def is_stale(self, now: datetime) -> bool:
        """Whether a checker must no longer rely on it."""
        return now > self.issued_at + self.ttl

    def verify(self, key: Ed25519PublicKey) -> bool:
        """Whether ``key`` signed exactly this list."""
        try:
            key.verify(self.signature, _signed_text(self.kid, self.issued_at, self.ttl, self.size, self.bits))
        except InvalidSignature:
            return False
        return True


def list_size(highest_index: int) -> int:
    """Return the size of a list that holds a place: a power of two, large enough that places stay sparse."""
    size = SMALLEST_SIZE
    while size <= highest_index:
        size *= 2
    return size


def build_status_list(
    statuses: Mapping[int, Status],
    *,
    size: int,
    kid: bytes,
    key: Ed25519PrivateKey,
    issued_at: datetime,
    ttl: timedelta,
) -> StatusList:
    """Return the signed list; places not named are valid."""
    bits = bytearray(size // 4)
    for index, status in statuses.items():
        bits[index // 4] |= status << (2 * (index % 4))
    packed = gzip.compress(bytes(bits), compresslevel=9, mtime=0)
    signature = key.sign(_signed_text(kid, issued_at, ttl, size, packed))
    return StatusList(kid, issued_at, ttl, size, packed, signature)


def _signed_text(kid: bytes, issued_at: datetime, ttl: timedelta, size: int, bits: bytes) -> bytes:
    facts = (_MAGIC, kid.hex(), iso_utc(issued_at), int(ttl.total_seconds()), size, hashlib.sha256(bits).hexdigest())
    return "\n".join(map(str, facts)).encode()
