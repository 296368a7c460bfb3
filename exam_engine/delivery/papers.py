"""Sealed papers: a form in one shuffle variant, encrypted so that it can be downloaded before it may be read."""

import hashlib
import json
import secrets
import zlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exam_engine.delivery.errors import PaperNotReleasedError

NONCE_BYTES = 12
RELEASE_RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted paper: nonce, then ciphertext with tag."""

    content: bytes
    key: bytes
    sha256: str


def additional_data(sitting_id: UUID, form_id: UUID, version: str) -> str:
    """Return what binds a sealed paper to its sitting, form and version."""
    return f"{sitting_id}:{form_id}:{version}"


def seal(paper: dict[str, Any], bound_to: str) -> Sealed:
    """Encrypt a paper under a fresh key: AES-256-GCM over deflated JSON."""
    key = AESGCM.generate_key(256)
    nonce = secrets.token_bytes(NONCE_BYTES)
    plain = zlib.compress(json.dumps(paper, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    content = nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())
    return Sealed(content, key, hashlib.sha256(content).hexdigest())


def unseal(content: bytes, key: bytes, bound_to: str) -> dict[str, Any]:
    """Decrypt a sealed paper.

    Raises
    ------
    cryptography.exceptions.InvalidTag
        A byte was changed, or the paper belongs to another sitting, form or version.
    """
    plain = AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], bound_to.encode())
    paper: dict[str, Any] = json.loads(zlib.decompress(plain))
    return paper


def wrap_key(master: bytes, key: bytes, paper_id: UUID) -> bytes:
    """Encrypt a paper's key under the installation's master key, bound to the paper."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(master).encrypt(nonce, key, paper_id.bytes)


def unwrap_key(master: bytes, wrapped: bytes | None, paper_id: UUID) -> bytes:
    """Return a paper's key.

    Raises
    ------
    PaperNotReleasedError
        There is none yet; with the seconds after which to ask again.
    cryptography.exceptions.InvalidTag
        It was wrapped under another key, or for another paper.
    """
    if wrapped is None:
        raise PaperNotReleasedError(retry_after=RELEASE_RETRY_SECONDS)
    return AESGCM(master).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], paper_id.bytes)
