"""The files of an archive that somebody sends, opened under limits and read when they are asked for."""

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Literal

from exam_engine.media.archives import Allowance, opened
from exam_engine.media.errors import InvalidMediaError
from exam_engine.media.limits import MEGABYTE

MOST_BYTES = 250 * MEGABYTE
"""Of the archive as it is sent; a reader refuses larger files before it opens them."""
_MOST_ENTRIES = 20_000
_MOST_UNPACKED = 600 * MEGABYTE
_PIECE = 64 * 1024
_ENTRY_MAGIC = b"PK\x01\x02"

ArchiveFault = Literal["damaged", "encrypted", "suspicious"]
_FAULTS: dict[str, ArchiveFault] = {"attachment_damaged": "damaged", "attachment_encrypted": "encrypted"}


class Archive:
    """One ZIP archive; ``refuse`` makes the error of a file format from what is wrong and the place inside."""

    def __init__(self, content: bytes, refuse: Callable[[ArchiveFault, str], Exception]) -> None:
        self._refuse = refuse
        # Counted before the list of entries is read, for each would become an object in memory.
        if content.count(_ENTRY_MAGIC) > _MOST_ENTRIES:
            raise refuse("suspicious", "")
        try:
            with opened(content, Allowance(_MOST_ENTRIES, _MOST_UNPACKED)):
                pass
        except InvalidMediaError as error:
            fault = error.faults[0]
            raise refuse(_FAULTS.get(fault.code, "suspicious"), fault.place) from error
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._entries = {entry.filename: entry for entry in self._archive.infolist() if not entry.is_dir()}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The paths of all files, sorted."""
        return tuple(sorted(self._entries))

    def __contains__(self, path: str) -> bool:
        return path in self._entries

    def size(self, path: str) -> int:
        """Return how many bytes a file that is there states to have; no more are ever unpacked."""
        return self._entries[path].file_size

    def pieces(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file that is there, some at a time."""
        try:
            with self._archive.open(self._entries[path]) as packed:
                while piece := packed.read(_PIECE):
                    yield piece
        except Exception as error:
            raise self._refuse("damaged", path) from error

    def read(self, path: str) -> bytes:
        """Return the bytes of a file that is there."""
        entry = self._entries[path]
        try:
            with self._archive.open(entry) as packed:
                # With the stated size given, an entry that holds more fails its checksum instead of filling memory.
                return packed.read(entry.file_size + 1)
        except Exception as error:
            # zipfile and the decompressors raise errors of many kinds on damaged data.
            raise self._refuse("damaged", path) from error
