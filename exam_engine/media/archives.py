"""Archives opened under limits: every entry is read to its end, nothing is written anywhere."""

import io
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from exam_engine.media.errors import InvalidMediaError, refusal
from exam_engine.media.limits import MEGABYTE

_DRIVE = re.compile(r"[A-Za-z]:")
_IS_ENCRYPTED = 0x1


_MOST_ENTRIES = 2000
_MOST_UNPACKED = 200 * MEGABYTE
_MOST_OF_AN_ENTRY = 50 * MEGABYTE
_PACKING_RATIO, _RATIO_COUNTS_FROM = 200, MEGABYTE
"""Office files pack up to about 60 to 1; bombs 1000 to 1 and more."""
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""What office programs and operating systems pack with; the other methods cannot be unpacked up to a limit."""


@dataclass(slots=True)
class Allowance:
    """What is left to unpack of one upload; archives inside one another share it."""

    entries: int = _MOST_ENTRIES
    unpacked_bytes: int = _MOST_UNPACKED


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive, read whole and found undamaged."""

    name: str
    content: bytes


@contextmanager
def opened(content: bytes, allowance: Allowance) -> Iterator[zipfile.ZipFile]:
    """Open a ZIP archive whose table of contents is sound: not too much, no odd paths, no passwords.

    What it states to hold is taken from the allowance.

    Raises
    ------
    InvalidMediaError
        Also for damage that shows while the caller reads the entries.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_contents(archive.infolist(), allowance)
            yield archive
    except InvalidMediaError:
        raise
    except Exception as error:
        # zipfile and the decompressors raise errors of many kinds on damaged data.
        raise refusal("attachment_damaged") from error


def read_entries(archive: zipfile.ZipFile) -> Iterator[Entry]:
    """Yield each file of an opened archive; its checksum is compared on the way."""
    for info in archive.infolist():
        if info.is_dir():
            continue
        with archive.open(info) as packed:
            # The stated size was held against the limits. Without it zipfile would unpack everything first and cut
            # then; with it, an entry that holds more fails its checksum.
            yield Entry(info.filename, packed.read(info.file_size + 1))


def _check_contents(infos: list[zipfile.ZipInfo], allowance: Allowance) -> None:
    total = sum(info.file_size for info in infos)
    packed = max(1, sum(info.compress_size for info in infos))
    is_bomb = total > _RATIO_COUNTS_FROM and total > _PACKING_RATIO * packed
    largest = max((info.file_size for info in infos), default=0)
    allowance.entries -= len(infos)
    allowance.unpacked_bytes -= total
    if allowance.entries < 0 or allowance.unpacked_bytes < 0 or largest > _MOST_OF_AN_ENTRY or is_bomb:
        raise refusal("attachment_archive_too_large", megabytes=_MOST_UNPACKED // MEGABYTE, files=_MOST_ENTRIES)
    if all(info.is_dir() for info in infos):
        raise refusal("media_empty")
    seen: set[str] = set()
    for info in infos:
        if info.flag_bits & _IS_ENCRYPTED:
            raise refusal("attachment_encrypted")
        # Names that differ in case only are one file on Windows.
        if _is_odd_path(info) or (folded := info.filename.casefold()) in seen:
            raise refusal("attachment_archive_path", shown_path(info.filename))
        if info.compress_type not in _METHODS:
            raise refusal("attachment_suspicious", shown_path(info.filename))
        seen.add(folded)


def shown_path(name: str) -> str:
    """Return a path as it may stand in a message."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:200]


def _is_odd_path(info: zipfile.ZipInfo) -> bool:
    # The name as it stands in the file: zipfile cuts names at a NUL and turns backslashes on Windows only.
    name = info.orig_filename
    parts = name.replace("\\", "/").rstrip("/").split("/")
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    return (
        is_link
        or "\0" in name
        or "\\" in name
        or bool(_DRIVE.match(name))
        or any(part in {"", ".", ".."} for part in parts)
    )
