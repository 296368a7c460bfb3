"""A push as a file, for a memory stick: a line for each portion between a head and a signature of the site.

Line 1 is the head, the last line ``{"signature": …}``: Ed25519 over ``site-push-v1``, a line feed and the SHA-256 (hex)
of all bytes before it. Lines are JSON in UTF-8.
"""

import base64
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from exam_engine.core.db import json_text
from exam_engine.sites.errors import PushFileError
from exam_engine.sites.portions import MOST_ROWS, Portion
from exam_engine.sites.pushing import BegunPush

FORMAT = "exam-site-push"
VERSION = 1
LONGEST_LINE = 64 * 1024 * 1024
LARGEST_FILE = 16 * 1024**3


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a push file is."""

    format: str
    version: int
    delegation: UUID
    push: int
    is_last: bool


class _PortionLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    rows: list[dict[str, Any]]


class _SignatureLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    signature: str


async def write(file: Path, begun: BegunPush, portions: AsyncIterator[Portion], *, signing_seed: bytes) -> None:
    """Write a push into a file; there is none, or the one before, until it is whole."""
    partial = file.with_name(f"{file.name}.part")
    digest = hashlib.sha256()
    try:
        with partial.open("wb") as target:

            def put(line: bytes) -> None:
                digest.update(line + b"\n")
                target.write(line + b"\n")

            put(msgspec.json.encode(Head(FORMAT, VERSION, begun.delegation_id, begun.number, begun.is_last)))
            async for portion in portions:
                put(json_text({"table": portion.table, "rows": portion.rows}).encode())
            signature = Ed25519PrivateKey.from_private_bytes(signing_seed).sign(_signed_text(digest.hexdigest()))
            target.write(msgspec.json.encode(_SignatureLine(base64.b64encode(signature).decode())) + b"\n")
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def _signed_text(sha256: str) -> bytes:
    return f"site-push-v1\n{sha256}".encode()


class PushFile:
    """A push file that was opened and is signed by its site."""

    def __init__(self, file: Path, head: Head) -> None:
        self.head = head
        self._file = file

    def portions(self) -> Iterator[Portion]:
        """Yield the portions.

        Raises
        ------
        PushFileError
        """
        for number, line in enumerate(_lines(self._file), start=1):
            if number == 1 or line.startswith(b'{"signature"'):
                continue
            with _explained():
                said = msgspec.json.decode(line, type=_PortionLine)
            if len(said.rows) > MOST_ROWS:
                raise PushFileError
            yield Portion(self.head.push, said.table, said.rows)


def read_head(file: Path) -> Head:
    """Return whose push a file says it is; not checked yet.

    Raises
    ------
    PushFileError
    OSError
    """
    with _explained():
        head = msgspec.json.decode(next(_lines(file), b""), type=Head)
    if (head.format, head.version) != (FORMAT, VERSION) or not 1 <= head.push < 2**31:
        raise PushFileError
    return head


def open_file(file: Path, head: Head, *, public_key: str) -> PushFile:
    """Open a push file whose every byte its site has signed.

    Raises
    ------
    PushFileError
        A byte was changed or is missing, or another key signed it.
    OSError
    """
    digest, last = hashlib.sha256(), b""
    for line in _lines(file):
        if last:
            digest.update(last + b"\n")
        last = line
    with _explained():
        signed = msgspec.json.decode(last, type=_SignatureLine)
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signed.signature, validate=True), _signed_text(digest.hexdigest()))
    return PushFile(file, head)


def _lines(file: Path) -> Iterator[bytes]:
    if file.stat().st_size > LARGEST_FILE:
        raise PushFileError
    with file.open("rb") as source:
        while line := source.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise PushFileError
            yield line.removesuffix(b"\n")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (msgspec.DecodeError, InvalidSignature, ValueError, RecursionError) as error:
        raise PushFileError from error
