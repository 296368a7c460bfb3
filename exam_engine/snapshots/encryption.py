"""Keys and contents of snapshots: each sitting has a key of its own, which dies with its pictures."""

import secrets
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


def new_wrapped_key(master: bytes, sitting_id: UUID) -> bytes:
    """Return a fresh key for the pictures of a sitting, encrypted under the installation's."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(master).encrypt(nonce, AESGCM.generate_key(256), sitting_id.bytes)


def encrypt(master: bytes, wrapped_key: bytes, sitting_id: UUID, picture_id: UUID, picture: bytes) -> bytes:
    """Return a picture encrypted under the key of its sitting, bound to its id."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(_key(master, wrapped_key, sitting_id)).encrypt(nonce, picture, picture_id.bytes)


def decrypt(master: bytes, wrapped_key: bytes, sitting_id: UUID, picture_id: UUID, content: bytes) -> bytes:
    """Return a picture.

    Raises
    ------
    cryptography.exceptions.InvalidTag
        A byte was changed, or it is another picture, sitting or installation.
    """
    key = _key(master, wrapped_key, sitting_id)
    return AESGCM(key).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], picture_id.bytes)


def _key(master: bytes, wrapped: bytes, sitting_id: UUID) -> bytes:
    return AESGCM(master).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], sitting_id.bytes)
