"""PDF files looked through for actions: scripts, programs to start, files inside."""

import re
import zlib
from collections.abc import Iterator

from exam_engine.media.errors import refusal
from exam_engine.media.limits import MEGABYTE

_TRAILER_WITHIN = 2048
"""Readers look for the end mark in the last kilobyte; some writers add a signature or line breaks after it."""
_MOST_UNPACKED = 64 * MEGABYTE
_MOST_OBJECT_STREAMS = 20_000
_DICTIONARY_REACH = 4096
_CHUNK = 1 << 16
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAME = re.compile(rb"/[^\x00\t\n\f\r ()<>\[\]{}/%]{3,127}")
_STREAM = re.compile(rb"stream\r?\n")
# A script needs the name /JavaScript beside its /JS; two letters alone turn up by chance in compressed pictures.
_ACTIONS = frozenset({b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/EmbeddedFiles", b"/RichMedia", b"/XFA"})


def check_pdf(content: bytes) -> None:
    """Refuse a PDF that can act by itself or that cannot be looked into (ISO 32000-1, sections 7.3.5, 7.5.7, 12.6).

    Names are compared after their escapes are undone, wherever in the file they stand; compressed object streams are
    unpacked under a limit.

    Raises
    ------
    InvalidMediaError
    """
    if b"%%EOF" not in content[-_TRAILER_WITHIN:] or b"startxref" not in content:
        raise refusal("attachment_damaged")
    left = _MOST_UNPACKED
    for count, place in enumerate(_checked_names(content), start=1):
        if count > _MOST_OBJECT_STREAMS:
            raise refusal("attachment_suspicious")
        for part in _unpacked(content, place):
            left -= len(part)
            if left <= 0:
                raise refusal("attachment_suspicious")
            for _ in _checked_names(part):
                # Object streams do not nest.
                raise refusal("attachment_suspicious")


def _checked_names(part: bytes) -> Iterator[int]:
    """Refuse names of actions; yield where the dictionaries of object streams name themselves."""
    for match in _NAME.finditer(part):
        name = match.group()
        if b"#" in name:
            name = _HEX.sub(lambda escape: bytes([int(escape[1], 16)]), name)
        if name in _ACTIONS:
            raise refusal("attachment_pdf_acts", action=name.decode())
        if name == b"/Encrypt":
            raise refusal("attachment_encrypted")
        if name == b"/ObjStm":
            yield match.end()


def _unpacked(content: bytes, place: int) -> Iterator[bytes]:
    """Yield what the stream after a place holds, in pieces that overlap, so that no name is cut in two."""
    start = _STREAM.search(content, place, place + _DICTIONARY_REACH)
    if start is None:
        raise refusal("attachment_suspicious")
    unpacker, at, tail = zlib.decompressobj(), start.end(), b""
    # The stream ends where the compressor ended it: the words "endstream" may stand inside it on purpose.
    while not unpacker.eof and at < len(content):
        try:
            piece = unpacker.decompress(content[at : at + _CHUNK], _MOST_UNPACKED)
        except zlib.error:
            raise refusal("attachment_suspicious") from None
        at += _CHUNK
        yield tail + piece
        tail = (tail + piece)[-128:]
