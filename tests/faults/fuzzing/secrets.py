"""What no answer may hold, in whatever form, and for whom."""

import base64
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MARK = "canaryq7"
"""Stands at the beginning of every text that was planted in a key."""

_MOST_UNPACKED = 20_000_000
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Secret:
    """Bytes that give something away, wherever they stand.

    ``is_for_key_readers``: it is a key of the bank, which authors and reviewers may read.
    """

    name: str
    forms: tuple[bytes, ...]
    is_for_key_readers: bool = False


def text_secret(name: str, text: str, *, is_for_key_readers: bool = False) -> Secret:
    """Return a text that must not be told."""
    return Secret(name, (text.encode(),), is_for_key_readers)


def key_secret(name: str, key: bytes) -> Secret:
    """Return a binary key that must not be told: as it is, in base64 of both kinds, in hexadecimal digits."""
    spelled = (base64.b64encode(key).rstrip(b"="), base64.urlsafe_b64encode(key).rstrip(b"="))
    return Secret(name, tuple(dict.fromkeys((key, *spelled, key.hex().encode(), key.hex().upper().encode()))))


def given_away(content: bytes, secrets: tuple[Secret, ...]) -> list[str]:
    """Return the names of the secrets in an answer, in what is packed inside it too."""
    found = dict[str, None]()
    for piece in _pieces(content):
        folded = piece.lower()
        for secret in secrets:
            if any(form in piece or (form.isascii() and form.lower() in folded) for form in secret.forms):
                found[secret.name] = None
    return list(found)


def _pieces(content: bytes) -> Iterator[bytes]:
    yield content
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if member.file_size <= _MOST_UNPACKED:
                    yield from _pieces(archive.read(member))
    if content[:5] == b"%PDF-":
        for stream in _PDF_STREAM.findall(content):
            try:
                yield zlib.decompress(stream)
            except zlib.error:
                continue
