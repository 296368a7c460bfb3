"""Encryption by password as files of Safe Exam Browser have it: the RNCryptor format, version 2.

``02 01`` | salt of the cipher key, 8 | salt of the HMAC key, 8 | IV, 16 | AES-256-CBC with PKCS#7 padding | HMAC-SHA256
of all before, 32. Both keys come from the password by PBKDF2-HMAC-SHA1.
"""

import hashlib
import hmac
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from exam_engine.lockdown.seb.errors import DamagedFileError, WrongPasswordError

_HEADER = b"\x02\x01"
_SALT, _IV, _TAG, _KEY = 8, 16, 32, 32
_BLOCK_BITS = 128
# Fixed by the format; a file with another number cannot be opened by any browser.
_ROUNDS = 10_000


class RandomBytes(Protocol):
    """Where salts and vectors come from: ``secrets.token_bytes`` outside tests."""

    def __call__(self, size: int, /) -> bytes:
        """Return that many random bytes."""


def encrypt(plain: bytes, password: str, *, random_bytes: RandomBytes) -> bytes:
    """Return the encrypted message; the password must be ASCII, because readers count its letters differently."""
    if not password or not password.isascii():
        raise ValueError("the password must be ASCII and not empty")
    cipher_salt, hmac_salt, vector = random_bytes(_SALT), random_bytes(_SALT), random_bytes(_IV)
    padder = PKCS7(_BLOCK_BITS).padder()
    encryptor = Cipher(algorithms.AES(_key(password, cipher_salt)), modes.CBC(vector)).encryptor()
    body = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    message = _HEADER + cipher_salt + hmac_salt + vector + body
    return message + _tag(_key(password, hmac_salt), message)


def decrypt(message: bytes, password: str) -> bytes:
    """Return what was encrypted.

    Raises
    ------
    DamagedFileError
        It is no such message.
    WrongPasswordError
        The password is another, or the message was changed; the two cannot be told apart.
    """
    start = len(_HEADER) + 2 * _SALT + _IV
    body = message[start:-_TAG]
    if not message.startswith(_HEADER) or not body or len(body) % (_BLOCK_BITS // 8):
        raise DamagedFileError
    cipher_salt = message[len(_HEADER) :][:_SALT]
    hmac_salt = message[len(_HEADER) + _SALT :][:_SALT]
    vector = message[start - _IV : start]
    if not hmac.compare_digest(_tag(_key(password, hmac_salt), message[:-_TAG]), message[-_TAG:]):
        raise WrongPasswordError
    decryptor = Cipher(algorithms.AES(_key(password, cipher_salt)), modes.CBC(vector)).decryptor()
    unpadder = PKCS7(_BLOCK_BITS).unpadder()
    try:
        return unpadder.update(decryptor.update(body) + decryptor.finalize()) + unpadder.finalize()
    except ValueError as error:
        raise DamagedFileError from error


def _key(password: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha1", password.encode(), salt, _ROUNDS, _KEY)


def _tag(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
