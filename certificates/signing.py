"""The Ed25519 keys that sign QR codes and status lists: private halves in files, public halves for every checker."""

import hashlib
import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from certificates.qr_payload import KID_BYTES

KEY_FOLDER = Path("keys") / "certificates"


class MissingKeyError(Exception):
    """The private key that the register names is not in the data directory, or is not the right one."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What a checker knows of a key.

    It vouches for certificates whose issue date lies in ``[not_before, not_after)``, for ever; once revoked it vouches
    for nothing, because whoever took it can write any date.
    """

    kid: bytes
    public_key: bytes
    not_before: date
    not_after: date
    revoked_at: datetime | None = None

    def vouches_for(self, issued_on: date) -> bool:
        """Whether a signature of this key counts on a certificate of that issue date."""
        return self.revoked_at is None and self.not_before <= issued_on < self.not_after

    @property
    def verifier(self) -> Ed25519PublicKey:
        """The public half as an object that verifies."""
        return Ed25519PublicKey.from_public_bytes(self.public_key)


def key_id(public_key: bytes) -> bytes:
    """Return the short name of a key: the first four bytes of the SHA-256 of its raw public half."""
    return hashlib.sha256(public_key).digest()[:KID_BYTES]


def key_file(data_dir: Path, kid: bytes) -> Path:
    """Return where the private half of a key lies."""
    return data_dir / KEY_FOLDER / f"{kid.hex()}.pem"


def store_private_key(data_dir: Path, key: Ed25519PrivateKey) -> bytes:
    """Write a private key where only this account can read it and return its kid.

    Raises
    ------
    FileExistsError
        A key of that name is already there; keys are never overwritten.
    """
    kid = key_id(key.public_key().public_bytes_raw())
    file = key_file(data_dir, kid)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # O_EXCL and the mode are given at creation: there is no moment at which others could read the file.
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        stream.flush()
        os.fsync(stream.fileno())
    return kid


def load_private_key(data_dir: Path, kid: bytes) -> Ed25519PrivateKey:
    """Return the private key named ``kid``.

    Raises
    ------
    MissingKeyError
        The file is not there, is not an Ed25519 key, or belongs to another kid.
    """
    try:
        key = load_pem_private_key(key_file(data_dir, kid).read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise MissingKeyError(kid.hex()) from error
    if not isinstance(key, Ed25519PrivateKey) or key_id(key.public_key().public_bytes_raw()) != kid:
        raise MissingKeyError(kid.hex())
    return key
