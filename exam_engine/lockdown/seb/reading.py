"""Reading files of Safe Exam Browser: plain or packed, open or encrypted with a password."""

import hashlib
import plistlib
import zlib
from typing import Any
from xml.parsers.expat import ExpatError

from exam_engine.lockdown.seb.encryption import decrypt
from exam_engine.lockdown.seb.errors import (
    CertificateNeededError,
    DamagedFileError,
    PasswordNeededError,
    TooLargeFileError,
)

LARGEST_FILE = 2 * 1024 * 1024
LARGEST_UNPACKED = 4 * 1024 * 1024
DEEPEST_SETTINGS = 32
_MOST_LAYERS = 4
_PREFIX_LENGTH = 4
_GZIP_MAGIC, _BYTE_ORDER_MARK = b"\x1f\x8b", b"\xef\xbb\xbf"
_GZIP = 16 + zlib.MAX_WBITS

Settings = dict[str, Any]
"""Settings as a property list has them: strings, numbers, booleans, bytes, lists and dictionaries."""


def read_settings(content: bytes, password: str | None = None) -> Settings:
    """Return the settings of a .seb file.

    Parameters
    ----------
    password : as typed; needed for ``pswd`` files only.

    Raises
    ------
    DamagedFileError, TooLargeFileError, PasswordNeededError, WrongPasswordError, CertificateNeededError
    """
    if len(content) > LARGEST_FILE:
        raise TooLargeFileError
    opened = unpacked(content)
    prefix, body = opened[:_PREFIX_LENGTH], opened[_PREFIX_LENGTH:]
    if prefix in {b"pkhs", b"phsk"}:
        raise CertificateNeededError
    if prefix == b"pswd":
        if password is None:
            raise PasswordNeededError
        opened = unpacked(decrypt(body, password))
    elif prefix == b"pwcc":
        # Settings for a computer: encrypted with the hash of a password, or with the empty word when they have none.
        opened = unpacked(decrypt(body, hashlib.sha256(password.encode()).hexdigest() if password else ""))
    elif prefix == b"plnd":
        opened = unpacked(body)
    return _parsed(opened.removeprefix(_BYTE_ORDER_MARK))


def unpacked(content: bytes) -> bytes:
    """Return content without the gzip layers around it; some programs pack twice.

    Raises
    ------
    DamagedFileError, TooLargeFileError
    """
    for _ in range(_MOST_LAYERS):
        if not content.startswith(_GZIP_MAGIC):
            return content
        unpacker = zlib.decompressobj(_GZIP)
        try:
            content = unpacker.decompress(content, LARGEST_UNPACKED + 1)
        except zlib.error as error:
            raise DamagedFileError from error
        if len(content) > LARGEST_UNPACKED:
            raise TooLargeFileError
        if not unpacker.eof:
            raise DamagedFileError
    if content.startswith(_GZIP_MAGIC):
        raise TooLargeFileError
    return content


def _parsed(xml: bytes) -> Settings:
    try:
        # Declarations of entities are refused by plistlib itself, so none can unfold.
        settings = plistlib.loads(xml, fmt=plistlib.FMT_XML)
    # The parser meets malformed values with whatever its own steps raise.
    except (ExpatError, ValueError, TypeError, KeyError, IndexError, AttributeError, LookupError) as error:
        raise DamagedFileError from error
    if not isinstance(settings, dict):
        raise DamagedFileError
    _refuse_depth(settings)
    return settings


def _refuse_depth(settings: Settings) -> None:
    level: list[Any] = [settings]
    for _ in range(DEEPEST_SETTINGS):
        level = [
            part
            for one in level
            if isinstance(one, dict | list)
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise TooLargeFileError
