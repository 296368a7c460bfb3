"""Writing files of Safe Exam Browser."""

import gzip
import plistlib

from exam_engine.lockdown.seb.encryption import RandomBytes, encrypt
from exam_engine.lockdown.seb.reading import Settings


def plain_file(settings: Settings) -> bytes:
    """Return a file that everybody can open and read."""
    return _packed(b"plnd" + _packed(_xml(settings)))


def encrypted_file(settings: Settings, password: str, *, random_bytes: RandomBytes) -> bytes:
    """Return a file that asks for a password when it is opened; the password must be ASCII."""
    return _packed(b"pswd" + encrypt(_packed(_xml(settings)), password, random_bytes=random_bytes))


def _xml(settings: Settings) -> bytes:
    return plistlib.dumps(settings, fmt=plistlib.FMT_XML, sort_keys=True)


def _packed(content: bytes) -> bytes:
    # Without the time of packing, the same settings make the same plain file.
    return gzip.compress(content, mtime=0)
